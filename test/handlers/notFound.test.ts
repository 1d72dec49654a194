import { describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { exampleRequest } from '../support/requests.ts';

const { call, routes } = await startApi();

/** The allowed methods of each example path. */
const methods = new Map<string, string[]>();
for (const route of Object.values(routes)) {
  const [method = '', path = ''] = exampleRequest(route).request.split(/[ ?]/);
  methods.set(path, [...(methods.get(path) ?? []), ...(method === 'GET' ? ['GET', 'HEAD'] : [method])]);
}

describe('an unknown path', () => {
  it.each(
    [
      'GET /',
      'GET /global-datastore',
      'GET /global-datastores/',
      'GET /Global-Datastores',
      'POST /health/deep',
      'GET /global-datastores/ldgnf-orders/nothing',
      'DELETE /global-datastores/ldgnf-orders/members',
      'GET /.env',
      'GET //health',
    ].filter((request) => !methods.has(request.split(' ')[1] ?? '')),
  )('responds 404: %s', async (request) => {
    const response = await call(request);

    expect(response).toMatchObject({
      status: 404,
      headers: { 'content-type': 'application/problem+json' },
      body: { status: 404, code: 'RouteNotFound', remedies: [{ method: 'GET', href: '/openapi.json' }] },
    });
  });

  it('responds to HEAD with 404 and no body', async () => {
    expect(await call('HEAD /nothing')).toMatchObject({ status: 404, body: '' });
  });
});

describe.each([...methods])('%s', (path, allowed) => {
  const otherMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'BREW'].filter(
    (method) => !allowed.includes(method),
  );

  it.each(otherMethods)('responds 405 for %s with the allowed methods', async (method) => {
    const response = await call(`${method} ${path}`);

    expect(response).toMatchObject({
      status: 405,
      headers: { 'content-type': 'application/problem+json' },
      body: { status: 405, code: 'MethodNotAllowed' },
    });
    expect(response.headers.allow?.split(', ').sort()).toEqual([...allowed].sort());
    expect(response.body.detail).toContain(method);
  });
});

it('ignores X-HTTP-Method-Override', async () => {
  const response = await call('POST /health', { headers: { 'x-http-method-override': 'GET' } });

  expect(response.status).toBe(405);
});
