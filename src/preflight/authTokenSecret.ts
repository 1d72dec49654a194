import { readAuthToken } from '../datastores/authToken.ts';
import { type Check, checkRule } from '../problems/check.ts';
import { Problem } from '../problems/problem.ts';

/** Checks that a secret has an AUTH token that ElastiCache takes, if a request names one. No detail has a part of the secret. */
export async function checkAuthTokenSecret(
  signal: AbortSignal,
  arn: string | undefined,
  pointer: string,
): Promise<Check[]> {
  if (arn === undefined) return [];
  const problem = await problemOf(readAuthToken(signal, arn));
  const details = {
    pass: 'The secret has an AUTH token.',
    fail: problem?.message ?? '',
    unknown: problem?.message ?? '',
  };
  const isKnown = problem === undefined || problem.status < 500;
  return [checkRule('auth-token-secret', isKnown ? !problem : undefined, details, `${pointer}/AuthTokenSecretArn`)];
}

/** Returns the problem that a read ends in, if it does. Rethrows any other error. */
async function problemOf(read: Promise<unknown>): Promise<Problem | undefined> {
  try {
    await read;
    return undefined;
  } catch (problem) {
    if (problem instanceof Problem) return problem;
    throw problem;
  }
}
