import { describe, expect, it } from 'vitest';
import { type RequestOptions, startApi } from '../support/api.ts';
import { createProxy, fault, modes } from '../support/proxy.ts';

const proxy = createProxy();
const { call } = await startApi({ proxy });
const body = { GlobalReplicationGroupIdSuffix: 'orders', PrimaryReplicationGroupId: 'nowhere' };

/** One request for each way in which a request can end badly. */
const problems: [number, string, RequestOptions?][] = [
  [400, 'GET /global-datastores?MaxRecords=1'],
  [400, 'GET /global-datastores?Marker=rubbish'],
  [400, 'POST /global-datastores', { raw: '{' }],
  [404, 'GET /nothing'],
  [404, 'GET /global-datastores/ldgnf-nobody'],
  [404, 'POST /global-datastores', { body }],
  [405, 'DELETE /health'],
  [406, 'GET /health', { headers: { accept: 'text/html' } }],
  [413, 'POST /global-datastores', { raw: ' '.repeat(70_000) }],
  [415, 'POST /global-datastores', { raw: '{}', headers: { 'content-type': 'text/plain' } }],
  [500, 'GET /global-datastores/ldgnf-denied'],
  [502, 'GET /global-datastores/ldgnf-broken'],
  [503, 'GET /operations'],
  [503, 'GET /operations/nobody'],
  [503, 'POST /operations/nobody/cancel'],
  [504, 'GET /global-datastores/ldgnf-hung', { remainingMs: 1_050 }],
];
proxy.will(fault('AccessDenied', 403), { holds: 'ldgnf-denied', times: 99 });
proxy.will(modes.garbage, { holds: 'ldgnf-broken', times: 99 });
proxy.will(modes.hang, { holds: 'ldgnf-hung', times: 99 });

describe.each(problems)('%i: %s', async (status, request, options) => {
  const answer = await call(request, options);

  it('is a problem with all its members', () => {
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.body).toMatchObject({
      type: `https://api.test/problems/${answer.body.code}`,
      title: expect.stringMatching(/^[A-Z].{5,}[^.]$/),
      status,
      detail: expect.stringMatching(/^.{10,}[.!?:a-z]/),
      instance: `urn:request:${answer.headers['x-request-id']}`,
      code: expect.stringMatching(/^[A-Z]\w+$/),
    });
  });

  it('carries the common headers', () => {
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'strict-transport-security': expect.stringContaining('max-age='),
      'x-request-id': expect.stringMatching(/^[\w.-]{1,64}$/),
    });
  });

  it('shows no internal detail', () => {
    expect(JSON.stringify(answer)).not.toMatch(/node_modules|\.ts\b|\.mjs\b|\bat \w+ \(|127\.0\.0\.1|Error:|secret/);
  });
});

describe('the id of a request', () => {
  it('is the caller’s X-Request-Id if it is well-formed', async () => {
    const answer = await call('GET /nothing', { headers: { 'X-Request-Id': 'order-4711.a_b' } });

    expect(answer.headers['x-request-id']).toBe('order-4711.a_b');
    expect(answer.body.instance).toBe('urn:request:order-4711.a_b');
  });

  it.each(['', 'two words', 'a\r\nset-cookie: b=c', '<script>', 'x'.repeat(65), 'ü'])(
    'replaces the X-Request-Id %j',
    async (given) => {
      const answer = await call('GET /nothing', { headers: { 'x-request-id': given } });

      expect(answer.headers['x-request-id']).toMatch(/^[\w.-]{1,64}$/);
      expect(answer.headers['x-request-id']).not.toBe(given);
    },
  );
});
