import type { Request } from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from 'aws-lambda';

/**
 * Converts an event to payload version 2.0 with header names in lower case. An HTTP API sends version 2.0. A private API is a
 * REST API and sends version 1.0. Called in middy's `requestStart`.
 */
export function normalizeEvent(request: Request): void {
  const event = request.event as APIGatewayProxyEventV2 | APIGatewayProxyEvent;
  const version2 = 'httpMethod' in event ? toVersion2(event) : event;
  version2.headers = toLowerCaseNames(version2.headers ?? {});
  version2.pathParameters ??= {}; // a local server sends null where a path has none
  request.event = version2;
}

/** Converts the parts of a version 1.0 event that this API reads. */
function toVersion2(event: APIGatewayProxyEvent): APIGatewayProxyEventV2 {
  const { httpMethod: method, path, resource, requestContext } = event;
  const query = joinValues(event.multiValueQueryStringParameters ?? {}, ',');
  const { sourceIp, userAgent } = requestContext.identity ?? {};
  return {
    version: '2.0',
    routeKey: `${method} ${resource}`,
    rawPath: path,
    rawQueryString: String(new URLSearchParams(query)),
    headers: { ...event.headers, ...joinValues(event.multiValueHeaders ?? {}, ', ') },
    queryStringParameters: { ...event.queryStringParameters, ...query },
    pathParameters: event.pathParameters ?? {},
    requestContext: {
      ...requestContext,
      http: { method, path, protocol: requestContext.protocol, sourceIp, userAgent: userAgent ?? '' },
    } as unknown as APIGatewayProxyEventV2['requestContext'],
    body: event.body ?? undefined,
    isBase64Encoded: event.isBase64Encoded,
  };
}

const toLowerCaseNames = (headers: APIGatewayProxyEventV2['headers']) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

const joinValues = (lists: Readonly<Record<string, string[] | undefined>>, separator: string): Record<string, string> =>
  Object.fromEntries(Object.entries(lists).map(([name, values = []]) => [name, values.join(separator)]));
