import { expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { afterEffect, createProxy, modes } from '../support/proxy.ts';

const proxy = createProxy();
const { call, emulator } = await startApi({ proxy, environment: { ATTEMPT_MS: '1000', REQUEST_MS: '2500' } });

it.concurrent.each(['hang', 'stall', 'drip'] as const)('%s: responds with 504 UpstreamTimeout', async (mode) => {
  proxy.inject(modes[mode], { times: 99, contains: `ldgnf-${mode}` });

  const response = await call(`GET /global-datastores/ldgnf-${mode}`);

  expect(response).toMatchObject({ status: 504, body: { status: 504, code: 'UpstreamTimeout' } });
  expect(response.headers).toMatchObject({ 'content-type': 'application/problem+json', 'retry-after': '5' });
});

it('responds before the deadline of the function', async () => {
  proxy.inject(modes.hang, { contains: 'ldgnf-late' });

  const response = await call('GET /global-datastores/ldgnf-late', { remainingMs: 1_100 });

  expect(response).toMatchObject({ status: 504, body: { code: 'UpstreamTimeout' } });
});

it('serves requests after many that got no response', async () => {
  proxy.inject(modes.hang, { times: 60, contains: 'ldgnf-many' });
  const many = Array.from({ length: 60 }, () => call('GET /global-datastores/ldgnf-many', { remainingMs: 1_100 }));

  const statuses = new Set((await Promise.all(many)).map(({ status }) => status));

  expect(statuses).toEqual(new Set([504]));
  expect(await call('GET /global-datastores')).toMatchObject({ status: 200 });
});

it('accepts a create whose response came too late, and creates one datastore', async () => {
  await emulator.seed('orders-use1');
  proxy.inject(afterEffect(modes.hang), { action: 'CreateGlobalReplicationGroup' });

  const body = { GlobalReplicationGroupIdSuffix: 'orders', PrimaryReplicationGroupId: 'orders-use1' };
  const response = await call('POST /global-datastores', { body });

  expect(response).toMatchObject({ status: 202, headers: { location: '/global-datastores/ldgnf-orders' } });
  const { body: list } = await call('GET /global-datastores');
  expect(list.GlobalReplicationGroups).toHaveLength(1);
});
