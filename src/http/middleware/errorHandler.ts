import { requestIdOf } from '../../observability/requestId.ts';
import { Problem, toProblemResponse } from '../../problems/problem.ts';
import { publicUrl } from '../publicUrl.ts';
import type { PipelineRequest } from './pipelineRequest.ts';

/** Converts each error to a problem+json response (RFC 9457). An error that is no Problem is a defect. Its message is not shown. */
export const errorHandler = () => ({
  onError: function respondProblem(request: PipelineRequest): void {
    const problem = toProblem(request.error);
    request.error = problem;
    request.response = toProblemResponse(problem, requestIdOf(request), publicUrl(request.event));
  },
});

/** Returns an error as a Problem: `InternalError` if it is none. */
export const toProblem = (error: unknown): Problem =>
  error instanceof Problem ? error : new Problem('InternalError', 'An unexpected error occurred.', { cause: error });
