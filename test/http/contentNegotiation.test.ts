import { expect, it } from 'vitest';
import { startApi } from '../support/api.ts';

const { call } = await startApi();

it.each([
  undefined,
  '',
  '*/*',
  'application/json',
  'application/problem+json',
  'application/*',
  'APPLICATION/JSON',
  'application/json;q=0.5',
  'application/json; charset=utf-8',
  'text/html, application/xhtml+xml, */*;q=0.8',
])('responds 200 for Accept: %j', async (accept) => {
  const response = await call('GET /health', { headers: accept === undefined ? {} : { Accept: accept } });

  expect(response.status).toBe(200);
});

it.each([
  'text/html',
  'application/xml',
  'text/*',
  'application/json;q=0',
  'application/jsonp',
  '*/*;q=0.0',
  'nonsense',
])('responds 406 for Accept: %j', async (accept) => {
  const response = await call('GET /health', { headers: { accept } });

  expect(response).toMatchObject({
    status: 406,
    headers: { 'content-type': 'application/problem+json' },
    body: { status: 406, code: 'NotAcceptable' },
  });
});
