import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Goal } from '../../src/operations/goal.ts';
import { startApi } from '../support/api.ts';
import { startDurable } from '../support/durable.ts';
import { until } from '../support/emulator.ts';
import { createProxy, fault, type Mode, modes } from '../support/proxy.ts';

const durable = await startDurable();
const proxy = createProxy();
const { call, emulator } = await startApi({
  proxy,
  transitionMs: 20,
  environment: { AWS_ENDPOINT_URL_LAMBDA: durable.url, RECONCILE_INTERVAL_SECONDS: '1' },
});

const datastorePath = '/global-datastores/ldgnf-ledger';
const [use1, euw1, apse2] = ['us-east-1/ledger-use1', 'eu-west-1/ledger-euw1', 'ap-southeast-2/ledger-apse2'];

/** Creates a datastore with three members. */
beforeAll(async () => {
  await emulator.seed('ledger-use1', 'us-east-1');
  const body = { GlobalReplicationGroupIdSuffix: 'ledger', PrimaryReplicationGroupId: 'ledger-use1' };
  await call('POST /global-datastores', { body });
  await rested();
  for (const [ReplicationGroupRegion, ReplicationGroupId] of [
    ['eu-west-1', 'ledger-euw1'],
    ['ap-southeast-2', 'ledger-apse2'],
  ]) {
    await call(`POST ${datastorePath}/members`, { body: { ReplicationGroupId, ReplicationGroupRegion } });
    await rested();
  }
});

/** Every drill starts from us-east-1, with a lag of 0.4 s. */
beforeEach(async () => {
  proxy.clear();
  emulator.store.options.transitionMs = 20;
  emulator.store.tick();
  await rested();
  if ((await primary()) !== use1) await failover('us-east-1');
  await rested();
  await emulator.control('POST', 'lag', { Region: 'eu-west-1', Seconds: 0.4 });
  await emulator.calls();
});

const readDatastore = async () => (await call(`GET ${datastorePath}`)).body.GlobalReplicationGroup;

const rested = () =>
  until(async () => {
    const { Status, Members } = await readDatastore();
    return ['available', 'primary-only'].includes(Status) && Members.every(isAssociated);
  });
const isAssociated = ({ Status }: { Status: string }) => Status === 'associated';

async function primary(): Promise<string> {
  const { Members } = await readDatastore();
  const { ReplicationGroupRegion, ReplicationGroupId } = Members.find(
    ({ Role }: { Role: string }) => Role === 'PRIMARY',
  );
  return `${ReplicationGroupRegion}/${ReplicationGroupId}`;
}

const failover = (PrimaryRegion: string, more: object = {}) =>
  call(`POST ${datastorePath}/failover`, { body: { PrimaryRegion, ...more } });

const drill = (more: object = {}, query = '') =>
  call(`POST ${datastorePath}/drills${query}`, {
    body: { PrimaryRegion: 'eu-west-1', HoldSeconds: 0, Reason: 'Monthly drill', ...more },
  });

const read = async (id: string) => (await call(`GET /operations/${id}`)).body.Operation;

async function waitForEnd(id: string) {
  await until(async () => (await read(id)).Status !== 'RUNNING', 30_000);
  return read(id);
}

/** Starts a drill and waits until it holds. Returns its id. */
async function startHeldDrill(more: object = {}): Promise<string> {
  const { body } = await drill({ HoldSeconds: 3_600, ...more });
  await until(async () => (await read(body.OperationId)).Step?.startsWith('Hold until'), 20_000);
  return body.OperationId;
}

/** Freezes the transitions of the emulator. Returns the function that resumes them. */
function freeze(): () => void {
  const { options } = emulator.store;
  options.transitionMs = Number.POSITIVE_INFINITY;
  return () => {
    options.transitionMs = 20;
    emulator.store.tick();
  };
}

/** Starts a drill and holds its first step, which reads the lag. Returns its id and the function that resumes it. */
async function startPausedDrill(): Promise<{ id: string; resume: () => void }> {
  const arrived = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const holdRequest: Mode = async (exchange) => {
    arrived.resolve();
    await release.promise;
    await modes.pass(exchange);
  };
  proxy.inject(holdRequest, { action: 'DescribeReplicationGroups' });
  const { body } = await drill();
  await arrived.promise;
  return { id: body.OperationId, resume: release.resolve };
}

/** Starts a drill and freezes its promotion. Returns its id and the function that resumes it. */
async function startPromotingDrill(): Promise<{ id: string; resume: () => void }> {
  const resume = freeze();
  const { body } = await drill({ HoldSeconds: 3_600 });
  await until(async () => (await readDatastore()).Status === 'modifying');
  return { id: body.OperationId, resume };
}

/** Starts a drill and freezes its way back. Returns its id and the function that resumes it. */
async function startReturningDrill(): Promise<{ id: string; resume: () => void }> {
  const id = await startHeldDrill();
  const resume = freeze();
  await cancel(id);
  await until(async () => (await readDatastore()).Status === 'modifying');
  return { id, resume };
}

const cancel = (id: string) => call(`POST /operations/${id}/cancel`);

/** Returns the regions of the promotions that AWS has accepted since the last read, in order. */
const promotions = async () =>
  (await emulator.calls())
    .filter(({ Action, Code }) => Action.startsWith('Failover') && !Code)
    .map(({ Region }) => Region);

describe('POST /global-datastores/{GlobalReplicationGroupId}/drills', () => {
  it('promotes, holds, promotes back, and shows the duration of each promotion', async () => {
    const started = await drill({ HoldSeconds: 1, MaxLagSeconds: 5 });
    expect(started).toMatchObject({ status: 202, body: { GlobalReplicationGroup: { Status: 'available' } } });
    expect(started.headers.link).toBe(`</operations/${started.body.OperationId}>; rel="monitor"`);
    const operation = await waitForEnd(started.body.OperationId);

    expect(operation).toMatchObject({
      Kind: 'DRILL',
      Status: 'SUCCEEDED',
      Wanted: {
        Drill: {
          PrimaryRegion: 'eu-west-1',
          PrimaryReplicationGroupId: 'ledger-euw1',
          HoldSeconds: 1,
          MaxLagSeconds: 5,
        },
        Members: { length: 3 },
      },
      Result: {
        LagSecondsBefore: 0.4,
        RtoSeconds: expect.any(Number),
        ReturnRtoSeconds: expect.any(Number),
        ResolutionSeconds: expect.any(Number),
        Standalone: [],
      },
    });
    const { FailoverAcceptedAt, PrimaryAt, AvailableAt, ReturnAcceptedAt, ReturnedAt } = operation.Result;
    const times = [FailoverAcceptedAt, PrimaryAt, AvailableAt, ReturnAcceptedAt, ReturnedAt];
    expect(times).toEqual(times.toSorted());
    expect(operation.Result).not.toHaveProperty('Cancelled');
    expect(await promotions()).toEqual(['eu-west-1', 'us-east-1']);
    expect(await primary()).toBe(use1);
  });

  it('holds with one wait, and shows the figures and the way back during the hold', async () => {
    const id = await startHeldDrill();
    const before = await read(id);
    await emulator.calls();
    await new Promise((resolve) => setTimeout(resolve, 1_000)); // the time of five polls of an operation
    const reads = (await emulator.calls()).filter(({ Action }) => Action === 'DescribeGlobalReplicationGroups');

    expect(before).toMatchObject({
      Status: 'RUNNING',
      Step: expect.stringMatching(/^Hold until .+: eu-west-1\/ledger-euw1 is the primary\./),
      Remaining: [expect.stringMatching(/^Promote us-east-1\/ledger-use1 to primary/)],
      Result: { RtoSeconds: expect.any(Number) },
    });
    expect(before.Result).not.toHaveProperty('ReturnRtoSeconds');
    expect(reads).toEqual([]);
    expect(await primary()).toBe(euw1);
    await cancel(id);
    await waitForEnd(id);
  });

  it('measures a slow failover', async () => {
    const { id, resume } = await startPromotingDrill();
    await until(async () => (await read(id)).Attempts > 2);
    resume();
    await until(async () => (await read(id)).Step.startsWith('Hold until'), 20_000);
    const { RtoSeconds, ResolutionSeconds, FailoverAcceptedAt, AvailableAt } = (await read(id)).Result;
    await cancel(id);

    const tenths = Math.round((Date.parse(AvailableAt) - Date.parse(FailoverAcceptedAt)) / 100);
    expect(RtoSeconds).toBe(tenths / 10);
    expect(ResolutionSeconds).toBeGreaterThan(0);
    expect((await waitForEnd(id)).Status).toBe('SUCCEEDED');
  });

  it('works with several node groups', async () => {
    const cluster = { NumCacheClusters: undefined, NumNodeGroups: 3, ReplicasPerNodeGroup: 1 };
    await emulator.seed('shards-use1', 'us-east-1', cluster);
    const body = { GlobalReplicationGroupIdSuffix: 'shards', PrimaryReplicationGroupId: 'shards-use1' };
    await call('POST /global-datastores', { body, headers: { prefer: 'wait=10' } });
    const secondary = { ReplicationGroupId: 'shards-euw1', ReplicationGroupRegion: 'eu-west-1' };
    await call('POST /global-datastores/ldgnf-shards/members', { body: secondary, headers: { prefer: 'wait=10' } });

    const drill = { PrimaryRegion: 'eu-west-1', HoldSeconds: 0, Reason: 'With shards', MaxLagSeconds: 1 };
    const started = await call('POST /global-datastores/ldgnf-shards/drills', { body: drill });

    expect(started.status, JSON.stringify(started.body)).toBe(202);
    expect(await waitForEnd(started.body.OperationId)).toMatchObject({
      Status: 'SUCCEEDED',
      Result: { LagSecondsBefore: 0.4, RtoSeconds: expect.any(Number), ReturnRtoSeconds: expect.any(Number) },
    });
  });

  it('is started once for its Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'the-drill-of-the-month' };
    const body = { PrimaryRegion: 'eu-west-1', HoldSeconds: 0, Reason: 'Monthly drill' };
    const first = await call(`POST ${datastorePath}/drills`, { body, headers });
    await waitForEnd(first.body.OperationId);
    const second = await call(`POST ${datastorePath}/drills`, { body, headers });

    expect(second.body.OperationId).toBe(first.body.OperationId);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(await promotions()).toEqual(['eu-west-1', 'us-east-1']);
  });

  it.each([
    ['no member is in the region', { PrimaryRegion: 'eu-central-1' }, 400, 'ValidationFailed'],
    ['the id is no member', { PrimaryReplicationGroupId: 'nobody' }, 404, 'MemberNotFound'],
    ['the target is the primary', { PrimaryRegion: 'us-east-1' }, 409, 'TopologyRefused'],
    ['the hold is too long', { HoldSeconds: 7_201 }, 400, 'ValidationFailed'],
    ['it has no reason', { Reason: undefined }, 400, 'ValidationFailed'],
  ])('is refused if %s', async (_, more, status, code) => {
    const { status: is, body } = await drill(more);

    expect([is, body.code]).toEqual([status, code]);
    expect(await promotions()).toEqual([]);
  });

  it('is refused while the datastore changes', async () => {
    const resume = freeze();
    await call(`PATCH ${datastorePath}`, { body: { CacheNodeType: 'cache.r7g.xlarge' } });

    const refused = await drill();

    resume();
    expect(refused).toMatchObject({ status: 409, body: { code: 'TopologyRefused' } });
    expect(refused.body.checks).toMatchObject([{ Id: 'datastore-state', Outcome: 'fail' }]);
  });
});

describe('the limit on the lag of a drill', () => {
  it.each([
    ['is exceeded', { Seconds: 7 }, 'ReplicationLagTooHigh', /is 7 s behind/],
    ['cannot be compared', { Unknown: true }, 'ReplicationLagUnknown', /not known/],
  ])('refuses the drill if it %s, and names the request without the limit', async (_, lag, code, detail) => {
    await emulator.control('POST', 'lag', { Region: 'eu-west-1', ...lag });

    const { status, body } = await drill({ MaxLagSeconds: 5 });

    expect([status, body.code]).toEqual([409, code]);
    expect(body.detail).toMatch(detail);
    expect(body.remedies).toMatchObject([
      { method: 'GET', href: `${datastorePath}/replication` },
      { method: 'POST', href: `${datastorePath}/drills`, body: { PrimaryRegion: 'eu-west-1', HoldSeconds: 0 } },
    ]);
    expect(body.remedies[1].body).not.toHaveProperty('MaxLagSeconds');
    expect(await promotions()).toEqual([]);
  });

  it('ends the drill without a promotion if the lag exceeds it after the acceptance', async () => {
    await emulator.control('POST', 'lag', { Region: 'eu-west-1', Seconds: 9 });
    const keys = [use1, euw1, apse2].map((name) => {
      const [ReplicationGroupRegion = '', ReplicationGroupId = ''] = name.split('/');
      return { ReplicationGroupRegion, ReplicationGroupId };
    });
    const [Origin, Target] = keys as [(typeof keys)[0], (typeof keys)[0]];
    const goal: Goal = {
      Kind: 'DRILL',
      GlobalReplicationGroupId: 'ldgnf-ledger',
      Members: keys.map((key) => ({ ...key, Role: key === Origin ? 'PRIMARY' : 'SECONDARY' })),
      Known: keys,
      OnFailure: 'keep',
      AcceptedAt: new Date().toISOString(),
      OperationId: 'ldgnf-ledger_grown',
      Drill: { Target, Origin, HoldSeconds: 0, MaxLagSeconds: 5, Reason: 'Grown' },
    };

    await durable.start('ldgnf-ledger_grown', goal);

    expect(await waitForEnd('ldgnf-ledger_grown')).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringMatching(/ledger-euw1 is 9 s behind .+ The limit is 5 s\. Nothing was changed\./),
      Remaining: [],
      Result: { LagSecondsBefore: 9 },
    });
    expect(await promotions()).toEqual([]);
  });

  it('is not checked if it is omitted, even if the lag is unknown', async () => {
    await emulator.control('POST', 'lag', { Region: 'eu-west-1', Unknown: true });

    expect(await waitForEnd((await drill()).body.OperationId)).toMatchObject({
      Status: 'SUCCEEDED',
      Result: { LagSecondsBefore: null },
    });
  });
});

describe('a drill that is cancelled', () => {
  it('before its promotion is stopped, and promotes nothing', async () => {
    const { id, resume } = await startPausedDrill();

    const cancelled = await cancel(id);
    resume();
    await new Promise((resolve) => setTimeout(resolve, 300)); // the reconcile in progress

    expect(cancelled).toMatchObject({ status: 200, body: { Operation: { Status: 'STOPPED', Remaining: [] } } });
    expect(await promotions()).toEqual([]);
    expect((await call(`GET ${datastorePath}/drills`)).body.Drills[0]).toMatchObject({
      OperationId: id,
      Status: 'STOPPED',
    });
    expect((await drill()).status).toBe(202);
  });

  it('while AWS temporarily refuses its promotion ends as FAILED', async () => {
    proxy.inject(fault('InvalidGlobalReplicationGroupState', 400, 'Busy.'), {
      action: 'FailoverGlobalReplicationGroup',
      times: Number.POSITIVE_INFINITY,
    });
    const { body } = await drill();
    await until(async () => (await read(body.OperationId)).LastRefusal !== undefined);

    const cancelled = await cancel(body.OperationId);
    const operation = await waitForEnd(body.OperationId);

    expect(cancelled.body.Operation.Status).toBe('RUNNING');
    expect(operation).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringMatching(/^The drill was cancelled before .+ The primary is us-east-1\/ledger-use1\.$/),
    });
    expect(await promotions()).toEqual([]);
  });

  it('during its promotion does not hold, and promotes back', async () => {
    const { id, resume } = await startPromotingDrill();

    const cancelled = await cancel(id);
    resume();
    const operation = await waitForEnd(id);

    expect(cancelled).toMatchObject({ status: 200, body: { Operation: { Status: 'RUNNING' } } });
    expect(operation).toMatchObject({ Status: 'SUCCEEDED', Result: { Cancelled: true } });
    expect(await promotions()).toEqual(['eu-west-1', 'us-east-1']);
    expect(await primary()).toBe(use1);
  });

  it('while it holds promotes back at once, and a second cancellation changes nothing', async () => {
    const id = await startHeldDrill();

    const first = await cancel(id);
    const second = await cancel(id);
    const operation = await waitForEnd(id);

    expect([first.status, second.status]).toEqual([200, 200]);
    expect(operation).toMatchObject({
      Status: 'SUCCEEDED',
      Result: { Cancelled: true, RtoSeconds: expect.any(Number), ReturnRtoSeconds: expect.any(Number) },
    });
    expect(await promotions()).toEqual(['eu-west-1', 'us-east-1']);
    expect((await cancel(id)).body.code).toBe('OperationEnded');
  });

  it('on its way back continues', async () => {
    const { id, resume } = await startReturningDrill();

    const cancelled = await cancel(id);
    resume();

    expect(cancelled).toMatchObject({ status: 200, body: { Operation: { Status: 'RUNNING' } } });
    expect((await waitForEnd(id)).Status).toBe('SUCCEEDED');
    expect(await primary()).toBe(use1);
  });

  it('shows in a dry run what a cancellation does', async () => {
    const id = await startHeldDrill();

    const { body } = await call(`POST /operations/${id}/cancel?DryRun=true`);

    expect(body.Plan).toEqual([expect.stringMatching(/end the hold and promote us-east-1\/ledger-use1 at once/)]);
    await cancel(id);
    await waitForEnd(id);
  });
});

describe('a failover overtakes a drill', () => {
  const failedByOtherChange = (target: string) => ({
    Status: 'FAILED',
    Reason: expect.stringMatching(
      new RegExp(` requested a failover to ${target} at .+, after this drill was accepted\\. .+ The primary is `),
    ),
  });

  it('before its promotion: the drill promotes nothing', async () => {
    const { id, resume } = await startPausedDrill();
    expect((await failover('ap-southeast-2')).status).toBe(202);
    resume();

    expect(await waitForEnd(id)).toMatchObject(failedByOtherChange(`${apse2}`));
    expect(await promotions()).toEqual(['ap-southeast-2']);
    expect(await primary()).toBe(apse2);
  });

  it('during its promotion, without waiting for it', async () => {
    const { id, resume } = await startPromotingDrill();

    const accepted = await failover('ap-southeast-2');
    resume();

    expect(accepted.status, JSON.stringify(accepted.body)).toBe(202);
    expect(await waitForEnd(id)).toMatchObject(failedByOtherChange(`${apse2}`));
    expect(await promotions()).toEqual(['eu-west-1', 'ap-southeast-2']);
    await rested();
    expect(await primary()).toBe(apse2);
  });

  it('during its hold: the drill ends without its way back', async () => {
    const id = await startHeldDrill();

    const accepted = await failover('ap-southeast-2');
    await rested();
    await cancel(id);
    const operation = await waitForEnd(id);

    expect(accepted.status).toBe(202);
    expect(operation).toMatchObject({
      ...failedByOtherChange(`${apse2}`),
      Remaining: [expect.stringContaining(`${use1}`)],
    });
    expect(operation.Advice).toMatch(
      /^If us-east-1\/ledger-use1 is not the primary and should be, promote it with POST/,
    );
    expect(await promotions()).toEqual(['eu-west-1', 'ap-southeast-2']);
    expect((await call(`GET ${datastorePath}/drills`)).body.Drills[0]).toMatchObject({
      OperationId: id,
      Status: 'FAILED',
      RtoSeconds: expect.any(Number),
      FailureReason: operation.Reason,
    });
  });

  it('to the target of the drill: the primary stays there, although AWS refuses the failover', async () => {
    const id = await startHeldDrill();

    const refused = await failover('eu-west-1');
    await cancel(id);

    expect(refused.status).toBe(400);
    expect(await waitForEnd(id)).toMatchObject(failedByOtherChange(`${euw1}`));
    expect(await promotions()).toEqual(['eu-west-1']);
    expect(await primary()).toBe(euw1);
  });

  it('but not if it names a replication group that is no member', async () => {
    const id = await startHeldDrill();

    const refused = await failover('ap-southeast-2', { PrimaryReplicationGroupId: 'nobody' });
    await cancel(id);

    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect((await waitForEnd(id)).Status).toBe('SUCCEEDED');
    expect(await primary()).toBe(use1);
  });

  it('on its way back, without waiting for it', async () => {
    const { id, resume } = await startReturningDrill();

    const accepted = await failover('ap-southeast-2');
    resume();

    expect(accepted.status, JSON.stringify(accepted.body)).toBe(202);
    expect(await waitForEnd(id)).toMatchObject(failedByOtherChange(`${apse2}`));
    await rested();
    expect(await primary()).toBe(apse2);
  });
});

describe('a drill and other operations', () => {
  const members = [use1, euw1, apse2].map((name) => {
    const [ReplicationGroupRegion, ReplicationGroupId] = name.split('/');
    return { ReplicationGroupRegion, ReplicationGroupId, Role: name === apse2 ? 'PRIMARY' : 'SECONDARY' };
  });

  it('exclude each other', async () => {
    const id = await startHeldDrill();

    const second = await drill({ PrimaryRegion: 'ap-southeast-2' });
    const topology = await call(`PUT ${datastorePath}/topology`, { body: { Members: members } });
    await cancel(id);
    await waitForEnd(id);

    for (const refused of [second, topology])
      expect(refused).toMatchObject({ status: 409, body: { code: 'OperationRunning' } });
  });

  it('a topology that supersedes a drill changes the primary, and the drill does not return', async () => {
    const id = await startHeldDrill();

    const { status, body } = await call(`PUT ${datastorePath}/topology?Supersede=true`, { body: { Members: members } });
    expect(status, JSON.stringify(body)).toBe(202);
    const topology = await waitForEnd(body.OperationId);

    expect(topology.Status).toBe('SUCCEEDED');
    expect(await read(id)).toMatchObject({ Status: 'STOPPED', Reason: expect.stringContaining(body.OperationId) });
    expect(await promotions()).toEqual(['eu-west-1', 'ap-southeast-2']);
    expect((await call(`GET ${datastorePath}/drills`)).body.Drills[0]).toMatchObject({
      OperationId: id,
      Status: 'STOPPED',
    });
  });

  it('the same drill at the same time starts one operation', async () => {
    const { id, resume } = await startPausedDrill();

    const second = await drill();
    resume();
    await waitForEnd(id);

    expect(second.body.OperationId).toBe(id);
    expect(await promotions()).toEqual(['eu-west-1', 'us-east-1']);
  });
});

describe('the way back of a drill', () => {
  it('that AWS permanently refuses ends the drill as FAILED, with the current primary and an advice', async () => {
    const id = await startHeldDrill();
    proxy.inject(fault('InvalidParameterValue', 400, 'Not this one.'), {
      action: 'FailoverGlobalReplicationGroup',
      times: Number.POSITIVE_INFINITY,
    });
    await cancel(id);
    const operation = await waitForEnd(id);
    proxy.clear();

    expect(operation).toMatchObject({
      Status: 'FAILED',
      Reason: 'AWS rejected the change: Not this one. The primary is eu-west-1/ledger-euw1.',
      Advice: expect.stringMatching(/promote it with POST \/global-datastores\/\{GlobalReplicationGroupId\}\/failover/),
      Remaining: [expect.stringMatching(/^Promote us-east-1\/ledger-use1 to primary/)],
      Result: { RtoSeconds: expect.any(Number), Datastore: { Status: 'available' } },
    });
    expect((await failover('us-east-1')).status).toBe(202);
  });

  it('that AWS temporarily refuses is sent again', async () => {
    const id = await startHeldDrill();
    const busy = { action: 'FailoverGlobalReplicationGroup', times: 3 };
    proxy.inject(fault('InvalidGlobalReplicationGroupState', 400, 'Busy.'), busy);
    await cancel(id);

    expect((await waitForEnd(id)).Status).toBe('SUCCEEDED');
    expect(await primary()).toBe(use1);
  });

  it('whose member has left the datastore ends the drill as FAILED', async () => {
    const id = await startHeldDrill();
    await call(`DELETE ${datastorePath}/members/us-east-1/ledger-use1`, { headers: { prefer: 'wait=10' } });
    await cancel(id);
    const operation = await waitForEnd(id);

    expect(operation).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringMatching(
        /^us-east-1\/ledger-use1 is no longer a member\. .+ The primary is eu-west-1\/ledger-euw1\.$/,
      ),
    });
    await emulator.seed('ledger-use2', 'us-east-1');
  });
});
