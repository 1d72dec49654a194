import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startApi } from '../support/api.ts';
import { createRelay } from '../support/relay.ts';

const relay = createRelay();
const { call, emulator } = await startApi({ regions: ['eu-west-1', 'us-east-1'], relay });

let now = Date.now();

/** Advances the clock, so that no test reads the cached result of another one. */
beforeEach(async () => {
  now += 25_000; // the sum is below 5 min, from which on the SDK corrects its clock
  vi.useFakeTimers({ toFake: ['Date'], now });
  await emulator.calls();
});

afterEach(() => void vi.useRealTimers());

it('reads ElastiCache in the region of the API only', async () => {
  const response = await call('GET /ready');

  expect(response).toMatchObject({ status: 200, body: { Status: 'ready', Region: 'eu-west-1' } });
  expect(await emulator.calls()).toMatchObject([{ Action: 'DescribeGlobalReplicationGroups', Region: 'eu-west-1' }]);
});

it('reads the table', async () => {
  const actions: string[] = [];
  relay.watch(({ action }) => actions.push(action));

  await call('GET /ready');

  expect(actions).toContain('GetItem');
});

it('caches the result for 10 s', async () => {
  await Promise.all(Array.from({ length: 5 }, () => call('GET /ready')));
  vi.setSystemTime(now + 9_999);
  await call('GET /ready');
  expect(await emulator.calls()).toHaveLength(1);

  vi.setSystemTime(now + 10_000);
  await call('GET /ready');
  expect(await emulator.calls()).toHaveLength(1);
});

it.each([
  ['ElastiCache fails', 'InternalFailure'],
  ['AWS denies access', 'AccessDenied'],
])('responds 503 and caches it if %s', async (_, Name) => {
  await emulator.fail({ Action: '*', Name, Times: 3, Message: 'User: arn:aws:sts::123456789012:assumed-role/R/f' });

  const response = await call('GET /ready');

  expect(response).toMatchObject({ status: 503, body: { code: 'NotReady' } });
  expect(JSON.stringify(response.body)).not.toMatch(/arn:|DescribeGlobal|global-datastore-api-/);
  await emulator.clearFaults();
  expect(await call('GET /ready')).toMatchObject({ status: 503 });
  vi.setSystemTime(now + 10_000);
  expect(await call('GET /ready')).toMatchObject({ status: 200 });
});

it('is ready while ElastiCache throttles', async () => {
  await emulator.fail({ Action: '*', Name: 'Throttling', Times: 3 });

  expect(await call('GET /ready')).toMatchObject({ status: 200 });
  await emulator.clearFaults();
});

it('responds 503 if the table does not respond', async () => {
  await relay.refuse();

  expect(await call('GET /ready')).toMatchObject({ status: 503, headers: { 'retry-after': '10' } });
});
