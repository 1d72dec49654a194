import { DescribeCacheParameterGroupsCommand, paginateDescribeCacheParameterGroups } from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { createDatastore, rejection, startEmulator } from '../harness.ts';

describe('DescribeCacheParameterGroups', () => {
  it('returns the default groups of each family and the configured groups', async () => {
    const emulator = await startEmulator({ existing: { parameterGroups: { mine: 'redis7' } } });

    const names = [];
    for await (const { CacheParameterGroups = [] } of paginateDescribeCacheParameterGroups(
      { client: emulator.elasticache() },
      {},
    ))
      names.push(...CacheParameterGroups.map(({ CacheParameterGroupName }) => CacheParameterGroupName));

    expect(names).toEqual(
      expect.arrayContaining(['default.redis7', 'default.redis7.cluster.on', 'default.valkey8', 'mine']),
    );
  });

  it('returns the generated group of a member', async () => {
    const emulator = await startEmulator();
    await createDatastore(emulator);
    const name = emulator.store.getReplicationGroup('first').parameterGroup;

    const { CacheParameterGroups } = await emulator
      .elasticache()
      .send(new DescribeCacheParameterGroupsCommand({ CacheParameterGroupName: name }));

    expect(CacheParameterGroups).toEqual([
      {
        CacheParameterGroupName: name,
        CacheParameterGroupFamily: 'redis7',
        Description: 'Created by ElastiCache to be used by global cluster ldgnf-store',
        IsGlobal: true,
        ARN: `arn:aws:elasticache:us-east-1:000000000000:parametergroup:${name}`,
      },
    ]);
  });

  it('rejects an unknown group and an unknown Marker', async () => {
    const client = (await startEmulator()).elasticache();

    expect(
      await rejection(client.send(new DescribeCacheParameterGroupsCommand({ CacheParameterGroupName: 'none' }))),
    ).toMatchObject({ name: 'CacheParameterGroupNotFoundFault', code: 'CacheParameterGroupNotFound', status: 404 });
    expect(await rejection(client.send(new DescribeCacheParameterGroupsCommand({ Marker: 'x' })))).toMatchObject({
      code: 'InvalidParameterValue',
    });
  });
});
