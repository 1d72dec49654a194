import { CreateReplicationGroupCommand, ModifyReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { createReplicationGroup, describeGroup, rejection, startEmulator } from './harness.ts';

/** The oldest version of Redis OSS on each family (ElastiCache user guide, supported node types). Empty: only Valkey. */
const families = {
  ...{ m8g: '', r8g: '', c8gn: '' },
  ...{ m7g: '6.2', r7g: '6.2', c7gn: '6.2', r6gd: '6.2' },
  ...{ m6g: '5.0.6', r6g: '5.0.6', t4g: '5.0.6' },
  ...{ m5: '4.0.10', r5: '4.0.10', m4: '4.0.10', r4: '4.0.10', t3: '4.0.10' },
};
const sizes: Record<string, string> = { r6gd: 'xlarge', t3: 'small', t4g: 'small' };
const redis = ['3.2.10', '4.0.10', '5.0.6', '6.2', '7.1'];
const valkey = ['7.2', '8.0', '8.1', '8.2', '9.0', '9.1'];

const nodeTypes = Object.entries(families).flatMap(([family, oldest]) => [
  ...redis.map((version) => ({
    ...inputOf(family, 'redis', version),
    runs: oldest !== '' && redis.indexOf(version) >= redis.indexOf(oldest),
  })),
  ...valkey.map((version) => ({ ...inputOf(family, 'valkey', version), runs: true })),
]);

function inputOf(family: string, Engine: string, EngineVersion: string) {
  return {
    CacheNodeType: `cache.${family}.${sizes[family] ?? 'large'}`,
    DataTieringEnabled: family === 'r6gd',
    Engine,
    EngineVersion,
  };
}

const create = (input: object, id = 'first') =>
  new CreateReplicationGroupCommand({ ReplicationGroupId: id, ReplicationGroupDescription: 'a test', ...input });

describe('engine versions and node types', () => {
  it('runs each version on the families of its engine, and on no other', async () => {
    const { elasticache } = await startEmulator({ quotas: { nodes: 1000 } });

    const outcomes = [];
    for (const [i, { runs, ...input }] of nodeTypes.entries())
      outcomes.push(
        await elasticache()
          .send(create(input, `group-${i}`))
          .then(
            () => 'runs',
            (error: Error) => `${error.name}: ${error.message}`,
          ),
      );

    expect(outcomes).toEqual(
      nodeTypes.map(({ runs, CacheNodeType, Engine, EngineVersion }) =>
        runs
          ? 'runs'
          : `InvalidParameterCombinationException: Cache node type ${CacheNodeType} is not supported for ${Engine} ${EngineVersion}.`,
      ),
    );
  });

  it.each(['t2.micro', 't1.micro', 'm1.small', 'm2.xlarge', 'm3.medium', 'c1.xlarge', 'r3.large'])(
    'creates no new cluster on %s',
    async (type) => {
      const { elasticache } = await startEmulator();

      expect(await rejection(elasticache().send(create({ CacheNodeType: `cache.${type}` })))).toMatchObject({
        code: 'InvalidParameterValue',
        message: `New clusters cannot have the cache node type cache.${type}.`,
      });
    },
  );

  it('runs Valkey 9.1 by default, with the family valkey9', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator, { Engine: 'valkey' });

    const { engineVersion, parameterGroup } = emulator.store.getReplicationGroup('first');
    expect({ engineVersion, parameterGroup }).toEqual({ engineVersion: '9.1.0', parameterGroup: 'default.valkey9' });
  });

  it('refuses the full number of a version', async () => {
    const { elasticache } = await startEmulator();

    expect(
      await rejection(
        elasticache().send(create({ CacheNodeType: 'cache.r8g.large', Engine: 'valkey', EngineVersion: '9.0.0' })),
      ),
    ).toMatchObject({ message: "Specific version selection is not allowed for '9.0.0', please use '9.0'" });
  });

  it('rolls a replication group back from Valkey 7.2 to Redis OSS 7.1, and from no other version', async () => {
    const emulator = await startEmulator();
    const rollback = (ReplicationGroupId: string) =>
      emulator.elasticache().send(
        new ModifyReplicationGroupCommand({
          ...{ ReplicationGroupId, ApplyImmediately: true },
          ...{ Engine: 'redis', EngineVersion: '7.1' },
        }),
      );
    for (const version of ['7.2', '8.0'])
      await createReplicationGroup(emulator, { ...inputOf('r7g', 'valkey', version), id: `v${version.charAt(0)}` });

    await rollback('v7');
    emulator.settle();

    expect(await describeGroup(emulator, 'v7')).toMatchObject({ Engine: 'redis', Status: 'available' });
    expect(emulator.store.getReplicationGroup('v7').parameterGroup).toBe('default.redis7');
    expect(await rejection(rollback('v8'))).toMatchObject({ message: expect.stringContaining('Cannot downgrade') });
  });

  it('refuses a new node type that the engine does not run on', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator, { EngineVersion: '5.0.6' });
    const modify = (input: object) =>
      emulator.elasticache().send(new ModifyReplicationGroupCommand({ ReplicationGroupId: 'first', ...input }));

    expect(await rejection(modify({ CacheNodeType: 'cache.r7g.large' }))).toMatchObject({
      message: 'Cache node type cache.r7g.large is not supported for redis 5.0.6.',
    });
    await modify({ CacheNodeType: 'cache.r7g.large', EngineVersion: '6.2', ApplyImmediately: true });
    emulator.settle();

    expect(await describeGroup(emulator, 'first')).toMatchObject({ CacheNodeType: 'cache.r7g.large' });
  });
});
