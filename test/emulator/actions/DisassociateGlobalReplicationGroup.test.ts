import {
  DeleteReplicationGroupCommand,
  DescribeCacheParameterGroupsCommand,
  DisassociateGlobalReplicationGroupCommand,
} from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { addSecondary, createDatastore, describeGlobal, describeGroup, rejection, startEmulator } from '../harness.ts';

const disassociate = (ReplicationGroupId = 'second', ReplicationGroupRegion = 'eu-west-1') =>
  new DisassociateGlobalReplicationGroupCommand({
    GlobalReplicationGroupId: 'ldgnf-store',
    ReplicationGroupId,
    ReplicationGroupRegion,
  });

describe('DisassociateGlobalReplicationGroup', () => {
  it('returns the member as associated, then it is disassociating, then removed', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator, { regions: ['us-east-1', 'eu-west-1'] });

    const { GlobalReplicationGroup } = await emulator.elasticache('ap-south-1').send(disassociate());
    const statuses = [];
    for (let step = 0; step < 3; step++) {
      const { Status, Members = [] } = await describeGlobal(emulator, id);
      statuses.push([Status, ...Members.map((member) => `${member.ReplicationGroupId} ${member.Status}`)]);
      emulator.store.tick();
    }

    expect(GlobalReplicationGroup).toMatchObject({
      Status: 'modifying',
      Members: [{ ReplicationGroupId: 'second', Status: 'associated' }, { ReplicationGroupId: 'first' }],
    });
    expect(statuses).toEqual([
      ['modifying', 'second associated', 'first associated'],
      ['modifying', 'second disassociating', 'first associated'],
      ['primary-only', 'first associated'],
    ]);
  });

  it('keeps the datastore available with another secondary', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator, { regions: ['us-east-1', 'eu-west-1', 'ap-south-1'] });

    await emulator.elasticache().send(disassociate());
    emulator.settle();

    expect(await describeGlobal(emulator, id)).toMatchObject({
      Status: 'available',
      Members: [{ ReplicationGroupId: 'third' }, { ReplicationGroupId: 'first' }],
    });
  });

  it('keeps the secondary with its parameter group, which can then be deleted', async () => {
    const emulator = await startEmulator();
    await createDatastore(emulator, { regions: ['us-east-1', 'eu-west-1'], NumNodeGroups: 2 });

    await emulator.elasticache().send(disassociate());
    emulator.settle();

    const group = await describeGroup(emulator, 'second', 'eu-west-1');
    expect(group).toMatchObject({ Status: 'available', NodeGroups: [{ Slots: '0-8191' }, { Slots: '8192-16383' }] });
    expect(group.GlobalReplicationGroupInfo).toEqual({});
    const client = emulator.elasticache('eu-west-1');
    await client.send(new DeleteReplicationGroupCommand({ ReplicationGroupId: 'second' }));
    emulator.settle();
    const { CacheParameterGroups = [] } = await client.send(new DescribeCacheParameterGroupsCommand({}));
    expect(CacheParameterGroups.filter(({ IsGlobal }) => IsGlobal)).toHaveLength(1);
  });

  it('allows a new member in the region', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator, { regions: ['us-east-1', 'eu-west-1'] });

    await emulator.elasticache().send(disassociate());
    expect(await rejection(addSecondary(emulator, id, 'another', 'eu-west-1'))).toMatchObject({
      code: 'InvalidGlobalReplicationGroupState',
    });
    emulator.settle();
    await addSecondary(emulator, id, 'another', 'eu-west-1');
    emulator.settle();

    expect((await describeGlobal(emulator, id)).Members?.map(({ ReplicationGroupId }) => ReplicationGroupId)).toEqual([
      'another',
      'first',
    ]);
  });

  it.each([
    ['an unknown group', 'other', 'eu-west-1'],
    ['a member of another region', 'second', 'ap-south-1'],
  ])('rejects %s', async (_name, id, region) => {
    const emulator = await startEmulator();
    await createDatastore(emulator, { regions: ['us-east-1', 'eu-west-1'] });

    expect(await rejection(emulator.elasticache().send(disassociate(id, region)))).toMatchObject({
      name: 'InvalidParameterValueException',
      code: 'InvalidParameterValue',
      status: 400,
      message: expect.stringContaining('is not associated with Global Replication Group'),
    });
  });

  it('rejects the primary', async () => {
    const emulator = await startEmulator();
    await createDatastore(emulator, { regions: ['us-east-1', 'eu-west-1'] });

    expect(await rejection(emulator.elasticache().send(disassociate('first', 'us-east-1')))).toMatchObject({
      code: 'InvalidParameterValue',
    });
  });

  it('rejects a datastore with a pending change', async () => {
    const emulator = await startEmulator();
    await createDatastore(emulator, { regions: ['us-east-1', 'eu-west-1', 'ap-south-1'] });
    await emulator.elasticache().send(disassociate());

    expect(await rejection(emulator.elasticache().send(disassociate('third', 'ap-south-1')))).toMatchObject({
      name: 'InvalidGlobalReplicationGroupStateFault',
      code: 'InvalidGlobalReplicationGroupState',
      status: 400,
    });
  });

  it('rejects an unknown datastore', async () => {
    const emulator = await startEmulator();

    expect(await rejection(emulator.elasticache().send(disassociate()))).toMatchObject({
      name: 'GlobalReplicationGroupNotFoundFault',
      status: 404,
    });
  });
});
