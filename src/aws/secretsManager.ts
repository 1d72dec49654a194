import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { config } from '../config.ts';
import { recordCall } from '../observability/requestContext.ts';
import { Problem, type Upstream } from '../problems/problem.ts';
import { type Code, codeOf } from '../problems/problemTypes.ts';
import { AttemptAborted, limitAttempts } from './attemptLimits.ts';
import { clientByRegion } from './clientByRegion.ts';
import { sdkDefaults } from './sdkDefaults.ts';

/** One version of a secret. */
export interface SecretValue {
  /** Undefined if the version is binary. */
  readonly text?: string;
  readonly versionId?: string;
}

/**
 * Reads a secret in the region of its ARN: the named version, by default the current one.
 * @throws Problem `SecretNotFound`, `SecretAccessDenied` or `SecretInvalid`; `SecretUnavailable` if a later read may succeed.
 * No problem and no cause has a part of the response, which is the secret.
 */
export async function readSecret(signal: AbortSignal, arn: string, VersionId?: string): Promise<SecretValue> {
  const region = regionOfSecret(arn);
  try {
    const output = await secretsClientFor(region).send(new GetSecretValueCommand({ SecretId: arn, VersionId }), {
      abortSignal: signal,
    });
    recordCall({ action: secretAction, region, requestId: output.$metadata.requestId });
    return { text: output.SecretString, versionId: output.VersionId };
  } catch (error) {
    const problem = toSecretProblem(error as SecretsError, arn, region);
    recordCall({ action: secretAction, region, requestId: problem.upstream?.requestId, code: problem.code });
    throw problem;
  }
}

/** Returns the region in the ARN of a secret. */
export const regionOfSecret = (arn: string): string => arn.split(':')[3] ?? '';

const secretAction = 'GetSecretValue';

const secretsClientFor = clientByRegion((region) => {
  const client = new SecretsManagerClient({
    region,
    endpoint: config.secretsManagerEndpoints[region] ?? config.secretsManagerEndpoint,
    maxAttempts: 3,
    ...sdkDefaults,
    requestHandler: { connectionTimeout: config.connectMs },
  });
  limitAttempts(client.config.requestHandler);
  return client;
});

interface SecretsError extends Error {
  readonly code?: string;
  readonly $fault?: 'client' | 'server';
  readonly $metadata?: { readonly requestId?: string };
}

function toSecretProblem(error: SecretsError, arn: string, region: string): Problem {
  const { name, $fault, $metadata } = error;
  const upstream: Upstream = {
    service: 'Secrets Manager',
    region,
    ...($fault && { code: name }),
    requestId: $metadata?.requestId,
  };
  const cause = Object.assign(new Error(readableMessage(error)), { name });
  const [code, detail] = secretRefusals.get(name) ?? secretUnavailable(error);
  return new Problem(code, `${arn}: ${detail}`, { upstream, cause });
}

/** The refusals that a retry does not change, by the SDK's names (Secrets Manager API reference, GetSecretValue). */
const secretRefusals = new Map<string, readonly [Code, string]>([
  ['ResourceNotFoundException', ['SecretNotFound', 'the secret, or the version of it, does not exist.']],
  ['InvalidRequestException', ['SecretNotFound', 'the secret is scheduled for deletion.']],
  ['AccessDeniedException', ['SecretAccessDenied', 'AWS does not let this API read the secret.']],
  ['DecryptionFailure', ['SecretAccessDenied', 'Secrets Manager cannot decrypt the secret with its key.']],
  ['InvalidParameterException', ['SecretInvalid', 'Secrets Manager does not take this ARN.']],
  ['ValidationException', ['SecretInvalid', 'Secrets Manager does not take this ARN.']],
]);

/** Returns the problem of a failure, of throttling, or of credentials of this API that AWS rejects. */
const secretUnavailable = ({ name }: SecretsError): readonly [Code, string] =>
  codeOf(name) === 'UpstreamAccessDenied'
    ? ['UpstreamAccessDenied', 'AWS does not take the credentials of this API.']
    : ['SecretUnavailable', 'Secrets Manager did not return the secret.'];

/** Returns the message for the log. That of a parser quotes the response and is left out. */
function readableMessage(error: SecretsError): string {
  const isReadable =
    error instanceof AttemptAborted || error.$fault !== undefined || /^E[A-Z]+$/.test(error.code ?? '');
  return isReadable ? error.message : 'The response is not readable.';
}
