import {
  IncreaseNodeGroupsInGlobalReplicationGroupCommand,
  type IncreaseNodeGroupsInGlobalReplicationGroupCommandInput,
} from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { addSecondary, createDatastore, describeGlobal, describeGroup, rejection, startEmulator } from '../harness.ts';

const increase = (
  NodeGroupCount: number,
  input: Partial<IncreaseNodeGroupsInGlobalReplicationGroupCommandInput> = {},
) =>
  new IncreaseNodeGroupsInGlobalReplicationGroupCommand({
    GlobalReplicationGroupId: 'ldgnf-store',
    NodeGroupCount,
    ApplyImmediately: true,
    ...input,
  });

const regions = ['us-east-1', 'eu-west-1'];

describe('IncreaseNodeGroupsInGlobalReplicationGroup', () => {
  it('returns the previous node groups with members and status modifying', async () => {
    const emulator = await startEmulator();
    await createDatastore(emulator, { regions: ['us-west-2'], NumNodeGroups: 2 });

    const { GlobalReplicationGroup } = await emulator
      .elasticache()
      .send(increase(3, { GlobalReplicationGroupId: 'sgaui-store' }));

    expect(GlobalReplicationGroup).toMatchObject({
      Status: 'modifying',
      Members: [{ ReplicationGroupId: 'first' }],
      GlobalNodeGroups: [{ GlobalNodeGroupId: 'sgaui-store-0001' }, { GlobalNodeGroupId: 'sgaui-store-0002' }],
    });
    expect(GlobalReplicationGroup?.GlobalNodeGroups).toHaveLength(2);
  });

  it('adds shards with the next ids to all members and moves slots to them', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator, { regions, NumNodeGroups: 3, ReplicasPerNodeGroup: 1 });

    await emulator.elasticache().send(increase(4));
    expect(await describeGroup(emulator, 'second', 'eu-west-1')).toMatchObject({
      Status: 'modifying',
      NodeGroups: [{ Status: 'modifying' }, {}, {}],
    });
    emulator.settle();

    expect((await describeGlobal(emulator, id)).GlobalNodeGroups).toEqual([
      { GlobalNodeGroupId: 'ldgnf-store-0001', Slots: '0-4095' },
      { GlobalNodeGroupId: 'ldgnf-store-0002', Slots: '5462-9557' },
      { GlobalNodeGroupId: 'ldgnf-store-0003', Slots: '10923-15018' },
      { GlobalNodeGroupId: 'ldgnf-store-0004', Slots: '4096-5461,9558-10922,15019-16383' },
    ]);
    const secondary = await describeGroup(emulator, 'second', 'eu-west-1');
    expect(secondary.NodeGroups?.map(({ Slots }) => Slots)).toEqual(
      (await describeGlobal(emulator, id)).GlobalNodeGroups?.map(({ Slots }) => Slots),
    );
    expect(secondary.MemberClusters).toHaveLength(8);
    expect(secondary.MemberClusters).toContain('second-0004-002');
  });

  it('adds shards to a datastore without a secondary', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator, { NumNodeGroups: 2 });

    await emulator.elasticache().send(increase(3));
    emulator.settle();

    expect(await describeGlobal(emulator, id)).toMatchObject({
      Status: 'primary-only',
      GlobalNodeGroups: [{}, {}, { GlobalNodeGroupId: 'ldgnf-store-0003' }],
    });
  });

  it('places new shards in PreferredAvailabilityZones', async () => {
    const emulator = await startEmulator();
    await createDatastore(emulator, { regions, NumNodeGroups: 2, ReplicasPerNodeGroup: 1 });

    await emulator.elasticache().send(
      increase(3, {
        RegionalConfigurations: [
          {
            ReplicationGroupId: 'second',
            ReplicationGroupRegion: 'eu-west-1',
            ReshardingConfiguration: [
              { NodeGroupId: '0003', PreferredAvailabilityZones: ['eu-west-1c', 'eu-west-1a'] },
            ],
          },
        ],
      }),
    );
    emulator.settle();

    const { NodeGroups } = await describeGroup(emulator, 'second', 'eu-west-1');
    expect(NodeGroups?.[2]?.NodeGroupMembers).toMatchObject([
      { PreferredAvailabilityZone: 'eu-west-1c' },
      { PreferredAvailabilityZone: 'eu-west-1a' },
    ]);
  });

  it.each<[string, number, Partial<IncreaseNodeGroupsInGlobalReplicationGroupCommandInput>]>([
    ['without ApplyImmediately', 4, { ApplyImmediately: false }],
    ['the count there is', 3, {}],
    ['a smaller count', 2, {}],
    ['more shards than a cluster may have', 501, {}],
    ['more nodes than a cluster may have', 91, {}],
    [
      'a configuration for a group that is no member',
      4,
      {
        RegionalConfigurations: [
          { ReplicationGroupId: 'x', ReplicationGroupRegion: 'eu-west-1', ReshardingConfiguration: [] },
        ],
      },
    ],
    [
      'a configuration for a shard that will not be',
      4,
      {
        RegionalConfigurations: [
          {
            ReplicationGroupId: 'second',
            ReplicationGroupRegion: 'eu-west-1',
            ReshardingConfiguration: [{ NodeGroupId: '0009' }],
          },
        ],
      },
    ],
    [
      'a zone of another region',
      4,
      {
        RegionalConfigurations: [
          {
            ReplicationGroupId: 'second',
            ReplicationGroupRegion: 'eu-west-1',
            ReshardingConfiguration: [{ NodeGroupId: '0004', PreferredAvailabilityZones: ['us-east-1a'] }],
          },
        ],
      },
    ],
  ])('rejects %s', async (_name, count, input) => {
    const emulator = await startEmulator();
    await createDatastore(emulator, { regions, NumNodeGroups: 3 });
    const before = emulator.store.save();

    expect(await rejection(emulator.elasticache().send(increase(count, input)))).toMatchObject({
      name: 'InvalidParameterValueException',
      status: 400,
    });
    expect(emulator.store.save()).toEqual(before);
  });

  it('rejects a datastore without cluster mode', async () => {
    const emulator = await startEmulator();
    await createDatastore(emulator);

    expect(await rejection(emulator.elasticache().send(increase(2)))).toMatchObject({ code: 'InvalidParameterValue' });
  });

  it('rejects a datastore with a pending change', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator, { NumNodeGroups: 2 });
    await addSecondary(emulator, id, 'second', 'eu-west-1');

    expect(await rejection(emulator.elasticache().send(increase(3)))).toMatchObject({
      name: 'InvalidGlobalReplicationGroupStateFault',
    });
  });

  it('rejects an unknown datastore', async () => {
    const emulator = await startEmulator();

    expect(await rejection(emulator.elasticache().send(increase(3)))).toMatchObject({
      name: 'GlobalReplicationGroupNotFoundFault',
    });
  });
});
