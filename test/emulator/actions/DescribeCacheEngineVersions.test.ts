import {
  type CacheEngineVersion,
  DescribeCacheEngineVersionsCommand,
  type DescribeCacheEngineVersionsCommandInput,
} from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { createReplicationGroup, describeGroup, rejection, startEmulator } from '../harness.ts';

const find = async (input: DescribeCacheEngineVersionsCommandInput): Promise<CacheEngineVersion[]> => {
  const emulator = await startEmulator();
  const response = await emulator.elasticache().send(new DescribeCacheEngineVersionsCommand(input));
  return response.CacheEngineVersions ?? [];
};

const namesOf = (versions: CacheEngineVersion[]) => versions.map(({ EngineVersion }) => EngineVersion);

describe('DescribeCacheEngineVersions', () => {
  it('returns a version with its family, by any case of the engine', async () => {
    expect(await find({ Engine: 'Redis', EngineVersion: '6.2' })).toEqual([
      {
        Engine: 'redis',
        EngineVersion: '6.2',
        CacheParameterGroupFamily: 'redis6.x',
        CacheEngineDescription: 'Redis',
        CacheEngineVersionDescription: 'redis version 6.2',
      },
    ]);
  });

  it('returns the versions of a family', async () => {
    expect(namesOf(await find({ CacheParameterGroupFamily: 'redis7' }))).toEqual(['7.0', '7.1']);
  });

  it('orders versions as text, as AWS does', async () => {
    expect(namesOf(await find({ CacheParameterGroupFamily: 'redis3.2' }))).toEqual(['3.2.10', '3.2.4', '3.2.6']);
  });

  it.each(['redis', 'valkey'])('returns the version that a creation with %s gets by default', async (Engine) => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator, { Engine });
    const created = emulator.store.getReplicationGroup('first').engineVersion;

    const versions = await find({ Engine, DefaultOnly: true });

    expect(await describeGroup(emulator, 'first')).toMatchObject({ Engine });
    expect(versions).toHaveLength(1);
    expect(created.startsWith(`${versions[0]?.EngineVersion}.`)).toBe(true);
  });

  it('returns only versions that a creation accepts', async () => {
    const emulator = await startEmulator();
    // No node type of new groups runs 3.2.
    const versions = (await find({})).filter(({ EngineVersion }) => !EngineVersion?.startsWith('3.2'));

    for (const { Engine, EngineVersion } of versions)
      await createReplicationGroup(emulator, {
        id: `${Engine}-${EngineVersion?.replaceAll('.', '-')}`,
        Engine,
        EngineVersion,
        CacheNodeType: 'cache.m5.large',
      });

    expect(emulator.store.listReplicationGroups()).toHaveLength(versions.length);
  });

  it('returns nothing for an unknown engine', async () => {
    expect(await find({ Engine: 'memcached' })).toEqual([]);
  });

  it.each([{ MaxRecords: 5 }, { Marker: 'x' }])('rejects %j', async (input) => {
    const emulator = await startEmulator();

    const refused = await rejection(emulator.elasticache().send(new DescribeCacheEngineVersionsCommand(input)));

    expect(refused).toMatchObject({ code: 'InvalidParameterValue' });
  });
});
