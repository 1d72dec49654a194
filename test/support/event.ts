import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import type { Route } from '../../src/schemas/route.ts';

/** What a test may say of a request; the rest is as an HTTP API sends it. */
export interface RequestOptions {
  body?: unknown;
  headers?: Record<string, string>;
  /** The body as it is, in place of `body` as JSON. */
  raw?: string;
  isBase64Encoded?: boolean;
  /** The ARN of the IAM identity that calls; a user of the account unless given, none if null. */
  caller?: string | null;
  /** What the token of the caller says, in place of an IAM identity. */
  claims?: Record<string, unknown>;
  userAgent?: string;
  /** How long the function has left, in milliseconds. */
  remainingMs?: number;
}

/** A request such as `PATCH /global-datastores/ldgnf-orders?DryRun=true`, as an HTTP API sends it, and the handler that gets it. */
export function eventOf(request: string, options: RequestOptions, routes: Readonly<Record<string, Route>>) {
  const [method = '', target = ''] = request.split(' ');
  const [rawPath = '', rawQueryString = ''] = target.split('?');
  const serving = method === 'HEAD' ? 'GET' : method;
  const [name, path] = Object.entries(routes)
    .map(([name, route]) => [name, route.path, route.method] as const)
    .find(([, path, served]) => served === serving && template(path).test(rawPath)) ?? ['notFound', '$default'];
  const query = new URLSearchParams(rawQueryString);
  const body = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));

  const event: APIGatewayProxyEventV2 = {
    version: '2.0',
    routeKey: name === 'notFound' ? '$default' : `${method} ${path}`,
    rawPath,
    rawQueryString,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...options.headers },
    ...(rawQueryString && {
      queryStringParameters: Object.fromEntries([...query.keys()].map((key) => [key, query.getAll(key).join(',')])),
    }),
    ...(path.includes('{') && { pathParameters: decoded(rawPath.match(template(path))?.groups) }),
    requestContext: {
      accountId: '123456789012',
      apiId: 'api',
      domainName: 'api.test',
      domainPrefix: 'api',
      http: {
        method,
        path: rawPath,
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: options.userAgent ?? 'test',
      },
      requestId: randomUUID(),
      routeKey: `${method} ${path}`,
      stage: '$default',
      time: '01/Jan/2026:00:00:00 +0000',
      timeEpoch: 0,
      ...authorizerOf(options),
    },
    body,
    isBase64Encoded: options.isBase64Encoded ?? false,
  };
  return { name, method, event };
}

/** What the authorizer of an HTTP API adds. The types of AWS have only a part of it. */
function authorizerOf({ caller = 'arn:aws:iam::123456789012:user/test', claims }: RequestOptions): object {
  if (claims) return { authorizer: { jwt: { claims, scopes: [] } } };
  return caller === null ? {} : { authorizer: { iam: { userArn: caller } } };
}

const template = (path: string) => new RegExp(`^${path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);

/** The context of a function that has so long left. */
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

/** Path parameters as API Gateway gives them. */
function decoded(groups: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodable(value)]));
}

function decodable(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
