import type { Request } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { requestIdOf } from '../observability/requestId.ts';

/** Adds the headers of every response. Called in middy's `requestEnd`, the only hook that early responses and errors reach. */
export function addCommonHeaders(request: Request<unknown, APIGatewayProxyStructuredResultV2>): void {
  const { response } = request;
  if (!response) return;
  response.headers = {
    'cache-control': 'no-store',
    'strict-transport-security': 'max-age=31536000',
    'x-content-type-options': 'nosniff',
    ...response.headers,
    'x-request-id': requestIdOf(request as Request),
  };
  const { method } = (request.event as APIGatewayProxyEventV2).requestContext.http;
  if (method === 'HEAD') response.body = '';
}
