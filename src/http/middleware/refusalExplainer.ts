import type { DryRunResult } from '../../preflight/dryRunResult.ts';
import { detailsOf, failedChecks } from '../../problems/check.ts';
import { Problem } from '../../problems/problem.ts';
import type { AnyRequest } from '../../schemas/apiRequest.ts';
import type { PipelineRequest } from './pipelineRequest.ts';

/** Adds the failed checks to a 400 of AWS, which often does not say which part of the request is wrong. */
export const refusalExplainer = (preflight: (request: AnyRequest) => Promise<DryRunResult>) => ({
  onError: async function explainRefusal(request: PipelineRequest): Promise<void> {
    const { error, context } = request;
    if (!(error instanceof Problem) || error.status !== 400 || !error.upstream) return;
    const { Checks } = await preflight(context.apiRequest).catch(() => ({ Checks: [] }));
    const checks = failedChecks(Checks);
    if (checks.length > 0) request.error = error.with({ checks }, detailsOf(checks));
  },
});
