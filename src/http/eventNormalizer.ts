import type { Request } from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from 'aws-lambda';

/**
 * Makes every request one of payload version 2.0, which an HTTP API sends; a private API is a REST API and sends 1.0. Names of
 * headers become lower case, as API Gateway has them and a local server may not. For middy's `requestStart`.
 */
export function normalizeEvent(request: Request): void {
  const event = request.event as APIGatewayProxyEventV2 | APIGatewayProxyEvent;
  const version2 = 'httpMethod' in event ? asVersion2(event) : event;
  version2.headers = lowerCased(version2.headers ?? {});
  version2.pathParameters ??= {}; // a local server sends null where a path has none
  request.event = version2;
}

/** The parts that this API reads. */
function asVersion2(event: APIGatewayProxyEvent): APIGatewayProxyEventV2 {
  const { httpMethod: method, path, resource, requestContext } = event;
  const query = joined(event.multiValueQueryStringParameters ?? {}, ',');
  const { sourceIp, userAgent } = requestContext.identity ?? {};
  return {
    version: '2.0',
    routeKey: `${method} ${resource}`,
    rawPath: path,
    rawQueryString: String(new URLSearchParams(query)),
    headers: { ...event.headers, ...joined(event.multiValueHeaders ?? {}, ', ') },
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

const lowerCased = (headers: APIGatewayProxyEventV2['headers']) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

const joined = (lists: Readonly<Record<string, string[] | undefined>>, separator: string): Record<string, string> =>
  Object.fromEntries(Object.entries(lists).map(([name, values = []]) => [name, values.join(separator)]));
