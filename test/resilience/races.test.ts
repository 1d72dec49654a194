import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Reply, startApi } from '../support/api.ts';
import { until } from '../support/emulator.ts';

/** `npm run prove:races` runs each race often, and prints the figures; `npm test` runs it once. */
const rounds = process.env.PROVE === '1' ? 10 : 1;
const figures: string[] = [];

/** The lifetime of a failover lease. It is longer than a failover, so that concurrent requests find it on a busy machine. */
const leaseMs = 4_000;

const { call, emulator } = await startApi({
  transitionMs: 300,
  quotas: { nodes: 10_000 },
  environment: { FAILOVER_LEASE_MS: `${leaseMs}`, ATTEMPT_MS: '15000' },
});

const ann = 'arn:aws:iam::123456789012:user/ann';
const bob = 'arn:aws:iam::123456789012:user/bob';

const datastore = async (name: string) =>
  (await call(`GET /global-datastores/ldgnf-${name}`)).body.GlobalReplicationGroup;
const create = (name: string, key: string) =>
  call('POST /global-datastores', {
    headers: { 'idempotency-key': key },
    body: { GlobalReplicationGroupIdSuffix: name, PrimaryReplicationGroupId: `${name}-use1` },
  });
const failover = (PrimaryRegion: string, caller: string) =>
  call('POST /global-datastores/ldgnf-orders/failover', { caller, body: { PrimaryRegion } });

/** Returns the number of calls of an action since the calls were last read. */
const countCalls = async (action: string) => (await emulator.calls()).filter(({ Action }) => Action === action).length;

/** Counts the replies by status and code. */
function countByResult(replies: readonly Reply[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, body } of replies) {
    const kind = [status, body.code].filter(Boolean).join(' ');
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

const primaries = async () =>
  (await datastore('orders')).Members.filter(({ Role }: { Role: string }) => Role === 'PRIMARY').map(
    ({ ReplicationGroupRegion }: { ReplicationGroupRegion: string }) => ReplicationGroupRegion,
  );

beforeAll(async () => {
  for (let round = 0; round < rounds; round++) {
    await emulator.seed(`one${round}-use1`);
    await emulator.seed(`fifty${round}-use1`);
  }
  await emulator.seed('orders-use1');
  await create('orders', 'orders');
  for (const region of ['eu-west-1', 'ap-southeast-2']) {
    await until(async () => /available|primary-only/.test((await datastore('orders')).Status));
    const member = { ReplicationGroupId: `orders-${region}`, ReplicationGroupRegion: region };
    await call('POST /global-datastores/ldgnf-orders/members', { body: member });
  }
  await until(async () => (await datastore('orders')).Status === 'available');
});

afterAll(() => {
  if (process.env.PROVE === '1') console.log(figures.join('\n'));
});

test.each(Array.from({ length: rounds }, (_, round) => [round]))(
  '100 concurrent requests with one key create one datastore, and all get the same response (%i)',
  async (round) => {
    await emulator.calls();

    const first = await Promise.all(Array.from({ length: 100 }, () => create(`one${round}`, `key${round}`)));
    const waiting = first.filter(({ body }) => body.code === 'IdempotencyKeyInProgress');
    await sleep(Math.max(0, ...waiting.map(({ headers }) => Number(headers['retry-after']))) * 1000);
    const replies = [
      ...first.filter((reply) => !waiting.includes(reply)),
      ...(await Promise.all(waiting.map(() => create(`one${round}`, `key${round}`)))),
    ];

    const calls = await countCalls('CreateGlobalReplicationGroup');
    figures.push(
      `100 requests, one key: called AWS ${calls} time, ${waiting.length} waited once, then ${JSON.stringify(countByResult(replies))}`,
    );
    expect(calls).toBe(1);
    expect(countByResult(replies)).toEqual({ 202: 100 });
    expect(new Set(replies.map(({ body }) => JSON.stringify(body)))).toHaveLength(1);
  },
);

test.each(Array.from({ length: rounds }, (_, round) => [round]))(
  '50 concurrent requests with a key each for one name: one creates the datastore, 49 are refused (%i)',
  async (round) => {
    const replies = await Promise.all(
      Array.from({ length: 50 }, (_, index) => create(`fifty${round}`, `key${round}-${index}`)),
    );

    figures.push(`50 requests, a key each, one name: ${JSON.stringify(countByResult(replies))}`);
    expect(countByResult(replies)).toEqual({ 202: 1, '409 GlobalReplicationGroupAlreadyExistsFault': 49 });
  },
);

test.each(Array.from({ length: rounds }, (_, round) => [round]))(
  'One of two concurrent failovers to different members is refused, and the refusal names the caller of the other (%i)',
  async () => {
    const [primary] = await primaries();
    const [left, right] = ['us-east-1', 'eu-west-1', 'ap-southeast-2'].filter((region) => region !== primary);
    await emulator.calls();

    const replies = await Promise.all([failover(left ?? '', ann), failover(right ?? '', bob)]);

    const winner = replies.findIndex(({ status }) => status === 202);
    const refused = replies[1 - winner];
    figures.push(`2 opposite failovers: ${JSON.stringify(countByResult(replies))}`);
    expect(countByResult(replies)).toEqual({ 202: 1, '409 FailoverUnderWay': 1 });
    expect(refused?.body.detail).toMatch(
      new RegExp(`^${[ann, bob][winner]} started a failover to ${[left, right][winner]}/orders-.* at 20\\d\\d-`),
    );
    expect(refused?.headers).toHaveProperty('retry-after');
    expect(await countCalls('FailoverGlobalReplicationGroup')).toBe(1);
    await until(async () => (await datastore('orders')).Status === 'available');
    expect(await primaries()).toEqual([[left, right][winner]]);
  },
);

test('The opposite failover is accepted once the first is complete, before its lease ends', async () => {
  const [primary] = await primaries();
  const [left = '', right = ''] = ['us-east-1', 'eu-west-1', 'ap-southeast-2'].filter((region) => region !== primary);
  expect((await failover(left, ann)).status).toBe(202);
  expect((await failover(right, bob)).body.code).toBe('FailoverUnderWay');

  await until(async () => (await primaries())[0] === left);
  const next = await failover(right, bob);

  expect(next.status, JSON.stringify(next.body)).toBe(202);
  await until(async () => (await primaries())[0] === right);
});

test('A second failover to the same member is accepted', async () => {
  const [primary] = await primaries();
  const [target = ''] = ['us-east-1', 'eu-west-1'].filter((region) => region !== primary);

  const replies = await Promise.all([failover(target, ann), failover(target, bob)]);

  expect(countByResult(replies)).toEqual({ 202: 2 });
  await until(async () => (await primaries())[0] === target);
});

test('A failover that AWS refuses releases its lease', async () => {
  await until(async () => (await datastore('orders')).Status === 'available');
  const [primary = ''] = await primaries();
  const [target = ''] = ['us-east-1', 'eu-west-1'].filter((region) => region !== primary);

  const refused = await failover(primary, ann);
  const next = await failover(target, bob);

  expect(refused.status).toBe(400);
  expect(next.status, JSON.stringify(next.body)).toBe(202);
});

test('A failover of unknown outcome keeps its lease until it ends', async () => {
  await until(async () => (await datastore('orders')).Status === 'available');
  const [primary = ''] = await primaries();
  const [left = '', right = ''] = ['us-east-1', 'eu-west-1', 'ap-southeast-2'].filter((region) => region !== primary);
  await emulator.fail({ Action: 'FailoverGlobalReplicationGroup', Name: 'InternalFailure', Times: 9 });
  expect((await failover(left, ann)).status).toBe(502);
  await emulator.clearFaults();

  expect((await failover(right, bob)).body.code).toBe('FailoverUnderWay');
  expect((await failover(left, bob)).status).toBe(202);
  await until(async () => (await primaries())[0] === left);
  await emulator.fail({ Action: 'FailoverGlobalReplicationGroup', Name: 'InternalFailure', Times: 9 });
  expect((await failover(right, ann)).status).toBe(502);
  await emulator.clearFaults();
  await sleep(leaseMs);

  expect((await failover(primary, bob)).status).toBe(202);
});
