import type { Request } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { callerOf } from '../caller.ts';
import { logger } from '../logger.ts';
import { Problem } from '../problem.ts';
import { requestId } from '../requestId.ts';

/** One structured line a request; all of what went wrong when it was not the caller's fault. For middy's `requestEnd`. */
export function logRequest(request: Request<unknown, APIGatewayProxyStructuredResultV2>, startedAt: number): void {
  const event = request.event as APIGatewayProxyEventV2;
  const { requestContext, pathParameters } = event;
  const { error, response } = request;
  const problem = error instanceof Problem ? error : undefined;
  const line = {
    request_id: requestId(request as Request),
    gateway_request_id: requestContext.requestId,
    caller: callerOf(event).name,
    route: requestContext.routeKey,
    method: requestContext.http.method,
    target: pathParameters,
    status: response?.statusCode,
    duration_ms: Date.now() - startedAt,
    reason: reasonIn(event.body),
    code: problem?.code,
    upstream: problem?.upstream,
  };
  if ((response?.statusCode ?? 500) < 500) logger.info('request', line);
  else logger.error('request', { ...line, error: (problem?.cause as Error | undefined) ?? problem });
}

/** Why a failover is asked for, by a body that has been parsed. */
const reasonIn = (body: unknown): unknown =>
  typeof body === 'object' && body !== null && 'Reason' in body ? body.Reason : undefined;
