import type { Request } from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { Problem, toProblemResponse } from '../../problems/problem.ts';
import { publicUrl } from '../publicUrl.ts';
import { requestId } from '../requestInfo.ts';

/** Turns whatever is thrown into an RFC 9457 answer; what is no Problem is a mistake of ours and shows nothing of itself. */
export const errorHandler = () => ({
  onError: function answerProblem(request: Request): void {
    const { error } = request;
    const problem =
      error instanceof Problem ? error : new Problem('InternalError', 'Unexpected error', { cause: error });
    request.error = problem;
    request.response = toProblemResponse(
      problem,
      requestId(request),
      publicUrl(request.event as APIGatewayProxyEventV2),
    );
  },
});
