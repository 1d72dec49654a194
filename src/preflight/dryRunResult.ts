import { type Check, detailsOf, failedChecks } from '../problems/check.ts';
import { Problem } from '../problems/problem.ts';

/** The result of a dry run: the checks of the change and its steps. */
export interface DryRunResult {
  readonly Checks: readonly Check[];
  readonly Plan: readonly string[];
  /** True if the present state is already the requested one. */
  readonly ChangesNothing?: boolean;
}

/**
 * Throws `TopologyRefused` with the checks that fail, if any, and `SecretUnavailable` if a secret could not be read: an operation
 * must not detach a member before it is known whether the next one can be added.
 */
export function assertChecksPass(checks: readonly Check[]): void {
  const failed = failedChecks(checks);
  if (failed.length > 0) throw new Problem('TopologyRefused', detailsOf(failed), { checks: failed });
  const unread = checks.filter(({ Id, Outcome }) => Id === 'auth-token-secret' && Outcome === 'warn');
  if (unread.length > 0) throw new Problem('SecretUnavailable', detailsOf(unread), { checks: unread });
}
