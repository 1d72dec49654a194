import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Progress } from '../../src/operations/reconcile.ts';
import { afterEffect, fault, modes } from '../support/proxy.ts';
import { createWorld, goalOf } from './world.ts';

const world = await createWorld();
afterAll(() => world.close());
beforeEach(() => world.clear());

const three = ['us-east-1/a*', 'eu-west-1/b', 'ap-southeast-2/c'];

describe('a run', () => {
  it('creates two secondaries at the same time and then has no step left', async () => {
    const from = ['us-east-1/a*'];
    const goal = goalOf(await world.make(from), from, three);
    await world.changes();

    const { progress } = await world.run(goal);

    expect(world.topology()).toEqual([...three].sort());
    expect(await world.changes()).toEqual({ CreateReplicationGroup: 2 });
    expect(progress).toMatchObject({ Ended: true, Step: 'Nothing to do. The desired state is reached.' });
    expect(progress.Result).toEqual({ Standalone: [], ParameterGroups: [] });
    expect(progress).not.toHaveProperty('Failure');
    expect((await world.run(goal)).looks).toBe(1);
  });

  it('moves the primary and detaches the old one, and names its parameter group', async () => {
    const goal = goalOf(await world.make(three), three, ['eu-west-1/b*', 'ap-southeast-2/c']);

    const { progress } = await world.run(goal);

    expect(world.topology()).toEqual(['ap-southeast-2/c', 'eu-west-1/b*']);
    expect(progress.Result).toEqual({
      Standalone: [{ ReplicationGroupId: 'a', ReplicationGroupRegion: 'us-east-1', Status: 'available' }],
      ParameterGroups: [
        { CacheParameterGroupName: expect.stringMatching(/^global-datastore-a[a-z]{4}$/), Region: 'us-east-1' },
      ],
    });
  });

  it('detaches and deletes all, and names what continues to incur cost', async () => {
    const { progress } = await world.run(goalOf(await world.make(three), three, []));

    expect(world.topology()).toEqual([]);
    expect(progress.Result?.Standalone.map(({ ReplicationGroupId }) => ReplicationGroupId)).toEqual(['a', 'b', 'c']);
    expect(progress.Result?.ParameterGroups).toHaveLength(3);
  });

  it('names parameter groups by their known prefix when AWS does not list them', async () => {
    const goal = goalOf(await world.make(three), three, []);
    world.proxy.inject(fault('AccessDenied', 403), { action: 'DescribeCacheParameterGroups', times: 9 });

    const { progress } = await world.run(goal);

    expect(progress.Result?.ParameterGroups).toContainEqual({
      CacheParameterGroupName: 'global-datastore-b*',
      Region: 'eu-west-1',
    });
  });

  it('retries after temporary refusals, throttling, failures and lost responses, and repeats no applied change', async () => {
    const from = ['us-east-1/a*', 'eu-west-1/b'];
    const goal = goalOf(await world.make(from), from, ['eu-west-1/b*', 'ap-southeast-2/c']);
    await world.changes();
    world.proxy.inject(fault('InvalidGlobalReplicationGroupState', 400, 'It is modifying.'), {
      action: 'FailoverGlobalReplicationGroup',
    });
    world.proxy.inject(fault('Throttling', 400), { action: 'FailoverGlobalReplicationGroup' });
    world.proxy.inject(modes.error500, { action: 'CreateReplicationGroup' });
    world.proxy.inject(afterEffect(modes.reset), { action: 'CreateReplicationGroup' });
    world.proxy.inject(afterEffect(modes.error503), { action: 'DisassociateGlobalReplicationGroup' });
    world.proxy.inject(modes.truncated, { action: 'DescribeGlobalReplicationGroups', times: 4 });

    const { progress } = await world.run(goal);

    expect(progress).not.toHaveProperty('Failure');
    expect(progress.LastRefusal).toMatchObject({ Code: expect.any(String), Detail: expect.any(String) });
    expect(world.topology()).toEqual(['ap-southeast-2/c', 'eu-west-1/b*']);
    expect(await world.changes()).toEqual({
      FailoverGlobalReplicationGroup: 1,
      CreateReplicationGroup: 1,
      DisassociateGlobalReplicationGroup: 1,
    });
  });

  it('shows the start of its step, the number of attempts and the last refusal', async () => {
    const from = ['us-east-1/a*', 'eu-west-1/b'];
    const goal = goalOf(await world.make(from), from, ['us-east-1/a*']);
    world.proxy.inject(fault('InvalidGlobalReplicationGroupState', 400, 'It is busy.'), {
      times: 2,
      action: 'DisassociateGlobalReplicationGroup',
    });
    const now = Date.parse('2026-01-01T12:00:00Z');

    const first = await world.reconcileOnce(AbortSignal.timeout(9_000), goal, world.initialProgress, { now });
    const second = await world.reconcileOnce(AbortSignal.timeout(9_000), goal, first, { now: now + 20_000 });

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
    const goal = goalOf(await world.make(from), from, three);
    world.doom('eu-west-1/b');

    const { progress } = await world.run(goal);

    expect(progress.Failure?.Reason).toBe('AWS could not create eu-west-1/b. Its status is create-failed.');
    expect(progress.Result?.Standalone).toContainEqual({
      ReplicationGroupId: 'b',
      ReplicationGroupRegion: 'eu-west-1',
      Status: 'create-failed',
    });
    expect(world.topology()).toContain('us-east-1/a*');
  });

  it('when AWS refuses twice with a permanent error', async () => {
    const goal = goalOf(await world.make(from), from, ['us-east-1/a*', 'eu-west-1/b']);
    const refused = fault('ClusterQuotaForCustomerExceeded', 400, 'No more clusters.');
    world.proxy.inject(refused, { action: 'CreateReplicationGroup', times: 2 });

    const { progress, looks } = await world.run(goal);

    expect(progress.Failure).toMatchObject({
      Reason: 'AWS rejected the change: No more clusters.',
      Advice: expect.stringContaining('quota'),
    });
    expect(looks).toBe(2);
  });

  it('when AWS refuses twice with a permanent error and another message', async () => {
    const goal = goalOf(await world.make(from), from, ['us-east-1/a*', 'eu-west-1/b']);
    for (const request of ['4711', '4712', '4713', '4714'])
      world.proxy.inject(fault('ClusterQuotaForCustomerExceeded', 400, `No more clusters (request ${request}).`), {
        action: 'CreateReplicationGroup',
      });

    const { progress, looks } = await world.run(goal);

    expect(progress.Failure?.Reason).toBe('AWS rejected the change: No more clusters (request 4712).');
    expect(looks).toBe(2);
  });

  it('when AWS refuses the role of the function, without internal names', async () => {
    const goal = goalOf(await world.make(from), from, ['us-east-1/a*', 'eu-west-1/b']);
    const refused = fault('AccessDenied', 403, 'arn:aws:sts::123456789012:assumed-role/secret is not authorized');
    world.proxy.inject(refused, { action: 'CreateReplicationGroup', times: 2 });

    const { progress } = await world.run(goal);

    expect(JSON.stringify(progress)).not.toContain('arn:');
    expect(progress.Failure?.Reason).toContain('AWS denied access to the role');
  });

  it('when the datastore is being deleted', async () => {
    const id = await world.make(from);
    await world.remove(id);

    const { progress } = await world.run(goalOf(id, from, three));

    expect(progress.Failure?.Reason).toBe(`Datastore ${id} no longer exists.`);
    expect(progress.Result?.Standalone).toHaveLength(1);
  });

  it('when another datastore has its name, which it does not change', async () => {
    const id = await world.make(from);
    await world.remove(id);
    await world.make(['us-east-1/z*', 'eu-west-1/y']);
    await world.changes();

    const { progress } = await world.run(goalOf(id, from, [], { OnFailure: 'teardown' }));

    expect(progress.Failure?.Reason).toContain('is now a different datastore');
    expect(await world.changes()).toEqual({});
  });

  it('when nothing has changed for 90 minutes', async () => {
    const id = await world.make(from);
    const goal = goalOf(id, from, ['us-east-1/a*', 'eu-west-1/b']);
    world.proxy.inject(fault('InvalidGlobalReplicationGroupState', 400, 'It is busy.'), {
      action: 'CreateReplicationGroup',
      times: 1_000,
    });

    const { progress, looks } = await world.run(goal);

    expect(progress.Failure?.Reason).toMatch(
      /^No progress since 2026-01-01T00:00:00.000Z\. Current step: Create eu-west-1\/b/,
    );
    expect(looks).toBe((90 * 60) / 20 + 2);
  });
});

describe('a member that has joined since the operation was accepted', () => {
  const stranger = 'sa-east-1/stranger';
  const from = ['us-east-1/a*'];
  const create = { Kind: 'CREATE', OnFailure: 'teardown' } as const;

  it.each([
    ['while a secondary is created', undefined],
    ['after a teardown has begun', 'eu-west-1/b'],
  ])('stops a create with OnFailure teardown without a detach or a deletion %s', async (_, doomed) => {
    const goal = goalOf(await world.make(from), from, ['us-east-1/a*', 'eu-west-1/b'], create);
    if (doomed) world.doom(doomed);
    await world.changes();
    let hasJoined = false;

    const { progress } = await world.run(goal, async (_looks, now) => {
      if (!hasJoined && (!doomed || now.Failure)) {
        hasJoined = true;
        await world.join(goal.GlobalReplicationGroupId, stranger);
      }
      return now;
    });

    expect(progress.Failure?.Reason).toContain(
      `${stranger} has joined the datastore since the operation was accepted.`,
    );
    expect(world.topology()).toEqual(expect.arrayContaining([stranger, 'us-east-1/a*']));
    const { CreateReplicationGroup: _made, ...others } = await world.changes();
    expect(others).toEqual({});
    expect(progress.Result?.Datastore).toMatchObject({
      GlobalReplicationGroupId: goal.GlobalReplicationGroupId,
      Status: expect.any(String),
      Members: expect.arrayContaining([expect.objectContaining({ ReplicationGroupId: 'stranger' })]),
    });
  });

  it('stops a deletion without a change, and the result names all members', async () => {
    const members = ['us-east-1/a*', 'eu-west-1/b'];
    const goal = goalOf(await world.make(members), members, []);
    await world.join(goal.GlobalReplicationGroupId, stranger);
    await world.changes();

    const { progress } = await world.run(goal);

    expect(progress.Failure?.Reason).toContain(stranger);
    expect(await world.changes()).toEqual({});
    const left = progress.Result?.Datastore?.Members?.map(({ ReplicationGroupId }) => ReplicationGroupId);
    expect(left?.sort()).toEqual(['a', 'b', 'stranger']);
  });

  it('is not detached by a teardown, even if it has the id of a desired member', async () => {
    const goal = goalOf(await world.make(from), from, three, create);
    await world.join(goal.GlobalReplicationGroupId, 'eu-west-1/b');
    world.doom('ap-southeast-2/c');
    await world.changes();

    const { progress } = await world.run(goal);

    expect(progress.Failure?.Reason).toMatch(/create-failed\. The teardown also failed: eu-west-1\/b has joined/);
    expect(world.topology()).toEqual(expect.arrayContaining(['eu-west-1/b', 'us-east-1/a*']));
    expect(await world.changes()).toEqual({ CreateReplicationGroup: 1 });
  });
});

describe('the time of a run and its teardown', () => {
  const busy = fault('InvalidGlobalReplicationGroupState', 400, 'It is busy.');

  it('stays below the limit of the engine, although both make progress repeatedly', async () => {
    const from = ['us-east-1/a*'];
    const goal = goalOf(await world.make(from), from, ['us-east-1/a*', 'eu-west-1/b'], {
      Kind: 'CREATE',
      OnFailure: 'teardown',
    });
    for (const action of ['CreateReplicationGroup', 'DeleteGlobalReplicationGroup'])
      world.proxy.inject(busy, { action, times: Number.POSITIVE_INFINITY });

    const makesProgress = (looks: number, now: Progress) => (looks % 10 === 0 ? { ...now, Since: undefined } : now);
    const { progress, looks } = await world.run(goal, makesProgress, 300_000);

    expect(progress.Failure?.Reason).toMatch(/^No progress .* The teardown also failed: No progress /);
    const { operationTimeoutMs, executionTimeoutMs } = world.config;
    expect(looks * 300_000).toBeGreaterThan(operationTimeoutMs);
    expect(looks * 300_000).toBeLessThan(executionTimeoutMs);
  });
});

describe('a run with OnFailure teardown', () => {
  const from = ['us-east-1/a*'];

  it('detaches the members that it created, deletes the datastore, and shows the reason', async () => {
    const goal = goalOf(await world.make(from), from, three, { Kind: 'CREATE', OnFailure: 'teardown' });
    world.doom('ap-southeast-2/c');

    const { progress } = await world.run(goal);

    expect(world.topology()).toEqual([]);
    expect(progress.Failure?.Reason).toBe('AWS could not create ap-southeast-2/c. Its status is create-failed.');
    expect(progress.Result?.Standalone.map(({ Status }) => Status)).toEqual([
      'available',
      'available',
      'create-failed',
    ]);
  });

  it('shows both reasons when the teardown fails, too', async () => {
    const goal = goalOf(await world.make(from), from, ['us-east-1/a*', 'eu-west-1/b'], {
      Kind: 'CREATE',
      OnFailure: 'teardown',
    });
    world.doom('eu-west-1/b');
    world.proxy.inject(fault('AccessDenied', 403), { action: 'DeleteGlobalReplicationGroup', times: 2 });

    const { progress } = await world.run(goal);

    expect(progress.Failure?.Reason).toMatch(/create-failed\. The teardown also failed: AWS rejected the change/);
    expect(world.topology()).toEqual(from);
  });
});
