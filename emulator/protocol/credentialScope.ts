import { Fault } from './fault.ts';
import { isRegion } from './regions.ts';

export interface Caller {
  /** The access key id if it has twelve digits, otherwise 000000000000. Other emulators use the same convention. */
  account: string;
  /** Only the credential scope names the region, because all regions share one address. */
  region: string;
}

/**
 * Returns the account and region from the credential scope of a Signature Version 4 header. The signature is not
 * verified. Codes and texts are those of other AWS services (unverified for ElastiCache).
 */
export function readAuthorization(header: string | undefined, service = 'elasticache'): Caller {
  if (!header) throw new Fault('MissingAuthenticationToken', 'Request is missing Authentication Token');
  if (!header.startsWith('AWS4-HMAC-SHA256 '))
    throw new Fault('IncompleteSignature', "Authorization header requires the algorithm 'AWS4-HMAC-SHA256'.");
  for (const part of ['Credential', 'Signature', 'SignedHeaders'])
    if (!header.includes(`${part}=`))
      throw new Fault('IncompleteSignature', `Authorization header requires '${part}' parameter.`);
  const scope = /Credential=([^,\s]*)/.exec(header)?.[1]?.split('/') ?? [];
  if (scope.length !== 5)
    throw new Fault('IncompleteSignature', 'Credential must have exactly 5 slash-delimited elements.');
  const [accessKey = '', date = '', region = '', scopedService, terminator] = scope;
  if (!/^\d{8}$/.test(date)) throw signatureMismatch('Date in Credential scope is not valid.');
  if (!isRegion(region)) throw signatureMismatch('Credential should be scoped to a valid region.');
  if (scopedService !== service)
    throw signatureMismatch(`Credential should be scoped to correct service: '${service}'.`);
  if (terminator !== 'aws4_request')
    throw signatureMismatch("Credential should be scoped with a valid terminator: 'aws4_request'.");
  return { account: /^\d{12}$/.test(accessKey) ? accessKey : '000000000000', region };
}

function signatureMismatch(message: string): Fault {
  return new Fault('SignatureDoesNotMatch', message);
}
