import { describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { exampleRequest } from '../support/requests.ts';

const { call, routes } = await startApi();

/** The methods that each path takes, by an example of the path. */
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
  )('is 404: %s', async (request) => {
    const answer = await call(request);

    expect(answer).toMatchObject({
      status: 404,
      headers: { 'content-type': 'application/problem+json' },
      body: { status: 404, code: 'RouteNotFound' },
    });
  });

  it('answers HEAD with 404 without a body', async () => {
    expect(await call('HEAD /nothing')).toMatchObject({ status: 404, body: '' });
  });
});

describe.each([...methods])('%s', (path, allowed) => {
  const refused = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'BREW'].filter(
    (method) => !allowed.includes(method),
  );

  it.each(refused)('answers %s with 405 and names the allowed methods', async (method) => {
    const answer = await call(`${method} ${path}`);

    expect(answer).toMatchObject({
      status: 405,
      headers: { 'content-type': 'application/problem+json' },
      body: { status: 405, code: 'MethodNotAllowed' },
    });
    expect(answer.headers.allow?.split(', ').sort()).toEqual([...allowed].sort());
    expect(answer.body.detail).toContain(method);
  });
});

it('does not let a header change the method', async () => {
  const answer = await call('POST /health', { headers: { 'x-http-method-override': 'GET' } });

  expect(answer.status).toBe(405);
});
