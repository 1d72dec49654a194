import { DeleteGlobalReplicationGroupCommand, DeleteReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { addSecondary, createDatastore, describeGlobal, describeGroup, rejection, startEmulator } from '../harness.ts';

const remove = (GlobalReplicationGroupId = 'ldgnf-store', RetainPrimaryReplicationGroup = true) =>
  new DeleteGlobalReplicationGroupCommand({ GlobalReplicationGroupId, RetainPrimaryReplicationGroup });

describe('DeleteGlobalReplicationGroup', () => {
  it('is deleting with its primary associated, then not found', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator);

    const { GlobalReplicationGroup } = await emulator.elasticache('eu-west-1').send(remove());
    const during = await describeGlobal(emulator, id);
    emulator.store.tick();

    expect(GlobalReplicationGroup).toMatchObject({
      Status: 'deleting',
      Members: [{ ReplicationGroupId: 'first', Role: 'PRIMARY', Status: 'associated' }],
    });
    expect(during.Status).toBe('deleting');
    expect(await rejection(describeGlobal(emulator, id))).toMatchObject({
      code: 'GlobalReplicationGroupNotFoundFault',
      status: 404,
    });
  });

  it('keeps the primary, which can then be deleted', async () => {
    const emulator = await startEmulator();
    await createDatastore(emulator);

    await emulator.elasticache().send(remove());
    emulator.settle();

    expect(await describeGroup(emulator, 'first')).toMatchObject({
      Status: 'available',
      GlobalReplicationGroupInfo: {},
    });
    expect((await describeGroup(emulator, 'first')).GlobalReplicationGroupInfo).toEqual({});
    await emulator.elasticache().send(new DeleteReplicationGroupCommand({ ReplicationGroupId: 'first' }));
  });

  it('rejects a datastore with secondaries', async () => {
    const emulator = await startEmulator();
    await createDatastore(emulator, { regions: ['us-east-1', 'eu-west-1'] });

    expect(await rejection(emulator.elasticache().send(remove()))).toEqual({
      name: 'InvalidGlobalReplicationGroupStateFault',
      code: 'InvalidGlobalReplicationGroupState',
      status: 400,
      message: 'Cannot delete a global replication group in available state',
    });
  });

  it('rejects a datastore with a pending change or deletion', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator);
    await addSecondary(emulator, id, 'second', 'eu-west-1');
    expect(await rejection(emulator.elasticache().send(remove()))).toMatchObject({
      message: 'Cannot delete a global replication group in modifying state',
    });

    const another = await startEmulator();
    await createDatastore(another);
    await another.elasticache().send(remove());
    expect(await rejection(another.elasticache().send(remove()))).toMatchObject({
      code: 'InvalidGlobalReplicationGroupState',
      message: 'Cannot delete a global replication group in deleting state',
    });
  });

  it('rejects RetainPrimaryReplicationGroup false', async () => {
    const emulator = await startEmulator();
    await createDatastore(emulator);

    expect(await rejection(emulator.elasticache().send(remove('ldgnf-store', false)))).toMatchObject({
      name: 'InvalidParameterValueException',
      status: 400,
    });
  });

  it('rejects an unknown datastore', async () => {
    const emulator = await startEmulator();

    expect(await rejection(emulator.elasticache().send(remove('ldgnf-none')))).toMatchObject({
      name: 'GlobalReplicationGroupNotFoundFault',
    });
  });
});
