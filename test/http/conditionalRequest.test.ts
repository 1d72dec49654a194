import { beforeAll, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { until } from '../support/emulator.ts';

const { call, emulator } = await startApi();
const datastorePath = '/global-datastores/ldgnf-orders';

beforeAll(async () => {
  await emulator.seed('orders-use1');
  const body = { GlobalReplicationGroupIdSuffix: 'orders', PrimaryReplicationGroupId: 'orders-use1' };
  await call('POST /global-datastores', { body });
  await waitUntilStable();
});

const waitUntilStable = () =>
  until(async () => (await call(`GET ${datastorePath}`)).body.GlobalReplicationGroup.Status === 'primary-only');

it('responds 304 to If-None-Match while the datastore is unchanged', async () => {
  const { headers } = await call(`GET ${datastorePath}`);

  const again = await call(`GET ${datastorePath}`, { headers: { 'if-none-match': `"other", ${headers.etag}` } });
  const other = await call(`GET ${datastorePath}`, { headers: { 'if-none-match': '"other"' } });

  expect(again).toMatchObject({ status: 304, body: '', headers: { etag: headers.etag } });
  expect(other).toMatchObject({ status: 200, headers: { etag: headers.etag } });
});

it('responds 412 to If-Match when the datastore has changed', async () => {
  const { headers } = await call(`GET ${datastorePath}`);
  const body = { GlobalReplicationGroupDescription: 'changed' };

  const first = await call(`PATCH ${datastorePath}`, { headers: { 'if-match': String(headers.etag) }, body });
  await waitUntilStable();
  const second = await call(`PATCH ${datastorePath}`, { headers: { 'if-match': String(headers.etag) }, body });

  expect(first.status).toBe(202);
  expect(second).toMatchObject({ status: 412, body: { code: 'PreconditionFailed' } });
  expect(second.headers.etag).not.toBe(headers.etag);
  expect((await call(`PATCH ${datastorePath}`, { headers: { 'if-match': '*' }, body })).status).toBe(202);
});
