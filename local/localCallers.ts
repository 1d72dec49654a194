import type { SignInConfiguration } from '../console/src/signInConfiguration.ts';

/** Returns the sign-in at the console of `npm start`: as one of the identities that have an owner in the policy. */
export function signInLocally(owners: Readonly<Record<string, string>> = {}): SignInConfiguration {
  const callers = Object.keys(owners).map(toCaller);
  return callers.length > 0 ? { kind: 'local', callers } : { kind: 'none' };
}

/** Returns the ARN of a caller: that of a role lacks its session in a policy. */
const toCaller = (arn: string): string => (/:assumed-role\/[^/]+$/.test(arn) ? `${arn}/console` : arn);
