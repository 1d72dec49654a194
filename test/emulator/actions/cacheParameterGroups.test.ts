import {
  CreateCacheParameterGroupCommand,
  DeleteCacheParameterGroupCommand,
  DeleteGlobalReplicationGroupCommand,
  DeleteReplicationGroupCommand,
  DescribeCacheParameterGroupsCommand,
  DescribeCacheParametersCommand,
  DisassociateGlobalReplicationGroupCommand,
  ModifyCacheParameterGroupCommand,
  ModifyGlobalReplicationGroupCommand,
  type Parameter,
  paginateDescribeCacheParameters,
} from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { listFamilies } from '../../../emulator/rules/engines.ts';
import {
  addSecondary,
  createDatastore,
  createReplicationGroup,
  describeGroup,
  type RunningEmulator,
  rejection,
  startEmulator,
} from '../harness.ts';

const create = (input: object = {}) =>
  new CreateCacheParameterGroupCommand({
    CacheParameterGroupName: 'Mine',
    CacheParameterGroupFamily: 'redis7',
    Description: 'a test',
    ...input,
  });
const remove = (CacheParameterGroupName = 'mine') => new DeleteCacheParameterGroupCommand({ CacheParameterGroupName });
const modify = (values: Record<string, string>, CacheParameterGroupName = 'mine') =>
  new ModifyCacheParameterGroupCommand({
    CacheParameterGroupName,
    ParameterNameValues: Object.entries(values).map(([ParameterName, ParameterValue]) => ({
      ParameterName,
      ParameterValue,
    })),
  });

async function parametersOf(
  { elasticache }: RunningEmulator,
  CacheParameterGroupName: string,
  { region, Source }: { region?: string; Source?: string } = {},
): Promise<Map<string, Parameter>> {
  const found = new Map<string, Parameter>();
  for await (const { Parameters = [] } of paginateDescribeCacheParameters(
    { client: elasticache(region), pageSize: 20 },
    { CacheParameterGroupName, Source },
  ))
    for (const parameter of Parameters) found.set(parameter.ParameterName ?? '', parameter);
  return found;
}

/** Returns the value of a parameter in the parameter group of a member. */
async function valueIn(
  emulator: RunningEmulator,
  id: string,
  region: string,
  name: string,
): Promise<string | undefined> {
  const { parameterGroup } = emulator.store.viewFrom(region).getReplicationGroup(id);
  return (await parametersOf(emulator, parameterGroup, { region })).get(name)?.ParameterValue;
}

describe('CreateCacheParameterGroup', () => {
  it('creates a group in one region, with its name in lower case', async () => {
    const emulator = await startEmulator();

    const { CacheParameterGroup } = await emulator.elasticache('eu-west-1').send(create());
    const elsewhere = await rejection(
      emulator.elasticache().send(new DescribeCacheParameterGroupsCommand({ CacheParameterGroupName: 'mine' })),
    );

    expect(CacheParameterGroup).toEqual({
      CacheParameterGroupName: 'mine',
      CacheParameterGroupFamily: 'redis7',
      Description: 'a test',
      IsGlobal: false,
      ARN: 'arn:aws:elasticache:eu-west-1:000000000000:parametergroup:mine',
    });
    expect(elsewhere).toMatchObject({ code: 'CacheParameterGroupNotFound' });
  });

  it('lets a replication group use the group, with cluster mode if the group enables it', async () => {
    const emulator = await startEmulator();
    await emulator.elasticache().send(create());
    await emulator.elasticache().send(modify({ 'cluster-enabled': 'yes' }));

    await createReplicationGroup(emulator, { CacheParameterGroupName: 'mine', EngineVersion: '7.1' });

    expect(await describeGroup(emulator, 'first')).toMatchObject({ ClusterEnabled: true });
  });

  it('creates a group that an upgrade of a datastore applies, with its values', async () => {
    const emulator = await startEmulator();
    const GlobalReplicationGroupId = await createDatastore(emulator, {
      regions: ['us-east-1', 'eu-west-1'],
      EngineVersion: '6.2',
    });
    await emulator.elasticache().send(create());
    await emulator.elasticache().send(modify({ timeout: '90' }));

    await emulator.elasticache().send(
      new ModifyGlobalReplicationGroupCommand({
        GlobalReplicationGroupId,
        EngineVersion: '7.1',
        CacheParameterGroupName: 'mine',
        ApplyImmediately: true,
      }),
    );
    const rejected = await rejection(emulator.elasticache().send(remove()));
    emulator.settle();
    await emulator.elasticache().send(remove());

    expect(rejected).toMatchObject({ code: 'InvalidCacheParameterGroupState' });
    expect(await valueIn(emulator, 'first', 'us-east-1', 'timeout')).toBe('90');
    expect(await valueIn(emulator, 'second', 'eu-west-1', 'timeout')).toBe('90');
  });

  it.each([
    { CacheParameterGroupFamily: 'memcached1.6' },
    { CacheParameterGroupName: 'default.mine' },
    { CacheParameterGroupName: 'two--hyphens' },
    { Tags: [{ Key: 'aws:x', Value: '' }] },
  ])('rejects %j', async (input) => {
    const emulator = await startEmulator();

    const refused = await rejection(emulator.elasticache().send(create(input)));

    expect(refused).toMatchObject({ code: 'InvalidParameterValue', status: 400 });
    expect(emulator.store.accountState.parameterGroups).toEqual({});
  });
});

describe('DescribeCacheParameters', () => {
  it.each(listFamilies())('returns the parameters of the default groups of %s', async (family) => {
    const emulator = await startEmulator();

    const parameters = await parametersOf(emulator, `default.${family}`);
    const withClusterMode = await parametersOf(emulator, `default.${family}.cluster.on`);

    expect(parameters.get('maxmemory-policy')).toMatchObject({ DataType: 'string', Source: 'system' });
    expect(parameters.get('cluster-enabled')).toMatchObject({ ParameterValue: 'no', IsModifiable: false });
    expect(withClusterMode.get('cluster-enabled')).toMatchObject({ ParameterValue: 'yes' });
    expect(parameters.has(family < 'redis5' ? 'close-on-slave-write' : 'close-on-replica-write')).toBe(true);
  });

  it('returns what awscli shows for redis5.0', async () => {
    const emulator = await startEmulator();

    expect((await parametersOf(emulator, 'default.redis5.0')).get('timeout')).toEqual({
      ParameterName: 'timeout',
      ParameterValue: '0',
      Description: 'Close connection if client is idle for a given number of seconds, or never if 0.',
      Source: 'system',
      DataType: 'integer',
      AllowedValues: '0,20-',
      IsModifiable: true,
      MinimumEngineVersion: '5.0.0',
      ChangeType: 'immediate',
    });
  });

  it('returns the parameters of one source, in pages', async () => {
    const emulator = await startEmulator();
    await emulator.elasticache().send(create());

    const all = await parametersOf(emulator, 'mine');
    const user = await parametersOf(emulator, 'mine', { Source: 'user' });
    const system = await parametersOf(emulator, 'mine', { Source: 'system' });
    const { Parameters, Marker } = await emulator
      .elasticache()
      .send(new DescribeCacheParametersCommand({ CacheParameterGroupName: 'mine', MaxRecords: 20 }));

    expect(user.get('maxmemory-policy')).toMatchObject({ IsModifiable: true });
    expect(system.get('appendonly')).toMatchObject({ IsModifiable: false });
    expect([...user.keys(), ...system.keys()].sort()).toEqual([...all.keys()].sort());
    expect(Parameters).toHaveLength(20);
    expect(Marker).toBeDefined();
  });
});

describe('ModifyCacheParameterGroup', () => {
  it('changes values of a created group', async () => {
    const emulator = await startEmulator();
    await emulator.elasticache().send(create());

    const response = await emulator
      .elasticache()
      .send(modify({ 'maxmemory-policy': 'allkeys-lru', timeout: '20', 'notify-keyspace-events': 'KEA' }));
    await emulator.elasticache().send(modify({ timeout: '0' }));

    const parameters = await parametersOf(emulator, 'mine');
    expect(response.CacheParameterGroupName).toBe('mine');
    expect(
      ['maxmemory-policy', 'timeout', 'notify-keyspace-events', 'databases'].map(
        (name) => parameters.get(name)?.ParameterValue,
      ),
    ).toEqual(['allkeys-lru', '0', 'KEA', '16']);
  });

  it('applies a change of a generated group to all members, and to later ones', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator, { regions: ['us-east-1', 'eu-west-1'] });
    const { parameterGroup } = emulator.store.viewFrom('eu-west-1').getReplicationGroup('second');

    await emulator.elasticache('eu-west-1').send(modify({ 'maxmemory-policy': 'noeviction' }, parameterGroup));
    await addSecondary(emulator, id, 'third', 'ap-south-1');
    emulator.settle();

    for (const [member, region] of [
      ['first', 'us-east-1'],
      ['second', 'eu-west-1'],
      ['third', 'ap-south-1'],
    ] as const)
      expect(await valueIn(emulator, member, region, 'maxmemory-policy')).toBe('noeviction');
  });

  it.each([
    ['an unknown parameter', { 'tcp-keepalive': '1', 'reserved-memory': '1' }],
    ['a fixed parameter', { appendonly: 'yes' }],
    ['a value below the range', { timeout: '19' }],
    ['a value that is no integer', { timeout: '20.5' }],
    ['a value above the range', { 'reserved-memory-percent': '101' }],
    ['a value that is not listed', { 'maxmemory-policy': 'lru' }],
    ['no value', {}],
  ] as [string, Record<string, string>][])('rejects %s', async (_name, values) => {
    const emulator = await startEmulator();
    await emulator.elasticache().send(create());
    const before = await parametersOf(emulator, 'mine');

    const refused = await rejection(emulator.elasticache().send(modify(values)));

    expect(refused).toMatchObject({ code: 'InvalidParameterValue', status: 400 });
    expect(await parametersOf(emulator, 'mine')).toEqual(before);
  });

  it('rejects another cluster mode while a replication group uses the group', async () => {
    const emulator = await startEmulator();
    await emulator.elasticache().send(create());
    await createReplicationGroup(emulator, { CacheParameterGroupName: 'mine', EngineVersion: '7.1' });

    const refused = await rejection(emulator.elasticache().send(modify({ 'cluster-enabled': 'yes' })));

    expect(refused).toMatchObject({ code: 'InvalidCacheParameterGroupState' });
  });
});

describe('DeleteCacheParameterGroup', () => {
  it('deletes a group once no replication group uses it', async () => {
    const emulator = await startEmulator();
    const client = emulator.elasticache();
    await client.send(create());
    await createReplicationGroup(emulator, { CacheParameterGroupName: 'mine', EngineVersion: '7.1' });

    const refused = await rejection(client.send(remove()));
    await client.send(new DeleteReplicationGroupCommand({ ReplicationGroupId: 'first' }));
    emulator.settle();
    await client.send(remove());

    expect(refused).toMatchObject({
      code: 'InvalidCacheParameterGroupState',
      status: 400,
      message:
        'One or more cache clusters are still members of this parameter group mine, so the group cannot be deleted.',
    });
    expect(await rejection(client.send(remove()))).toMatchObject({ code: 'CacheParameterGroupNotFound', status: 404 });
  });

  it('deletes generated groups that a detach and a delete leave behind', async () => {
    const emulator = await startEmulator();
    const GlobalReplicationGroupId = await createDatastore(emulator, { regions: ['us-east-1', 'eu-west-1'] });
    const { parameterGroup } = emulator.store.viewFrom('eu-west-1').getReplicationGroup('second');
    const europe = emulator.elasticache('eu-west-1');

    const asMember = await rejection(europe.send(remove(parameterGroup)));
    await europe.send(
      new DisassociateGlobalReplicationGroupCommand({
        GlobalReplicationGroupId,
        ReplicationGroupId: 'second',
        ReplicationGroupRegion: 'eu-west-1',
      }),
    );
    emulator.settle();
    await europe.send(
      new DeleteGlobalReplicationGroupCommand({ GlobalReplicationGroupId, RetainPrimaryReplicationGroup: true }),
    );
    await europe.send(new DeleteReplicationGroupCommand({ ReplicationGroupId: 'second' }));
    emulator.settle();
    await europe.send(remove(parameterGroup));

    expect(asMember).toMatchObject({ code: 'InvalidCacheParameterGroupState' });
    expect(Object.keys(emulator.store.accountState.parameterGroups).map((key) => key.split('/')[0])).toEqual([
      'us-east-1',
    ]);
  });

  it.each(['default.redis7', 'default.redis7.cluster.on', 'given'])('rejects %s', async (name) => {
    const emulator = await startEmulator({ existing: { parameterGroups: { given: 'redis7' } } });

    expect(await rejection(emulator.elasticache().send(remove(name)))).toMatchObject({
      code: 'InvalidCacheParameterGroupState',
    });
  });
});
