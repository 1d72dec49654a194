import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { evaluatePolicy } from '../../policy/rules.ts';
import type { DryRunResult } from '../../preflight/dryRunResult.ts';
import { failedChecks } from '../../problems/check.ts';
import type { AnyRequest } from '../../schemas/apiRequest.ts';
import type { Route } from '../../schemas/route.ts';
import { ok } from '../responses.ts';
import { isDryRun, type PipelineRequest } from './pipelineRequest.ts';
import { serializeResponse } from './responseSerializer.ts';

/** Responds to `?DryRun=true` with the checks and the plan of a change. Nothing is changed. */
export const dryRun = (contract: Route, preflight: (request: AnyRequest) => Promise<DryRunResult>) => ({
  before: async function respondDryRun({
    context,
  }: PipelineRequest): Promise<APIGatewayProxyStructuredResultV2 | undefined> {
    const request = context.apiRequest;
    if (!isDryRun(request)) return undefined;
    const { Checks, Plan, ChangesNothing } = await preflight(request);
    const rules = globalThis.POLICY_HAS_RULES !== false ? await evaluatePolicy(contract, request) : [];
    const checks = [...Checks, ...rules];
    const Valid = failedChecks(checks).length === 0;
    return serializeResponse(ok({ Valid, Checks: checks, Plan, ...(ChangesNothing && { ChangesNothing }) }));
  },
});
