import { DeleteReplicationGroupCommand, type DeleteReplicationGroupCommandInput } from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { createDatastore, createReplicationGroup, describeGroup, rejection, startEmulator } from '../harness.ts';

const remove = (input: Partial<DeleteReplicationGroupCommandInput> = {}) =>
  new DeleteReplicationGroupCommand({ ReplicationGroupId: 'first', ...input });

describe('DeleteReplicationGroup', () => {
  it('is deleting without nodes, then not found', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator);

    const { ReplicationGroup } = await emulator.elasticache().send(remove({ ReplicationGroupId: 'FIRST' }));
    expect(await describeGroup(emulator, 'first')).toMatchObject({ Status: 'deleting' });
    emulator.store.tick();

    expect(ReplicationGroup).toMatchObject({ ReplicationGroupId: 'first', Status: 'deleting' });
    expect(ReplicationGroup).not.toHaveProperty('MemberClusters');
    expect(ReplicationGroup).not.toHaveProperty('NodeGroups');
    expect(await rejection(describeGroup(emulator, 'first'))).toMatchObject({ status: 404 });
  });

  it('rejects a member of a datastore, primary or secondary', async () => {
    const emulator = await startEmulator();
    await createDatastore(emulator, { regions: ['us-east-1', 'eu-west-1'] });

    for (const [region, id] of [['us-east-1', 'first'] as const, ['eu-west-1', 'second'] as const])
      expect(await rejection(emulator.elasticache(region).send(remove({ ReplicationGroupId: id })))).toEqual({
        name: 'InvalidParameterValueException',
        code: 'InvalidParameterValue',
        status: 400,
        message: `Cluster [${id}] is part of a global cluster [ldgnf-store]. Request rejected.`,
      });
  });

  it('rejects a group that is not available', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator);
    await emulator.elasticache().send(remove());

    expect(await rejection(emulator.elasticache().send(remove()))).toMatchObject({
      name: 'InvalidReplicationGroupStateFault',
      message: 'Replication group first has status deleting which is not valid for deletion.',
      status: 400,
    });
  });

  it('creates a final snapshot once, within the quota', async () => {
    const emulator = await startEmulator({ quotas: { snapshots: 1 } });
    for (const id of ['first', 'second']) await createReplicationGroup(emulator, { id });

    await emulator.elasticache().send(remove({ FinalSnapshotIdentifier: 'last' }));

    const second = { ReplicationGroupId: 'second' };
    expect(
      await rejection(emulator.elasticache().send(remove({ ...second, FinalSnapshotIdentifier: 'last' }))),
    ).toMatchObject({ name: 'SnapshotAlreadyExistsFault' });
    expect(
      await rejection(emulator.elasticache().send(remove({ ...second, FinalSnapshotIdentifier: 'more' }))),
    ).toMatchObject({ name: 'SnapshotQuotaExceededFault' });
  });

  it('rejects a snapshot of a node type without snapshots', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator);
    emulator.store.getReplicationGroup('first').nodeType = 'cache.t1.micro'; // new groups cannot have this node type

    expect(await rejection(emulator.elasticache().send(remove({ FinalSnapshotIdentifier: 'last' })))).toMatchObject({
      name: 'SnapshotFeatureNotSupportedFault',
    });
  });

  it('rejects RetainPrimaryCluster with several shards', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator, { NumNodeGroups: 2 });

    expect(await rejection(emulator.elasticache().send(remove({ RetainPrimaryCluster: true })))).toMatchObject({
      name: 'InvalidParameterCombinationException',
    });
  });

  it('rejects an unknown group', async () => {
    const emulator = await startEmulator();

    expect(await rejection(emulator.elasticache().send(remove()))).toMatchObject({
      name: 'ReplicationGroupNotFoundFault',
      status: 404,
    });
  });

  it('rejects a request without an id', async () => {
    const emulator = await startEmulator();

    expect(await rejection(emulator.elasticache().send(remove({ ReplicationGroupId: undefined })))).toMatchObject({
      code: 'InvalidParameterValue',
      message: 'The parameter ReplicationGroupId must be provided and must not be blank.',
    });
  });
});
