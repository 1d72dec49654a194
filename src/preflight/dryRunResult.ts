import { type Check, detailsOf, failedChecks } from '../problems/check.ts';
import { Problem } from '../problems/problem.ts';

/** The result of a dry run: whether the change is possible, and its steps in words. */
export interface DryRunResult {
  readonly Checks: readonly Check[];
  readonly Plan: readonly string[];
}

/** Throws `TopologyRefused` with the checks that fail. */
export function assertChecksPass(Checks: readonly Check[]): void {
  const checks = failedChecks(Checks);
  if (checks.length > 0) throw new Problem('TopologyRefused', detailsOf(checks), { checks });
}
