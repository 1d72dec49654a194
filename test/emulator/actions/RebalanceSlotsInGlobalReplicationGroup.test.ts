import { RebalanceSlotsInGlobalReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { addSecondary, createDatastore, describeGlobal, describeGroup, rejection, startEmulator } from '../harness.ts';

const rebalance = (ApplyImmediately = true) =>
  new RebalanceSlotsInGlobalReplicationGroupCommand({ GlobalReplicationGroupId: 'ldgnf-store', ApplyImmediately });

const uneven = { NodeGroupConfiguration: [{ Slots: '0-99' }, { Slots: '100-16383' }] };

describe('RebalanceSlotsInGlobalReplicationGroup', () => {
  it('distributes uneven slots over the shards of all members', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator, { regions: ['us-east-1', 'eu-west-1'], ...uneven });

    const { GlobalReplicationGroup } = await emulator.elasticache().send(rebalance());
    expect(await describeGlobal(emulator, id)).toMatchObject({ Status: 'modifying' });
    emulator.settle();

    expect(GlobalReplicationGroup).toMatchObject({
      Status: 'modifying',
      GlobalNodeGroups: [{ Slots: '0-99' }, { Slots: '100-16383' }],
    });
    expect(await describeGlobal(emulator, id)).toMatchObject({
      Status: 'available',
      GlobalNodeGroups: [{ Slots: '0-99,8292-16383' }, { Slots: '100-8291' }],
    });
    expect(await describeGroup(emulator, 'second', 'eu-west-1')).toMatchObject({
      NodeGroups: [{ Slots: '0-99,8292-16383' }, { Slots: '100-8291' }],
    });
  });

  it('moves no slots when they are even', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator, { NumNodeGroups: 5 });
    const before = (await describeGlobal(emulator, id)).GlobalNodeGroups;

    await emulator.elasticache().send(rebalance());
    emulator.settle();

    expect((await describeGlobal(emulator, id)).GlobalNodeGroups).toEqual(before);
  });

  it('rejects a request without ApplyImmediately and a datastore without cluster mode', async () => {
    const emulator = await startEmulator();
    await createDatastore(emulator);

    for (const now of [false, true])
      expect(await rejection(emulator.elasticache().send(rebalance(now)))).toMatchObject({
        name: 'InvalidParameterValueException',
        status: 400,
      });
  });

  it('rejects a datastore with a pending change', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator, uneven);
    await addSecondary(emulator, id, 'second', 'eu-west-1');

    expect(await rejection(emulator.elasticache().send(rebalance()))).toMatchObject({
      name: 'InvalidGlobalReplicationGroupStateFault',
    });
  });

  it('rejects an unknown datastore', async () => {
    const emulator = await startEmulator();

    expect(await rejection(emulator.elasticache().send(rebalance()))).toMatchObject({
      name: 'GlobalReplicationGroupNotFoundFault',
    });
  });
});
