import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { createGateway, type GatewayOptions } from '../../local/apiGateway/gateway.ts';
import type { GatewayRequest } from '../../local/apiGateway/message.ts';
import { routes } from '../../src/schemas/routes.ts';

type Invoke = GatewayOptions['invoke'];
type Fields = GatewayRequest['headers'];

const identify = () => ({ iam: { userArn: 'arn:aws:iam::123456789012:user/ana' } });

/** Sends a request to a gateway whose functions return their event. Returns the name of the function and the event. */
async function receive(request: Partial<GatewayRequest> & { target: string }, payload: 1 | 2 = 2) {
  let received: { name: string; event: APIGatewayProxyEventV2 } | undefined;
  const invoke: Invoke = async (name, event) => {
    received = { name, event };
    return { statusCode: 204 };
  };
  const response = await createGateway({ routes, identify, invoke, payload })({
    method: 'GET',
    headers: [],
    ...request,
  });
  return { ...response, name: received?.name, event: received?.event as APIGatewayProxyEventV2 };
}

/** Sends a request to a gateway whose functions return a result. Returns the response with its body as text. */
async function respond(invoke: Invoke, method = 'GET', timeoutMs = 30_000) {
  const gateway = createGateway({ routes, invoke, timeoutMs });
  const { body, ...response } = await gateway({ method, target: '/health', headers: [] });
  return { ...response, text: Buffer.from(body).toString() };
}

describe('a request', () => {
  const byId = 'GET /global-datastores/{GlobalReplicationGroupId}';

  it.each<[string, string, string, string, Record<string, string> | undefined]>([
    ['GET', '/global-datastores', 'listGlobalDatastores', 'GET /global-datastores', undefined],
    ['HEAD', '/global-datastores', 'listGlobalDatastores', 'HEAD /global-datastores', undefined],
    ['GET', '/global-datastores/ldgnf-a', 'getGlobalDatastore', byId, { GlobalReplicationGroupId: 'ldgnf-a' }],
    [
      'DELETE',
      '/global-datastores/ldgnf-a/members/eu-west-1/b',
      'removeMember',
      'DELETE /global-datastores/{GlobalReplicationGroupId}/members/{ReplicationGroupRegion}/{ReplicationGroupId}',
      { GlobalReplicationGroupId: 'ldgnf-a', ReplicationGroupRegion: 'eu-west-1', ReplicationGroupId: 'b' },
    ],
    ['GET', '/%67lobal-datastores', 'listGlobalDatastores', 'GET /global-datastores', undefined],
    ['PUT', '/global-datastores', 'notFound', '$default', undefined],
    ['OPTIONS', '/global-datastores', 'notFound', '$default', undefined],
    ['get', '/global-datastores', 'notFound', '$default', undefined],
    ['GET', '/global-datastores/', 'notFound', '$default', undefined],
    ['GET', '/GLOBAL-DATASTORES', 'notFound', '$default', undefined],
    ['GET', '//global-datastores', 'notFound', '$default', undefined],
    ['GET', '/openapiXjson', 'notFound', '$default', undefined],
    ['GET', '/', 'notFound', '$default', undefined],
  ])('%s %s goes to %s', async (method, target, name, routeKey, pathParameters) => {
    const { event, ...received } = await receive({ method, target });

    expect(received.name).toBe(name);
    expect(event.routeKey).toBe(routeKey);
    expect(event.pathParameters).toEqual(pathParameters);
    expect(event.requestContext.http.method).toBe(method);
  });

  // The first ten rows are captures on AWS (hotsock/voker, vokerhttp/testdata/ingress-paths.json).
  it.each([
    ['plain', 'plain'],
    ['space%20value', 'space value'],
    ['question%3Fvalue', 'question'],
    ['hash%23value', 'hash#value'],
    ['slash%2Fvalue', 'slash/value'],
    ['unicode-%CE%BB-%E4%B8%96%E7%95%8C', 'unicode-λ-世界'],
    ['literal%252Fvalue', 'literal/value'],
    ['literal%253Fvalue', 'literal?value'],
    ['literal%2525value', 'literal%value'],
    ['percent%25done', undefined],
    ['broken%zzvalue', undefined],
    ['broken%', undefined],
    ['broken%ff', undefined],
  ])('with the encoded path %s arrives as %s', async (sent, arrives) => {
    const { status, event } = await receive({ target: `/capture/${sent}?marker=a%3Fb` });

    expect(status).toBe(arrives === undefined ? 400 : 204);
    expect(event?.rawPath).toBe(arrives && `/capture/${arrives}`);
    expect(event?.requestContext.http.path).toBe(arrives && `/capture/${arrives}`);
    expect(event?.rawQueryString).toBe(arrives && 'marker=a%3Fb');
  });

  it('has decoded path parameters', async () => {
    const { event } = await receive({ target: '/problems/a%20b' });

    expect(event.pathParameters).toEqual({ Code: 'a b' });
  });

  it.each(['*', 'http://localhost/health', ''])('with the target %j is rejected', async (target) => {
    expect((await receive({ target })).status).toBe(400);
  });

  it.each<[string, Record<string, string> | undefined]>([
    ['', undefined],
    ['?', undefined],
    ['?a=1', { a: '1' }],
    ['?a=1&a=2&b=3', { a: '1,2', b: '3' }],
    ['?empty=&alone', { empty: '', alone: '' }],
    ['?plus=a+b&encoded=a%2Bb', { plus: 'a b', encoded: 'a+b' }],
    ['?a=b?c', { a: 'b?c' }],
  ])('with the query %j has decoded parameters', async (query, parameters) => {
    const { event } = await receive({ target: `/health${query}` });

    expect(event.rawQueryString).toBe(query.slice(1));
    expect(event.queryStringParameters).toEqual(parameters);
  });

  it.each<[string, Fields, Record<string, string>, string[] | undefined]>([
    ['a name in capitals', [['X-Request-ID', 'a']], { 'x-request-id': 'a' }, undefined],
    [
      'a repeated field',
      [
        ['x-probe', 'first'],
        ['X-Probe', 'second'],
      ],
      { 'x-probe': 'first,second' },
      undefined,
    ],
    ['cookies', [['cookie', 'session=abc123; theme=dark']], {}, ['session=abc123', 'theme=dark']],
    ['an origin, without CORS', [['origin', 'https://a.example']], { origin: 'https://a.example' }, undefined],
  ])('with %s has the headers of payload 2.0', async (_, headers, expected, cookies) => {
    const { event, ...response } = await receive({ target: '/health', headers });

    expect(event.headers).toEqual({
      'content-length': '0',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
      ...expected,
    });
    expect(event.cookies).toEqual(cookies);
    expect(Object.keys(response.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });

  const utf8 = 'é{}';

  // The types that are text are from a test on AWS (ministackorg/ministack#766).
  it.each([
    ['application/json', false],
    ['application/json; charset=utf-8', false],
    ['Application/JSON;charset=utf-8', false],
    ['application/xml', false],
    ['application/javascript', false],
    ['text/plain', false],
    ['text/html; charset=utf-8', false],
    ['application/x-www-form-urlencoded', true],
    ['multipart/form-data; boundary=a', true],
    ['application/octet-stream', true],
    ['application/merge-patch+json', true],
    ['application/jsonx', true],
    ['json', true],
    ['', true],
    [undefined, true],
  ])('with the Content-Type %j has a body in base64: %s', async (type, isBase64Encoded) => {
    const headers: Fields = type === undefined ? [] : [['content-type', type]];

    const { event } = await receive({ method: 'POST', target: '/global-datastores', headers, body: Buffer.from(utf8) });

    expect(event.isBase64Encoded).toBe(isBase64Encoded);
    expect(event.body).toBe(isBase64Encoded ? Buffer.from(utf8).toString('base64') : utf8);
    expect(event.headers['content-length']).toBe('4');
    expect(event.headers['content-type']).toBe(type);
  });

  it('without a body has none in the event', async () => {
    const { event } = await receive({ method: 'POST', target: '/global-datastores', body: new Uint8Array() });

    expect(event).toMatchObject({ isBase64Encoded: false });
    expect(event).not.toHaveProperty('body');
  });

  it('with more than Lambda accepts is rejected', async () => {
    const body = Buffer.alloc(5 * 1024 * 1024);

    expect((await receive({ method: 'POST', target: '/global-datastores', body })).status).toBe(413); // 6.7 MB in base64
  });

  it('has the context of an HTTP API', async () => {
    const { event, headers } = await receive({
      target: '/global-datastores',
      headers: [
        ['Host', 'localhost:3000'],
        ['User-Agent', 'curl'],
      ],
    });
    const { requestContext } = event;

    expect(event.version).toBe('2.0');
    expect(requestContext).toMatchObject({
      domainName: 'localhost:3000',
      domainPrefix: 'localhost',
      stage: '$default',
      routeKey: event.routeKey,
      http: { protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'curl' },
      authorizer: identify(),
    });
    expect(requestContext.requestId).toMatch(/^[\w+/]{15}=$/);
    expect(requestContext.time).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
    expect(headers['apigw-requestid']).toBe(requestContext.requestId);
  });

  it('has no identity on a route without an authorizer', async () => {
    expect((await receive({ target: '/health' })).event.requestContext).not.toHaveProperty('authorizer');
  });

  it('has the last values beside all values in payload 1.0', async () => {
    const request = {
      target: '/problems/a%20b?a=1&a=2',
      headers: [
        ['X-A', '1'],
        ['x-a', '2'],
        ['cookie', 'a=b'],
      ] as Fields,
    };

    const { event } = await receive(request, 1);

    expect(event).toMatchObject({
      version: '1.0',
      resource: '/problems/{Code}',
      path: '/problems/a b',
      httpMethod: 'GET',
      headers: { 'x-a': '2', cookie: 'a=b' },
      multiValueHeaders: { 'x-a': ['1', '2'] },
      queryStringParameters: { a: '2' },
      multiValueQueryStringParameters: { a: ['1', '2'] },
      pathParameters: { Code: 'a b' },
      requestContext: { identity: { userArn: identify().iam.userArn }, resourcePath: '/problems/{Code}' },
      body: null,
    });
  });
});

describe('a result', () => {
  const json = { 'content-type': 'application/json' };

  it.each<[string, unknown, object]>([
    ['with a status', { statusCode: 201, headers: json, body: '{}' }, { status: 201, headers: json, text: '{}' }],
    ['with headers in capitals', { statusCode: 200, headers: { ETag: '"a"' } }, { headers: { etag: '"a"' } }],
    [
      'with a number as a header',
      { statusCode: 202, headers: { 'retry-after': 1 } },
      { headers: { 'retry-after': '1' } },
    ],
    ['with cookies', { statusCode: 200, cookies: ['a=1', 'b=2'] }, { cookies: ['a=1', 'b=2'] }],
    ['in base64', { statusCode: 200, body: 'w6k=', isBase64Encoded: true }, { text: 'é' }],
    [
      'without a Content-Type',
      { statusCode: 200, body: 'a' },
      { headers: { 'content-type': 'text/plain; charset=utf-8' } },
    ],
    ['without a status', { name: 'a' }, { status: 200, headers: json, text: '{"name":"a"}' }],
    ['that is text', 'hello', { status: 200, headers: json, text: 'hello' }],
  ])('%s becomes a response', async (_, result, response) => {
    expect(await respond(async () => result)).toMatchObject(response);
  });

  it('without a body has no Content-Type', async () => {
    const { headers, text } = await respond(async () => ({ statusCode: 304, headers: { etag: '"a"' } }));

    expect(headers).not.toHaveProperty('content-type');
    expect(text).toBe('');
  });

  it('for HEAD has no body', async () => {
    const { status, text } = await respond(async () => ({ statusCode: 200, headers: json, body: '{}' }), 'HEAD');

    expect([status, text]).toEqual([200, '']);
  });
});

describe('API Gateway itself', () => {
  it.each<[string, number, string, Invoke, number?]>([
    ['a function that throws', 500, 'Internal Server Error', () => Promise.reject(new Error('secret'))],
    ['a status that is none', 500, 'Internal Server Error', async () => ({ statusCode: 'a' })],
    ['a result above 6 MB', 500, 'Internal Server Error', async () => 'a'.repeat(6 * 1024 * 1024)],
    ['a function that does not respond', 503, 'Service Unavailable', () => new Promise(() => {}), 1],
  ])('responds to %s', async (_, status, message, invoke, timeoutMs) => {
    const { headers, text, ...response } = await respond(invoke, 'GET', timeoutMs);

    expect(response.status).toBe(status);
    expect(headers).toEqual({ 'content-type': 'application/json', 'apigw-requestid': expect.any(String) });
    expect(JSON.parse(text)).toEqual({ message });
  });

  it.each<[401 | 403, string]>([
    [401, 'Unauthorized'],
    [403, 'Forbidden'],
  ])('responds %s in place of the function if the authorizer refuses', async (status, message) => {
    const calls: string[] = [];
    const invoke: Invoke = async (name) => calls.push(name);
    const gateway = createGateway({ routes, invoke, identify: () => status });

    const refused = await gateway({ method: 'GET', target: '/global-datastores', headers: [] });
    const open = await gateway({ method: 'GET', target: '/health', headers: [] });

    expect(refused.status).toBe(status);
    expect(JSON.parse(Buffer.from(refused.body).toString())).toEqual({ message });
    expect(open.status).toBe(200);
    expect(calls).toEqual(['getHealth']);
  });
});
