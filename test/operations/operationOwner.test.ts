import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Goal } from '../../src/operations/goal.ts';
import { startApi } from '../support/api.ts';
import { startDurable } from '../support/durable.ts';
import { until } from '../support/emulator.ts';

// An operation belongs to the owner under which it was accepted, and not to a later datastore with the same id.

const role = (name: string) => `arn:aws:sts::123456789012:assumed-role/${name}`;
const folder = mkdtempSync(join(tmpdir(), 'policy-'));
const Owners = { [role('TeamA')]: 'a', [role('TeamB')]: 'b', [role('Operator')]: '*' };
writeFileSync(join(folder, 'policy.json'), JSON.stringify({ OwnerTag: 'team', Owners }));
afterAll(() => rmSync(folder, { recursive: true }));

const durable = await startDurable();
const { call, emulator } = await startApi({
  transitionMs: 20,
  environment: {
    POLICY_FILE: join(folder, 'policy.json'),
    OWNER_CACHE_MS: '0',
    AWS_ENDPOINT_URL_LAMBDA: durable.url,
    RECONCILE_INTERVAL_SECONDS: '1',
  },
});
const [teamA, teamB, operator] = ['TeamA', 'TeamB', 'Operator'].map((name) => ({ caller: `${role(name)}/ci` }));

const seed = (name: string, team: string) => emulator.seed(name, 'us-east-1', { Tags: [{ Key: 'team', Value: team }] });
const create = async (suffix: string, primary: string, caller = teamA, more = {}) => {
  const body = { GlobalReplicationGroupIdSuffix: suffix, PrimaryReplicationGroupId: primary, ...more };
  const created = await call('POST /global-datastores', { ...caller, headers: { prefer: 'wait=10' }, body });
  expect([200, 202], JSON.stringify(created.body)).toContain(created.status);
  return created.body;
};
const statusOf = async (id: string) => (await call(`GET /global-datastores/${id}`, operator)).status;
const operationOf = async (id: string) => (await call(`GET /operations/${id}`, operator)).body.Operation;
const waitForEnd = (id: string) => until(async () => (await operationOf(id)).Status !== 'RUNNING', 20_000);

describe('an operation on a datastore whose name another team uses now', () => {
  let OperationId = '';

  beforeAll(async () => {
    await seed('first-use1', 'a');
    await seed('second-use1', 'b');
    await create('used', 'first-use1');
    const removed = await call('DELETE /global-datastores/ldgnf-used?DetachSecondaries=true', teamA);
    OperationId = removed.body.OperationId;
    await waitForEnd(OperationId);
    await create('used', 'second-use1', teamB);
  });

  it('is read by the owner under which it was accepted, without the datastore of the other owner', async () => {
    const { status, body } = await call(`GET /operations/${OperationId}`, teamA);

    expect(status).toBe(200);
    expect(body.Operation).toMatchObject({ OperationId, Owner: 'a', Status: 'SUCCEEDED' });
    expect(body.Operation).not.toHaveProperty('Actual');
    expect(JSON.stringify(body)).not.toContain('second-use1');
  });

  it('is neither read nor cancelled by the owner of the present datastore', async () => {
    expect(await call(`GET /operations/${OperationId}`, teamB)).toMatchObject({ status: 404 });
    expect(await call(`POST /operations/${OperationId}/cancel`, teamB)).toMatchObject({ status: 404 });
  });

  it.each([
    ['its owner', teamA, true],
    ['the other owner', teamB, false],
    ['an operator', operator, true],
  ])('is listed for %s: %s', async (_, caller, isListed) => {
    const { body } = await call('GET /operations?GlobalReplicationGroupId=ldgnf-used', caller);

    expect(body.Operations.map((one: { OperationId: string }) => one.OperationId)).toEqual(
      isListed ? [OperationId] : [],
    );
  });
});

describe('a datastore that was deleted and created again since the acceptance', () => {
  const member = (name: string, region: string) => ({ ReplicationGroupId: name, ReplicationGroupRegion: region });

  it.each<[string, Goal['Kind'], (key: ReturnType<typeof member>, others: object) => object[]]>([
    ['deletion', 'DELETE', () => []],
    [
      'topology',
      'APPLY',
      (key, other) => [
        { ...key, Role: 'PRIMARY' },
        { ...other, Role: 'SECONDARY' },
      ],
    ],
  ])('is not changed by a %s, although its members have the same names', async (name, Kind, membersOf) => {
    const id = `ldgnf-${name}`;
    const primary = `${name}-use1`;
    await seed(primary, 'a');
    await create(name, primary);
    const AcceptedAt = new Date().toISOString();
    await call(`DELETE /global-datastores/${id}`, teamA);
    await until(async () => (await statusOf(id)) === 404);
    await create(name, primary);
    await emulator.calls();

    const key = member(primary, 'us-east-1');
    const Members = membersOf(key, member(`${name}-euw1`, 'eu-west-1')) as Goal['Members'];
    const OperationId = `${id}_0123456789abcdef`;
    await durable.start(OperationId, {
      Kind,
      GlobalReplicationGroupId: id,
      Members,
      Known: [key],
      OnFailure: 'teardown',
      AcceptedAt,
      OperationId,
    });
    await waitForEnd(OperationId);

    expect(await operationOf(OperationId)).toMatchObject({
      Status: 'FAILED',
      Reason: `${id} is now a different datastore.`,
    });
    expect((await emulator.calls()).filter(({ Action }) => !/^(Describe|List)/.test(Action))).toEqual([]);
    expect(await statusOf(id)).toBe(200);
  });

  it('starts a new operation although one of the deleted datastore has not ended', async () => {
    await seed('reborn-use1', 'a');
    await create('reborn', 'reborn-use1');
    const topology = (secondary: string) => ({
      body: {
        Members: [
          { ...member('reborn-use1', 'us-east-1'), Role: 'PRIMARY' },
          { ...member(secondary, 'eu-west-1'), Role: 'SECONDARY' },
        ],
      },
    });
    durable.refuse(/\/invocations/);
    const lost = await call('PUT /global-datastores/ldgnf-reborn/topology', { ...teamA, ...topology('reborn-a') });
    durable.refuse();
    expect(lost.status).toBe(503);
    await call('DELETE /global-datastores/ldgnf-reborn', teamA);
    await until(async () => (await statusOf('ldgnf-reborn')) === 404);
    await create('reborn', 'reborn-use1');

    const { status, body } = await call('PUT /global-datastores/ldgnf-reborn/topology', {
      ...teamA,
      ...topology('reborn-b'),
    });

    expect(status, JSON.stringify(body)).toBe(202);
    await waitForEnd(body.OperationId);
    expect((await operationOf(body.OperationId)).Status).toBe('SUCCEEDED');
  });
});
