import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { ChangeRecord, openChangeRecord } from '../../idempotency/changeRecord.ts';
import { requestIdOf } from '../../observability/requestId.ts';
import { type Problem, toProblemResponse } from '../../problems/problem.ts';
import type { AnyResponse } from '../../schemas/apiRequest.ts';
import type { Route } from '../../schemas/route.ts';
import { publicUrl } from '../publicUrl.ts';
import { toProblem } from './errorHandler.ts';
import { isDryRun, type PipelineRequest } from './pipelineRequest.ts';
import { serializeResponse } from './responseSerializer.ts';

/**
 * Runs a change once for each `Idempotency-Key` and writes its audit entry. Claims the key or replays the stored response. Stores
 * the response, also that of a change that AWS accepted and did not complete. A refusal is not stored: the same request may be
 * accepted later. A dry run has no record.
 */
export const changeRecord = (contract: Route, options: { readonly failOpen: boolean }) => ({
  before: async function claimOrReplay({
    context,
  }: PipelineRequest): Promise<APIGatewayProxyStructuredResultV2 | undefined> {
    if (isDryRun(context.apiRequest)) return undefined;
    const record = await openChangeRecord(contract, context.apiRequest, options);
    if (!(record instanceof ChangeRecord)) return serializeResponse(record);
    context.changeRecord = record;
    return undefined;
  },

  after: async function storeResponse(request: PipelineRequest): Promise<void> {
    const record = request.context.changeRecord;
    const response = request.response as AnyResponse;
    await record?.completed(response);
    request.response = { ...response, headers: { ...response.headers, ...statusHeaders(record) } };
  },

  onError: async function recordProblem(request: PipelineRequest): Promise<void> {
    const record = request.context.changeRecord;
    if (!record) return;
    const problem = toProblem(request.error);
    if (problem.code === 'ChangeNotApplied') await record.notApplied(problem, toResponse(problem, request));
    else await record.failed(problem);
    request.error = problem.with({ headers: { ...problem.headers, ...statusHeaders(record) } });
  },
});

/** Returns a problem as a response that can be stored. A replay has the id of this request. */
function toResponse(problem: Problem, request: PipelineRequest): AnyResponse {
  const { statusCode, headers, body } = toProblemResponse(problem, requestIdOf(request), publicUrl(request.event));
  return { status: statusCode, headers, body: JSON.parse(body) };
}

/** Returns the headers of a change that was made although the table did not store its key or its audit entry. */
const statusHeaders = (record: ChangeRecord | undefined): Record<string, string> => ({
  ...(record?.isUnprotected && { 'idempotency-status': 'unprotected' }),
  ...(record?.isAuditLost && { 'audit-status': 'lost' }),
});
