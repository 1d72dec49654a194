import {
  DecreaseReplicaCountCommand,
  type DecreaseReplicaCountCommandInput,
  IncreaseReplicaCountCommand,
  ModifyReplicationGroupCommand,
} from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { createDatastore, createReplicationGroup, describeGroup, rejection, startEmulator } from '../harness.ts';

const decrease = (input: Partial<DecreaseReplicaCountCommandInput>) =>
  new DecreaseReplicaCountCommand({ ReplicationGroupId: 'first', ApplyImmediately: true, ...input });

describe('DecreaseReplicaCount', () => {
  it('is modifying with the previous nodes, then available without the last replicas', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator, { NumCacheClusters: 4 });

    const { ReplicationGroup } = await emulator.elasticache().send(decrease({ NewReplicaCount: 1 }));
    emulator.settle();

    expect(ReplicationGroup?.Status).toBe('modifying');
    expect(ReplicationGroup?.MemberClusters).toHaveLength(4);
    expect(await describeGroup(emulator, 'first')).toMatchObject({
      Status: 'available',
      MemberClusters: ['first-001', 'first-002'],
    });
  });

  it('removes the given replicas, and a later increase uses their numbers again', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator, { NumCacheClusters: 4 });

    await emulator.elasticache().send(decrease({ ReplicasToRemove: ['First-002', 'first-003'] }));
    emulator.settle();
    const removed = await describeGroup(emulator, 'first');
    await emulator
      .elasticache()
      .send(
        new IncreaseReplicaCountCommand({ ReplicationGroupId: 'first', ApplyImmediately: true, NewReplicaCount: 2 }),
      );
    emulator.settle();

    expect(removed.MemberClusters).toEqual(['first-001', 'first-004']);
    expect((await describeGroup(emulator, 'first')).MemberClusters).toEqual(['first-001', 'first-004', 'first-002']);
  });

  it('keeps the primary that a caller has chosen, and ends snapshots of a removed node', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator, { NumCacheClusters: 3 });
    await emulator.elasticache().send(
      new ModifyReplicationGroupCommand({
        ReplicationGroupId: 'first',
        PrimaryClusterId: 'first-003',
        SnapshottingClusterId: 'first-001',
        ApplyImmediately: true,
      }),
    );
    emulator.settle();

    const primary = await rejection(emulator.elasticache().send(decrease({ ReplicasToRemove: ['first-003'] })));
    await emulator.elasticache().send(decrease({ ReplicasToRemove: ['first-001', 'first-002'] }));
    emulator.settle();

    const group = await describeGroup(emulator, 'first');
    expect(primary).toMatchObject({ code: 'InvalidParameterValue' });
    expect(group).toMatchObject({
      NodeGroups: [{ NodeGroupMembers: [{ CacheClusterId: 'first-003', CurrentRole: 'primary' }] }],
    });
    expect(group.SnapshottingClusterId).toBeUndefined();
  });

  it('removes replicas of one node group of a member', async () => {
    const emulator = await startEmulator();
    await createDatastore(emulator, {
      regions: ['us-east-1', 'eu-west-1'],
      NumNodeGroups: 2,
      ReplicasPerNodeGroup: 1,
      AutomaticFailoverEnabled: true,
    });

    await emulator
      .elasticache('eu-west-1')
      .send(
        decrease({ ReplicationGroupId: 'second', ReplicaConfiguration: [{ NodeGroupId: '0002', NewReplicaCount: 0 }] }),
      );
    emulator.settle();

    expect((await describeGroup(emulator, 'second', 'eu-west-1')).MemberClusters).toEqual([
      'second-0001-001',
      'second-0001-002',
      'second-0002-001',
    ]);
  });

  it.each([
    ['automatic failover', { AutomaticFailoverEnabled: true }],
    [
      'Multi-AZ',
      {
        AutomaticFailoverEnabled: true,
        MultiAZEnabled: true,
        NumNodeGroups: 2,
        NumCacheClusters: undefined,
        ReplicasPerNodeGroup: 1,
      },
    ],
  ])('rejects the removal of the last replica with %s', async (_name, input) => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator, { NumCacheClusters: 2, ...input });

    const refused = await rejection(emulator.elasticache().send(decrease({ NewReplicaCount: 0 })));

    expect(refused).toMatchObject({ code: 'InvalidParameterValue', status: 400 });
  });

  it.each<[string, Partial<DecreaseReplicaCountCommandInput>, string]>([
    ['more replicas', { NewReplicaCount: 3 }, 'InvalidParameterValue'],
    ['the same number', { NewReplicaCount: 2 }, 'NoOperationFault'],
    ['no number', {}, 'InvalidParameterCombination'],
    ['a number below zero', { NewReplicaCount: -1 }, 'InvalidParameterValue'],
    ['an unknown replica', { ReplicasToRemove: ['first-009'] }, 'InvalidParameterValue'],
    [
      'another number than without the replicas',
      { NewReplicaCount: 0, ReplicasToRemove: ['first-002'] },
      'InvalidParameterCombination',
    ],
    ['a change that is not immediate', { NewReplicaCount: 1, ApplyImmediately: false }, 'InvalidParameterValue'],
  ])('rejects %s', async (_name, input, code) => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator, { NumCacheClusters: 3 });

    const refused = await rejection(emulator.elasticache().send(decrease(input)));

    expect(refused).toMatchObject({ code, status: 400 });
    expect((await describeGroup(emulator, 'first')).MemberClusters).toHaveLength(3);
  });
});
