import type { Request } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { matchesEtag } from '../etag.ts';

/** Leaves out a body that the caller has already, which `If-None-Match` tells (RFC 9110 §13.1.2). */
export const conditionalGet = () => ({
  after: function answerNotModified({
    event,
    response,
  }: Request<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>): void {
    const held = event.headers['if-none-match'];
    const etag = response?.headers?.etag;
    if (response?.statusCode !== 200 || !held || typeof etag !== 'string') return;
    if (!matchesEtag(held.replaceAll('W/', ''), etag)) return;
    response.statusCode = 304;
    response.headers = { etag };
    response.body = '';
  },
});
