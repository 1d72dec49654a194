import type { Request } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { callerOf } from '../lib/caller.ts';
import { Problem } from '../problems/problem.ts';
import { logger } from './logger.ts';
import { metricsOf } from './metrics.ts';
import { requestContext } from './requestContext.ts';
import { requestIdOf } from './requestId.ts';

/**
 * One structured line a request: who, what, on what, how it ended and what was asked of AWS for it; all of what went wrong when
 * it was not the caller's fault. It names what it tells, so that no body, header or key gets in. For middy's `requestEnd`.
 */
export function logRequest(request: Request<unknown, APIGatewayProxyStructuredResultV2>, startedAt: number): void {
  const event = request.event as APIGatewayProxyEventV2;
  const pathParameters = event.pathParameters ?? {}; // null where a REST API or a local server has none
  const { error, response } = request;
  const { routeKey, http, requestId: gatewayRequestId } = event.requestContext;
  const status = response?.statusCode ?? 500;
  const duration = Date.now() - startedAt;
  const problem = error instanceof Problem ? error : undefined;
  const context = requestContext();
  const line = {
    request_id: requestIdOf(request as Request),
    gateway_request_id: gatewayRequestId,
    caller: bounded(callerOf(event).name),
    user_agent: http.userAgent && bounded(http.userAgent),
    route: routeKey,
    method: bounded(http.method),
    target: Object.fromEntries(Object.entries(pathParameters).map(([name, value = '']) => [name, bounded(value)])),
    status,
    duration_ms: duration,
    idempotency: context.idempotency,
    idempotency_key_digest: context.keyDigest,
    aws_calls: context.awsCalls,
    reason: reasonIn(event.body),
    code: problem?.code,
    upstream: problem?.upstream,
    ...metricsOf(routeKey, status, duration, context),
  };
  if (status < 500) logger.info('request', line);
  else logger.error('request', { ...line, error: (problem?.cause as Error | undefined) ?? problem });
}

/** Why a failover is asked for, by a body that has been parsed. */
const reasonIn = (body: unknown): string | undefined =>
  typeof body === 'object' && body !== null && 'Reason' in body ? bounded(String(body.Reason)) : undefined;

/** Control characters and separators of lines and paragraphs, one by one: of \p{Cc} Node builds the set first, for 5 ms. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
const unprintable = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** What a caller says can be of any length and hold anything; what is logged of it is short, and text. */
function bounded(said: string): string {
  const text = said.slice(0, 256).replace(unprintable, '?');
  return said.length > 256 ? `${text}…` : text;
}
