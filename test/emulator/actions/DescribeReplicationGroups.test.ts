import { DescribeReplicationGroupsCommand, paginateDescribeReplicationGroups } from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { createReplicationGroup, describeGroup, rejection, startEmulator } from '../harness.ts';

describe('DescribeReplicationGroups', () => {
  it('returns only the groups of its region and account', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator, { id: 'here' });
    await createReplicationGroup(emulator, { id: 'there', region: 'eu-west-1' });
    const ids = async (region: string, account?: string) => {
      const response = await emulator.elasticache(region, account).send(new DescribeReplicationGroupsCommand({}));
      return response.ReplicationGroups?.map(({ ReplicationGroupId }) => ReplicationGroupId);
    };

    expect(await ids('us-east-1')).toEqual(['here']);
    expect(await ids('eu-west-1')).toEqual(['there']);
    expect(await ids('us-east-1', '123456789012')).toEqual([]);
  });

  it('accepts an id in any case', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator, { id: 'Mixed-Case' });

    expect(await describeGroup(emulator, 'mIXED-cASE')).toMatchObject({ ReplicationGroupId: 'mixed-case' });
  });

  it('returns every group once over all pages', async () => {
    const emulator = await startEmulator();
    for (let i = 0; i < 25; i++) await createReplicationGroup(emulator, { id: `group-${i}` });

    const ids = [];
    for await (const page of paginateDescribeReplicationGroups({ client: emulator.elasticache(), pageSize: 20 }, {}))
      ids.push(page.ReplicationGroups?.map(({ ReplicationGroupId }) => ReplicationGroupId));

    expect(ids.map((page) => page?.length)).toEqual([20, 5]);
    expect(new Set(ids.flat()).size).toBe(25);
  });

  it.each([{ MaxRecords: 19 }, { MaxRecords: 101 }, { Marker: 'foreign' }])('rejects %o', async (input) => {
    const emulator = await startEmulator();

    expect(await rejection(emulator.elasticache().send(new DescribeReplicationGroupsCommand(input)))).toMatchObject({
      name: 'InvalidParameterValueException',
    });
  });

  it('rejects an unknown id', async () => {
    const emulator = await startEmulator();

    expect(await rejection(describeGroup(emulator, 'none'))).toEqual({
      name: 'ReplicationGroupNotFoundFault',
      code: 'ReplicationGroupNotFoundFault',
      status: 404,
      message: 'ReplicationGroup none not found.',
    });
  });
});
