import type { Request } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { requestContext } from '../observability/requestContext.ts';
import { requestIdOf } from '../observability/requestId.ts';
import { formatTraceparent } from '../observability/traceContext.ts';
import type { Deprecation } from '../schemas/route.ts';

/** Adds the headers of every response. Called in middy's `requestEnd`, the only hook that early responses and errors reach. */
export function addCommonHeaders(
  request: Request<unknown, APIGatewayProxyStructuredResultV2>,
  deprecated?: Deprecation,
): void {
  const { response } = request;
  if (!response) return;
  const { trace } = requestContext();
  response.headers = {
    'cache-control': 'no-store',
    'strict-transport-security': 'max-age=31536000',
    'x-content-type-options': 'nosniff',
    ...response.headers,
    ...(deprecated && deprecationHeaders(deprecated)),
    'x-request-id': requestIdOf(request as Request),
    ...(trace && { traceparent: formatTraceparent(trace) }),
  };
  const { method } = (request.event as APIGatewayProxyEventV2).requestContext.http;
  if (method === 'HEAD') response.body = '';
}

/** Returns the headers of a route that will be removed: `Deprecation` (RFC 9745), `Sunset` (RFC 8594). */
const deprecationHeaders = ({ since, sunset }: Deprecation) => ({
  deprecation: `@${Date.parse(since) / 1000}`,
  sunset: new Date(sunset).toUTCString(),
});
