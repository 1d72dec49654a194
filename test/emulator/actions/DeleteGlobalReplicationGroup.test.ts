import { DeleteGlobalReplicationGroupCommand, DeleteReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { aDatastore, addSecondary, describeGlobal, describeGroup, refusal, startEmulator } from '../harness.ts';

const remove = (GlobalReplicationGroupId = 'ldgnf-store', RetainPrimaryReplicationGroup = true) =>
  new DeleteGlobalReplicationGroupCommand({ GlobalReplicationGroupId, RetainPrimaryReplicationGroup });

describe('DeleteGlobalReplicationGroup', () => {
  it('is deleting with its primary associated, then gone', async () => {
    const emulator = await startEmulator();
    const id = await aDatastore(emulator);

    const { GlobalReplicationGroup } = await emulator.elasticache('eu-west-1').send(remove());
    const during = await describeGlobal(emulator, id);
    emulator.store.tick();

    expect(GlobalReplicationGroup).toMatchObject({
      Status: 'deleting',
      Members: [{ ReplicationGroupId: 'first', Role: 'PRIMARY', Status: 'associated' }],
    });
    expect(during.Status).toBe('deleting');
    expect(await refusal(describeGlobal(emulator, id))).toMatchObject({
      code: 'GlobalReplicationGroupNotFoundFault',
      status: 404,
    });
  });

  it('leaves the primary standing alone, which can be deleted then', async () => {
    const emulator = await startEmulator();
    await aDatastore(emulator);

    await emulator.elasticache().send(remove());
    emulator.settle();

    expect(await describeGroup(emulator, 'first')).toMatchObject({
      Status: 'available',
      GlobalReplicationGroupInfo: {},
    });
    expect((await describeGroup(emulator, 'first')).GlobalReplicationGroupInfo).toEqual({});
    await emulator.elasticache().send(new DeleteReplicationGroupCommand({ ReplicationGroupId: 'first' }));
  });

  it('refuses with secondaries', async () => {
    const emulator = await startEmulator();
    await aDatastore(emulator, { regions: ['us-east-1', 'eu-west-1'] });

    expect(await refusal(emulator.elasticache().send(remove()))).toEqual({
      name: 'InvalidGlobalReplicationGroupStateFault',
      code: 'InvalidGlobalReplicationGroupState',
      status: 400,
      message: 'Cannot delete a global replication group in available state',
    });
  });

  it('refuses while a change runs, or another deletion', async () => {
    const emulator = await startEmulator();
    const id = await aDatastore(emulator);
    await addSecondary(emulator, id, 'second', 'eu-west-1');
    expect(await refusal(emulator.elasticache().send(remove()))).toMatchObject({
      message: 'Cannot delete a global replication group in modifying state',
    });

    const another = await startEmulator();
    await aDatastore(another);
    await another.elasticache().send(remove());
    expect(await refusal(another.elasticache().send(remove()))).toMatchObject({
      code: 'InvalidGlobalReplicationGroupState',
      message: 'Cannot delete a global replication group in deleting state',
    });
  });

  it('refuses not to retain the primary', async () => {
    const emulator = await startEmulator();
    await aDatastore(emulator);

    expect(await refusal(emulator.elasticache().send(remove('ldgnf-store', false)))).toMatchObject({
      name: 'InvalidParameterValueException',
      status: 400,
    });
  });

  it('does not find an unknown datastore', async () => {
    const emulator = await startEmulator();

    expect(await refusal(emulator.elasticache().send(remove('ldgnf-none')))).toMatchObject({
      name: 'GlobalReplicationGroupNotFoundFault',
    });
  });
});
