import type { APIGatewayProxyEvent, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { contextWith, eventOf } from '../support/event.ts';

const { call, emulator, routes } = await startApi();
await emulator.seed('orders-use1');

type RestHandler = (event: unknown, context: Partial<Context>) => Promise<APIGatewayProxyStructuredResultV2>;

/** Calls a handler as a REST API does: payload version 1.0, with null for each absent part. */
async function callRest(name: string, event: Partial<APIGatewayProxyEvent>) {
  const { handler } = (await import(`../../src/handlers/${name}.ts`)) as { handler: RestHandler };
  const result = await handler(
    {
      headers: null,
      multiValueHeaders: null,
      pathParameters: null,
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      requestContext: {
        requestId: 'rest',
        identity: { userArn: 'arn:aws:iam::123456789012:user/rest', sourceIp: '127.0.0.1', userAgent: null },
      },
      body: null,
      isBase64Encoded: false,
      ...event,
    },
    { awsRequestId: 'lambda', getRemainingTimeInMillis: () => 29_000 },
  );
  return { status: result.statusCode, headers: result.headers, body: JSON.parse(result.body || 'null') };
}

it('reads body, headers and parameters from payload 1.0', async () => {
  const created = await callRest('createGlobalDatastore', {
    httpMethod: 'POST',
    path: '/global-datastores',
    resource: '/global-datastores',
    headers: { 'Content-Type': 'application/json', 'X-Request-Id': 'mine' },
    multiValueHeaders: { 'Content-Type': ['application/json'], 'X-Request-Id': ['mine'] },
    body: JSON.stringify({ GlobalReplicationGroupIdSuffix: 'orders', PrimaryReplicationGroupId: 'orders-use1' }),
  });

  expect(created.status, JSON.stringify(created.body)).toBe(202);
  expect(created.headers?.['x-request-id']).toBe('mine');

  const shown = await callRest('getGlobalDatastore', {
    httpMethod: 'GET',
    path: '/global-datastores/ldgnf-orders',
    resource: '/global-datastores/{GlobalReplicationGroupId}',
    pathParameters: { GlobalReplicationGroupId: 'ldgnf-orders' },
  });
  const direct = await call('GET /global-datastores/ldgnf-orders');

  expect(shown.status).toBe(200);
  expect(shown.body).toEqual(direct.body);
});

it('refuses a repeated query parameter in payload 1.0 as in payload 2.0', async () => {
  const query = 'MaxRecords=20&MaxRecords=30';
  const rest = await callRest('listGlobalDatastores', {
    httpMethod: 'GET',
    path: '/global-datastores',
    resource: '/global-datastores',
    queryStringParameters: { MaxRecords: '30' },
    multiValueQueryStringParameters: { MaxRecords: ['20', '30'] },
  });
  const http = await call(`GET /global-datastores?${query}`);

  expect(rest.status).toBe(400);
  expect(rest.body.errors).toEqual(http.body.errors);
});

it('responds 405 for an unknown method in payload 1.0', async () => {
  const response = await callRest('notFound', {
    httpMethod: 'PUT',
    path: '/global-datastores',
    resource: '/{proxy+}',
  });

  expect(response.status).toBe(405);
  expect(response.headers?.allow).toBe('POST, GET, HEAD');
});

it('accepts null path parameters, which a local server sends', async () => {
  const { handler } = (await import('../../src/handlers/listGlobalDatastores.ts')) as { handler: RestHandler };
  const { event } = eventOf('GET /global-datastores', {}, routes);

  const result = await handler({ ...event, pathParameters: null }, contextWith(29_000));

  expect(result.statusCode).toBe(200);
});
