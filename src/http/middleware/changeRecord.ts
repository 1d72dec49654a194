import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { ChangeRecord, openChangeRecord } from '../../idempotency/changeRecord.ts';
import { toProblemResponse } from '../../problems/problem.ts';
import type { AnyResponse } from '../../schemas/apiRequest.ts';
import type { Route } from '../../schemas/route.ts';
import { publicUrl } from '../publicUrl.ts';
import { toProblem } from './errorHandler.ts';
import { isDryRun, type PipelineRequest } from './pipelineRequest.ts';
import { serializeResponse } from './responseSerializer.ts';

/**
 * Runs a change once for each `Idempotency-Key` and writes its audit entry. Claims the key or replays the stored response. Stores
 * the response or the final rejection. A dry run has no record.
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
    request.response = { ...response, headers: { ...response.headers, ...statusHeader(record) } };
  },

  onError: async function storeProblem(request: PipelineRequest): Promise<void> {
    const record = request.context.changeRecord;
    if (!record) return;
    const problem = toProblem(request.error);
    const { requestId, event } = request.context.apiRequest;
    const { statusCode, headers, body } = toProblemResponse(problem, requestId, publicUrl(event));
    await record.failed(problem, { status: statusCode, headers, body: JSON.parse(body) });
    request.error = problem.with({ headers: { ...problem.headers, ...statusHeader(record) } });
  },
});

/** Returns the header of a request whose key was ignored because the table did not respond. */
const statusHeader = (record: ChangeRecord | undefined): Record<string, string> =>
  record?.isUnprotected ? { 'idempotency-status': 'unprotected' } : {};
