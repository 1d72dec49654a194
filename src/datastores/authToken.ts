import { readSecret, regionOfSecret } from '../aws/secretsManager.ts';
import { config } from '../config.ts';
import { Problem } from '../problems/problem.ts';
import { isAuthToken } from '../schemas/authToken.ts';
import { partitionOf } from './eligibility.ts';

/** An AUTH token with the version of its secret. It is never stored, logged or returned to a caller. */
export interface AuthToken {
  readonly AuthToken: string;
  readonly versionId?: string;
}

/**
 * Reads an AUTH token from its secret: the whole text, or the member `password` of a JSON object, as in the secrets that AWS
 * describes for ElastiCache (Secrets Manager user guide, "JSON structure of secrets").
 * @throws Problem as `readSecret`, and `SecretInvalid` if the secret has no AUTH token.
 */
export async function readAuthToken(signal: AbortSignal, arn: string, version?: string): Promise<AuthToken> {
  assertReadableHere(arn);
  const { text, versionId } = await readSecret(signal, arn, version);
  const token = tokenIn(text);
  if (token !== undefined && isAuthToken(token)) return { AuthToken: token, versionId };
  throw new Problem(
    'SecretInvalid',
    `${arn}: the secret has no AUTH token of 16 to 128 letters, digits and characters of !&#$^<>-, neither as its whole text nor as password in a JSON object.`,
  );
}

/** Returns settings with the AUTH token in place of the secret that it is in. Throws as `readAuthToken`. */
export async function withAuthToken<S extends { readonly AuthTokenSecretArn?: string; readonly AuthToken?: string }>(
  signal: AbortSignal,
  settings: S,
): Promise<Omit<S, 'AuthTokenSecretArn'>> {
  const { AuthTokenSecretArn: arn, ...others } = settings;
  if (arn === undefined) return others;
  const { AuthToken } = await readAuthToken(signal, arn);
  return { ...others, AuthToken };
}

/** Throws `SecretInvalid` for an ARN of another partition, or of a region that this API does not call. */
function assertReadableHere(arn: string): void {
  const [, partition] = arn.split(':');
  const region = regionOfSecret(arn);
  if (config.regions.includes(region) && partition === partitionOf(region)) return;
  const regions = config.regions.join(', ');
  throw new Problem(
    'SecretInvalid',
    `${arn}: the secret must be in partition ${partitionOf(config.region)} and in one of the regions of this API: ${regions}.`,
  );
}

function tokenIn(text = ''): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return text; // such as a token of digits
    const { password } = value as { readonly password?: unknown };
    return typeof password === 'string' ? password : undefined;
  } catch {
    return text;
  }
}
