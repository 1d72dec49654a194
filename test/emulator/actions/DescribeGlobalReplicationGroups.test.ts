import {
  CreateGlobalReplicationGroupCommand,
  DescribeGlobalReplicationGroupsCommand,
  paginateDescribeGlobalReplicationGroups,
} from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { createDatastore, createReplicationGroup, type RunningEmulator, rejection, startEmulator } from '../harness.ts';

const list = async ({ elasticache }: RunningEmulator, region?: string, account?: string) => {
  const { GlobalReplicationGroups = [] } = await elasticache(region, account).send(
    new DescribeGlobalReplicationGroupsCommand({}),
  );
  return GlobalReplicationGroups.map(({ GlobalReplicationGroupId }) => GlobalReplicationGroupId);
};

async function manyDatastores(emulator: RunningEmulator, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await createReplicationGroup(emulator, { id: `group-${i}` });
    await emulator.elasticache().send(
      new CreateGlobalReplicationGroupCommand({
        GlobalReplicationGroupIdSuffix: `store-${i}`,
        PrimaryReplicationGroupId: `group-${i}`,
      }),
    );
  }
}

describe('DescribeGlobalReplicationGroups', () => {
  it('returns members and node groups only with ShowMemberInfo', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator, { NumNodeGroups: 2 });

    const [without, withMembers] = await Promise.all(
      [false, true].map((ShowMemberInfo) =>
        emulator
          .elasticache()
          .send(new DescribeGlobalReplicationGroupsCommand({ GlobalReplicationGroupId: id, ShowMemberInfo })),
      ),
    );

    expect(without?.GlobalReplicationGroups?.[0]).not.toHaveProperty('Members');
    expect(without?.GlobalReplicationGroups?.[0]).not.toHaveProperty('GlobalNodeGroups');
    expect(withMembers?.GlobalReplicationGroups?.[0]).toMatchObject({
      Members: [{ ReplicationGroupId: 'first' }],
      GlobalNodeGroups: [{ Slots: '0-8191' }, { Slots: '8192-16383' }],
    });
  });

  it('returns no node groups without cluster mode', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator);

    const { GlobalReplicationGroups } = await emulator
      .elasticache()
      .send(new DescribeGlobalReplicationGroupsCommand({ GlobalReplicationGroupId: id, ShowMemberInfo: true }));

    expect(GlobalReplicationGroups?.[0]).not.toHaveProperty('GlobalNodeGroups');
  });

  it('returns an empty list without datastores', async () => {
    const emulator = await startEmulator();

    const response = await emulator.elasticache().send(new DescribeGlobalReplicationGroupsCommand({}));

    expect(response.GlobalReplicationGroups).toEqual([]);
    expect(response.Marker).toBeUndefined();
  });

  it('returns the same datastores in all regions of a partition and account', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator);

    expect(await list(emulator, 'ap-southeast-2')).toEqual([id]);
    expect(await list(emulator, 'cn-north-1')).toEqual([]);
    expect(await list(emulator, 'us-east-1', '123456789012')).toEqual([]);
  });

  it('returns only datastores with a member in the region with globalScope member-regions', async () => {
    const emulator = await startEmulator({ globalScope: 'member-regions' });
    const id = await createDatastore(emulator, { regions: ['us-east-1', 'eu-west-1'] });

    expect(await list(emulator, 'us-east-1')).toEqual([id]);
    expect(await list(emulator, 'eu-west-1')).toEqual([id]);
    expect(await list(emulator, 'ap-southeast-2')).toEqual([]);
    expect(
      await rejection(
        emulator
          .elasticache('ap-southeast-2')
          .send(new DescribeGlobalReplicationGroupsCommand({ GlobalReplicationGroupId: id })),
      ),
    ).toMatchObject({ code: 'GlobalReplicationGroupNotFoundFault' });
  });

  it('returns every datastore once over all pages', async () => {
    const emulator = await startEmulator();
    await manyDatastores(emulator, 45);

    const pages = [];
    for await (const page of paginateDescribeGlobalReplicationGroups(
      { client: emulator.elasticache(), pageSize: 20 },
      {},
    ))
      pages.push(page.GlobalReplicationGroups ?? []);

    expect(pages.map(({ length }) => length)).toEqual([20, 20, 5]);
    expect(new Set(pages.flat().map(({ GlobalReplicationGroupId }) => GlobalReplicationGroupId)).size).toBe(45);
  });

  it('returns no Marker with a full last page', async () => {
    const emulator = await startEmulator();
    await manyDatastores(emulator, 20);

    const page = await emulator.elasticache().send(new DescribeGlobalReplicationGroupsCommand({ MaxRecords: 20 }));

    expect(page.GlobalReplicationGroups).toHaveLength(20);
    expect(page.Marker).toBeUndefined();
  });

  it.each([0, 19, 101, -1])('rejects MaxRecords %d', async (MaxRecords) => {
    const emulator = await startEmulator();

    const call = emulator.elasticache().send(new DescribeGlobalReplicationGroupsCommand({ MaxRecords }));

    expect(await rejection(call)).toMatchObject({ name: 'InvalidParameterValueException', status: 400 });
  });

  it.each(['x', 'YWZ0ZXI', '!!!', 'ldgnf-store'])('rejects the unknown Marker %s', async (Marker) => {
    const emulator = await startEmulator();

    const call = emulator.elasticache().send(new DescribeGlobalReplicationGroupsCommand({ Marker }));

    expect(await rejection(call)).toMatchObject({ code: 'InvalidParameterValue' });
  });

  it('rejects an unknown id', async () => {
    const emulator = await startEmulator();

    const call = emulator
      .elasticache()
      .send(new DescribeGlobalReplicationGroupsCommand({ GlobalReplicationGroupId: 'ldgnf-none' }));

    expect(await rejection(call)).toMatchObject({
      name: 'GlobalReplicationGroupNotFoundFault',
      code: 'GlobalReplicationGroupNotFoundFault',
      status: 404,
    });
  });
});
