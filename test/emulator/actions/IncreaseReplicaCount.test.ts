import {
  IncreaseReplicaCountCommand,
  type IncreaseReplicaCountCommandInput,
  ModifyGlobalReplicationGroupCommand,
} from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import {
  createDatastore,
  createReplicationGroup,
  describeGlobal,
  describeGroup,
  rejection,
  startEmulator,
} from '../harness.ts';

const increase = (input: Partial<IncreaseReplicaCountCommandInput>) =>
  new IncreaseReplicaCountCommand({ ReplicationGroupId: 'first', ApplyImmediately: true, ...input });

describe('IncreaseReplicaCount', () => {
  it('is modifying with the previous nodes, then available with the new ones', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator);

    const { ReplicationGroup } = await emulator.elasticache().send(increase({ NewReplicaCount: 2 }));
    emulator.settle();

    expect(ReplicationGroup).toMatchObject({ Status: 'modifying', MemberClusters: ['first-001'] });
    expect(await describeGroup(emulator, 'first')).toMatchObject({
      Status: 'available',
      MemberClusters: ['first-001', 'first-002', 'first-003'],
      NodeGroups: [
        {
          NodeGroupMembers: [
            { CurrentRole: 'primary', PreferredAvailabilityZone: 'us-east-1a' },
            { CurrentRole: 'replica', PreferredAvailabilityZone: 'us-east-1b' },
            { CurrentRole: 'replica', PreferredAvailabilityZone: 'us-east-1c' },
          ],
        },
      ],
    });
  });

  it('adds replicas to one node group, in the preferred zones that are left', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator, { NumNodeGroups: 2, ReplicasPerNodeGroup: 1 });

    await emulator.elasticache().send(
      increase({
        ReplicaConfiguration: [
          {
            NodeGroupId: '0002',
            NewReplicaCount: 3,
            PreferredAvailabilityZones: ['us-east-1f', 'us-east-1b', 'us-east-1c', 'us-east-1b'],
          },
        ],
      }),
    );
    emulator.settle();

    const { NodeGroups = [] } = await describeGroup(emulator, 'first');
    const zones = NodeGroups.map(({ NodeGroupMembers = [] }) =>
      NodeGroupMembers.map(({ CacheClusterId, PreferredAvailabilityZone }) => [
        CacheClusterId,
        PreferredAvailabilityZone?.at(-1),
      ]),
    );
    expect(zones).toEqual([
      [
        ['first-0001-001', 'a'],
        ['first-0001-002', 'b'],
      ],
      [
        ['first-0002-001', 'b'],
        ['first-0002-002', 'c'],
        ['first-0002-003', 'f'],
        ['first-0002-004', 'b'],
      ],
    ]);
  });

  it.each(['us-east-1', 'eu-west-1'])('adds replicas to the member in %s only', async (region) => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator, { regions: ['us-east-1', 'eu-west-1'], NumCacheClusters: 2 });
    const ReplicationGroupId = region === 'us-east-1' ? 'first' : 'second';

    await emulator.elasticache(region).send(increase({ ReplicationGroupId, NewReplicaCount: 2 }));
    const during = await describeGlobal(emulator, id);
    emulator.settle();

    const nodes = [await describeGroup(emulator, 'first'), await describeGroup(emulator, 'second', 'eu-west-1')].map(
      ({ MemberClusters }) => MemberClusters?.length,
    );
    expect(during.Status).toBe('modifying');
    expect(nodes).toEqual(region === 'us-east-1' ? [3, 2] : [2, 3]);
    expect(await describeGlobal(emulator, id)).toMatchObject({ Status: 'available' });
  });

  it('adds the replicas that automatic failover of a datastore needs', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator);
    const enable = () =>
      emulator.elasticache().send(
        new ModifyGlobalReplicationGroupCommand({
          GlobalReplicationGroupId: id,
          ApplyImmediately: true,
          AutomaticFailoverEnabled: true,
        }),
      );

    const refused = await rejection(enable());
    await emulator.elasticache().send(increase({ NewReplicaCount: 1 }));
    emulator.settle();
    await enable();
    emulator.settle();

    expect(refused).toMatchObject({ code: 'InvalidParameterValue' });
    expect(await describeGroup(emulator, 'first')).toMatchObject({ AutomaticFailover: 'enabled' });
  });

  const zones = ['us-east-1a', 'us-east-1b', 'us-east-1c'];
  const shard = { NodeGroupId: '0001', NewReplicaCount: 2 };
  it.each<[string, Partial<IncreaseReplicaCountCommandInput>, string]>([
    ['six replicas', { NewReplicaCount: 6 }, 'InvalidParameterValue'],
    [
      'six replicas of a node group',
      { ReplicaConfiguration: [{ ...shard, NewReplicaCount: 6 }] },
      'InvalidParameterValue',
    ],
    ['fewer replicas', { NewReplicaCount: 0 }, 'InvalidParameterValue'],
    ['the same number', { NewReplicaCount: 1 }, 'NoOperationFault'],
    ['no number', {}, 'InvalidParameterCombination'],
    ['two numbers', { NewReplicaCount: 2, ReplicaConfiguration: [shard] }, 'InvalidParameterCombination'],
    ['an unknown node group', { ReplicaConfiguration: [{ ...shard, NodeGroupId: '0009' }] }, 'InvalidParameterValue'],
    [
      'zones for fewer nodes',
      { ReplicaConfiguration: [{ ...shard, PreferredAvailabilityZones: zones.slice(1) }] },
      'InvalidParameterValue',
    ],
    [
      'a zone of another region',
      { ReplicaConfiguration: [{ ...shard, PreferredAvailabilityZones: [...zones.slice(1), 'eu-west-1a'] }] },
      'InvalidParameterValue',
    ],
    ['a change that is not immediate', { NewReplicaCount: 2, ApplyImmediately: false }, 'InvalidParameterValue'],
  ])('rejects %s', async (_name, input, code) => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator, { NumCacheClusters: 2 });

    const refused = await rejection(emulator.elasticache().send(increase(input)));

    expect(refused).toMatchObject({ code, status: 400 });
    expect((await describeGroup(emulator, 'first')).Status).toBe('available');
  });

  it('rejects more nodes than the quota of a cluster', async () => {
    const emulator = await startEmulator({ quotas: { nodesPerCluster: 3 } });
    await createReplicationGroup(emulator, { NumNodeGroups: 2, ReplicasPerNodeGroup: 0 });

    const refused = await rejection(emulator.elasticache().send(increase({ NewReplicaCount: 1 })));

    expect(refused).toMatchObject({ code: 'InvalidParameterValue' });
  });
});
