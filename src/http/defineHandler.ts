import type { GlobalReplicationGroup } from '@aws-sdk/client-elasticache';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import type { FromSchema, JSONSchema } from 'json-schema-to-ts';
import { config } from '../config.ts';
import { requireGlobalDatastore } from '../datastores/globalDatastore.ts';
import { startRequestContext } from '../observability/requestContext.ts';
import { logRequest } from '../observability/requestLog.ts';
import { assertOwnership } from '../policy/ownership.ts';
import type { parameters } from '../schemas/pathParameters.ts';
import type { PathNames, Route } from '../schemas/route.ts';
import { validatorsOf } from '../schemas/validators.ts';
import { normalizeEvent } from './eventNormalizer.ts';
import { conditionalGet } from './middleware/conditionalGet.ts';
import { contentNegotiation } from './middleware/contentNegotiation.ts';
import { errorHandler } from './middleware/errorHandler.ts';
import { jsonBodyParser } from './middleware/jsonBodyParser.ts';
import { validator } from './middleware/validator.ts';
import { requestId } from './requestInfo.ts';
import { addCommonHeaders } from './responseHeaders.ts';

type Typed<Schema> = Schema extends JSONSchema ? FromSchema<Schema> : Record<never, never>;

/** What a handler is given: all of it has been validated, none of it needs parsing. */
export interface ApiRequest<R extends Route> {
  readonly path: { readonly [Name in PathNames<R['path']> & keyof typeof parameters]: string };
  readonly query: Typed<R['query']>;
  readonly body: Typed<R['body']>;
  /** Aborts when the request has to end: goes with every call to AWS. */
  readonly signal: AbortSignal;
  /** When that is, in epoch milliseconds. */
  readonly endsAt: number;
  readonly requestId: string;
  readonly event: APIGatewayProxyEventV2;
}

/** What a handler may answer: a status that its route declares, with the body that this status has. */
export type ApiResponse<R extends Route> = {
  [Status in keyof R['responses'] & number]: {
    readonly status: Status;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body: Typed<R['responses'][Status]>;
  };
}[keyof R['responses'] & number];

/** What a route does with a request. */
export type RouteHandler<R extends Route> = (request: ApiRequest<R>) => Promise<ApiResponse<R>>;

type Event = APIGatewayProxyEventV2;
type Result = APIGatewayProxyStructuredResultV2;

/**
 * The Lambda handler of a route: `handle` in the one middy stack that answers problems, parses, validates, adds the common
 * headers and writes the log line. `handle` throws what it likes; it never catches.
 */
export function defineHandler<const R extends Route>(route: R, handle: RouteHandler<R>) {
  const checked = createMiddlewareStack();
  if (route.body) checked.use(jsonBodyParser());
  if (route.method === 'GET') checked.use(conditionalGet());
  checked.use(validator(route, validatorsOf(route)));

  return checked.handler(async (event: Event, context: Context): Promise<Result> => {
    const endsAt = requestDeadline(context);
    const end = new AbortController();
    // not AbortSignal.timeout: it would stay, with all that it holds, for as long as the request might have lasted
    const timer = setTimeout(() => end.abort(deadlineExceeded()), Math.max(1, endsAt - Date.now())).unref();
    const request = {
      path: event.pathParameters ?? {},
      query: event.queryStringParameters,
      body: event.body,
      signal: end.signal,
      endsAt,
      requestId: requestId({ event, context }),
      event,
    } as unknown as ApiRequest<R>;
    try {
      const { status, headers, body } = await handle(
        globalThis.POLICY_HAS_OWNERS === false ? request : await assertOwnership(request),
      );
      return {
        statusCode: status,
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      };
    } finally {
      clearTimeout(timer);
    }
  });
}

/** The stack without a contract: whatever is thrown is answered as a problem, with the common headers and a log line. */
export function createMiddlewareStack() {
  const startedAt = new WeakMap<Event, number>();
  return middy<Event, Result>({
    timeoutEarlyInMillis: 0, // its abort would come too late to answer; the request's own signal comes in time
    requestStart: (request) => {
      startRequestContext();
      normalizeEvent(request);
      startedAt.set(request.event as Event, Date.now());
    },
    requestEnd: (request) => {
      addCommonHeaders(request);
      logRequest(request, startedAt.get(request.event as Event) ?? Date.now());
    },
  })
    .use(errorHandler())
    .use(contentNegotiation());
}

/** Why a signal aborts whose time is over, as with `AbortSignal.timeout`. */
const deadlineExceeded = () => new DOMException('The request came to its end.', 'TimeoutError');

/** Time to write an answer after the last call to AWS was given up. */
const reserveMs = 1_000;

/** The end of a request in epoch milliseconds: before the function's and the gateway's, so that a late AWS gets an answer of ours. */
const requestDeadline = (context: Context): number =>
  Date.now() + Math.min(config.requestMs, context.getRemainingTimeInMillis() - reserveMs);

/** The answer to a question. */
export const ok = <Body>(body: Body, headers: Readonly<Record<string, string>> = {}) =>
  ({ status: 200, headers, body }) as const;

/** The answer to every change: it was accepted, AWS is at it, and this is where to look. */
export const acceptedAt = <Body>(GlobalReplicationGroupId: string, body: Body) =>
  ({
    status: 202,
    headers: {
      location: `/global-datastores/${GlobalReplicationGroupId}`,
      'retry-after': String(config.retryAfterSeconds),
    },
    body,
  }) as const;

/** The answer to a change of which AWS answers the datastore. Throws `UpstreamAnswerInvalid`. */
export function acceptedDatastore(group: GlobalReplicationGroup | undefined) {
  const GlobalReplicationGroup = requireGlobalDatastore(group);
  return acceptedAt(GlobalReplicationGroup.GlobalReplicationGroupId, { GlobalReplicationGroup });
}
