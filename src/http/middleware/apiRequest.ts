import type { Context } from 'aws-lambda';
import { config } from '../../config.ts';
import { type Caller, callerOf } from '../../lib/caller.ts';
import { requestIdOf } from '../../observability/requestId.ts';
import { Problem } from '../../problems/problem.ts';
import type { AnyRequest } from '../../schemas/apiRequest.ts';
import type { Route } from '../../schemas/route.ts';
import type { PipelineRequest } from './pipelineRequest.ts';

/** Adds the typed request to the context and starts its deadline. Responds 401 unless the caller is identified. */
export const apiRequest = (contract: Route) => ({
  before: function addApiRequest(request: PipelineRequest): void {
    const { event, context } = request;
    const caller = requireCaller(contract, event);
    const endsAt = deadlineOf(context);
    const deadline = new AbortController();
    // AbortSignal.timeout would keep its timer, and everything the request holds, until the deadline
    const timer = setTimeout(() => deadline.abort(deadlineExceeded()), Math.max(1, endsAt - Date.now())).unref();
    Object.assign(request.internal, { timer });
    context.apiRequest = {
      path: event.pathParameters as AnyRequest['path'],
      query: event.queryStringParameters as AnyRequest['query'],
      body: event.body,
      caller,
      signal: deadline.signal,
      endsAt,
      requestId: requestIdOf(request),
      event,
    };
  },
});

/** Returns the caller. A route without authorization has callers without a name. */
function requireCaller({ unauthenticated }: Route, event: PipelineRequest['event']): Caller {
  const caller = callerOf(event);
  if (caller) return caller;
  if (unauthenticated) return { name: '', principal: '' };
  throw new Problem('CallerNotIdentified', 'The token has no subject that identifies its bearer.', {
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
  });
}

/** Stops the deadline of a request. Called in middy's `requestEnd`, the only hook that every request reaches. */
export function clearDeadline({ internal }: Pick<PipelineRequest, 'internal'>): void {
  clearTimeout((internal as { readonly timer?: NodeJS.Timeout }).timer);
}

/** Returns the reason of an abort, the same as that of `AbortSignal.timeout`. */
const deadlineExceeded = () => new DOMException('The deadline of the request is over.', 'TimeoutError');

/** The time to write a response after the last call to AWS was aborted. */
const reserveMs = 1_000;

/** Returns the deadline in epoch milliseconds. It is before the timeouts of the function and of API Gateway. */
const deadlineOf = (context: Context): number =>
  Date.now() + Math.min(config.requestMs, context.getRemainingTimeInMillis() - reserveMs);
