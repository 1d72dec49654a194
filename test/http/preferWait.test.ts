import { beforeAll, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { datastores } from '../support/datastore.ts';

process.env.POLL_MS = '20';
const { call, emulator } = await startApi({ transitionMs: 60 });
const { freeze } = datastores(emulator);

beforeAll(async () => {
  await emulator.seed('orders-use1');
});

it('responds 200 without Retry-After once the datastore is stable', async () => {
  const headers = { prefer: 'wait=10' };
  const datastorePath = '/global-datastores/ldgnf-orders';
  const body = { GlobalReplicationGroupIdSuffix: 'orders', PrimaryReplicationGroupId: 'orders-use1' };
  const secondary = { ReplicationGroupId: 'orders-euw1', ReplicationGroupRegion: 'eu-west-1' };

  const responses = [
    await call('POST /global-datastores', { headers, body }),
    await call(`POST ${datastorePath}/members`, { headers, body: secondary }),
    await call(`POST ${datastorePath}/failover`, { headers, body: { PrimaryRegion: 'eu-west-1' } }),
    await call(`PATCH ${datastorePath}`, { headers, body: { CacheNodeType: 'cache.r7g.xlarge' } }),
    await call(`DELETE ${datastorePath}/members/us-east-1/orders-use1`, { headers }),
    await call(`DELETE ${datastorePath}`, { headers }),
  ];

  expect(responses.map(({ status, body }) => [status, body.GlobalReplicationGroup?.Status])).toEqual([
    [200, 'primary-only'],
    [200, 'available'],
    [200, 'available'],
    [200, 'available'],
    [200, 'primary-only'],
    [200, 'deleted'],
  ]);
  for (const response of responses) {
    expect(response.headers).toMatchObject({ 'preference-applied': 'wait=10', location: datastorePath });
    expect(response.headers).not.toHaveProperty('retry-after');
  }
  expect(responses[1]?.body.ReplicationGroup).toMatchObject({ ReplicationGroupId: 'orders-euw1', Status: 'available' });
});

it('responds 202 with the current datastore when the wait is too short', async () => {
  await emulator.seed('carts-use1');
  const body = { GlobalReplicationGroupIdSuffix: 'carts', PrimaryReplicationGroupId: 'carts-use1' };

  const response = await call('POST /global-datastores', { headers: { prefer: 'wait=0' }, body });

  expect(response.status).toBe(202);
  expect(response.headers).toMatchObject({ 'preference-applied': 'wait=0' });
  expect(response.headers).toHaveProperty('retry-after');
  expect(response.body.GlobalReplicationGroup.Status).toBe('creating');
});

it('stops the wait before the function times out', async () => {
  await emulator.seed('slow-use1');
  const body = { GlobalReplicationGroupIdSuffix: 'slow', PrimaryReplicationGroupId: 'slow-use1' };

  const continueTime = freeze();
  const response = await call('POST /global-datastores', { headers: { prefer: 'wait=600' }, body, remainingMs: 1_500 });
  continueTime();

  expect(response.status).toBe(202);
  expect(response.headers).toMatchObject({ 'preference-applied': 'wait=25' });
});

it('waits in a GET', async () => {
  await emulator.seed('reads-use1');
  const body = { GlobalReplicationGroupIdSuffix: 'reads', PrimaryReplicationGroupId: 'reads-use1' };
  await call('POST /global-datastores', { body });

  const waited = await call('GET /global-datastores/ldgnf-reads', { headers: { prefer: 'respond-async, wait=10' } });

  expect(waited.status).toBe(200);
  expect(waited.body.GlobalReplicationGroup.Status).toBe('primary-only');
  expect(waited.headers).toMatchObject({ 'preference-applied': 'wait=10' });
});
