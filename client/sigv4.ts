import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import type { OutgoingRequest } from './request.ts';

/** Credentials of AWS, or a function that returns them, such as a provider of the AWS SDK. */
export type Credentials = ConstructorParameters<typeof SignatureV4>[0]['credentials'];

/** Returns an `authorize` that signs requests to API Gateway (AWS Signature Version 4) for an API with IAM. */
export function sigv4({ region, credentials }: { readonly region: string; readonly credentials: Credentials }) {
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 });
  return async ({ method, url, headers, body }: OutgoingRequest): Promise<Record<string, string>> => {
    const { hostname, protocol, port, pathname: path, searchParams } = url;
    const signed = await signer.sign({
      method,
      protocol,
      hostname,
      path,
      query: Object.fromEntries(searchParams),
      headers: { ...headers, host: url.host },
      body,
      ...(port && { port: Number(port) }),
    });
    const { host: _, ...sent } = signed.headers; // fetch sets it, and browsers forbid programs to set it
    return sent;
  };
}
