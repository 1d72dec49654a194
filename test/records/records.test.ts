import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Evacuation } from '../../src/operations/evacuation/evacuation.ts';
import type { StoredGoal } from '../../src/operations/goal.ts';
import { startApi } from '../support/api.ts';
import { startDurable } from '../support/durable.ts';

// Each file in v1/ is a record as version 1 stores it, in v2/ as version 2 does. Every later version must read it.

const role = (name: string) => `arn:aws:sts::123456789012:assumed-role/${name}`;
const policyFile = join(mkdtempSync(join(tmpdir(), 'policy-')), 'policy.json');
writeFileSync(
  policyFile,
  JSON.stringify({
    OwnerTag: 'team',
    Owners: { [role('TeamA')]: 'a', [role('TeamB')]: 'b', [role('Operators')]: '*' },
    FailoverCooldownMinutes: 10,
  }),
);
const durable = await startDurable();
const { call, emulator, table } = await startApi({
  environment: { POLICY_FILE: policyFile, OWNER_CACHE_MS: '0', AWS_ENDPOINT_URL_LAMBDA: durable.url },
});
const teamA = `${role('TeamA')}/ci`;
const teamB = `${role('TeamB')}/ci`;
const operator = `${role('Operators')}/ci`;

const fixture = (name: string) => JSON.parse(readFileSync(new URL(`./v1/${name}.json`, import.meta.url), 'utf8'));
const orders = '/global-datastores/ldgnf-orders';

beforeAll(async () => {
  await emulator.seed('orders-use1', 'us-east-1', { Tags: [{ Key: 'team', Value: 'a' }] });
  await call('POST /global-datastores', {
    caller: teamA,
    headers: { prefer: 'wait=10' },
    body: { GlobalReplicationGroupIdSuffix: 'orders', PrimaryReplicationGroupId: 'orders-use1' },
  });
  await call(`POST ${orders}/members`, {
    caller: teamA,
    headers: { prefer: 'wait=20' },
    body: { ReplicationGroupId: 'orders-euw1', ReplicationGroupRegion: 'eu-west-1' },
  });
});

describe('stored records', () => {
  it('all carry their version', () => {
    const names = readdirSync(new URL('./v1/', import.meta.url));
    const versions = names.map((name) => {
      const { v } = fixture(name.replace('.json', ''));
      return typeof v === 'object' ? Number(v.N) : v;
    });

    expect(names.length).toBeGreaterThan(0);
    expect(versions).toEqual(names.map(() => 1));
  });
});

describe('an idempotency record', () => {
  it('that is COMPLETED is replayed', async () => {
    const record = fixture('idempotencyRecordCompleted');
    await table.put(record);

    const { status, headers, body } = await call('POST /global-datastores', {
      caller: teamA,
      headers: { 'idempotency-key': 'fixture-create', prefer: 'wait=10' },
      body: { GlobalReplicationGroupIdSuffix: 'orders', PrimaryReplicationGroupId: 'orders-use1' },
    });

    expect(headers['idempotency-replayed']).toBe('true');
    expect({ status, body }).toEqual({
      status: JSON.parse(record.response.S).status,
      body: JSON.parse(record.response.S).body,
    });
  });

  it('with an unknown outcome is compared with its snapshot', async () => {
    const modify = { caller: teamA, body: { CacheNodeType: 'cache.r7g.xlarge' } };
    await call(`PATCH ${orders}`, { ...modify, headers: { prefer: 'wait=10' } });
    await table.put({ ...fixture('idempotencyRecordOutcomeUnknown'), since: { N: String(Date.now()) } });
    await emulator.calls();

    const { status } = await call(`PATCH ${orders}`, { ...modify, headers: { 'idempotency-key': 'fixture-modify' } });

    expect(status).toBe(202);
    expect((await emulator.calls()).filter(({ Action }) => Action.startsWith('Modify'))).toEqual([]);
  });
});

describe('a failover', () => {
  const failover = { caller: teamA, body: { PrimaryRegion: 'us-east-1', PrimaryReplicationGroupId: 'orders-use1' } };

  it('is refused during the cool-down after a stored one', async () => {
    await table.put({ ...fixture('failoverLease'), since: { N: String(Date.now()) } });

    const { status, body } = await call(`POST ${orders}/failover`, failover);

    expect(status).toBe(403);
    expect(body.checks).toMatchObject([{ Id: 'policy-failover-cooldown' }]);
  });

  it('is refused while a stored lease is held for another target', async () => {
    await table.put({ ...fixture('failoverLease'), since: { N: '0' } });

    const { status, body } = await call(`POST ${orders}/failover`, failover);

    expect(status).toBe(409);
    expect(body).toMatchObject({ code: 'FailoverUnderWay' });
    expect(body.detail).toContain(fixture('failoverLease').target.S);
  });
});

describe('an audit entry', () => {
  it('without an owner is listed as it was written, for all owners only', async () => {
    const item = fixture('auditEntry');
    await table.put(item);

    const entry = JSON.parse(item.entry.S);
    const all = await call(`GET ${orders}/audit`, { caller: `${role('Operators')}/ann` });
    const own = await call(`GET ${orders}/audit`, { caller: teamA });

    expect(all.body.AuditEntries).toContainEqual(entry);
    expect(own.body.AuditEntries).not.toContainEqual(entry);
  });
});

describe('an owner', () => {
  const read = (caller: string) => call(`GET ${orders}`, { caller });
  const hideTags = () =>
    emulator.fail({ Action: 'ListTagsForResource', Name: 'InvalidReplicationGroupStateFault', Times: 1_000 });

  it('that is stored by the name of a datastore or a group gives no rights', async () => {
    const owner = { ...fixture('owner'), owner: { S: 'b' } };
    const group = 'arn:aws:elasticache:us-east-1:000000000000:replicationgroup:orders-use1';
    for (const name of ['ldgnf-orders', group]) await table.put({ ...owner, pk: { S: `OWNER#${name}` } });
    await hideTags();

    const { status } = await read(teamB);
    await emulator.clearFaults();

    expect(status).toBe(404);
  });

  it('that is stored by the identity of a group applies while its tags cannot be read', async () => {
    await emulator.seed('lone', 'us-east-1', { Tags: [{ Key: 'team', Value: 'a' }] });
    const path = '/replication-groups/us-east-1/lone';
    const { body } = await call(`GET ${path}`, { caller: `${role('Operators')}/ann` });
    const { ARN, ReplicationGroupCreateTime } = body.ReplicationGroup;
    const owner = JSON.parse(readFileSync(new URL('./v2/owner.json', import.meta.url), 'utf8'));
    await table.put({ ...owner, pk: { S: `OWNER#${ARN}#${ReplicationGroupCreateTime}` } });
    await hideTags();

    const statuses = [];
    for (const caller of [teamA, teamB]) statuses.push((await call(`GET ${path}`, { caller })).status);
    await emulator.clearFaults();

    expect(statuses).toEqual([200, 404]);
  });
});

describe('an operation', () => {
  const goal: StoredGoal = fixture('operationInput');

  it('shows the desired members of its stored input to its owner only', async () => {
    await durable.start(String(goal.OperationId), goal);

    const mine = await call(`GET /operations/${goal.OperationId}`, { caller: teamA });
    const others = await call(`GET /operations/${goal.OperationId}`, { caller: teamB });

    expect(mine.body.Operation).toMatchObject({ Kind: 'APPLY', Wanted: { Members: goal.Members } });
    expect(others.status).toBe(404);
  });

  it('without an owner in its stored input is shown to operators only', async () => {
    const { Owner: _, AcceptedAt: __, ...first } = { ...goal, OperationId: 'ldgnf-gone_0123456789abcde0' };
    await durable.start(first.OperationId, first);

    const mine = await call(`GET /operations/${first.OperationId}`, { caller: teamA });
    const operators = await call(`GET /operations/${first.OperationId}`, { caller: operator });

    expect(mine.status).toBe(404);
    expect(operators.body.Operation).toMatchObject({ Kind: 'APPLY', Wanted: { Members: goal.Members } });
  });

  it('that was admitted is found by the next one', async () => {
    const admission = fixture('operationAdmission');
    const { findRival } = await import('../../src/operations/rival.ts');
    await table.put({ ...admission, leaseUntil: { N: String(Date.now() + 60_000) } });

    const rival = await findRival(AbortSignal.timeout(9_000), goal.GlobalReplicationGroupId);

    expect(rival?.admission).toEqual({
      OperationId: goal.OperationId,
      region: 'us-east-1',
      url: admission.url.S,
      goal: admission.goal.S,
      acceptedAt: Number(admission.acceptedAt.N),
    });
  });

  it('continues from its stored state', async () => {
    const { reconcileOnce } = await import('../../src/operations/reconcile.ts');
    const state = fixture('operationState');

    const progress = await reconcileOnce(AbortSignal.timeout(9_000), goal, state, { now: Date.parse(state.Since) });

    expect(progress).toMatchObject({ v: 1, Begun: state.Begun, LastRefusal: state.LastRefusal });
    expect(progress.Step).not.toBe(state.Step);
  });
});

describe('an evacuation', () => {
  const evacuation: Evacuation = fixture('evacuationInput');

  it('shows the datastores of its stored input to their owner only', async () => {
    await durable.start(evacuation.EvacuationId, evacuation);

    const path = `GET /evacuations/${evacuation.EvacuationId}`;
    const mine = await call(path, { caller: teamA });
    const others = await call(path, { caller: teamB });

    const { Datastores, ...shown } = mine.body.Evacuation;
    expect(shown).toMatchObject({ FromRegion: 'eu-west-1', DetachAfterSeconds: 300, Reason: evacuation.Reason });
    expect(Datastores.map((one: { GlobalReplicationGroupId: string }) => one.GlobalReplicationGroupId)).toEqual([
      'ldgnf-done',
      'ldgnf-gone',
      'ldgnf-nobody',
    ]);
    expect(others.status).toBe(404);
  });

  it('continues from its stored state', async () => {
    const { evacuateOnce } = await import('../../src/operations/evacuation/evacuateOnce.ts');
    const state = fixture('evacuationState');
    const signal = AbortSignal.timeout(9_000);

    const progress = await evacuateOnce(signal, evacuation, state, { now: Date.parse(state.Begun) });

    expect(progress).toMatchObject({ v: 1, ...state, Ended: true });
    expect(progress.Datastores['ldgnf-gone']).toMatchObject({
      Status: 'REFUSED',
      Code: 'GlobalReplicationGroupNotFoundFault',
    });
  });
});
