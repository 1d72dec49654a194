import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { routeRequest } from '../../local/apiGateway/gateway.ts';
import type { GatewayRequest } from '../../local/apiGateway/message.ts';
import type { OwnStatus } from '../../local/apiGateway/ownResponse.ts';
import type { Authorizer } from '../../local/apiGateway/payload.ts';
import type { Route } from '../../src/schemas/route.ts';

/** The properties of a request that a test can set. All others are as an HTTP API sends them. */
export interface RequestOptions {
  body?: unknown;
  headers?: Record<string, string>;
  /** The text of the body, instead of `body` as JSON. */
  raw?: string;
  /** True: `raw` is a body in base64, and the function receives it unchanged. */
  isBase64Encoded?: boolean;
  /** The ARN of the IAM identity of the caller, a user of the account by default. null: the caller has no identity. */
  caller?: string | null;
  /** The claims of the token of the caller, instead of an IAM identity. */
  claims?: Record<string, unknown>;
  userAgent?: string;
  /** The remaining time of the function, in milliseconds. */
  remainingMs?: number;
}

interface FunctionEvent {
  readonly name: string;
  readonly method: string;
  readonly event: APIGatewayProxyEventV2;
}

/**
 * Returns the event of a request such as `PATCH /global-datastores/ldgnf-orders?DryRun=true`, and the name of its handler.
 * Throws an Error if API Gateway responds itself.
 */
export function eventOf(
  request: string,
  options: RequestOptions,
  routes: Readonly<Record<string, Route>>,
): FunctionEvent {
  const routed = findEvent(request, options, routes);
  if (typeof routed === 'number') throw new Error(`API Gateway itself responds ${routed} to ${request}`);
  return routed;
}

/** Returns the event of a request, or the status with which API Gateway responds itself. */
export function findEvent(
  request: string,
  options: RequestOptions,
  routes: Readonly<Record<string, Route>>,
): FunctionEvent | OwnStatus {
  const message = toMessage(request, options);
  const routed = routeRequest({ routes, identify: () => authorizerOf(options) }, message);
  if (typeof routed === 'number') return routed;
  const { route, event } = routed;
  if (options.isBase64Encoded) Object.assign(event, { body: options.raw, isBase64Encoded: true });
  return { name: route.name, method: message.method, event };
}

function toMessage(request: string, { raw, body, headers = {}, userAgent = 'test' }: RequestOptions): GatewayRequest {
  const [method = '', target = ''] = request.split(' ');
  const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const defaults = { host: 'api.test', 'user-agent': userAgent, ...(text !== undefined && json) };
  const named = Object.keys(headers).map((name) => name.toLowerCase());
  return {
    method,
    target,
    headers: [...Object.entries(defaults).filter(([name]) => !named.includes(name)), ...Object.entries(headers)],
    ...(text !== undefined && { body: Buffer.from(text) }),
  };
}

const json = { 'content-type': 'application/json' };

function authorizerOf({
  caller = 'arn:aws:iam::123456789012:user/test',
  claims,
}: RequestOptions): Authorizer | undefined {
  if (claims) return { jwt: { claims, scopes: [] } };
  return caller === null ? undefined : { iam: { userArn: caller } };
}

/** Returns the context of a function with this remaining time, in milliseconds. */
export function contextWith(remainingMs: number): Context {
  const end = Date.now() + remainingMs;
  return {
    awsRequestId: randomUUID(),
    callbackWaitsForEmptyEventLoop: false,
    functionName: 'test',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:test',
    logGroupName: 'test',
    logStreamName: 'test',
    memoryLimitInMB: '512',
    getRemainingTimeInMillis: () => end - Date.now(),
    done: () => {},
    fail: () => {},
    succeed: () => {},
  };
}
