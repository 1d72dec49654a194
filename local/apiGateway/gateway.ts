import { randomBytes } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { GatewayRequest, GatewayResponse } from './message.ts';
import { type OwnStatus, ownResponse } from './ownResponse.ts';
import { type Authorizer, type Circumstances, toPayload1, toPayload2 } from './payload.ts';
import { toResponse } from './result.ts';
import { decodePath, findRoute, type GatewayRoute, type RouteMatch } from './routing.ts';

/** The settings of an HTTP API. */
export interface Api {
  /** The contracts by the names of their functions. */
  readonly routes: Readonly<Record<string, GatewayRoute>>;
  /** Returns the identity of the caller, or the status with which the authorizer of API Gateway refuses. */
  readonly identify?: (request: GatewayRequest) => Authorizer | undefined | 401 | 403;
  /** The version of the payload, 2 by default. */
  readonly payload?: 1 | 2;
}

export interface GatewayOptions extends Api {
  /** Calls a function with an event. */
  readonly invoke: (name: string, event: APIGatewayProxyEventV2) => Promise<unknown>;
  /** The time for which API Gateway waits for a function. Source: "Quotas for HTTP APIs", maximum integration timeout. */
  readonly timeoutMs?: number;
}

/** A request with its route and its event. An event of payload version 1.0 has the type of 2.0 here. */
export interface RoutedRequest {
  readonly route: RouteMatch;
  readonly event: APIGatewayProxyEventV2;
}

/**
 * Creates a model of API Gateway's HTTP API: a function from requests to responses. It implements what AWS documents or what
 * was seen on AWS; each rule has its source beside it. There is no CORS, because serverless.yml configures none.
 */
export function createGateway(options: GatewayOptions): (request: GatewayRequest) => Promise<GatewayResponse> {
  const { invoke, timeoutMs = 30_000 } = options;

  return async (request) => {
    const requestId = createRequestId();
    const routed = routeRequest(options, request, { requestId });
    if (typeof routed === 'number') return ownResponse(routed, requestId);
    const result = invoke(routed.route.name, routed.event);
    return respondWithin(timeoutMs, result, request.method, requestId);
  };
}

/** Returns the function and the event of a request, or the status with which API Gateway responds itself. */
export function routeRequest(
  { routes, identify = () => undefined, payload = 2 }: Api,
  request: GatewayRequest,
  { requestId = createRequestId(), at = Date.now() }: Partial<Circumstances> = {},
): RoutedRequest | OwnStatus {
  const path = decodePath(request.target);
  if (path === undefined) return 400;
  const route = findRoute(routes, request.method, path);
  const authorizer = route.isOpen ? undefined : identify(request);
  if (typeof authorizer === 'number') return authorizer;
  const toPayload = payload === 1 ? toPayload1 : toPayload2;
  const event = toPayload(request, route, path, { requestId, at, authorizer });
  return Buffer.byteLength(event.body ?? '') > maxEventBytes ? 413 : { route, event };
}

/**
 * The largest body in an event, in bytes. Lambda accepts events up to 6 MB, and all but the body is less than 64 KiB. Source:
 * "Lambda quotas", invocation payload; aws/aws-lambda-dotnet#1990 for the 413.
 */
const maxEventBytes = 6 * 1024 * 1024 - 65_536;

/** Returns an id such as `JKJaXmPLvHcESHA=`. */
const createRequestId = (): string => randomBytes(11).toString('base64');

/** Responds 500 if the function throws, and 503 if it does not respond in time. */
function respondWithin(
  timeoutMs: number,
  result: Promise<unknown>,
  method: string,
  requestId: string,
): Promise<GatewayResponse> {
  const { promise, resolve } = Promise.withResolvers<GatewayResponse>();
  const timer = setTimeout(() => resolve(ownResponse(503, requestId)), timeoutMs).unref();
  result.then(
    (value) => resolve(toResponse(value, method, requestId)),
    () => resolve(ownResponse(500, requestId)),
  );
  return promise.finally(() => clearTimeout(timer));
}
