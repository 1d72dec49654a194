import { AsyncLocalStorage } from 'node:async_hooks';
import type { MetricValues } from './metrics.ts';
import type { TraceContext } from './traceContext.ts';

/** Data collected during a request for its log line, audit entry and metrics (AsyncLocalStorage). */
export interface RequestContext {
  /** The use of the Idempotency-Key, if the request has one. */
  idempotency?: 'first' | 'resumed' | 'replayed' | 'unprotected';
  /** The digest of the key: the key itself is not logged. */
  keyDigest?: string;
  readonly awsCalls: AwsCall[];
  readonly metrics: MetricValues;
  /** The trace of the caller, if the request names one. */
  trace?: TraceContext | undefined;
  /** The time for which the response waited because of `Prefer: wait`, in milliseconds. */
  waitedMs: number;
}

/** One call to AWS and its result, with the request id to find it in CloudTrail. */
export interface AwsCall {
  readonly action: string;
  readonly region: string;
  readonly requestId?: string;
  /** The code of the problem, if the call failed. */
  readonly code?: string;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** Starts the context of a request. All asynchronous code that the request starts shares it. */
export const startRequestContext = (): void => storage.enterWith(emptyContext());

/** Returns the context of the current request, or an unused one outside of a request. */
export const requestContext = (): RequestContext => storage.getStore() ?? emptyContext();

/** Adds a call to the context of the current request, up to the number that a log line names. A request that waits makes more. */
export function recordCall(call: AwsCall): void {
  const { awsCalls } = requestContext();
  if (awsCalls.length < maxRecordedCalls) awsCalls.push(call);
}

const maxRecordedCalls = 20;

const emptyContext = (): RequestContext => ({ awsCalls: [], metrics: {}, waitedMs: 0 });
