import type { Request } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { callerOf } from '../lib/caller.ts';
import { Problem } from '../problems/problem.ts';
import { takeInitDuration } from './initDuration.ts';
import { logger } from './logger.ts';
import { metricsOf } from './metrics.ts';
import { requestContext } from './requestContext.ts';
import { requestIdOf } from './requestId.ts';

/**
 * Writes the log line of a request: caller, route, target, result and AWS calls, and the error if the status is 5xx. Each field
 * is listed, so that no body, header or key is logged. Called in middy's `requestEnd`.
 */
export function logRequest(request: Request<unknown, APIGatewayProxyStructuredResultV2>, startedAt: number): void {
  const event = request.event as APIGatewayProxyEventV2;
  const pathParameters = event.pathParameters ?? {}; // null if a REST API or a local server has none
  const { error, response } = request;
  const { routeKey, http, requestId: gatewayRequestId } = event.requestContext;
  const status = response?.statusCode ?? 500;
  const duration = Date.now() - startedAt;
  const problem = error instanceof Problem ? error : undefined;
  const context = requestContext();
  const line = {
    request_id: requestIdOf(request as Request),
    gateway_request_id: gatewayRequestId,
    trace_id: context.trace?.traceId,
    parent_id: context.trace?.parentId,
    span_id: context.trace?.spanId,
    caller: toLogText(callerOf(event)?.name ?? ''),
    user_agent: http.userAgent && toLogText(http.userAgent),
    route: routeKey,
    method: toLogText(http.method),
    target: Object.fromEntries(Object.entries(pathParameters).map(([name, value = '']) => [name, toLogText(value)])),
    status,
    duration_ms: duration,
    init_ms: takeInitDuration(),
    waited_ms: context.waitedMs || undefined,
    idempotency: context.idempotency,
    idempotency_key_digest: context.keyDigest,
    aws_calls: context.awsCalls,
    reason: reasonIn(event.body),
    code: problem?.code,
    upstream: problem?.upstream,
    ...metricsOf({
      ...context.metrics,
      ...(routeKey === failoverRoute && { FailoverLatency: duration - context.waitedMs }),
    }),
  };
  if (status < 500) logger.info('request', line);
  else logger.error('request', { ...line, error: (problem?.cause as Error | undefined) ?? problem });
}

const failoverRoute = 'POST /global-datastores/{GlobalReplicationGroupId}/failover';

/** Returns the Reason of a failover in a parsed body. */
const reasonIn = (body: unknown): string | undefined =>
  typeof body === 'object' && body !== null && 'Reason' in body ? toLogText(String(body.Reason)) : undefined;

/** Control characters and line separators. They are listed because Node takes 5 ms to build the set of \p{Cc}. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the expression replaces control characters
const unprintable = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** Returns text from a caller as it is logged: printable, and at most 256 characters. */
function toLogText(value: string): string {
  const text = value.slice(0, 256).replace(unprintable, '?');
  return value.length > 256 ? `${text}…` : text;
}
