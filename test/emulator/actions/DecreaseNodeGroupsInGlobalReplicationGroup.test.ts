import {
  DecreaseNodeGroupsInGlobalReplicationGroupCommand,
  type DecreaseNodeGroupsInGlobalReplicationGroupCommandInput,
  IncreaseNodeGroupsInGlobalReplicationGroupCommand,
} from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { addSecondary, createDatastore, describeGlobal, describeGroup, rejection, startEmulator } from '../harness.ts';

const decrease = (
  NodeGroupCount: number,
  input: Partial<DecreaseNodeGroupsInGlobalReplicationGroupCommandInput> = {},
) =>
  new DecreaseNodeGroupsInGlobalReplicationGroupCommand({
    GlobalReplicationGroupId: 'ldgnf-store',
    NodeGroupCount,
    ApplyImmediately: true,
    ...input,
  });

const regions = ['us-east-1', 'eu-west-1'];

describe('DecreaseNodeGroupsInGlobalReplicationGroup', () => {
  it('returns the previous node groups and keeps those in GlobalNodeGroupsToRetain', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator, { regions, NumNodeGroups: 3 });

    const { GlobalReplicationGroup } = await emulator
      .elasticache()
      .send(decrease(1, { GlobalNodeGroupsToRetain: ['ldgnf-store-0001'] }));
    emulator.settle();

    expect(GlobalReplicationGroup?.Status).toBe('modifying');
    expect(GlobalReplicationGroup?.Members).toHaveLength(2);
    expect(GlobalReplicationGroup?.GlobalNodeGroups).toHaveLength(3);
    expect(await describeGlobal(emulator, id)).toMatchObject({
      Status: 'available',
      GlobalNodeGroups: [{ GlobalNodeGroupId: 'ldgnf-store-0001', Slots: '0-16383' }],
    });
  });

  it('removes GlobalNodeGroupsToRemove from every member', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator, { regions, NumNodeGroups: 4 });

    await emulator
      .elasticache()
      .send(decrease(2, { GlobalNodeGroupsToRemove: ['ldgnf-store-0001', 'ldgnf-store-0004'] }));
    emulator.settle();

    const { GlobalNodeGroups } = await describeGlobal(emulator, id);
    expect(GlobalNodeGroups).toEqual([
      { GlobalNodeGroupId: 'ldgnf-store-0002', Slots: '0-8191' },
      { GlobalNodeGroupId: 'ldgnf-store-0003', Slots: '8192-16383' },
    ]);
    expect(await describeGroup(emulator, 'second', 'eu-west-1')).toMatchObject({
      MemberClusters: ['second-0002-001', 'second-0002-002', 'second-0003-001', 'second-0003-002'],
      NodeGroups: [
        { NodeGroupId: '0002', Slots: '0-8191' },
        { NodeGroupId: '0003', Slots: '8192-16383' },
      ],
    });
  });

  it('reuses no node group id while a higher one exists', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator, { NumNodeGroups: 3 });

    await emulator.elasticache().send(decrease(2, { GlobalNodeGroupsToRemove: ['ldgnf-store-0001'] }));
    emulator.settle();
    await emulator.elasticache().send(
      new IncreaseNodeGroupsInGlobalReplicationGroupCommand({
        GlobalReplicationGroupId: id,
        NodeGroupCount: 3,
        ApplyImmediately: true,
      }),
    );
    emulator.settle();

    expect(
      (await describeGlobal(emulator, id)).GlobalNodeGroups?.map(({ GlobalNodeGroupId }) => GlobalNodeGroupId),
    ).toEqual(['ldgnf-store-0002', 'ldgnf-store-0003', 'ldgnf-store-0004']);
  });

  it.each<[string, number, Partial<DecreaseNodeGroupsInGlobalReplicationGroupCommandInput>, string]>([
    ['without ApplyImmediately', 1, { ApplyImmediately: false }, 'InvalidParameterValue'],
    ['neither list', 2, {}, 'InvalidParameterCombination'],
    [
      'both lists',
      2,
      {
        GlobalNodeGroupsToRetain: ['ldgnf-store-0001', 'ldgnf-store-0002'],
        GlobalNodeGroupsToRemove: ['ldgnf-store-0003'],
      },
      'InvalidParameterCombination',
    ],
    ['too few to retain', 2, { GlobalNodeGroupsToRetain: ['ldgnf-store-0001'] }, 'InvalidParameterValue'],
    ['too few to remove', 1, { GlobalNodeGroupsToRemove: ['ldgnf-store-0001'] }, 'InvalidParameterValue'],
    ['an unknown node group', 2, { GlobalNodeGroupsToRemove: ['ldgnf-store-0009'] }, 'InvalidParameterValue'],
    ['a node group id of a member', 2, { GlobalNodeGroupsToRemove: ['0003'] }, 'InvalidParameterValue'],
    ['the count there is', 3, { GlobalNodeGroupsToRemove: ['ldgnf-store-0003'] }, 'InvalidParameterValue'],
    ['no node group left', 0, { GlobalNodeGroupsToRemove: ['ldgnf-store-0003'] }, 'InvalidParameterValue'],
  ])('rejects %s', async (_name, count, input, code) => {
    const emulator = await startEmulator();
    await createDatastore(emulator, { regions, NumNodeGroups: 3 });
    const before = emulator.store.save();

    expect(await rejection(emulator.elasticache().send(decrease(count, input)))).toMatchObject({ code, status: 400 });
    expect(emulator.store.save()).toEqual(before);
  });

  it('rejects a datastore without cluster mode', async () => {
    const emulator = await startEmulator();
    await createDatastore(emulator);

    expect(
      await rejection(emulator.elasticache().send(decrease(1, { GlobalNodeGroupsToRetain: ['ldgnf-store-0001'] }))),
    ).toMatchObject({ code: 'InvalidParameterValue' });
  });

  it('rejects a datastore with a pending change', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator, { NumNodeGroups: 2 });
    await addSecondary(emulator, id, 'second', 'eu-west-1');

    expect(
      await rejection(emulator.elasticache().send(decrease(1, { GlobalNodeGroupsToRetain: ['ldgnf-store-0001'] }))),
    ).toMatchObject({ name: 'InvalidGlobalReplicationGroupStateFault' });
  });

  it('rejects an unknown datastore', async () => {
    const emulator = await startEmulator();

    expect(
      await rejection(emulator.elasticache().send(decrease(1, { GlobalNodeGroupsToRetain: ['ldgnf-store-0001'] }))),
    ).toMatchObject({ name: 'GlobalReplicationGroupNotFoundFault' });
  });
});
