import { describe, expect, it } from 'vitest';
import { type RequestOptions, startApi } from '../support/api.ts';
import { createProxy, fault, modes } from '../support/proxy.ts';

const proxy = createProxy();
const { call } = await startApi({ proxy });
const body = { GlobalReplicationGroupIdSuffix: 'orders', PrimaryReplicationGroupId: 'nowhere' };

/** One request for each kind of failure. */
const problems: [number, string, RequestOptions?][] = [
  [400, 'GET /global-datastores?MaxRecords=1'],
  [400, 'GET /global-datastores?Marker=rubbish'],
  [400, 'POST /global-datastores', { raw: '{' }],
  [404, 'GET /nothing'],
  [404, 'GET /global-datastores/ldgnf-unknown'],
  [404, 'POST /global-datastores', { body }],
  [405, 'DELETE /health'],
  [406, 'GET /health', { headers: { accept: 'text/html' } }],
  [413, 'POST /global-datastores', { raw: ' '.repeat(70_000) }],
  [415, 'POST /global-datastores', { raw: '{}', headers: { 'content-type': 'text/plain' } }],
  [500, 'GET /global-datastores/ldgnf-denied'],
  [502, 'GET /global-datastores/ldgnf-broken'],
  [503, 'GET /operations'],
  [503, 'GET /operations/unknown'],
  [503, 'POST /operations/unknown/cancel'],
  [504, 'GET /global-datastores/ldgnf-hung', { remainingMs: 1_050 }],
];
proxy.inject(fault('AccessDenied', 403), { contains: 'ldgnf-denied', times: 99 });
proxy.inject(modes.garbage, { contains: 'ldgnf-broken', times: 99 });
proxy.inject(modes.hang, { contains: 'ldgnf-hung', times: 99 });

describe.each(problems)('%i: %s', async (status, request, options) => {
  const response = await call(request, options);

  it('returns a problem with all its members', () => {
    expect(response.status).toBe(status);
    expect(response.headers['content-type']).toBe('application/problem+json');
    expect(response.body).toMatchObject({
      type: `https://api.test/problems/${response.body.code}`,
      title: expect.stringMatching(/^[A-Z].{5,}[^.]$/),
      status,
      detail: expect.stringMatching(/^.{10,}[.!?:a-z]/),
      instance: `urn:request:${response.headers['x-request-id']}`,
      code: expect.stringMatching(/^[A-Z]\w+$/),
    });
  });

  it('has the headers of every response', () => {
    expect(response.headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'strict-transport-security': expect.stringContaining('max-age='),
      'x-request-id': expect.stringMatching(/^[\w.-]{1,64}$/),
    });
  });

  it('shows no internal details', () => {
    expect(JSON.stringify(response)).not.toMatch(/node_modules|\.ts\b|\.mjs\b|\bat \w+ \(|127\.0\.0\.1|Error:|secret/);
  });
});

describe('X-Request-Id', () => {
  it('returns the id of the caller when it is valid', async () => {
    const response = await call('GET /nothing', { headers: { 'X-Request-Id': 'order-4711.a_b' } });

    expect(response.headers['x-request-id']).toBe('order-4711.a_b');
    expect(response.body.instance).toBe('urn:request:order-4711.a_b');
  });

  it.each(['', 'two words', 'a\r\nset-cookie: b=c', '<script>', 'x'.repeat(65), 'ü'])(
    'replaces the invalid id %j',
    async (given) => {
      const response = await call('GET /nothing', { headers: { 'x-request-id': given } });

      expect(response.headers['x-request-id']).toMatch(/^[\w.-]{1,64}$/);
      expect(response.headers['x-request-id']).not.toBe(given);
    },
  );
});
