import { GlobalDatastoreError, type Problem } from './problem.ts';
import type { OutgoingRequest } from './request.ts';
import { sleep } from './sleep.ts';

/** How requests are sent. */
export interface SendOptions {
  /**
   * Returns the headers that authorize a request, or all of its headers: `sigv4` of `@global-datastore/client/sigv4` signs for an
   * API with IAM.
   */
  readonly authorize?: (request: OutgoingRequest) => Promise<Readonly<Record<string, string>>>;
  /** The token for an API with JWT, or a function that returns a valid one. */
  readonly token?: string | (() => string | Promise<string>);
  /** How long a request is repeated after 429, 502, 503, 504 and broken connections, in milliseconds. Default: 60,000. */
  readonly retryMs?: number;
  /** Called before a request is repeated, with the failure of the attempt. */
  readonly onRetry?: (error: GlobalDatastoreError) => void;
  /** The time limit of one attempt, in milliseconds. Default: 35,000. */
  readonly attemptMs?: number;
}

/** A response of the API. */
export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
  /** The entity tag of the datastore or operation, for `ifMatch`. */
  readonly etag?: string;
  /** The path of the datastore or operation. */
  readonly location?: string;
  /** The regions that did not respond. Their part of the body is missing. */
  readonly warnings: readonly Warning[];
  /** True if this is the stored response of an earlier request with the same Idempotency-Key. */
  readonly replayed: boolean;
}

export interface Warning {
  readonly Region: string;
  readonly Detail: string;
}

/** Sends a request until it has a response that is no temporary failure, for at most `retryMs` and one attempt. */
export async function send(
  options: SendOptions,
  request: OutgoingRequest,
  signal: AbortSignal | undefined,
): Promise<Answer<unknown>> {
  const { retryMs = 60_000 } = options;
  const end = Date.now() + retryMs;
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptOnce(options, request, signal);
    } catch (error) {
      if (!(error instanceof GlobalDatastoreError) || Date.now() >= end || !isRetryable(error)) throw error;
      options.onRetry?.(error);
      await sleep(delayMs(attempt, error), signal);
    }
  }
}

async function attemptOnce(options: SendOptions, request: OutgoingRequest, signal: AbortSignal | undefined) {
  const { method, url, body } = request;
  const headers = { ...request.headers, ...(await authorizationOf(options, request)) };
  const limits = [AbortSignal.timeout(options.attemptMs ?? 35_000), ...(signal ? [signal] : [])];
  try {
    const response = await fetch(url, { method, headers, ...(body && { body }), signal: AbortSignal.any(limits) });
    return answerOf(response, await response.text());
  } catch (cause) {
    if (signal?.aborted || cause instanceof GlobalDatastoreError) throw cause;
    throw new GlobalDatastoreError(0, { code: 'NoAnswer', detail: `No response from ${url.origin}.` }, { cause });
  }
}

async function authorizationOf({ authorize, token }: SendOptions, request: OutgoingRequest) {
  const bearer = typeof token === 'function' ? await token() : token;
  return authorize ? authorize(request) : { ...(bearer && { authorization: `Bearer ${bearer}` }) };
}

/** Converts a 2xx response with JSON. Throws the problem of any other response. */
function answerOf({ status, ok, headers }: Response, text: string): Answer<unknown> {
  const body = parseJson(text);
  if (!ok || !body) {
    const problem: Problem = { detail: (body as { message?: string })?.message, ...body };
    throw new GlobalDatastoreError(status, problem, retryAfterOf(headers));
  }
  const [etag, location] = [headers.get('etag'), headers.get('location')];
  return {
    status,
    body,
    ...(etag && { etag }),
    ...(location && { location }),
    warnings: (body as { Warnings?: readonly Warning[] }).Warnings ?? [],
    replayed: headers.get('idempotency-replayed') === 'true',
  };
}

function retryAfterOf(headers: Headers): { retryAfter?: number } {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isNaN(seconds) ? {} : { retryAfter: seconds };
}

function parseJson(text: string): object | undefined {
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}

/** Returns whether the same request may succeed later without a change. */
const isRetryable = ({ status, code }: GlobalDatastoreError): boolean =>
  [0, 429, 502, 503, 504].includes(status) || code === 'IdempotencyKeyInProgress';

/** Returns `Retry-After`, at most a minute. Without it, a random delay of up to 200 ms that doubles with each attempt, to 10 s. */
const delayMs = (attempt: number, { retryAfter }: GlobalDatastoreError): number =>
  retryAfter === undefined ? Math.random() * Math.min(200 * 2 ** attempt, 10_000) : Math.min(retryAfter, 60) * 1000;
