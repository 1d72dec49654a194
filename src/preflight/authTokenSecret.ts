import { readAuthToken } from '../datastores/authToken.ts';
import { type Check, checkRule } from '../problems/check.ts';
import { Problem } from '../problems/problem.ts';

/** Checks the secret of a new member, if it names one. */
export const checkAuthTokenSecret = async (
  signal: AbortSignal,
  arn: string | undefined,
  pointer: string,
): Promise<Check[]> => (arn === undefined ? [] : [(await checkSecret(signal, arn, pointer)).check]);

/**
 * Checks that a secret has an AUTH token that ElastiCache accepts. Returns the version that it has read, too. No detail has a
 * part of the secret.
 */
export async function checkSecret(
  signal: AbortSignal,
  arn: string,
  pointer: string,
): Promise<{ check: Check; versionId?: string }> {
  const token = await readAuthToken(signal, arn).catch(asProblem);
  const problem = token instanceof Problem ? token : undefined;
  const detail = problem?.message ?? '';
  const holds = problem && problem.status >= 500 ? undefined : !problem;
  const details = { pass: 'The secret has an AUTH token.', fail: detail, unknown: detail };
  const check = checkRule('auth-token-secret', holds, details, `${pointer}/AuthTokenSecretArn`);
  return token instanceof Problem ? { check } : { check, versionId: token.versionId };
}

/** Returns a problem. Rethrows any other error. */
function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  throw error;
}
