import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Progress } from '../../src/operations/reconcile.ts';
import { afterEffect, fault, modes } from '../support/proxy.ts';
import { goalOf, startTestEnvironment } from './environment.ts';

const environment = await startTestEnvironment();
afterAll(() => environment.close());
beforeEach(() => environment.clear());

const three = ['us-east-1/a*', 'eu-west-1/b', 'ap-southeast-2/c'];

describe('a run', () => {
  it('creates two secondaries at the same time and then has no step left', async () => {
    const from = ['us-east-1/a*'];
    const goal = goalOf(await environment.createDatastore(from), from, three);
    await environment.takeChanges();

    const { progress } = await environment.run(goal);

    expect(environment.topology()).toEqual([...three].sort());
    expect(await environment.takeChanges()).toEqual({ CreateReplicationGroup: 2 });
    expect(progress).toMatchObject({ Ended: true, Step: 'Nothing to do. The desired state is reached.' });
    expect(progress.Result).toEqual({ Standalone: [], ParameterGroups: [] });
    expect(progress).not.toHaveProperty('Failure');
    expect((await environment.run(goal)).iterations).toBe(1);
  });

  it('moves the primary and detaches the old one, and names its parameter group', async () => {
    const goal = goalOf(await environment.createDatastore(three), three, ['eu-west-1/b*', 'ap-southeast-2/c']);

    const { progress } = await environment.run(goal);

    expect(environment.topology()).toEqual(['ap-southeast-2/c', 'eu-west-1/b*']);
    expect(progress.Result).toEqual({
      Standalone: [{ ReplicationGroupId: 'a', ReplicationGroupRegion: 'us-east-1', Status: 'available' }],
      ParameterGroups: [
        { CacheParameterGroupName: expect.stringMatching(/^global-datastore-a[a-z]{4}$/), Region: 'us-east-1' },
      ],
    });
  });

  it('detaches and deletes all, and names what continues to incur cost', async () => {
    const { progress } = await environment.run(goalOf(await environment.createDatastore(three), three, []));

    expect(environment.topology()).toEqual([]);
    expect(progress.Result?.Standalone.map(({ ReplicationGroupId }) => ReplicationGroupId)).toEqual(['a', 'b', 'c']);
    expect(progress.Result?.ParameterGroups).toHaveLength(3);
  });

  it('names parameter groups by their known prefix when AWS does not list them', async () => {
    const goal = goalOf(await environment.createDatastore(three), three, []);
    environment.proxy.inject(fault('AccessDenied', 403), { action: 'DescribeCacheParameterGroups', times: 9 });

    const { progress } = await environment.run(goal);

    expect(progress.Result?.ParameterGroups).toContainEqual({
      CacheParameterGroupName: 'global-datastore-b*',
      Region: 'eu-west-1',
    });
  });

  it('retries after temporary refusals, throttling, failures and lost responses, and repeats no applied change', async () => {
    const from = ['us-east-1/a*', 'eu-west-1/b'];
    const goal = goalOf(await environment.createDatastore(from), from, ['eu-west-1/b*', 'ap-southeast-2/c']);
    await environment.takeChanges();
    environment.proxy.inject(fault('InvalidGlobalReplicationGroupState', 400, 'It is modifying.'), {
      action: 'FailoverGlobalReplicationGroup',
    });
    environment.proxy.inject(fault('Throttling', 400), { action: 'FailoverGlobalReplicationGroup' });
    environment.proxy.inject(modes.error500, { action: 'CreateReplicationGroup' });
    environment.proxy.inject(afterEffect(modes.reset), { action: 'CreateReplicationGroup' });
    environment.proxy.inject(afterEffect(modes.error503), { action: 'DisassociateGlobalReplicationGroup' });
    environment.proxy.inject(modes.truncated, { action: 'DescribeGlobalReplicationGroups', times: 4 });

    const { progress } = await environment.run(goal);

    expect(progress).not.toHaveProperty('Failure');
    expect(progress.LastRefusal).toMatchObject({ Code: expect.any(String), Detail: expect.any(String) });
    expect(environment.topology()).toEqual(['ap-southeast-2/c', 'eu-west-1/b*']);
    expect(await environment.takeChanges()).toEqual({
      FailoverGlobalReplicationGroup: 1,
      CreateReplicationGroup: 1,
      DisassociateGlobalReplicationGroup: 1,
    });
  });

  it('shows the start of its step, the number of attempts and the last refusal', async () => {
    const from = ['us-east-1/a*', 'eu-west-1/b'];
    const goal = goalOf(await environment.createDatastore(from), from, ['us-east-1/a*']);
    environment.proxy.inject(fault('InvalidGlobalReplicationGroupState', 400, 'It is busy.'), {
      times: 2,
      action: 'DisassociateGlobalReplicationGroup',
    });
    const now = Date.parse('2026-01-01T12:00:00Z');

    const first = await environment.reconcileOnce(AbortSignal.timeout(9_000), goal, environment.initialProgress, {
      now,
    });
    const second = await environment.reconcileOnce(AbortSignal.timeout(9_000), goal, first, { now: now + 20_000 });

    expect(second).toMatchObject({
      Step: expect.stringMatching(/^Detach eu-west-1\/b/),
      Since: '2026-01-01T12:00:00.000Z',
      Attempts: 2,
      LastRefusal: {
        At: '2026-01-01T12:00:20.000Z',
        Code: 'InvalidGlobalReplicationGroupStateFault',
        Detail: 'It is busy.',
        Region: 'us-east-1',
        RequestId: 'from-proxy',
      },
    });
  });
});

describe('a run stops with a reason and changes nothing more', () => {
  const from = ['us-east-1/a*'];

  it('when a secondary cannot be created', async () => {
    const goal = goalOf(await environment.createDatastore(from), from, three);
    environment.failCreation('eu-west-1/b');

    const { progress } = await environment.run(goal);

    expect(progress.Failure?.Reason).toBe('AWS could not create eu-west-1/b. Its status is create-failed.');
    expect(progress.Result?.Standalone).toContainEqual({
      ReplicationGroupId: 'b',
      ReplicationGroupRegion: 'eu-west-1',
      Status: 'create-failed',
    });
    expect(environment.topology()).toContain('us-east-1/a*');
  });

  it('when AWS refuses twice with a permanent error', async () => {
    const goal = goalOf(await environment.createDatastore(from), from, ['us-east-1/a*', 'eu-west-1/b']);
    const refused = fault('ClusterQuotaForCustomerExceeded', 400, 'No more clusters.');
    environment.proxy.inject(refused, { action: 'CreateReplicationGroup', times: 2 });

    const { progress, iterations } = await environment.run(goal);

    expect(progress.Failure).toMatchObject({
      Reason: 'AWS rejected the change: No more clusters.',
      Advice: expect.stringContaining('quota'),
    });
    expect(iterations).toBe(2);
  });

  it('when AWS refuses twice with a permanent error and another message', async () => {
    const goal = goalOf(await environment.createDatastore(from), from, ['us-east-1/a*', 'eu-west-1/b']);
    for (const request of ['4711', '4712', '4713', '4714'])
      environment.proxy.inject(
        fault('ClusterQuotaForCustomerExceeded', 400, `No more clusters (request ${request}).`),
        {
          action: 'CreateReplicationGroup',
        },
      );

    const { progress, iterations } = await environment.run(goal);

    expect(progress.Failure?.Reason).toBe('AWS rejected the change: No more clusters (request 4712).');
    expect(iterations).toBe(2);
  });

  it('when AWS refuses the role of the function, without internal names', async () => {
    const goal = goalOf(await environment.createDatastore(from), from, ['us-east-1/a*', 'eu-west-1/b']);
    const refused = fault('AccessDenied', 403, 'arn:aws:sts::123456789012:assumed-role/secret is not authorized');
    environment.proxy.inject(refused, { action: 'CreateReplicationGroup', times: 2 });

    const { progress } = await environment.run(goal);

    expect(JSON.stringify(progress)).not.toContain('arn:');
    expect(progress.Failure?.Reason).toContain('AWS denied access to the role');
  });

  it('when the datastore is being deleted', async () => {
    const id = await environment.createDatastore(from);
    await environment.deleteDatastore(id);

    const { progress } = await environment.run(goalOf(id, from, three));

    expect(progress.Failure?.Reason).toBe(`Datastore ${id} no longer exists.`);
    expect(progress.Result?.Standalone).toHaveLength(1);
  });

  it('when another datastore has its name, which it does not change', async () => {
    const id = await environment.createDatastore(from);
    await environment.deleteDatastore(id);
    await environment.createDatastore(['us-east-1/z*', 'eu-west-1/y']);
    await environment.takeChanges();

    const { progress } = await environment.run(goalOf(id, from, [], { OnFailure: 'teardown' }));

    expect(progress.Failure?.Reason).toContain('is now a different datastore');
    expect(await environment.takeChanges()).toEqual({});
  });

  it('when nothing has changed for 90 minutes', async () => {
    const id = await environment.createDatastore(from);
    const goal = goalOf(id, from, ['us-east-1/a*', 'eu-west-1/b']);
    environment.proxy.inject(fault('InvalidGlobalReplicationGroupState', 400, 'It is busy.'), {
      action: 'CreateReplicationGroup',
      times: 1_000,
    });

    const { progress, iterations } = await environment.run(goal);

    expect(progress.Failure?.Reason).toMatch(
      /^No progress since 2026-01-01T00:00:00.000Z\. Current step: Create eu-west-1\/b/,
    );
    expect(iterations).toBe((90 * 60) / 20 + 2);
  });
});

describe('a member that has joined since the operation was accepted', () => {
  const stranger = 'sa-east-1/stranger';
  const from = ['us-east-1/a*'];
  const create = { Kind: 'CREATE', OnFailure: 'teardown' } as const;

  it.each([
    ['while a secondary is created', undefined],
    ['after a teardown has begun', 'eu-west-1/b'],
  ])('stops a create with OnFailure teardown without a detach or a deletion %s', async (_, failingMember) => {
    const goal = goalOf(await environment.createDatastore(from), from, ['us-east-1/a*', 'eu-west-1/b'], create);
    if (failingMember) environment.failCreation(failingMember);
    await environment.takeChanges();
    let hasJoined = false;

    const { progress } = await environment.run(goal, async (_iteration, now) => {
      if (!hasJoined && (!failingMember || now.Failure)) {
        hasJoined = true;
        await environment.addMember(goal.GlobalReplicationGroupId, stranger);
      }
      return now;
    });

    expect(progress.Failure?.Reason).toContain(
      `${stranger} has joined the datastore since the operation was accepted.`,
    );
    expect(environment.topology()).toEqual(expect.arrayContaining([stranger, 'us-east-1/a*']));
    const { CreateReplicationGroup: _creations, ...others } = await environment.takeChanges();
    expect(others).toEqual({});
    expect(progress.Result?.Datastore).toMatchObject({
      GlobalReplicationGroupId: goal.GlobalReplicationGroupId,
      Status: expect.any(String),
      Members: expect.arrayContaining([expect.objectContaining({ ReplicationGroupId: 'stranger' })]),
    });
  });

  it('stops a deletion without a change, and the result names all members', async () => {
    const members = ['us-east-1/a*', 'eu-west-1/b'];
    const goal = goalOf(await environment.createDatastore(members), members, []);
    await environment.addMember(goal.GlobalReplicationGroupId, stranger);
    await environment.takeChanges();

    const { progress } = await environment.run(goal);

    expect(progress.Failure?.Reason).toContain(stranger);
    expect(await environment.takeChanges()).toEqual({});
    const remaining = progress.Result?.Datastore?.Members?.map(({ ReplicationGroupId }) => ReplicationGroupId);
    expect(remaining?.sort()).toEqual(['a', 'b', 'stranger']);
  });

  it('is not detached by a teardown, even if it has the id of a desired member', async () => {
    const goal = goalOf(await environment.createDatastore(from), from, three, create);
    await environment.addMember(goal.GlobalReplicationGroupId, 'eu-west-1/b');
    environment.failCreation('ap-southeast-2/c');
    await environment.takeChanges();

    const { progress } = await environment.run(goal);

    expect(progress.Failure?.Reason).toMatch(/create-failed\. The teardown also failed: eu-west-1\/b has joined/);
    expect(environment.topology()).toEqual(expect.arrayContaining(['eu-west-1/b', 'us-east-1/a*']));
    expect(await environment.takeChanges()).toEqual({ CreateReplicationGroup: 1 });
  });
});

describe('the time of a run and its teardown', () => {
  const busy = fault('InvalidGlobalReplicationGroupState', 400, 'It is busy.');

  it('stays below the limit of the engine, although both make progress repeatedly', async () => {
    const from = ['us-east-1/a*'];
    const goal = goalOf(await environment.createDatastore(from), from, ['us-east-1/a*', 'eu-west-1/b'], {
      Kind: 'CREATE',
      OnFailure: 'teardown',
    });
    for (const action of ['CreateReplicationGroup', 'DeleteGlobalReplicationGroup'])
      environment.proxy.inject(busy, { action, times: Number.POSITIVE_INFINITY });

    const makesProgress = (iterations: number, now: Progress) =>
      iterations % 10 === 0 ? { ...now, Since: undefined } : now;
    const { progress, iterations } = await environment.run(goal, makesProgress, 300_000);

    expect(progress.Failure?.Reason).toMatch(/^No progress .* The teardown also failed: No progress /);
    const { operationTimeoutMs, executionTimeoutMs } = environment.config;
    expect(iterations * 300_000).toBeGreaterThan(operationTimeoutMs);
    expect(iterations * 300_000).toBeLessThan(executionTimeoutMs);
  });
});

describe('a run with OnFailure teardown', () => {
  const from = ['us-east-1/a*'];

  it('detaches the members that it created, deletes the datastore, and shows the reason', async () => {
    const goal = goalOf(await environment.createDatastore(from), from, three, {
      Kind: 'CREATE',
      OnFailure: 'teardown',
    });
    environment.failCreation('ap-southeast-2/c');

    const { progress } = await environment.run(goal);

    expect(environment.topology()).toEqual([]);
    expect(progress.Failure?.Reason).toBe('AWS could not create ap-southeast-2/c. Its status is create-failed.');
    expect(progress.Result?.Standalone.map(({ Status }) => Status)).toEqual([
      'available',
      'available',
      'create-failed',
    ]);
  });

  it('shows both reasons when the teardown fails, too', async () => {
    const goal = goalOf(await environment.createDatastore(from), from, ['us-east-1/a*', 'eu-west-1/b'], {
      Kind: 'CREATE',
      OnFailure: 'teardown',
    });
    environment.failCreation('eu-west-1/b');
    environment.proxy.inject(fault('AccessDenied', 403), { action: 'DeleteGlobalReplicationGroup', times: 2 });

    const { progress } = await environment.run(goal);

    expect(progress.Failure?.Reason).toMatch(/create-failed\. The teardown also failed: AWS rejected the change/);
    expect(environment.topology()).toEqual(from);
  });
});
