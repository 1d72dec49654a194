import { beforeAll, expect, test } from 'vitest';
import { startApi } from '../support/api.ts';

process.env.POLL_MS = '20';
const { call, emulator } = await startApi({ transitionMs: 60 });

beforeAll(async () => {
  await emulator.seed('orders-use1');
});

test('Prefer: wait holds each response until the datastore is stable, then answers 200 without Retry-After', async () => {
  const headers = { prefer: 'wait=10' };
  const home = '/global-datastores/ldgnf-orders';
  const body = { GlobalReplicationGroupIdSuffix: 'orders', PrimaryReplicationGroupId: 'orders-use1' };
  const secondary = { ReplicationGroupId: 'orders-euw1', ReplicationGroupRegion: 'eu-west-1' };

  const replies = [
    await call('POST /global-datastores', { headers, body }),
    await call(`POST ${home}/members`, { headers, body: secondary }),
    await call(`POST ${home}/failover`, { headers, body: { PrimaryRegion: 'eu-west-1' } }),
    await call(`PATCH ${home}`, { headers, body: { CacheNodeType: 'cache.r7g.xlarge' } }),
    await call(`DELETE ${home}/members/us-east-1/orders-use1`, { headers }),
    await call(`DELETE ${home}`, { headers }),
  ];

  expect(replies.map(({ status, body }) => [status, body.GlobalReplicationGroup?.Status])).toEqual([
    [200, 'primary-only'],
    [200, 'available'],
    [200, 'available'],
    [200, 'available'],
    [200, 'primary-only'],
    [200, 'deleted'],
  ]);
  for (const reply of replies) {
    expect(reply.headers).toMatchObject({ 'preference-applied': 'wait=10', location: home });
    expect(reply.headers).not.toHaveProperty('retry-after');
  }
  expect(replies[1]?.body.ReplicationGroup).toMatchObject({ ReplicationGroupId: 'orders-euw1', Status: 'available' });
});

test('A wait that is too short ends in the 202 of the change, with the current datastore', async () => {
  await emulator.seed('carts-use1');
  const body = { GlobalReplicationGroupIdSuffix: 'carts', PrimaryReplicationGroupId: 'carts-use1' };

  const unheard = await call('POST /global-datastores', { headers: { prefer: 'wait=0' }, body });

  expect(unheard.status).toBe(202);
  expect(unheard.headers).toMatchObject({ 'preference-applied': 'wait=0' });
  expect(unheard.headers).toHaveProperty('retry-after');
  expect(unheard.body.GlobalReplicationGroup.Status).toBe('creating');
});

test('A wait ends before the deadline of the function', async () => {
  await emulator.seed('slow-use1');
  const body = { GlobalReplicationGroupIdSuffix: 'slow', PrimaryReplicationGroupId: 'slow-use1' };

  const reply = await call('POST /global-datastores', { headers: { prefer: 'wait=600' }, body, remainingMs: 1_040 });

  expect(reply.status).toBe(202);
  expect(reply.headers).toMatchObject({ 'preference-applied': 'wait=25' });
});

test('Prefer: wait holds a read, too', async () => {
  await emulator.seed('reads-use1');
  const body = { GlobalReplicationGroupIdSuffix: 'reads', PrimaryReplicationGroupId: 'reads-use1' };
  await call('POST /global-datastores', { body });

  const waited = await call('GET /global-datastores/ldgnf-reads', { headers: { prefer: 'respond-async, wait=10' } });

  expect(waited.status).toBe(200);
  expect(waited.body.GlobalReplicationGroup.Status).toBe('primary-only');
  expect(waited.headers).toMatchObject({ 'preference-applied': 'wait=10' });
});
