import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { routeRequest } from '../../local/apiGateway/gateway.ts';
import { type Route, schemasOf } from '../../src/schemas/route.ts';
import { routes } from '../../src/schemas/routes.ts';
import { exampleOf } from '../../tools/openapi/exampleFromSchema.ts';

/** Returns the smallest event that a route accepts, made of the examples in its schemas. */
export function exampleEvent(route: Route): APIGatewayProxyEventV2 {
  const { path, body } = schemasOf(route);
  const parameters = exampleOf(path) as Record<string, string>;
  const target = route.path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(parameters[name] ?? ''));
  return event(route.method, target, body && exampleOf(body));
}

/** Returns the event of a request in payload format 2.0. A `body` that is not a string is sent as JSON. */
export function event(method: string, target: string, body?: unknown): APIGatewayProxyEventV2 {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const request = {
    method,
    target,
    headers: Object.entries({ ...headers, ...(text !== undefined && { 'content-type': 'application/json' }) }),
    sourceIp: '192.0.2.1',
    ...(text !== undefined && { body: Buffer.from(text) }),
  };
  const identify = () => ({ iam: { userArn: 'arn:aws:iam::000000000000:user/example' } });
  const routed = routeRequest({ routes, identify }, request, { requestId: 'JKJaXmPLvHcESHA=', at: 1_795_348_800_000 });
  if (typeof routed === 'number') throw new Error(`API Gateway itself responds ${routed} to ${method} ${target}`);
  return routed.event;
}

const headers = { accept: '*/*', host: 'abcdefghij.execute-api.us-east-1.amazonaws.com', 'user-agent': 'bench' };
