import {
  CreateCacheSubnetGroupCommand,
  DeleteCacheSubnetGroupCommand,
  DeleteReplicationGroupCommand,
  DescribeCacheSubnetGroupsCommand,
} from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { createReplicationGroup, type RunningEmulator, rejection, startEmulator } from '../harness.ts';

const create = (input: object = {}) =>
  new CreateCacheSubnetGroupCommand({
    CacheSubnetGroupName: 'Mine',
    CacheSubnetGroupDescription: 'a test',
    SubnetIds: ['subnet-0a1b2c3d'],
    ...input,
  });
const remove = (CacheSubnetGroupName = 'mine') => new DeleteCacheSubnetGroupCommand({ CacheSubnetGroupName });

async function namesIn({ elasticache }: RunningEmulator, region?: string): Promise<(string | undefined)[]> {
  const { CacheSubnetGroups = [] } = await elasticache(region).send(new DescribeCacheSubnetGroupsCommand({}));
  return CacheSubnetGroups.map(({ CacheSubnetGroupName }) => CacheSubnetGroupName);
}

describe('CreateCacheSubnetGroup', () => {
  it('creates a group in one region, with its name in lower case', async () => {
    const emulator = await startEmulator();

    const { CacheSubnetGroup } = await emulator.elasticache('eu-west-1').send(create());

    expect(CacheSubnetGroup).toMatchObject({
      CacheSubnetGroupName: 'mine',
      CacheSubnetGroupDescription: 'a test',
      VpcId: expect.stringMatching(/^vpc-[0-9a-f]{17}$/),
      Subnets: [
        {
          SubnetIdentifier: 'subnet-0a1b2c3d',
          SubnetAvailabilityZone: { Name: expect.stringMatching(/^eu-west-1[abc]$/) },
        },
      ],
      ARN: 'arn:aws:elasticache:eu-west-1:000000000000:subnetgroup:mine',
    });
    expect(await namesIn(emulator, 'eu-west-1')).toEqual(['default', 'mine']);
    expect(await namesIn(emulator, 'us-east-1')).toEqual(['default']);
  });

  it('lets replication groups of its region use the group', async () => {
    const emulator = await startEmulator();
    await emulator.elasticache('eu-west-1').send(create());

    await createReplicationGroup(emulator, { region: 'eu-west-1', CacheSubnetGroupName: 'mine' });
    const refused = await rejection(createReplicationGroup(emulator, { CacheSubnetGroupName: 'mine' }));

    expect(emulator.store.viewFrom('eu-west-1').getReplicationGroup('first').subnetGroup).toBe('mine');
    expect(refused).toMatchObject({ code: 'CacheSubnetGroupNotFoundFault' });
  });

  it.each([
    { SubnetIds: [] },
    { SubnetIds: ['vpc-1'] },
    { CacheSubnetGroupName: 'with space' },
    { CacheSubnetGroupName: 'a'.repeat(256) },
    { Tags: [{ Key: 'aws:x', Value: '' }] },
  ])('rejects %j', async (input) => {
    const emulator = await startEmulator();

    const refused = await rejection(emulator.elasticache().send(create(input)));

    expect(refused).toMatchObject({ code: 'InvalidParameterValue', status: 400 });
    expect(await namesIn(emulator)).toEqual(['default']);
  });
});

describe('DescribeCacheSubnetGroups', () => {
  it('returns the groups of the options in every region, each with a subnet of each zone', async () => {
    const emulator = await startEmulator({ existing: { subnetGroups: ['default', 'private'] } });
    await emulator.control('POST', '/existing', { SubnetGroups: ['later'] });

    const { CacheSubnetGroups } = await emulator
      .elasticache('ap-south-1')
      .send(new DescribeCacheSubnetGroupsCommand({ CacheSubnetGroupName: 'private' }));

    expect(await namesIn(emulator, 'eu-west-1')).toEqual(['default', 'later', 'private']);
    expect(CacheSubnetGroups?.[0]?.Subnets?.map(({ SubnetAvailabilityZone }) => SubnetAvailabilityZone?.Name)).toEqual([
      'ap-south-1a',
      'ap-south-1b',
      'ap-south-1c',
    ]);
  });
});

describe('DeleteCacheSubnetGroup', () => {
  it('deletes a group once no replication group of its region uses it', async () => {
    const emulator = await startEmulator();
    const client = emulator.elasticache();
    await client.send(create());
    await emulator.elasticache('eu-west-1').send(create());
    await createReplicationGroup(emulator, { CacheSubnetGroupName: 'mine' });

    const refused = await rejection(client.send(remove()));
    await emulator.elasticache('eu-west-1').send(remove());
    await client.send(new DeleteReplicationGroupCommand({ ReplicationGroupId: 'first' }));
    emulator.settle();
    await client.send(remove('MINE'));

    expect(refused).toMatchObject({
      code: 'CacheSubnetGroupInUse',
      status: 400,
      message: 'Cache subnet group mine is currently in use by a cache cluster.',
    });
    expect(await namesIn(emulator)).toEqual(['default']);
    expect(await namesIn(emulator, 'eu-west-1')).toEqual(['default']);
  });

  it('rejects the default group', async () => {
    const emulator = await startEmulator();

    expect(await rejection(emulator.elasticache().send(remove('default')))).toMatchObject({
      code: 'CacheSubnetGroupInUse',
    });
  });
});
