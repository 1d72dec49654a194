import { afterEach, beforeAll, expect, test } from 'vitest';
import { startApi } from '../support/api.ts';
import { until } from '../support/emulator.ts';
import { createRelay } from '../support/relay.ts';

const relay = createRelay();
const { call, emulator } = await startApi({ relay, environment: { TABLE_TIMEOUT_MS: '1000' } });

const home = '/global-datastores/ldgnf-orders';
const keyHeaders = { 'idempotency-key': '0b0f6b3c-4b57-4a0e-8f6e-0f9d1f0a7d53' };

const status = async () => (await call(`GET ${home}`)).body.GlobalReplicationGroup.Status;
const changes = async () => (await emulator.calls()).filter(({ Action }) => !Action.startsWith('Describe'));

beforeAll(async () => {
  await emulator.seed('orders-use1');
  await call('POST /global-datastores', {
    body: { GlobalReplicationGroupIdSuffix: 'orders', PrimaryReplicationGroupId: 'orders-use1' },
  });
  await until(async () => (await status()) === 'primary-only');
  await call(`POST ${home}/members`, {
    body: { ReplicationGroupId: 'orders-euw1', ReplicationGroupRegion: 'eu-west-1' },
  });
  await until(async () => (await status()) === 'available');
  await emulator.calls();
  await relay.refuse();
});

afterEach(async () => {
  await until(async () => (await status()) === 'available');
  await emulator.calls();
});

test.each(
  [
    ['POST /global-datastores', { GlobalReplicationGroupIdSuffix: 'a', PrimaryReplicationGroupId: 'orders-use1' }],
    [`PATCH ${home}`, { GlobalReplicationGroupDescription: 'Orders' }],
    [`DELETE ${home}?DetachSecondaries=true`, undefined],
    [`POST ${home}/members`, { ReplicationGroupId: 'a-apse2', ReplicationGroupRegion: 'ap-southeast-2' }],
    [`PATCH ${home}/members/eu-west-1/orders-euw1`, { SnapshotRetentionLimit: 3 }],
    [`DELETE ${home}/members/eu-west-1/orders-euw1`, undefined],
    [`PUT ${home}/node-groups`, { NodeGroupCount: 2 }],
    [`POST ${home}/rebalance`, undefined],
  ].flatMap(([request, body]) => [
    [request, 'a key', keyHeaders, body],
    [request, 'no key', {}, body],
  ]),
)('Without the table, %s with %s is refused and AWS is not called', async (request, _, headers, body) => {
  const reply = await call(request as string, {
    headers: headers as Record<string, string>,
    ...(body && { body: body as object }),
  });

  expect(reply.status).toBe(503);
  expect(reply.body.code).toBe('IdempotencyStoreUnavailable');
  expect(reply.headers).toHaveProperty('retry-after');
  expect(await changes()).toEqual([]);
});

test('Without the table, a failover is made and its response says that its key is unprotected', async () => {
  const response = await call(`POST ${home}/failover`, { headers: keyHeaders, body: { PrimaryRegion: 'eu-west-1' } });

  expect(response.status, JSON.stringify(response.body)).toBe(202);
  expect(response.headers).toMatchObject({ 'idempotency-status': 'unprotected', 'audit-status': 'lost' });
  expect((await changes()).map(({ Action }) => Action)).toEqual(['FailoverGlobalReplicationGroup']);
});

test('Without the table, a failover without a key has no idempotency header', async () => {
  const response = await call(`POST ${home}/failover`, { body: { PrimaryRegion: 'us-east-1' } });

  expect(response.status, JSON.stringify(response.body)).toBe(202);
  expect(response.headers).not.toHaveProperty('idempotency-status');
});

test('The response to a refused failover says that its key is unprotected, too', async () => {
  const response = await call(`POST ${home}/failover`, {
    headers: keyHeaders,
    body: { PrimaryRegion: 'ap-southeast-2' },
  });

  expect(response.status).toBe(404);
  expect(response.headers['idempotency-status']).toBe('unprotected');
});

test('A table that hangs delays a failover by its limit at most', async () => {
  await relay.accept();
  relay.watch(() => new Promise(() => {}));

  const response = await call(`POST ${home}/failover`, { headers: keyHeaders, body: { PrimaryRegion: 'eu-west-1' } });

  expect(response.status).toBe(202);
  expect(response.headers['idempotency-status']).toBe('unprotected');
  relay.watch(() => {});
});
