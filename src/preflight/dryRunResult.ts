import { type Check, detailsOf, failedChecks } from '../problems/check.ts';
import { Problem } from '../problems/problem.ts';

/** The result of a dry run: the checks of the change and its steps. */
export interface DryRunResult {
  readonly Checks: readonly Check[];
  readonly Plan: readonly string[];
}

/** Throws `TopologyRefused` with the checks that fail, if any. */
export function assertChecksPass(checks: readonly Check[]): void {
  const failed = failedChecks(checks);
  if (failed.length > 0) throw new Problem('TopologyRefused', detailsOf(failed), { checks: failed });
}
