import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { GatewayRequest } from './message.ts';
import type { RouteMatch } from './routing.ts';

/** The identity that an authorizer of API Gateway adds to an event. */
export interface Authorizer {
  readonly iam?: { readonly userArn: string; readonly accountId?: string };
  /** The claims of a token. API Gateway delivers each as text, a list as `[a b]`. */
  readonly jwt?: { readonly claims: Readonly<Record<string, unknown>>; readonly scopes: readonly string[] | null };
}

/** The data that API Gateway adds to a request. */
export interface Circumstances {
  readonly requestId: string;
  /** The time of the request, in epoch milliseconds. */
  readonly at: number;
  readonly authorizer?: Authorizer | undefined;
}

const accountId = '123456789012';
const apiId = 'local';

/**
 * Returns the event of a request in payload version 2.0: names of headers in lower case, repeated headers and queries joined by
 * commas, cookies in a member of their own, path variables and queries decoded, `rawQueryString` as it was sent. Source: "Create
 * AWS Lambda proxy integrations for HTTP APIs"; hotsock/voker, vokerhttp/testdata/apigwv2-request.json (a capture on AWS, 2026-07).
 */
export function toPayload2(
  request: GatewayRequest,
  { key, parameters }: RouteMatch,
  path: string,
  circumstances: Circumstances,
): APIGatewayProxyEventV2 {
  const { cookie, ...headers } = joinValues(headersOf(request), ',');
  const rawQueryString = queryOf(request);
  const { requestId, at, authorizer } = circumstances;
  const domainName = headers.host ?? 'localhost';
  return {
    version: '2.0',
    routeKey: key,
    rawPath: path,
    rawQueryString,
    ...(cookie !== undefined && { cookies: cookie.split(/; */) }),
    headers,
    ...(rawQueryString && {
      queryStringParameters: joinValues(toLists([...new URLSearchParams(rawQueryString)]), ','),
    }),
    ...(Object.keys(parameters).length > 0 && { pathParameters: { ...parameters } }),
    requestContext: {
      accountId,
      apiId,
      ...(authorizer && { authorizer: authorizer as object }),
      domainName,
      domainPrefix: domainName.split(/[.:]/)[0] ?? '',
      http: {
        method: request.method,
        path,
        protocol: 'HTTP/1.1',
        sourceIp: sourceIpOf(request),
        userAgent: headers['user-agent'] ?? '',
      },
      requestId,
      routeKey: key,
      stage: '$default',
      time: formatTime(at),
      timeEpoch: at,
    },
    ...bodyOf(request),
  };
}

/**
 * Returns the event of a request in payload version 1.0, as an HTTP API sends it: the last value of a repeated header or query
 * beside the lists of all values. Source: as for 2.0, and aws/aws-lambda-dotnet, ToApiGatewayRequest of its test tool.
 */
export function toPayload1(
  request: GatewayRequest,
  route: RouteMatch,
  path: string,
  { requestId, at, authorizer }: Circumstances,
): APIGatewayProxyEventV2 {
  const multiValueHeaders = headersOf(request);
  const multiValueQueryStringParameters = toLists([...new URLSearchParams(queryOf(request))]);
  const { body = null, isBase64Encoded } = bodyOf(request);
  const { iam, jwt } = authorizer ?? {};
  const sourceIp = sourceIpOf(request);
  const userAgent = multiValueHeaders['user-agent']?.at(-1) ?? '';
  return {
    version: '1.0',
    resource: route.path,
    path,
    httpMethod: request.method,
    headers: lastValues(multiValueHeaders),
    multiValueHeaders,
    queryStringParameters: orNull(lastValues(multiValueQueryStringParameters)),
    multiValueQueryStringParameters: orNull(multiValueQueryStringParameters),
    pathParameters: orNull({ ...route.parameters }),
    stageVariables: null,
    requestContext: {
      accountId,
      apiId,
      authorizer: jwt ? { claims: jwt.claims, scopes: jwt.scopes } : null,
      httpMethod: request.method,
      identity: { sourceIp, userAgent, userArn: iam?.userArn ?? null },
      path,
      protocol: 'HTTP/1.1',
      requestId,
      requestTime: formatTime(at),
      requestTimeEpoch: at,
      resourceId: route.key,
      resourcePath: route.path,
      stage: '$default',
    },
    body,
    isBase64Encoded,
  } as unknown as APIGatewayProxyEventV2; // both payload versions have one type here: eventNormalizer.ts distinguishes them
}

type Lists = Record<string, string[]>;

/** Returns the values of the header fields by lower-case names, with the fields that API Gateway adds. */
function headersOf(request: GatewayRequest): Lists {
  const sent = toLists(request.headers.map(([name, value]) => [name.toLowerCase(), value]));
  return {
    'content-length': [`${request.body?.length ?? 0}`],
    'x-forwarded-for': [sourceIpOf(request)],
    'x-forwarded-port': ['443'],
    'x-forwarded-proto': ['https'],
    ...sent,
  };
}

/**
 * Returns the body as text if its media type is text, else in base64. Source: "Handling binary data using Amazon API Gateway HTTP
 * APIs" (AWS Compute Blog); which types are text was tried on AWS in ministackorg/ministack#766, 2026-06: these alone, so that a
 * form, JSON of another name and a body without a Content-Type arrive in base64.
 */
function bodyOf(request: GatewayRequest): { body?: string; isBase64Encoded: boolean } {
  const { body, headers } = request;
  if (!body || body.length === 0) return { isBase64Encoded: false };
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  const isText = /^(text\/[^;]*|application\/(json|xml|javascript))\s*(;|$)/i.test(type.trim());
  return { body: Buffer.from(body).toString(isText ? 'utf8' : 'base64'), isBase64Encoded: !isText };
}

const queryOf = ({ target }: GatewayRequest): string => {
  const start = target.indexOf('?');
  return start < 0 ? '' : target.slice(start + 1);
};

const sourceIpOf = ({ sourceIp = '127.0.0.1' }: GatewayRequest): string => sourceIp;

function toLists(pairs: readonly (readonly [string, string])[]): Lists {
  const names = new Set(pairs.map(([name]) => name));
  return Object.fromEntries(
    [...names].map((name) => [name, pairs.filter(([other]) => other === name).map(([, value]) => value)]),
  );
}

const joinValues = (lists: Lists, separator: string): Record<string, string> =>
  Object.fromEntries(Object.entries(lists).map(([name, values]) => [name, values.join(separator)]));

const lastValues = (lists: Lists): Record<string, string> =>
  Object.fromEntries(Object.entries(lists).map(([name, values]) => [name, values.at(-1) ?? '']));

const orNull = <T extends object>(record: T): T | null => (Object.keys(record).length > 0 ? record : null);

/** Formats a time as in access logs, such as `22/Nov/2026:12:00:00 +0000`. */
function formatTime(at: number): string {
  const [, day, month, year, time] = new Date(at).toUTCString().match(/^\w+, (\d+) (\w+) (\d+) (\S+)/) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}
