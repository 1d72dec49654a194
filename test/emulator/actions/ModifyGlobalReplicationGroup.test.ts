import {
  CreateGlobalReplicationGroupCommand,
  DescribeCacheParameterGroupsCommand,
  ModifyGlobalReplicationGroupCommand,
  type ModifyGlobalReplicationGroupCommandInput,
} from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import {
  addSecondary,
  createDatastore,
  createReplicationGroup,
  type DatastoreOptions,
  describeGlobal,
  describeGroup,
  type RunningEmulator,
  rejection,
  startEmulator,
} from '../harness.ts';

const modify = (input: Partial<ModifyGlobalReplicationGroupCommandInput>, GlobalReplicationGroupId = 'ldgnf-store') =>
  new ModifyGlobalReplicationGroupCommand({ GlobalReplicationGroupId, ApplyImmediately: true, ...input });

const regions = ['us-east-1', 'eu-west-1'];

async function parameterGroupFamilies(
  { elasticache }: RunningEmulator,
  region: string,
): Promise<(string | undefined)[]> {
  const { CacheParameterGroups = [] } = await elasticache(region).send(new DescribeCacheParameterGroupsCommand({}));
  return CacheParameterGroups.filter(({ IsGlobal }) => IsGlobal).map((group) => group.CacheParameterGroupFamily);
}

describe('ModifyGlobalReplicationGroup', () => {
  it('returns status modifying with the previous values, without members', async () => {
    const emulator = await startEmulator();
    await createDatastore(emulator, { regions });

    const { GlobalReplicationGroup } = await emulator
      .elasticache('ap-south-1')
      .send(modify({ CacheNodeType: 'cache.r6g.xlarge' }));

    expect(GlobalReplicationGroup).toMatchObject({ Status: 'modifying', CacheNodeType: 'cache.r6g.large' });
    expect(GlobalReplicationGroup).not.toHaveProperty('Members');
  });

  it('changes the node type of all members', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator, { regions });

    await emulator.elasticache().send(modify({ CacheNodeType: 'cache.r6g.xlarge' }));
    for (const region of regions)
      expect(await describeGroup(emulator, region === 'us-east-1' ? 'first' : 'second', region)).toMatchObject({
        Status: 'modifying',
        CacheNodeType: 'cache.r6g.large',
      });
    emulator.store.tick();

    expect(await describeGlobal(emulator, id)).toMatchObject({
      Status: 'available',
      CacheNodeType: 'cache.r6g.xlarge',
    });
    for (const region of regions)
      expect(await describeGroup(emulator, region === 'us-east-1' ? 'first' : 'second', region)).toMatchObject({
        Status: 'available',
        CacheNodeType: 'cache.r6g.xlarge',
      });
  });

  it('modifies a datastore without a secondary, which becomes primary-only again', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator);

    await emulator.elasticache().send(modify({ GlobalReplicationGroupDescription: 'new' }));
    expect(await describeGlobal(emulator, id)).toMatchObject({
      Status: 'modifying',
      GlobalReplicationGroupDescription: ' ',
    });
    emulator.store.tick();

    expect(await describeGlobal(emulator, id)).toMatchObject({
      Status: 'primary-only',
      GlobalReplicationGroupDescription: 'new',
    });
  });

  it('disables and enables automatic failover, shown as disabling and enabling', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator, { regions, NumCacheClusters: 2, AutomaticFailoverEnabled: true });
    const observed: unknown[] = [];
    const observe = async () =>
      observed.push((await describeGlobal(emulator, id)).Members?.map(({ AutomaticFailover }) => AutomaticFailover));

    for (const AutomaticFailoverEnabled of [false, true]) {
      await emulator.elasticache().send(modify({ AutomaticFailoverEnabled }));
      await observe();
      emulator.store.tick();
      await observe();
    }

    expect(observed).toEqual([
      ['disabling', 'disabling'],
      ['disabled', 'disabled'],
      ['enabling', 'enabling'],
      ['enabled', 'enabled'],
    ]);
  });

  it('upgrades a minor version and returns its full name', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator, { regions, Engine: 'redis', EngineVersion: '7.0' });

    await emulator.elasticache().send(modify({ EngineVersion: '7.1' }));
    expect(await describeGlobal(emulator, id)).toMatchObject({ EngineVersion: '7.0.7' });
    emulator.settle();

    expect(await describeGlobal(emulator, id)).toMatchObject({ Status: 'available', EngineVersion: '7.1.0' });
    expect(await parameterGroupFamilies(emulator, 'eu-west-1')).toEqual(['redis7']);
  });

  it('upgrades a major version with a parameter group of its family, copied for each member', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator, { regions, Engine: 'redis', EngineVersion: '5.0.6' });

    await emulator.elasticache().send(modify({ EngineVersion: '6.2', CacheParameterGroupName: 'default.redis6.x' }));
    emulator.settle();

    expect(await describeGlobal(emulator, id)).toMatchObject({ EngineVersion: '6.2.6' });
    for (const region of regions)
      expect((await parameterGroupFamilies(emulator, region)).toSorted()).toEqual(['redis5.0', 'redis6.x']);
  });

  it('upgrades from Redis OSS with a default parameter group to Valkey without one in the request', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator, { regions, Engine: 'redis', EngineVersion: '7.1' });

    await emulator.elasticache().send(modify({ Engine: 'valkey', EngineVersion: '7.2' }));
    emulator.settle();

    expect(await describeGlobal(emulator, id)).toMatchObject({ Engine: 'valkey', EngineVersion: '7.2.6' });
    expect(await describeGroup(emulator, 'second', 'eu-west-1')).toMatchObject({ Engine: 'valkey' });
  });

  it('upgrades from Redis OSS with a custom parameter group to Valkey only with one in the request', async () => {
    const emulator = await startEmulator({ existing: { parameterGroups: { mine: 'redis7', ours: 'valkey8' } } });
    const id = await createDatastore(emulator, {
      Engine: 'redis',
      EngineVersion: '7.1',
      CacheParameterGroupName: 'mine',
    });
    const upgrade = { Engine: 'valkey', EngineVersion: '8.0' };

    expect(await rejection(emulator.elasticache().send(modify(upgrade)))).toMatchObject({
      code: 'InvalidParameterValue',
    });
    await emulator.elasticache().send(modify({ ...upgrade, CacheParameterGroupName: 'ours' }));
    emulator.settle();

    expect(await describeGlobal(emulator, id)).toMatchObject({ EngineVersion: '8.0.1' });
  });

  const alone =
    'ModifyGlobalReplicationGroup API does not support cache parameter group modification without a change in major engine version.';

  it.each<[string, Partial<ModifyGlobalReplicationGroupCommandInput>, string?, DatastoreOptions?]>([
    ['without ApplyImmediately', { ApplyImmediately: false, CacheNodeType: 'cache.r6g.xlarge' }],
    ['nothing to modify', {}, 'No modifications were requested'],
    ['two properties', { CacheNodeType: 'cache.r6g.xlarge', GlobalReplicationGroupDescription: 'x' }],
    ['a parameter group alone', { CacheParameterGroupName: 'default.redis7' }, alone],
    [
      'a parameter group with a minor version',
      { EngineVersion: '7.1', CacheParameterGroupName: 'default.redis7' },
      alone,
      { EngineVersion: '7.0' },
    ],
    ['an engine without a version', { Engine: 'valkey' }],
    ['a major version without a parameter group', { EngineVersion: '6.2' }, undefined, { EngineVersion: '5.0.6' }],
    [
      'an unknown parameter group',
      { EngineVersion: '6.2', CacheParameterGroupName: 'none' },
      'CacheParameterGroup none not found.',
      { EngineVersion: '5.0.6' },
    ],
    [
      'a parameter group of another family',
      { EngineVersion: '6.2', CacheParameterGroupName: 'default.redis7' },
      undefined,
      { EngineVersion: '5.0.6' },
    ],
    [
      'a parameter group of another cluster mode',
      { EngineVersion: '6.2', CacheParameterGroupName: 'default.redis6.x.cluster.on' },
      undefined,
      { EngineVersion: '5.0.6' },
    ],
    ['a downgrade', { EngineVersion: '7.0' }],
    [
      'a way back from Valkey',
      { Engine: 'redis', EngineVersion: '7.1' },
      undefined,
      { Engine: 'valkey', EngineVersion: '8.0' },
    ],
    ['the version there is', { EngineVersion: '7.1' }, 'No modifications were requested'],
    ['an unknown version', { EngineVersion: '7.9' }],
    ['memcached', { Engine: 'memcached', EngineVersion: '1.6.22' }],
    [
      'a node type that is not eligible',
      { CacheNodeType: 'cache.t4g.medium' },
      'Global replication group is not supported for the node type.',
    ],
    ['an unknown node type', { CacheNodeType: 'cache.x' }],
    ['the node type there is', { CacheNodeType: 'cache.r6g.large' }],
    ['a node type with data tiering', { CacheNodeType: 'cache.r6gd.xlarge' }],
    ['no failover with cluster mode', { AutomaticFailoverEnabled: false }, undefined, { NumNodeGroups: 2 }],
    [
      'no failover with Multi-AZ',
      { AutomaticFailoverEnabled: false },
      undefined,
      { NumCacheClusters: 2, AutomaticFailoverEnabled: true, MultiAZEnabled: true },
    ],
    [
      'failover without replicas',
      { AutomaticFailoverEnabled: true },
      'Replication group must have at least one read replica to enable autofailover.',
    ],
    ['the failover there is', { AutomaticFailoverEnabled: false }],
  ])('rejects %s', async (_name, input, message, options) => {
    const emulator = await startEmulator();
    await createDatastore(emulator, options);
    const before = emulator.store.save();

    const refused = await rejection(emulator.elasticache().send(modify(input)));

    expect(refused).toMatchObject({ name: 'InvalidParameterValueException', status: 400, ...(message && { message }) });
    expect(emulator.store.save()).toEqual(before);
  });

  it('rejects a datastore with a pending change', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator);
    await addSecondary(emulator, id, 'second', 'eu-west-1');

    expect(await rejection(emulator.elasticache().send(modify({ CacheNodeType: 'cache.r6g.xlarge' })))).toMatchObject({
      name: 'InvalidGlobalReplicationGroupStateFault',
      status: 400,
    });
  });

  it('rejects a datastore in creation', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator);
    await emulator.elasticache().send(
      new CreateGlobalReplicationGroupCommand({
        GlobalReplicationGroupIdSuffix: 'store',
        PrimaryReplicationGroupId: 'first',
      }),
    );

    expect(await rejection(emulator.elasticache().send(modify({ CacheNodeType: 'cache.r6g.xlarge' })))).toMatchObject({
      code: 'InvalidGlobalReplicationGroupState',
    });
  });

  it('rejects an unknown datastore', async () => {
    const emulator = await startEmulator();

    expect(await rejection(emulator.elasticache().send(modify({ CacheNodeType: 'cache.r6g.xlarge' })))).toMatchObject({
      name: 'GlobalReplicationGroupNotFoundFault',
      status: 404,
    });
  });
});
