import { gunzipSync } from 'node:zlib';
import type { SignInConfiguration } from '../src/signInConfiguration.ts';

/** A file of the console. */
export interface ConsoleFile {
  readonly type: string;
  readonly etag: string;
  /** Its contents, gzipped and in base64. */
  readonly gzip: string;
  /** More directives of its Content Security Policy. */
  readonly directives?: readonly string[];
}

/** Files by their paths. */
export type ConsoleFiles = Readonly<Record<string, ConsoleFile>>;

/** A request for a file. The names of headers are in lower case. */
export interface FileRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** The response to a request for a file. */
export interface FileResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The path of the configuration of the sign-in, which is no file. */
export const configurationPath = '/console/config.json';

/** Returns the response to a request for a file of the console. Undefined if there is none. */
export function serveFile(
  files: ConsoleFiles,
  signIn: SignInConfiguration,
  { path, headers }: FileRequest,
): FileResponse | undefined {
  if (path === configurationPath)
    return {
      status: 200,
      headers: { ...commonHeaders, 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(signIn)),
    };
  const file = Object.hasOwn(files, path) ? files[path] : undefined;
  return file && respond(file, headers, policyOf(file, signIn));
}

const commonHeaders = {
  'cache-control': 'no-cache', // the browser revalidates with the entity tag
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
};

function respond({ type, etag, gzip }: ConsoleFile, asked: FileRequest['headers'], policy: string): FileResponse {
  const headers = {
    ...commonHeaders,
    'content-type': type,
    'content-security-policy': policy,
    etag,
    vary: 'accept-encoding',
  };
  if (asked['if-none-match'] === etag) return { status: 304, headers, body: Buffer.alloc(0) };
  const body = Buffer.from(gzip, 'base64');
  return String(asked['accept-encoding']).includes('gzip')
    ? { status: 200, headers: { ...headers, 'content-encoding': 'gzip' }, body }
    : { status: 200, headers, body: gunzipSync(body) };
}

/** Returns the Content Security Policy: no inline script, and no other host than the issuer of tokens. */
function policyOf({ directives = [] }: ConsoleFile, signIn: SignInConfiguration): string {
  const issuer = signIn.kind === 'oidc' ? [new URL(signIn.authority).origin, ...(signIn.origins ?? [])] : [];
  return [
    "default-src 'self'",
    ...(issuer.length > 0 ? [`connect-src 'self' ${issuer.join(' ')}`] : []),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    ...directives,
  ].join('; ');
}
