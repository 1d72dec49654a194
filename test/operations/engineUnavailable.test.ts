import { afterEach, beforeAll, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { startDurable } from '../support/durable.ts';
import { until } from '../support/emulator.ts';

const durable = await startDurable();
const { call, emulator } = await startApi({
  transitionMs: 20,
  environment: { AWS_ENDPOINT_URL_LAMBDA: durable.url, RECONCILE_INTERVAL_SECONDS: '1' },
});

const datastorePath = '/global-datastores/ldgnf-orders';
const topology = {
  Members: [
    { ReplicationGroupId: 'orders-use1', ReplicationGroupRegion: 'us-east-1', Role: 'PRIMARY' },
    { ReplicationGroupId: 'orders-euw1', ReplicationGroupRegion: 'eu-west-1', Role: 'SECONDARY' },
  ],
};

beforeAll(async () => {
  await emulator.seed('orders-use1');
  await call('POST /global-datastores', {
    body: { GlobalReplicationGroupIdSuffix: 'orders', PrimaryReplicationGroupId: 'orders-use1' },
    headers: { prefer: 'wait=10' },
  });
});

afterEach(() => {
  durable.refuse();
  durable.dropResponses();
});

it.each([
  ['GET /operations', undefined],
  ['GET /operations/ldgnf-orders_0', undefined],
  ['POST /operations/ldgnf-orders_0/cancel', undefined],
  [`PUT ${datastorePath}/topology`, topology],
  [`DELETE ${datastorePath}?DetachSecondaries=true`, undefined],
])('without the durable engine %s returns 503 and changes nothing', async (request, body) => {
  durable.refuse(/./);
  await emulator.calls();

  const reply = await call(request, { ...(body && { body }) });

  expect(reply).toMatchObject({ status: 503, body: { code: 'OperationsUnavailable' } });
  expect(reply.headers).toHaveProperty('retry-after');
  expect((await emulator.calls()).every(({ Action }) => Action.startsWith('Describe'))).toBe(true);
});

it('without the durable engine a dry run warns that it cannot read the running operations', async () => {
  durable.refuse(/./);

  const { body } = await call(`PUT ${datastorePath}/topology?DryRun=true`, { body: topology });

  expect(body.Valid).toBe(true);
  expect(body.Checks).toContainEqual(expect.objectContaining({ Id: 'no-operation-running', Outcome: 'warn' }));
});

it('a create whose secondaries did not start starts them when it is sent again with its key', async () => {
  await emulator.seed('halfway-use1');
  const create = () =>
    call('POST /global-datastores', {
      headers: { 'idempotency-key': 'halfway' },
      body: {
        GlobalReplicationGroupIdSuffix: 'halfway',
        PrimaryReplicationGroupId: 'halfway-use1',
        Secondaries: [{ ReplicationGroupId: 'halfway-euw1', ReplicationGroupRegion: 'eu-west-1' }],
      },
    });
  durable.refuse(/POST/);

  const first = await create();
  durable.refuse();
  const second = await create();
  const third = await create();

  expect(first).toMatchObject({
    status: 503,
    body: {
      code: 'SecondariesNotStarted',
      remedies: [{ method: 'PUT', href: '/global-datastores/ldgnf-halfway/topology' }],
    },
  });
  expect(second.status, JSON.stringify(second.body)).toBe(202);
  expect(third.headers.link).toBe(second.headers.link);
  const operation = second.headers.link?.match(/<(.*)>/)?.[1];
  await until(async () => (await call(`GET ${operation}`)).body.Operation.Status === 'SUCCEEDED');
});

it('a deletion with a lost response is the same operation when it is sent again with its key', async () => {
  await emulator.seed('lost-use1');
  await call('POST /global-datastores', {
    body: { GlobalReplicationGroupIdSuffix: 'lost', PrimaryReplicationGroupId: 'lost-use1' },
    headers: { prefer: 'wait=10' },
  });
  const remove = () =>
    call('DELETE /global-datastores/ldgnf-lost?DetachSecondaries=true', { headers: { 'idempotency-key': 'lost' } });
  durable.dropResponses(/invocations/);

  const first = await remove();
  durable.dropResponses();
  await until(async () => (await call('GET /global-datastores/ldgnf-lost')).status === 404);
  const second = await remove();

  expect(first.status).toBe(503);
  expect(second.status, JSON.stringify(second.body)).toBe(202);
  const { Operations } = (await call('GET /operations?GlobalReplicationGroupId=ldgnf-lost')).body;
  expect(Operations).toHaveLength(1);
  expect(second.headers.link).toBe(`</operations/${Operations[0].OperationId}>; rel="monitor"`);
});

it('an operation is accepted although the engine does not return the other operations', async () => {
  durable.refuse(/GET .*durable-executions\/arn/);

  const { status, headers } = await call(`PUT ${datastorePath}/topology`, { body: topology });
  durable.refuse();

  expect(status).toBe(202);
  expect((await call(`GET ${headers.link?.match(/<(.*)>/)?.[1]}`)).status).toBe(200);
});

it('an operation is shown without its progress when its history cannot be read', async () => {
  await emulator.seed('blind-use1');
  const created = await call('POST /global-datastores', {
    body: {
      GlobalReplicationGroupIdSuffix: 'blind',
      PrimaryReplicationGroupId: 'blind-use1',
      Secondaries: [{ ReplicationGroupId: 'blind-euw1', ReplicationGroupRegion: 'eu-west-1' }],
    },
  });
  durable.refuse(/\/history/);

  const { status, body } = await call(`GET ${created.headers.link?.match(/<(.*)>/)?.[1]}`);

  expect(status).toBe(200);
  expect(body.Operation).toMatchObject({ Status: 'RUNNING', Step: expect.any(String), Remaining: expect.any(Array) });
  expect(body.Operation).not.toHaveProperty('Since');
});

it('an operation is shown without the actual state when ElastiCache does not respond', async () => {
  const [{ OperationId }] = (await call('GET /operations?GlobalReplicationGroupId=ldgnf-halfway')).body.Operations;
  await emulator.fail({ Action: '*', Name: 'InternalFailure', Times: 99 });

  const { status, body } = await call(`GET /operations/${OperationId}`);
  await emulator.clearFaults();

  expect(status).toBe(200);
  expect(body.Operation).toMatchObject({ Status: 'SUCCEEDED' });
  expect(body.Operation).not.toHaveProperty('Actual');
});
