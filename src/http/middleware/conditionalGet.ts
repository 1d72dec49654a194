import type { AnyResponse } from '../../schemas/apiRequest.ts';
import { isNotModified } from '../etag.ts';
import type { PipelineRequest } from './pipelineRequest.ts';

/** Responds 304 without a body if `If-None-Match` names the current entity tag (RFC 9110 §13.1.2). `Preference-Applied` stays. */
export const conditionalGet = () => ({
  after: function respondNotModified(
    request: PipelineRequest,
  ): { statusCode: number; headers: object; body: string } | undefined {
    const ifNoneMatch = request.event.headers['if-none-match'];
    const { status, headers } = request.response as AnyResponse;
    if (status !== 200 || !ifNoneMatch || !headers?.etag) return undefined;
    const { etag, 'preference-applied': applied } = headers;
    if (!isNotModified(ifNoneMatch, etag)) return undefined;
    return { statusCode: 304, headers: { etag, ...(applied && { 'preference-applied': applied }) }, body: '' };
  },
});
