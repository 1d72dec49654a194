import type { Request } from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** The id of a request: the caller's `X-Request-Id` when it is a sane one, else Lambda's, which all its log lines carry. */
export function requestId({ event, context }: Pick<Request, 'event' | 'context'>): string {
  const given = (event as APIGatewayProxyEventV2).headers['x-request-id'];
  return given && /^[\w.-]{1,64}$/.test(given) ? given : context.awsRequestId;
}
