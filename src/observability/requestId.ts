import type { Request } from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** Returns the id of a request: the caller's `X-Request-Id` if it is well-formed, else Lambda's, which all log lines carry. */
export function requestIdOf({ event, context }: Pick<Request, 'event' | 'context'>): string {
  const requested = (event as APIGatewayProxyEventV2).headers['x-request-id'];
  return requested && /^[\w.-]{1,64}$/.test(requested) ? requested : context.awsRequestId;
}
