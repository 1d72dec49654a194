import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { type Route, schemasOf } from '../../src/schemas/route.ts';
import { exampleOf } from '../../tools/openapi/exampleFromSchema.ts';

/** Returns the smallest event that a route accepts, made of the examples in its schemas. */
export function exampleEvent(route: Route): APIGatewayProxyEventV2 {
  const { path, body } = schemasOf(route);
  const pathParameters = exampleOf(path) as Record<string, string>;
  const rawPath = route.path.replace(/\{(\w+)\}/g, (_, name) => pathParameters[name] ?? '');
  return { ...event(route.method, rawPath, body && exampleOf(body)), pathParameters };
}

/** Returns an event in payload format 2.0. A `body` that is not a string is sent as JSON. */
export function event(method: string, path: string, body?: unknown): APIGatewayProxyEventV2 {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const domainName = 'abcdefghij.execute-api.us-east-1.amazonaws.com';
  return {
    version: '2.0',
    routeKey: `${method} ${path}`,
    rawPath: path,
    rawQueryString: '',
    headers: {
      accept: '*/*',
      host: domainName,
      'user-agent': 'bench',
      'x-forwarded-for': '192.0.2.1',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
      ...(text !== undefined && { 'content-type': 'application/json', 'content-length': `${Buffer.byteLength(text)}` }),
    },
    requestContext: {
      accountId: '000000000000',
      apiId: 'abcdefghij',
      ...{ authorizer: { iam: { userArn: 'arn:aws:iam::000000000000:user/example' } } },
      domainName,
      domainPrefix: 'abcdefghij',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'bench' },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: `${method} ${path}`,
      stage: '$default',
      time: '22/Nov/2026:12:00:00 +0000',
      timeEpoch: 1_795_348_800_000,
    },
    isBase64Encoded: false,
    body: text,
  };
}
