import {
  GetDurableExecutionCommand,
  GetDurableExecutionHistoryCommand,
  LambdaClient,
  ListDurableExecutionsByFunctionCommand,
} from '@aws-sdk/client-lambda';
import { beforeAll, expect, it, vi } from 'vitest';
import { type Reply, startApi } from '../support/api.ts';
import { startDurable } from '../support/durable.ts';
import { until } from '../support/emulator.ts';
import { afterEffect, createProxy, fault, modes } from '../support/proxy.ts';

const durable = await startDurable();
const proxy = createProxy();
const { call, emulator, table } = await startApi({
  proxy,
  transitionMs: 20,
  environment: {
    AWS_ENDPOINT_URL_LAMBDA: durable.url,
    RECONCILE_INTERVAL_SECONDS: '1',
    LOG: 'on',
  },
});

/** A text in every token. No output of the product may contain it. */
const mark = 'Sesame-Open';
const token = (name: string) => `${mark}-${name}`.padEnd(20, '0');
const home = '/global-datastores/ldgnf-vault';
const member = (id: string, region: string) => ({ ReplicationGroupId: `vault-${id}`, ReplicationGroupRegion: region });
const replies: Reply[] = [];
let log = '';

beforeAll(() => {
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      log += text;
      return true;
    });
  }
});

/** Sends a request, keeps its response, and waits until its operation has ended and the datastore is stable. */
async function send(request: string, body: object): Promise<Reply> {
  const reply = await call(request, { body, headers: { 'idempotency-key': `${replies.length}` } });
  replies.push(reply);
  const { OperationId } = reply.body;
  if (OperationId) await until(async () => (await read(`/operations/${OperationId}`)).Status !== 'RUNNING', 60_000);
  await until(async () => {
    const { Status, Members = [] } = (await call(`GET ${home}`)).body.GlobalReplicationGroup ?? { Status: 'available' };
    const groups = await Promise.all(
      (Members as { ReplicationGroupRegion: string; ReplicationGroupId: string }[]).map((each) =>
        call(`GET /replication-groups/${each.ReplicationGroupRegion}/${each.ReplicationGroupId}`),
      ),
    );
    const areAvailable = groups.every(({ body: { ReplicationGroup } }) => ReplicationGroup?.Status === 'available');
    return ['available', 'primary-only'].includes(Status) && areAvailable;
  });
  return reply;
}

async function read(path: string) {
  const reply = await call(`GET ${path}`);
  replies.push(reply);
  return reply.body.Operation;
}

/** Returns all data of the durable engine: inputs, results, errors and histories. */
async function executions(): Promise<string> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new LambdaClient({ region: 'us-east-1', endpoint: durable.url, credentials });
  const FunctionName = 'global-datastore-api-dev-reconcile';
  const { DurableExecutions = [] } = await client.send(new ListDurableExecutionsByFunctionCommand({ FunctionName }));
  const all = DurableExecutions.map(async ({ DurableExecutionArn }) => [
    await client.send(new GetDurableExecutionCommand({ DurableExecutionArn })),
    await client.send(new GetDurableExecutionHistoryCommand({ DurableExecutionArn, IncludeExecutionData: true })),
  ]);
  return JSON.stringify(await Promise.all(all));
}

it('No input, state, history, record, audit entry, log line or response has a token', async () => {
  const former = token('former');
  await emulator.seed('vault-use1', 'us-east-1', { TransitEncryptionEnabled: true, AuthToken: former });
  const AuthTokenSecretArn = await emulator.secret('elasticache/vault', former);
  const next = await emulator.secret('elasticache/vault-next', token('next'));
  const primary = { ...member('use1', 'us-east-1'), Role: 'PRIMARY' };
  const topology = (id: string, more: object = {}) => ({
    Members: [primary, { ...member(id, 'eu-west-1'), Role: 'SECONDARY', AuthTokenSecretArn, ...more }],
  });
  const create = { GlobalReplicationGroupIdSuffix: 'vault', PrimaryReplicationGroupId: 'vault-use1' };
  const refusal = fault('InvalidParameterValue', 400, `The AuthToken ${former} is not valid.`);
  const europe = `${home}/members/eu-west-1/vault-euw2`;

  await send('POST /global-datastores', {
    ...create,
    Secondaries: [{ ...member('euw1', 'eu-west-1'), AuthTokenSecretArn }],
  });
  await send(`POST ${home}/members`, { ...member('apse2', 'ap-southeast-2'), AuthToken: former });
  await send(`PUT ${home}/topology`, topology('euw1', { AuthToken: former })); // refused
  proxy.inject(afterEffect(modes.reset), { action: 'CreateReplicationGroup' });
  await send(`PUT ${home}/topology`, topology('euw2')); // its response is lost
  proxy.inject(refusal, { action: 'CreateReplicationGroup' });
  await send(`POST ${home}/members`, { ...member('apse3', 'ap-southeast-2'), AuthToken: former });
  await send(`POST ${home}/auth-token`, { AuthTokenSecretArn: next });
  await send(`POST ${home}/auth-token`, { AuthTokenSecretArn: next, AuthTokenUpdateStrategy: 'SET' });
  await send(`POST ${home}/auth-token`, { AuthTokenSecretArn, AuthTokenUpdateStrategy: 'SET' }); // fails: no ROTATE before
  await send(`PATCH ${europe}`, { AuthToken: token('member') });
  await send(`PATCH ${europe}`, { AuthTokenSecretArn });
  proxy.inject(refusal, { action: 'ModifyReplicationGroup', times: 9 });
  await send(`POST ${home}/auth-token`, { AuthTokenSecretArn }); // AWS refuses and repeats the token
  proxy.clear();
  await send(`PATCH ${europe}`, { AuthToken: `${mark}"` }); // not a token
  const trail = await call(`GET ${home}/audit`);

  const statuses = replies.filter(({ body }) => !body.Operation).map(({ status }) => status);
  expect(statuses).toEqual([202, 202, 400, 202, 400, 202, 202, 202, 202, 202, 202, 400]);
  const outputs = {
    replies: JSON.stringify(replies),
    log,
    table: await table.contents(),
    executions: await executions(),
  };
  for (const [place, text] of Object.entries({ ...outputs, trail: JSON.stringify(trail) })) {
    expect(text.length, place).toBeGreaterThan(1_000);
    expect([place, text.includes(mark)]).toEqual([place, false]);
  }
  expect(proxy.takeParameters().filter(({ AuthToken = '' }) => AuthToken.startsWith(mark)).length).toBeGreaterThan(10);
}, 240_000);
