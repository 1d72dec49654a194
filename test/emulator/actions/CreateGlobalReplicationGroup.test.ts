import {
  CreateGlobalReplicationGroupCommand,
  type CreateReplicationGroupCommandInput,
  DescribeCacheParameterGroupsCommand,
} from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import {
  createDatastore,
  createReplicationGroup,
  describeGlobal,
  describeGroup,
  rejection,
  startEmulator,
} from '../harness.ts';

const durable: Partial<CreateReplicationGroupCommandInput> = {
  ...{ Engine: 'valkey', EngineVersion: '9.0', Durability: 'sync', TransitEncryptionEnabled: true },
  ...{ NumNodeGroups: 2, ReplicasPerNodeGroup: 1, MultiAZEnabled: true },
};

const create = (GlobalReplicationGroupIdSuffix = 'store', PrimaryReplicationGroupId = 'first', description?: string) =>
  new CreateGlobalReplicationGroupCommand({
    GlobalReplicationGroupIdSuffix,
    PrimaryReplicationGroupId,
    GlobalReplicationGroupDescription: description,
  });

describe('CreateGlobalReplicationGroup', () => {
  it('returns the datastore in creation with its primary', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator);

    const { GlobalReplicationGroup } = await emulator.elasticache().send(create());

    expect(GlobalReplicationGroup).toEqual({
      GlobalReplicationGroupId: 'ldgnf-store',
      GlobalReplicationGroupDescription: ' ',
      Status: 'creating',
      CacheNodeType: 'cache.r6g.large',
      Engine: 'redis',
      EngineVersion: '7.1.0',
      Members: [
        {
          ReplicationGroupId: 'first',
          ReplicationGroupRegion: 'us-east-1',
          Role: 'PRIMARY',
          AutomaticFailover: 'disabled',
          Status: 'associating',
        },
      ],
      ClusterEnabled: false,
      AuthTokenEnabled: false,
      TransitEncryptionEnabled: false,
      AtRestEncryptionEnabled: false,
      ARN: 'arn:aws:elasticache::000000000000:globalreplicationgroup:ldgnf-store',
    });
  });

  it('takes the shared settings from the primary', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator, {
      Engine: 'valkey',
      EngineVersion: '8.0',
      CacheNodeType: 'cache.r7g.xlarge',
      NumNodeGroups: 3,
      ReplicasPerNodeGroup: 1,
      TransitEncryptionEnabled: true,
      AuthToken: 'a-token-of-16-or-more',
    });

    const { GlobalReplicationGroup } = await emulator.elasticache().send(create('Store', 'FIRST', 'orders'));

    expect(GlobalReplicationGroup).toMatchObject({
      GlobalReplicationGroupId: 'ldgnf-store',
      GlobalReplicationGroupDescription: 'orders',
      CacheNodeType: 'cache.r7g.xlarge',
      Engine: 'valkey',
      EngineVersion: '8.0.1',
      ClusterEnabled: true,
      Members: [{ ReplicationGroupId: 'first', AutomaticFailover: 'enabled' }],
      GlobalNodeGroups: [
        { GlobalNodeGroupId: 'ldgnf-store-0001', Slots: '0-5461' },
        { GlobalNodeGroupId: 'ldgnf-store-0002', Slots: '5462-10922' },
        { GlobalNodeGroupId: 'ldgnf-store-0003', Slots: '10923-16383' },
      ],
      AuthTokenEnabled: true,
      TransitEncryptionEnabled: true,
      AtRestEncryptionEnabled: true,
    });
  });

  it('is creating while its primary is modifying, then primary-only', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator);

    await emulator.elasticache().send(create());
    expect(await describeGlobal(emulator, 'ldgnf-store')).toMatchObject({ Status: 'creating' });
    expect(await describeGroup(emulator, 'first')).toMatchObject({ Status: 'modifying' });
    emulator.store.tick();

    expect(await describeGlobal(emulator, 'ldgnf-store')).toMatchObject({
      Status: 'primary-only',
      Members: [{ Status: 'associated' }],
    });
    expect(await describeGroup(emulator, 'first')).toMatchObject({
      Status: 'available',
      AutoMinorVersionUpgrade: false,
      GlobalReplicationGroupInfo: {
        GlobalReplicationGroupId: 'ldgnf-store',
        GlobalReplicationGroupMemberRole: 'PRIMARY',
      },
    });
  });

  it('generates a parameter group for the primary', async () => {
    const emulator = await startEmulator();
    await createDatastore(emulator);

    const { CacheParameterGroups = [] } = await emulator
      .elasticache()
      .send(new DescribeCacheParameterGroupsCommand({}));

    expect(CacheParameterGroups.filter(({ IsGlobal }) => IsGlobal)).toMatchObject([
      {
        CacheParameterGroupName: expect.stringMatching(/^global-datastore-first[a-z]{4}$/),
        CacheParameterGroupFamily: 'redis7',
        Description: 'Created by ElastiCache to be used by global cluster ldgnf-store',
        ARN: expect.stringMatching(/^arn:aws:elasticache:us-east-1:000000000000:parametergroup:global-datastore-first/),
      },
    ]);
  });

  it.each([
    ['us-west-1', 'virxk', 'aws'],
    ['ap-south-1', 'erpgt', 'aws'],
    ['cn-north-1', 'emvgo', 'aws-cn'],
    ['us-gov-west-1', 'sgwui', 'aws-us-gov'],
  ])('in %s creates an id with the prefix %s and an ARN of %s without a region', async (region, prefix, partition) => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator, { region });

    const { GlobalReplicationGroup } = await emulator.elasticache(region).send(create());

    expect(GlobalReplicationGroup).toMatchObject({
      GlobalReplicationGroupId: `${prefix}-store`,
      ARN: `arn:${partition}:elasticache::000000000000:globalreplicationgroup:${prefix}-store`,
    });
  });

  it('accepts one node without failover and every eligible family and version', async () => {
    const emulator = await startEmulator();
    const eligible = [
      { CacheNodeType: 'cache.m5.large', Engine: 'redis', EngineVersion: '5.0.6' },
      { CacheNodeType: 'cache.m6g.large', Engine: 'redis', EngineVersion: '6.x' },
      { CacheNodeType: 'cache.m7g.large', Engine: 'redis', EngineVersion: '6.2' },
      { CacheNodeType: 'cache.r5.24xlarge', Engine: 'redis', EngineVersion: '7.0' },
      { CacheNodeType: 'cache.r6g.16xlarge', Engine: 'redis', EngineVersion: '7.1' },
      { CacheNodeType: 'cache.r6gd.xlarge', Engine: 'valkey', EngineVersion: '7.2', DataTieringEnabled: true },
      { CacheNodeType: 'cache.r7g.large', Engine: 'valkey', EngineVersion: '8.1' },
      { CacheNodeType: 'cache.c7gn.large', Engine: 'valkey', EngineVersion: '8.2' },
    ];

    for (const [i, input] of eligible.entries()) {
      await createReplicationGroup(emulator, { id: `group-${i}`, ...input });
      await emulator.elasticache().send(create(`store-${i}`, `group-${i}`));
    }
    emulator.settle();

    expect(emulator.store.listGlobalGroups().map(({ id }) => id)).toHaveLength(eligible.length);
  });

  it.each([
    ['cache.t3.medium', 'redis', '7.1', 'Global replication group is not supported for the node type.'],
    ['cache.m4.large', 'redis', '5.0.6', 'Global replication group is not supported for the node type.'],
    ['cache.r5.large', 'redis', '5.0.5', 'Global replication group is not supported for the engine version.'],
  ])('rejects a primary on %s with %s %s', async (CacheNodeType, Engine, EngineVersion, message) => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator, { CacheNodeType, Engine, EngineVersion });

    expect(await rejection(emulator.elasticache().send(create()))).toEqual({
      name: 'InvalidParameterValueException',
      code: 'InvalidParameterValue',
      status: 400,
      message,
    });
  });

  it.each([
    ['IPv6', { NetworkType: 'ipv6' }],
    ['dual-stack', { NetworkType: 'dual_stack' }],
    ['durability-enabled', durable],
  ] as const)('refuses a primary that is %s', async (_name, input) => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator, input);

    expect(await rejection(emulator.elasticache().send(create()))).toMatchObject({ code: 'InvalidParameterValue' });
  });

  it('rejects a region without global datastores', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator, { region: 'ap-east-2' });

    expect(await rejection(emulator.elasticache('ap-east-2').send(create()))).toMatchObject({
      code: 'InvalidParameterValue',
      message: expect.stringContaining('ap-east-2'),
    });
  });

  it('rejects a primary of another region', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator, { region: 'eu-west-1' });

    expect(await rejection(emulator.elasticache('us-east-1').send(create()))).toEqual({
      name: 'ReplicationGroupNotFoundFault',
      code: 'ReplicationGroupNotFoundFault',
      status: 404,
      message: 'ReplicationGroup first not found.',
    });
  });

  it('rejects an existing id with any primary', async () => {
    const emulator = await startEmulator();
    await createDatastore(emulator);
    await createReplicationGroup(emulator, { id: 'another' });

    for (const primary of ['first', 'another'])
      expect(await rejection(emulator.elasticache().send(create('store', primary)))).toMatchObject({
        name: 'GlobalReplicationGroupAlreadyExistsFault',
        status: 400,
      });
  });

  it('rejects a primary that is already in a datastore', async () => {
    const emulator = await startEmulator();
    await createDatastore(emulator);

    expect(await rejection(emulator.elasticache().send(create('another')))).toMatchObject({
      code: 'InvalidParameterValue',
      message: 'Cluster [first] is part of a global cluster [ldgnf-store]. Request rejected.',
    });
  });

  it('rejects a primary that is not available', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator);
    await emulator.elasticache().send(create());

    expect(await rejection(emulator.elasticache().send(create('another')))).toMatchObject({
      name: 'InvalidReplicationGroupStateFault',
      code: 'InvalidReplicationGroupState',
      status: 400,
    });
  });

  it('rejects an account without the service-linked role', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator);
    await emulator.control('POST', '/service-linked-role', { Exists: false });

    expect(await rejection(emulator.elasticache().send(create()))).toMatchObject({
      name: 'ServiceLinkedRoleNotFoundFault',
      status: 400,
    });
    await emulator.control('POST', '/service-linked-role', { Exists: true });
    await emulator.elasticache().send(create());
  });

  it.each(['-store', 'store-', 'a--b', '1store', 'sto_re', 'x'.repeat(41)])('rejects the suffix %s', async (suffix) => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator);

    expect(await rejection(emulator.elasticache().send(create(suffix)))).toMatchObject({
      code: 'InvalidParameterValue',
    });
  });

  it('succeeds once in eight concurrent calls', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator);

    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => emulator.elasticache().send(create())));

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(emulator.store.listGlobalGroups()).toHaveLength(1);
  });

  it('changes nothing when it rejects a request', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator, { CacheNodeType: 'cache.t4g.small' });
    const before = emulator.store.save();

    await rejection(emulator.elasticache().send(create()));

    expect(emulator.store.save()).toEqual(before);
  });
});
