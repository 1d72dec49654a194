import { describe, expect, it } from 'vitest';
import type { Goal } from '../../src/operations/goal.ts';
import { type Reply, startApi } from '../support/api.ts';
import { startDurable } from '../support/durable.ts';
import { until } from '../support/emulator.ts';

const durable = await startDurable({ secondMs: 1000 });
const { call, emulator, table } = await startApi({
  transitionMs: 20,
  environment: { AWS_ENDPOINT_URL_LAMBDA: durable.url, RECONCILE_INTERVAL_SECONDS: '1' },
});

/** Returns the path of the operation that the response names. */
const monitorOf = ({ status, headers, body }: Reply): string => {
  expect(status, JSON.stringify(body)).toBe(202);
  return headers.link?.match(/^<(\/operations\/[\w-]+)>; rel="monitor"$/)?.[1] ?? '';
};

async function waitForEnd(operation: string) {
  for (
    let attempts = 0;
    attempts < 100 && (await call(`GET ${operation}`)).body.Operation.Status === 'RUNNING';
    attempts++
  ) {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return (await call(`GET ${operation}`)).body.Operation;
}

const member = (name: string) => {
  const [ReplicationGroupRegion, ReplicationGroupId] = name.replace('*', '').split('/');
  return { ReplicationGroupRegion, ReplicationGroupId, Role: name.endsWith('*') ? 'PRIMARY' : 'SECONDARY' };
};
const topology = (...names: string[]) => ({ Members: names.map(member) });

async function membersOf(id: string): Promise<string[]> {
  const { body } = await call(`GET /global-datastores/${id}`);
  const members = (body.GlobalReplicationGroup?.Members ?? []) as Record<string, string>[];
  return members
    .map(
      ({ ReplicationGroupRegion, ReplicationGroupId, Role }) =>
        `${ReplicationGroupRegion}/${ReplicationGroupId}${Role === 'PRIMARY' ? '*' : ''}`,
    )
    .sort();
}

async function create(name: string, more: object = {}): Promise<Reply> {
  await emulator.seed(`${name}-use1`);
  return call('POST /global-datastores', {
    body: { GlobalReplicationGroupIdSuffix: name, PrimaryReplicationGroupId: `${name}-use1`, ...more },
  });
}

const secondariesOf = (name: string) => [
  { ReplicationGroupId: `${name}-euw1`, ReplicationGroupRegion: 'eu-west-1' },
  { ReplicationGroupId: `${name}-apse2`, ReplicationGroupRegion: 'ap-southeast-2', SnapshotRetentionLimit: 3 },
];

it('creates three regions, moves the primary and detaches a member, and deletes all, with one call each', async () => {
  const created = await create('orders', { Secondaries: secondariesOf('orders') });
  expect(created.headers.location).toBe('/global-datastores/ldgnf-orders');
  expect(created.body.GlobalReplicationGroup.Status).toBe('creating');
  const first = await waitForEnd(monitorOf(created));

  expect(first).toMatchObject({ Kind: 'CREATE', Status: 'SUCCEEDED', GlobalReplicationGroupId: 'ldgnf-orders' });
  expect(first.Actual).toMatchObject({ Status: 'available', Members: { length: 3 } });
  expect(await membersOf('ldgnf-orders')).toEqual([
    'ap-southeast-2/orders-apse2',
    'eu-west-1/orders-euw1',
    'us-east-1/orders-use1*',
  ]);

  const wanted = topology('eu-west-1/orders-euw1*', 'ap-southeast-2/orders-apse2');
  const applied = await call('PUT /global-datastores/ldgnf-orders/topology', { body: wanted });
  expect(applied.body.Plan).toEqual([
    expect.stringMatching(/^Promote eu-west-1\/orders-euw1 to primary/),
    expect.stringMatching(/^Detach us-east-1\/orders-use1 /),
  ]);
  const second = await waitForEnd(monitorOf(applied));

  expect(second).toMatchObject({ Kind: 'APPLY', Status: 'SUCCEEDED' });
  expect(second.Result.Standalone).toEqual([
    { ReplicationGroupId: 'orders-use1', ReplicationGroupRegion: 'us-east-1', Status: 'available' },
  ]);
  const again = await call('PUT /global-datastores/ldgnf-orders/topology', { body: wanted });
  expect(again).toMatchObject({ status: 200, body: { Plan: ['Nothing to do. The desired state is reached.'] } });
  expect(again.headers).not.toHaveProperty('link');

  const removed = await call('DELETE /global-datastores/ldgnf-orders?DetachSecondaries=true');
  const third = await waitForEnd(monitorOf(removed));

  expect(third).toMatchObject({
    Kind: 'DELETE',
    Status: 'SUCCEEDED',
    Wanted: { Members: [] },
    Actual: { Members: [] },
  });
  expect(
    third.Result.Standalone.map(({ ReplicationGroupId }: { ReplicationGroupId: string }) => ReplicationGroupId),
  ).toEqual(['orders-apse2', 'orders-euw1']);
  expect(third.Result.ParameterGroups).toHaveLength(2);
  expect((await call('GET /global-datastores/ldgnf-orders')).status).toBe(404);
});

it('shows the desired and the actual state, the current step and the remaining ones while it runs', async () => {
  const created = await create('shown', { Secondaries: [{ ...secondariesOf('shown')[0], AuthToken: undefined }] });
  const operation = monitorOf(created);

  await until(async () => (await call(`GET ${operation}`)).body.Operation.Attempts !== undefined);
  const { headers, body } = await call(`GET ${operation}`);

  expect(headers).toHaveProperty('retry-after');
  expect(body.Operation).toMatchObject({
    Status: 'RUNNING',
    Wanted: {
      Members: [
        { ReplicationGroupId: 'shown-use1', Role: 'PRIMARY' },
        { ReplicationGroupId: 'shown-euw1', Role: 'SECONDARY' },
      ],
      OnFailure: 'keep',
    },
    Step: expect.any(String),
    Since: expect.stringMatching(/Z$/),
    Attempts: expect.any(Number),
    Remaining: expect.any(Array),
  });
  await waitForEnd(operation);
});

describe('with Prefer: wait', () => {
  it('responds when the operation has ended', async () => {
    const { OperationId } = (await create('awaited', { Secondaries: secondariesOf('awaited') })).body;

    const { headers, body } = await call(`GET /operations/${OperationId}`, { headers: { prefer: 'wait=20' } });

    expect(body.Operation).toMatchObject({ OperationId, Status: 'SUCCEEDED' });
    expect(headers['preference-applied']).toBe('wait=20');
    expect(headers).not.toHaveProperty('retry-after');
  });

  it('responds after the named seconds if the operation is still running', async () => {
    const { OperationId } = (await create('patient', { Secondaries: secondariesOf('patient') })).body;

    const { headers, body } = await call(`GET /operations/${OperationId}`, { headers: { prefer: 'wait=0' } });

    expect(body.Operation.Status).toBe('RUNNING');
    expect(headers).toMatchObject({ 'preference-applied': 'wait=0', 'retry-after': expect.any(String) });
    await waitForEnd(`/operations/${OperationId}`);
  });
});

it('writes an audit entry for each change of an operation', async () => {
  const [secondary] = secondariesOf('traced');
  const { OperationId } = (await create('traced', { Secondaries: [secondary] })).body;
  await waitForEnd(`/operations/${OperationId}`);

  const { AuditEntries } = (await call('GET /global-datastores/ldgnf-traced/audit')).body;

  expect(AuditEntries.map(({ Route }: { Route: string }) => Route)).toEqual(['operation', 'POST /global-datastores']);
  expect(AuditEntries[0]).toMatchObject({
    Caller: AuditEntries[1].Caller,
    RequestId: OperationId,
    Request: { step: expect.stringMatching(/^Create eu-west-1\/traced-euw1 /) },
    Outcome: 'accepted',
    Before: { Status: 'primary-only' },
    AwsCalls: [{ Action: 'CreateReplicationGroup', Region: 'eu-west-1', RequestId: expect.any(String) }],
  });
});

describe('a failover during an operation', () => {
  it('is not reverted: the operation stops and names the caller', async () => {
    const [europe] = secondariesOf('seized');
    const operationId = (await create('seized', { Secondaries: [europe] })).body.OperationId;
    await waitForEnd(`/operations/${operationId}`);
    const members = topology('ap-southeast-2/seized-apse2*', 'us-east-1/seized-use1', 'eu-west-1/seized-euw1');
    const { OperationId } = (await call('PUT /global-datastores/ldgnf-seized/topology', { body: members })).body;
    const operation = `/operations/${OperationId}`;
    await until(async () => (await call(`GET ${operation}`)).body.Operation.Attempts !== undefined);

    const caller = 'arn:aws:sts::123456789012:assumed-role/Operator/ann';
    const body = { PrimaryRegion: 'eu-west-1', PrimaryReplicationGroupId: 'seized-euw1' };
    expect((await call('POST /global-datastores/ldgnf-seized/failover', { body, caller })).status).toBe(202);
    const { Status, Reason, Advice } = await waitForEnd(operation);

    expect(Status).toBe('FAILED');
    expect(Reason).toContain(`${caller} requested a failover to eu-west-1/seized-euw1`);
    expect(Advice).toMatch(/^Send the topology again/);
    expect(await membersOf('ldgnf-seized')).toContain('eu-west-1/seized-euw1*');
  });

  it('that AWS refuses does not count', async () => {
    const [europe] = secondariesOf('spared');
    const operationId = (await create('spared', { Secondaries: [europe] })).body.OperationId;
    await waitForEnd(`/operations/${operationId}`);
    const members = topology('ap-southeast-2/spared-apse2*', 'us-east-1/spared-use1', 'eu-west-1/spared-euw1');
    const { OperationId } = (await call('PUT /global-datastores/ldgnf-spared/topology', { body: members })).body;

    const body = { PrimaryRegion: 'eu-west-1', PrimaryReplicationGroupId: 'nobody' };
    const refused = await call('POST /global-datastores/ldgnf-spared/failover', { body });

    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect(await waitForEnd(`/operations/${OperationId}`)).toMatchObject({ Status: 'SUCCEEDED' });
    expect(await membersOf('ldgnf-spared')).toContain('ap-southeast-2/spared-apse2*');
  });

  it('is not reverted either if it came between the acceptance and the first reconciliation', async () => {
    const [europe] = secondariesOf('early');
    await create('early');
    await until(async () => (await membersOf('ldgnf-early')).length === 1);
    await call('POST /global-datastores/ldgnf-early/members', { body: europe, headers: { prefer: 'wait=10' } });
    const AcceptedAt = new Date().toISOString();
    const body = { PrimaryRegion: 'eu-west-1', PrimaryReplicationGroupId: 'early-euw1' };
    await call('POST /global-datastores/ldgnf-early/failover', { body, headers: { prefer: 'wait=10' } });

    const { Members } = topology('us-east-1/early-use1*', 'eu-west-1/early-euw1') as Pick<Goal, 'Members'>;
    const id = 'ldgnf-early_0123456789abcdef';
    const goal = { Kind: 'APPLY', GlobalReplicationGroupId: 'ldgnf-early', OnFailure: 'keep' } as const;
    await durable.start(id, { ...goal, Members, Known: Members, AcceptedAt });

    expect((await waitForEnd(`/operations/${id}`)).Reason).toContain('requested a failover to eu-west-1/early-euw1');
    expect(await membersOf('ldgnf-early')).toContain('eu-west-1/early-euw1*');
  });
});

describe('before an operation starts', () => {
  it('a dry run shows the plan and the failed checks', async () => {
    await create('planned');
    await until(async () => (await membersOf('ldgnf-planned')).length === 1);
    await emulator.seed('planned-apse2', 'ap-southeast-2');
    const AuthTokenSecretArn = await emulator.secret('elasticache/planned', 'a-password-of-16-characters');
    await emulator.calls();

    const { status, body } = await call('PUT /global-datastores/ldgnf-planned/topology?DryRun=true', {
      body: {
        Members: [member('us-east-1/planned-use1*'), { ...member('ap-southeast-2/planned-apse2'), AuthTokenSecretArn }],
      },
    });

    expect(status).toBe(200);
    expect(body.Valid).toBe(false);
    expect(body.Plan).toEqual([expect.stringMatching(/^Create ap-southeast-2\/planned-apse2 /)]);
    expect(body.Checks.filter(({ Outcome }: { Outcome: string }) => Outcome === 'fail')).toEqual([
      {
        Id: 'id-free',
        Outcome: 'fail',
        Detail: expect.stringMatching(/^planned-apse2 in ap-southeast-2 already exists. Only a new replication group /),
        Pointer: '#/Members/1/ReplicationGroupId',
      },
      expect.objectContaining({ Id: 'auth-token', Pointer: '#/Members/1/AuthTokenSecretArn' }),
    ]);
    expect((await emulator.calls()).every(({ Action }) => /^(Describe|Get)/.test(Action))).toBe(true);
  });

  it('a topology that is not possible is refused with the failed checks', async () => {
    const { status, body } = await call('PUT /global-datastores/ldgnf-planned/topology', {
      body: topology('us-east-1/other*'),
    });

    expect(status).toBe(409);
    expect(body).toMatchObject({ code: 'TopologyRefused', checks: [{ Id: 'reachable', Outcome: 'fail' }] });
    expect(body.detail).toContain('us-east-1/other cannot replace us-east-1/planned-use1');
  });

  it('secondaries that are not possible prevent the creation of the datastore', async () => {
    const { status, body } = await create('unmade', {
      Secondaries: [{ ReplicationGroupId: 'planned-apse2', ReplicationGroupRegion: 'ap-southeast-2' }],
    });

    expect(status).toBe(409);
    expect(body).toMatchObject({
      code: 'TopologyRefused',
      checks: [{ Id: 'id-free', Outcome: 'fail', Pointer: '#/Secondaries/0/ReplicationGroupId' }],
    });
    expect((await call('GET /global-datastores/ldgnf-unmade')).status).toBe(404);
  });

  it.each([
    ['no primary', topology('us-east-1/planned-use1'), '#/Members'],
    ['two primaries', topology('us-east-1/planned-use1*', 'eu-west-1/b*'), '#/Members'],
    [
      'two members in a region',
      topology('us-east-1/planned-use1*', 'us-east-1/b'),
      '#/Members/1/ReplicationGroupRegion',
    ],
    [
      'a setting that a secondary inherits',
      { Members: [member('us-east-1/a*'), { ...member('eu-west-1/b'), Engine: 'redis' }] },
      '#/Members/1/Engine',
    ],
  ])('%s is named by its pointer', async (_, body, pointer) => {
    for (const query of ['', '?DryRun=true']) {
      const reply = await call(`PUT /global-datastores/ldgnf-planned/topology${query}`, { body });

      expect(reply.status).toBe(400);
      expect(reply.body.errors).toMatchObject([{ pointer }]);
    }
  });

  it('two secondaries in one region, or one in that of the primary, are named by their pointers', async () => {
    const Secondaries = ['eu-west-1', 'eu-west-1'].map((ReplicationGroupRegion) => ({
      ReplicationGroupId: 'twice',
      ReplicationGroupRegion,
    }));
    const twice = await create('twice', { Secondaries });
    const home = await create('home', { Secondaries: [{ ...Secondaries[0], ReplicationGroupRegion: 'us-east-1' }] });

    expect(twice.body.errors).toMatchObject([{ pointer: '#/Secondaries/1/ReplicationGroupRegion' }]);
    expect(home.body.errors).toMatchObject([{ pointer: '#/Secondaries/0/ReplicationGroupRegion' }]);
  });

  it('the dry run of a deletion shows the plan, too', async () => {
    const { body } = await call('DELETE /global-datastores/ldgnf-planned?DetachSecondaries=true&DryRun=true');

    expect(body).toMatchObject({ Valid: true, Plan: [expect.stringMatching(/^Delete ldgnf-planned /)] });
  });
});

describe('two operations on one datastore', () => {
  it('are refused, joined if their goal is equal, or superseded on request', async () => {
    const created = await create('fight', { Secondaries: secondariesOf('fight') });
    const running = monitorOf(created);
    const datastorePath = '/global-datastores/ldgnf-fight';

    const refused = await call(`DELETE ${datastorePath}?DetachSecondaries=true`);
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({
      code: 'OperationRunning',
      remedies: [
        { method: 'GET', href: running },
        { method: 'POST', href: `${running}/cancel` },
      ],
    });
    expect(refused.headers.link).toBe(`<${running}>; rel="monitor"`);

    const body = topology('us-east-1/fight-use1*');
    const dryRun = await call(`PUT ${datastorePath}/topology?DryRun=true`, { body });
    expect(dryRun.body.Checks).toContainEqual(expect.objectContaining({ Id: 'no-operation-running', Outcome: 'fail' }));

    const superseding = monitorOf(await call(`PUT ${datastorePath}/topology?Supersede=true`, { body }));
    expect(superseding).not.toBe(running);
    expect((await call(`GET ${running}`)).body.Operation).toMatchObject({
      Status: 'STOPPED',
      Reason: `Operation ${superseding.split('/')[2]} superseded it.`,
      Advice: expect.any(String),
    });

    const end = await waitForEnd(superseding);
    expect(end.Status === 'SUCCEEDED' ? await membersOf('ldgnf-fight') : end.Reason).toEqual(
      end.Status === 'SUCCEEDED' ? ['us-east-1/fight-use1*'] : expect.stringContaining('joined the datastore since'),
    );
  });

  it('with the same body, or the same Idempotency-Key, are one operation', async () => {
    await create('same');
    await until(
      async () =>
        (await call('GET /global-datastores/ldgnf-same')).body.GlobalReplicationGroup.Status === 'primary-only',
    );
    const put = (headers = {}) =>
      call('PUT /global-datastores/ldgnf-same/topology', {
        body: topology('us-east-1/same-use1*', 'eu-west-1/same-euw1'),
        headers,
      });

    const [first, second] = await Promise.all([put(), put()]);
    expect(monitorOf(first)).toBe(monitorOf(second));
    await waitForEnd(monitorOf(first));

    const remove = (key: string) =>
      call('DELETE /global-datastores/ldgnf-same?DetachSecondaries=true', { headers: { 'idempotency-key': key } });
    const removed = [await remove('one'), await remove('one')];
    expect(new Set(removed.map(monitorOf)).size).toBe(1);
    await waitForEnd(monitorOf(removed[0] as Reply));
  });
});

it('a key after its lifetime starts a new operation', async () => {
  const remove = async () => {
    await until(async () => (await membersOf('ldgnf-aged')).length === 1);
    const removed = await call('DELETE /global-datastores/ldgnf-aged?DetachSecondaries=true', {
      headers: { 'idempotency-key': 'aged' },
    });
    expect((await waitForEnd(monitorOf(removed))).Status).toBe('SUCCEEDED');
    return monitorOf(removed);
  };
  await create('aged');
  const first = await remove();
  const items: Record<string, { S: string; N: string }>[] = JSON.parse(await table.contents());
  const record = items.find(({ response }) => response?.S.includes(first));
  await table.put({ ...record, expires: { N: '1' } });
  await call('POST /global-datastores', {
    body: { GlobalReplicationGroupIdSuffix: 'aged', PrimaryReplicationGroupId: 'aged-use1' },
  });

  expect(await remove()).not.toBe(first);
  expect((await call('GET /global-datastores/ldgnf-aged')).status).toBe(404);
});

it('an operation that the engine stopped without a result does not block the next one', async () => {
  const first = monitorOf(await create('mute', { Secondaries: secondariesOf('mute') }));
  await durable.stop(first.split('/')[2] ?? '');

  const next = await call('DELETE /global-datastores/ldgnf-mute?DetachSecondaries=true');

  expect((await waitForEnd(monitorOf(next))).Kind).toBe('DELETE');
});

describe('an operation', () => {
  it('can be cancelled, also twice, but not after it has ended', async () => {
    const created = await create('halted', { Secondaries: secondariesOf('halted') });
    const operation = monitorOf(created);

    const cancelled = await call(`POST ${operation}/cancel`);
    const again = await call(`POST ${operation}/cancel`);

    for (const { status, body } of [cancelled, again]) {
      expect(status).toBe(200);
      expect(body.Operation).toMatchObject({
        Status: 'STOPPED',
        Reason: 'The operation was cancelled.',
        Remaining: expect.any(Array),
      });
    }
    const done = monitorOf(await call('DELETE /global-datastores/ldgnf-halted?DetachSecondaries=true'));
    await waitForEnd(done);
    const late = await call(`POST ${done}/cancel`);
    expect(late).toMatchObject({ status: 409, body: { code: 'OperationEnded' } });
  });

  it('that stops shows the reason, the actual state and advice', async () => {
    emulator.store.viewFrom('eu-west-1').accountState.failOnCreate.push('eu-west-1/failing-euw1');
    const created = await create('failing', { Secondaries: secondariesOf('failing') });

    const operation = await waitForEnd(monitorOf(created));

    expect(operation).toMatchObject({
      Status: 'FAILED',
      Reason: 'AWS could not create eu-west-1/failing-euw1. Its status is create-failed.',
      Advice: expect.stringContaining('Delete the replication group'),
      Actual: { Members: expect.any(Array) },
      Result: { Standalone: [{ ReplicationGroupId: 'failing-euw1', Status: 'create-failed' }] },
    });
    const { body } = await call('GET /global-datastores/ldgnf-failing/audit');
    const [step] = body.AuditEntries;
    expect(step).toMatchObject({ Route: 'operation', Outcome: 'notApplied', Code: 'ChangeNotApplied' });
    expect(step.Request.step).toContain('Create eu-west-1/failing-euw1 as a secondary');
  });

  it('detaches and deletes what it created with OnFailure teardown', async () => {
    emulator.store.viewFrom('ap-southeast-2').accountState.failOnCreate.push('ap-southeast-2/undone-apse2');
    const created = await create('undone', { Secondaries: secondariesOf('undone'), OnFailure: 'teardown' });

    const operation = await waitForEnd(monitorOf(created));

    expect(operation).toMatchObject({ Status: 'FAILED', Actual: { Members: [] }, Wanted: { OnFailure: 'teardown' } });
    expect(operation.Result.Standalone).toHaveLength(3);
  });

  it('is found in the list, by its datastore and by its status', async () => {
    const all = await call('GET /operations');
    const failed = await call('GET /operations?Status=FAILED');
    const one = await call('GET /operations?GlobalReplicationGroupId=ldgnf-orders&Status=SUCCEEDED');

    expect(all.body.Operations.length).toBeGreaterThan(8);
    expect(failed.body.Operations.map((o: Record<string, string>) => o.GlobalReplicationGroupId).sort()).toEqual(
      expect.arrayContaining(['ldgnf-failing', 'ldgnf-undone']),
    );
    expect(one.body.Operations).toHaveLength(3);
    expect(one.body.Operations[0]).toMatchObject({
      OperationId: expect.stringMatching(/^ldgnf-orders_[0-9a-f]{16}$/),
      GlobalReplicationGroupId: 'ldgnf-orders',
      Status: 'SUCCEEDED',
      StartedAt: expect.any(String),
      EndedAt: expect.any(String),
    });
  });

  it('returns 404 if it does not exist', async () => {
    for (const request of ['GET /operations/none_0', 'POST /operations/none_0/cancel']) {
      expect(await call(request)).toMatchObject({ status: 404, body: { code: 'OperationNotFound' } });
    }
  });
});
