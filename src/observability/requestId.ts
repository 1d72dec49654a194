import type { Request } from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** Returns the id of a request: the caller's `X-Request-Id` if it is well-formed, else Lambda's, which all log lines carry. */
export function requestIdOf({ event, context }: Pick<Request, 'event' | 'context'>): string {
  const given = (event as APIGatewayProxyEventV2).headers['x-request-id'];
  return given && /^[\w.-]{1,64}$/.test(given) ? given : context.awsRequestId;
}
