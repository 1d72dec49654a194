import type { DryRunResult } from '../../preflight/dryRunResult.ts';
import { refusalChecks } from '../../preflight/refusalChecks.ts';
import { type Check, detailsOf, failedChecks } from '../../problems/check.ts';
import { Problem } from '../../problems/problem.ts';
import type { AnyRequest } from '../../schemas/apiRequest.ts';
import type { PipelineRequest } from './pipelineRequest.ts';

/**
 * Adds the failed checks to a refusal of AWS, which often does not say which part of the request is wrong. A 404 of this API
 * itself is not explained: its caller may not be allowed to see the datastore.
 */
export const refusalExplainer = (preflight: (request: AnyRequest) => Promise<DryRunResult>) => ({
  onError: async function explainRefusal(request: PipelineRequest): Promise<void> {
    const { error, context } = request;
    if (!(error instanceof Problem) || !isExplainable(error)) return;
    const { Checks } = await preflight(context.apiRequest).catch(() => ({ Checks: [] }));
    const checks = withRefusalCheck(refusedChecks(Checks, error), error);
    if (checks.length > 0) request.error = error.with({ checks }, detailsOf(checks));
  },
});

/**
 * Returns the checks that fail. If none fails and AWS responded 400, returns the warnings as failed, except those in `advice`.
 */
function refusedChecks(checks: readonly Check[], { status }: Problem): readonly Check[] {
  const failed = failedChecks(checks);
  if (failed.length > 0 || status !== 400) return failed;
  const unknown = checks.filter(({ Id, Outcome }) => Outcome === 'warn' && !advice.includes(Id));
  return unknown.map((check) => ({ ...check, Outcome: 'fail' }));
}

/** The checks that warn of something that AWS accepts. */
const advice = ['engine-in-extended-support', 'slots-uneven', 'suffix-syntax'];

const isExplainable = ({ code, status, upstream }: Problem): boolean =>
  upstream !== undefined && (status === 400 || status === 404 || Object.hasOwn(refusalChecks, code));

/** Adds the check of the setting that a code of AWS refuses, unless it has failed. A dry run can only warn of it. */
function withRefusalCheck(failed: readonly Check[], { code }: Problem): readonly Check[] {
  const refused = refusalChecks[code];
  if (!refused || failed.some(({ Id }) => Id === refused.Id)) return failed;
  return [...failed, { Outcome: 'fail', ...refused }];
}
