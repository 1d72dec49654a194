import type { Request } from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** The id of a request: the caller's `X-Request-Id` when it is a sane one, else the gateway's. */
export function requestId({ event }: Request): string {
  const { headers, requestContext } = event as APIGatewayProxyEventV2;
  const given = headers['x-request-id'];
  return given && /^[\w.-]{1,64}$/.test(given) ? given : requestContext.requestId;
}
