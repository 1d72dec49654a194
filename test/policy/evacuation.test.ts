import { CreateReplicationGroupCommand, FailoverGlobalReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { afterAll, expect, it } from 'vitest';
import { type Reply, type RequestOptions, startApi } from '../support/api.ts';
import { startBlackHole } from '../support/blackHole.ts';
import { datastores } from '../support/datastore.ts';
import { startDurable } from '../support/durable.ts';
import { until } from '../support/emulator.ts';
import { operator, ownerA, ownerB, owners, tagged, unknownCaller, writePolicy } from '../support/policy.ts';

// us-east-1 accepts no connection: the owners are read from the members in other regions.

const blackHole = await startBlackHole();
afterAll(blackHole.close);
const durable = await startDurable({ secondMs: 50 });
const { call, emulator } = await startApi({
  regions: ['eu-west-1', 'us-east-1'],
  environment: {
    AWS_ENDPOINT_URL_LAMBDA: durable.url,
    AWS_ENDPOINT_URL_ELASTICACHE_US_EAST_1: blackHole.url,
    RECONCILE_INTERVAL_SECONDS: '1',
    REGION_MS: '1000',
    OWNER_CACHE_MS: '0',
    POLICY_FILE: writePolicy({ ...owners, FailoverReasonRequired: true, FailoverCooldownMinutes: 30 }),
  },
});
const { make, waitUntilStable } = datastores(emulator);

const FromRegion = 'us-east-1';
const Reason = 'us-east-1 is silent';

/** Creates a datastore of a team with members in us-east-1 and eu-west-1. Returns its id. */
async function makeOwned(name: string, team: string): Promise<string> {
  const id = await make(name, [], tagged(team));
  await emulator.client('eu-west-1').send(
    new CreateReplicationGroupCommand({
      GlobalReplicationGroupId: id,
      ReplicationGroupId: `${name}-eu-west-1`,
      ReplicationGroupDescription: name,
      ...tagged(team),
    }),
  );
  await waitUntilStable(id);
  return id;
}

async function waitForEnd({ status, headers, body }: Reply, caller: RequestOptions) {
  expect(status, JSON.stringify(body)).toBe(202);
  const read = async () => (await call(`GET ${headers.location}`, caller)).body.Evacuation;
  await until(async () => (await read()).Status !== 'RUNNING', 20_000);
  return read();
}

const evacuate = (caller: RequestOptions, body: object = {}, query = '') =>
  call(`POST /evacuations${query}`, { ...caller, body: { FromRegion, Reason, ...body } });

const idsOf = ({ Datastores }: { Datastores: { GlobalReplicationGroupId: string }[] }) =>
  Datastores.map(({ GlobalReplicationGroupId }) => GlobalReplicationGroupId);

it('finds only the datastores of the caller, and refuses one of another owner like one that does not exist', async () => {
  const [mine, foreign] = [await makeOwned('mine', 'a'), await makeOwned('foreign', 'b')];

  const own = await waitForEnd(await evacuate(ownerA), ownerA);
  const named = await waitForEnd(
    await evacuate(ownerA, { GlobalReplicationGroupIds: [foreign, 'ldgnf-nobody'] }),
    ownerA,
  );
  const dryRun = await evacuate(ownerA, { GlobalReplicationGroupIds: [foreign] }, '?DryRun=true');
  const nobody = await waitForEnd(await evacuate(unknownCaller), operator);

  expect(own).toMatchObject({ Status: 'SUCCEEDED', Summary: { ByFailover: 1 } });
  expect(idsOf(own)).toEqual([mine]);
  expect(named.Datastores).toEqual(
    [foreign, 'ldgnf-nobody'].map((id) => ({
      GlobalReplicationGroupId: id,
      Status: 'REFUSED',
      Code: 'GlobalReplicationGroupNotFoundFault',
      Reason: `Global datastore ${id} does not exist.`,
    })),
  );
  expect(JSON.stringify(dryRun.body)).not.toContain('eu-west-1');
  expect(nobody.Datastores).toEqual([]);
  const { OperationId } = own.Datastores[0];
  expect((await call(`GET /operations/${OperationId}`, ownerA)).body.Operation.Owner).toBe('a');
  expect((await call(`GET /operations/${OperationId}`, ownerB)).status).toBe(404);
});

it('shows an evacuation to its owners only, and all of it to an operator', async () => {
  const [one, other] = [await makeOwned('one', 'a'), await makeOwned('other', 'b')];

  const evacuation = await evacuate(operator, { GlobalReplicationGroupIds: [one, other] });
  const all = await waitForEnd(evacuation, operator);
  const ofB = await evacuate(ownerB, { GlobalReplicationGroupIds: [other] });

  expect(idsOf(all)).toEqual([one, other]);
  expect(all).toMatchObject({ Status: 'SUCCEEDED', Summary: { Done: 2 } });
  for (const caller of [ownerA, ownerB, unknownCaller])
    expect(await call(`GET ${evacuation.headers.location}`, caller)).toMatchObject({
      status: 404,
      body: { code: 'EvacuationNotFound' },
    });
  expect(await call(`GET ${ofB.headers.location}`, ownerA)).toMatchObject({ status: 404 });
  expect(await call(`GET ${ofB.headers.location}`, ownerB)).toMatchObject({ status: 200 });
});

it('refuses a datastore in its cool-down, and moves the others', async () => {
  const [cool, ready] = [await makeOwned('cool', 'a'), await makeOwned('ready', 'a')];
  await waitForEnd(await evacuate(ownerA, { GlobalReplicationGroupIds: [cool] }), ownerA);
  await emulator.client('eu-west-1').send(
    new FailoverGlobalReplicationGroupCommand({
      GlobalReplicationGroupId: cool,
      PrimaryRegion: 'us-east-1',
      PrimaryReplicationGroupId: 'cool-us-east-1',
    }),
  );
  await waitUntilStable(cool);

  const again = await waitForEnd(await evacuate(ownerA, { GlobalReplicationGroupIds: [cool, ready] }), ownerA);

  expect(again.Datastores).toMatchObject([
    { Status: 'REFUSED', Code: 'PolicyDenied', Reason: expect.stringMatching(/^Policy rule FailoverCooldownMinutes/) },
    { Status: 'DONE', Way: 'FAILOVER' },
  ]);
});
