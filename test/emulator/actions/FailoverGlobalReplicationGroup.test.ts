import {
  DeleteGlobalReplicationGroupCommand,
  DisassociateGlobalReplicationGroupCommand,
  FailoverGlobalReplicationGroupCommand,
  ModifyGlobalReplicationGroupCommand,
} from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import {
  addSecondary,
  createDatastore,
  describeGlobal,
  describeGroup,
  type RunningEmulator,
  rejection,
  startEmulator,
} from '../harness.ts';

const failover = (PrimaryReplicationGroupId = 'second', PrimaryRegion = 'eu-west-1') =>
  new FailoverGlobalReplicationGroupCommand({
    GlobalReplicationGroupId: 'ldgnf-store',
    PrimaryRegion,
    PrimaryReplicationGroupId,
  });

const regions = ['us-east-1', 'eu-west-1', 'ap-south-1'];

async function primaries(emulator: RunningEmulator): Promise<(string | undefined)[]> {
  const { Members = [] } = await describeGlobal(emulator, 'ldgnf-store');
  return Members.filter(({ Role }) => Role === 'PRIMARY').map(({ ReplicationGroupId }) => ReplicationGroupId);
}

describe('FailoverGlobalReplicationGroup', () => {
  it('promotes the secondary that PrimaryRegion and PrimaryReplicationGroupId name', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator, { regions });

    const { GlobalReplicationGroup } = await emulator.elasticache('eu-west-1').send(failover());
    expect(GlobalReplicationGroup).toMatchObject({ GlobalReplicationGroupId: 'ldgnf-store', Status: 'modifying' });
    expect(await primaries(emulator)).toEqual(['first']);
    emulator.store.tick();

    expect(await describeGlobal(emulator, id)).toMatchObject({
      Status: 'available',
      Members: [
        { ReplicationGroupId: 'third', Role: 'SECONDARY' },
        { ReplicationGroupId: 'second', Role: 'PRIMARY' },
        { ReplicationGroupId: 'first', Role: 'SECONDARY' },
      ],
    });
    expect((await describeGroup(emulator, 'first')).GlobalReplicationGroupInfo).toEqual({
      GlobalReplicationGroupId: 'ldgnf-store',
      GlobalReplicationGroupMemberRole: 'SECONDARY',
    });
    expect((await describeGroup(emulator, 'second', 'eu-west-1')).GlobalReplicationGroupInfo).toMatchObject({
      GlobalReplicationGroupMemberRole: 'PRIMARY',
    });
  });

  it('accepts a call from a region without a member and an id in any case', async () => {
    const emulator = await startEmulator();
    await createDatastore(emulator, { regions });

    await emulator.elasticache('sa-east-1').send(failover('SECOND'));
    emulator.settle();

    expect(await primaries(emulator)).toEqual(['second']);
  });

  it('runs during another change', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator, { regions });
    await emulator.elasticache().send(
      new ModifyGlobalReplicationGroupCommand({
        GlobalReplicationGroupId: id,
        ApplyImmediately: true,
        CacheNodeType: 'cache.r6g.xlarge',
      }),
    );

    await emulator.elasticache().send(failover());
    emulator.settle();

    expect(await describeGlobal(emulator, id)).toMatchObject({
      Status: 'available',
      CacheNodeType: 'cache.r6g.xlarge',
    });
    expect(await primaries(emulator)).toEqual(['second']);
  });

  it('runs during another failover: the last one determines the primary, and there is always one primary', async () => {
    const emulator = await startEmulator();
    await createDatastore(emulator, { regions });

    await emulator.elasticache().send(failover('third', 'ap-south-1'));
    await emulator.elasticache().send(failover());
    expect(await primaries(emulator)).toHaveLength(1);
    emulator.settle();

    expect(await primaries(emulator)).toEqual(['second']);
  });

  it('rejects a member that is disassociating and promotes another', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator, { regions });
    await emulator.elasticache().send(
      new DisassociateGlobalReplicationGroupCommand({
        GlobalReplicationGroupId: id,
        ReplicationGroupId: 'second',
        ReplicationGroupRegion: 'eu-west-1',
      }),
    );

    expect(await rejection(emulator.elasticache().send(failover()))).toMatchObject({
      code: 'InvalidGlobalReplicationGroupState',
    });
    await emulator.elasticache().send(failover('third', 'ap-south-1'));
    emulator.settle();

    expect(await describeGlobal(emulator, id)).toMatchObject({
      Status: 'available',
      Members: [
        { ReplicationGroupId: 'third', Role: 'PRIMARY' },
        { ReplicationGroupId: 'first', Role: 'SECONDARY' },
      ],
    });
  });

  it('does not stop the association of a secondary', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator, { regions: ['us-east-1', 'eu-west-1'] });
    await addSecondary(emulator, id, 'third', 'ap-south-1');

    expect(await rejection(emulator.elasticache().send(failover('third', 'ap-south-1')))).toMatchObject({
      code: 'InvalidGlobalReplicationGroupState',
    });
    await emulator.elasticache().send(failover());
    emulator.settle();

    expect((await describeGlobal(emulator, id)).Members?.map(({ Status }) => Status)).toEqual(
      Array(3).fill('associated'),
    );
    expect(await primaries(emulator)).toEqual(['second']);
  });

  it('allows the disassociation of the former primary', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator, { regions });
    await emulator.elasticache().send(failover());
    emulator.settle();

    await emulator.elasticache().send(
      new DisassociateGlobalReplicationGroupCommand({
        GlobalReplicationGroupId: id,
        ReplicationGroupId: 'first',
        ReplicationGroupRegion: 'us-east-1',
      }),
    );
    emulator.settle();

    expect((await describeGlobal(emulator, id)).GlobalReplicationGroupId).toBe('ldgnf-store');
    expect(await primaries(emulator)).toEqual(['second']);
  });

  it.each([
    ['a group that is no member', 'other', 'eu-west-1', 'InvalidParameterValue'],
    ['a member of another region', 'second', 'ap-south-1', 'InvalidParameterValue'],
    ['the primary itself', 'first', 'us-east-1', 'InvalidParameterValue'],
  ])('rejects %s', async (_name, id, region, code) => {
    const emulator = await startEmulator();
    await createDatastore(emulator, { regions });

    expect(await rejection(emulator.elasticache().send(failover(id, region)))).toMatchObject({ code, status: 400 });
  });

  it('rejects a datastore without a secondary or in deletion', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator);
    const state = { name: 'InvalidGlobalReplicationGroupStateFault', status: 400 };

    expect(await rejection(emulator.elasticache().send(failover()))).toMatchObject(state);
    await emulator
      .elasticache()
      .send(
        new DeleteGlobalReplicationGroupCommand({ GlobalReplicationGroupId: id, RetainPrimaryReplicationGroup: true }),
      );
    expect(await rejection(emulator.elasticache().send(failover()))).toMatchObject(state);
  });

  it('rejects an unknown datastore', async () => {
    const emulator = await startEmulator();

    expect(await rejection(emulator.elasticache().send(failover()))).toMatchObject({
      name: 'GlobalReplicationGroupNotFoundFault',
      status: 404,
    });
  });
});
