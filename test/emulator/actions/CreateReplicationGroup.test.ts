import {
  CreateReplicationGroupCommand,
  type CreateReplicationGroupCommandInput,
  DeleteReplicationGroupCommand,
  DescribeCacheParameterGroupsCommand,
  ModifyGlobalReplicationGroupCommand,
} from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import {
  addSecondary,
  createDatastore,
  createReplicationGroup,
  describeGlobal,
  describeGroup,
  rejection,
  startEmulator,
} from '../harness.ts';

const withFailover = { NumCacheClusters: 2, AutomaticFailoverEnabled: true, MultiAZEnabled: true };

type Refusal = [name: string, input: Partial<CreateReplicationGroupCommandInput>, code: string, message?: string];

const create = (input: Partial<CreateReplicationGroupCommandInput> = {}) =>
  new CreateReplicationGroupCommand({
    ReplicationGroupId: 'first',
    ReplicationGroupDescription: 'a test',
    CacheNodeType: 'cache.r6g.large',
    ...input,
  });

describe('CreateReplicationGroup', () => {
  it('returns a group in creation without nodes or endpoints', async () => {
    const { elasticache } = await startEmulator();

    const { ReplicationGroup } = await elasticache('us-west-2', '111122223333').send(
      create({ ReplicationGroupId: 'My-Group' }),
    );

    expect(ReplicationGroup).toEqual({
      ReplicationGroupId: 'my-group',
      Description: 'a test',
      GlobalReplicationGroupInfo: {},
      Status: 'creating',
      PendingModifiedValues: {},
      MemberClusters: ['my-group-001'],
      AutomaticFailover: 'disabled',
      MultiAZ: 'disabled',
      SnapshotRetentionLimit: 0,
      SnapshotWindow: '06:00-07:00',
      ClusterEnabled: false,
      CacheNodeType: 'cache.r6g.large',
      AuthTokenEnabled: false,
      TransitEncryptionEnabled: false,
      AtRestEncryptionEnabled: false,
      StorageEncryptionType: 'none',
      ARN: 'arn:aws:elasticache:us-west-2:111122223333:replicationgroup:my-group',
      LogDeliveryConfigurations: [],
      ReplicationGroupCreateTime: expect.any(Date),
      DataTiering: 'disabled',
      AutoMinorVersionUpgrade: true,
      NetworkType: 'ipv4',
      IpDiscovery: 'ipv4',
      ClusterMode: 'disabled',
      Engine: 'redis',
      EffectiveDurability: 'disabled',
    });
  });

  it('becomes available with nodes and endpoints', async () => {
    const emulator = await startEmulator();

    await emulator.elasticache().send(create({ NumCacheClusters: 2, Port: 7000 }));
    emulator.store.tick();

    const { Status, NodeGroups, ConfigurationEndpoint } = await describeGroup(emulator, 'FIRST');
    expect({ Status, ConfigurationEndpoint }).toEqual({ Status: 'available' });
    expect(NodeGroups).toEqual([
      {
        NodeGroupId: '0001',
        Status: 'available',
        PrimaryEndpoint: {
          Address: expect.stringMatching(/^first\.[a-z0-9]{6}\.ng\.0001\.use1\.cache\.amazonaws\.com$/),
          Port: 7000,
        },
        ReaderEndpoint: { Address: expect.stringMatching(/^first-ro\.[a-z0-9]{6}\.ng\.0001\.use1\./), Port: 7000 },
        NodeGroupMembers: [
          {
            CacheClusterId: 'first-001',
            CacheNodeId: '0001',
            ReadEndpoint: { Address: expect.stringMatching(/^first-001\.[a-z0-9]{6}\.0001\.use1\./), Port: 7000 },
            PreferredAvailabilityZone: 'us-east-1a',
            CurrentRole: 'primary',
          },
          {
            CacheClusterId: 'first-002',
            CacheNodeId: '0001',
            ReadEndpoint: { Address: expect.stringMatching(/^first-002\.[a-z0-9]{6}\.0001\.use1\./), Port: 7000 },
            PreferredAvailabilityZone: 'us-east-1b',
            CurrentRole: 'replica',
          },
        ],
      },
    ]);
  });

  it('creates shards with slots and one configuration endpoint with cluster mode', async () => {
    const emulator = await startEmulator();

    await createReplicationGroup(emulator, {
      region: 'eu-west-2',
      NumNodeGroups: 2,
      ReplicasPerNodeGroup: 1,
      TransitEncryptionEnabled: true,
    });

    expect(await describeGroup(emulator, 'first', 'eu-west-2')).toMatchObject({
      ClusterEnabled: true,
      ClusterMode: 'enabled',
      AutomaticFailover: 'enabled',
      TransitEncryptionMode: 'required',
      MemberClusters: ['first-0001-001', 'first-0001-002', 'first-0002-001', 'first-0002-002'],
      ConfigurationEndpoint: {
        Address: expect.stringMatching(/^clustercfg\.first\.[a-z0-9]{6}\.euw2\.cache\.amazonaws\.com$/),
        Port: 6379,
      },
      NodeGroups: [
        {
          NodeGroupId: '0001',
          Slots: '0-8191',
          NodeGroupMembers: [
            { CacheClusterId: 'first-0001-001', CacheNodeId: '0001', PreferredAvailabilityZone: 'eu-west-2a' },
            { CacheClusterId: 'first-0001-002', CacheNodeId: '0001', PreferredAvailabilityZone: 'eu-west-2b' },
          ],
        },
        { NodeGroupId: '0002', Slots: '8192-16383' },
      ],
    });
  });

  it.each([
    ['us-east-1', 'use1.cache.amazonaws.com'],
    ['us-west-2', 'usw2.cache.amazonaws.com'],
    ['ap-south-1', 'aps1.cache.amazonaws.com'],
    ['ap-northeast-3', 'apne3.cache.amazonaws.com'],
    ['us-gov-west-1', 'usgw1.cache.amazonaws.com'],
    ['cn-northwest-1', 'cnnw1.cache.amazonaws.com.cn'],
  ])('in %s creates endpoints under %s', async (region, domain) => {
    const emulator = await startEmulator();

    await createReplicationGroup(emulator, { region, TransitEncryptionEnabled: true });

    const { NodeGroups } = await describeGroup(emulator, 'first', region);
    expect(NodeGroups?.[0]?.PrimaryEndpoint?.Address).toMatch(new RegExp(`^master\\.first\\.[a-z0-9]{6}\\.${domain}$`));
    expect(NodeGroups?.[0]?.ReaderEndpoint?.Address).toMatch(new RegExp(`^replica\\.first\\.[a-z0-9]{6}\\.${domain}$`));
  });

  it('stores the given settings', async () => {
    const emulator = await startEmulator({
      existing: { subnetGroups: ['private'], userGroups: { team: 'active' }, parameterGroups: { mine: 'valkey8' } },
    });
    const delivery = {
      LogType: 'slow-log',
      DestinationType: 'cloudwatch-logs',
      DestinationDetails: { CloudWatchLogsDetails: { LogGroup: 'logs' } },
      LogFormat: 'json',
    } as const;

    await createReplicationGroup(emulator, {
      Engine: 'valkey',
      EngineVersion: '8.1',
      CacheParameterGroupName: 'mine',
      CacheSubnetGroupName: 'private',
      NumCacheClusters: 3,
      PreferredCacheClusterAZs: ['us-east-1c', 'us-east-1b', 'us-east-1c'],
      AutomaticFailoverEnabled: true,
      MultiAZEnabled: true,
      TransitEncryptionEnabled: true,
      TransitEncryptionMode: 'preferred',
      KmsKeyId: 'a-key',
      UserGroupIds: ['team'],
      SnapshotRetentionLimit: 7,
      SnapshotWindow: '01:00-02:00',
      PreferredMaintenanceWindow: 'Mon:02:00-Mon:03:00',
      LogDeliveryConfigurations: [delivery],
      NetworkType: 'dual_stack',
      IpDiscovery: 'ipv6',
    });

    expect(await describeGroup(emulator, 'first')).toMatchObject({
      Engine: 'valkey',
      AutomaticFailover: 'enabled',
      MultiAZ: 'enabled',
      AtRestEncryptionEnabled: true,
      StorageEncryptionType: 'sse-kms',
      KmsKeyId: 'a-key',
      TransitEncryptionMode: 'preferred',
      UserGroupIds: ['team'],
      SnapshotRetentionLimit: 7,
      SnapshotWindow: '01:00-02:00',
      LogDeliveryConfigurations: [{ ...delivery, Status: 'active' }],
      NetworkType: 'dual_stack',
      IpDiscovery: 'ipv6',
      NodeGroups: [
        {
          NodeGroupMembers: [
            { PreferredAvailabilityZone: 'us-east-1c' },
            { PreferredAvailabilityZone: 'us-east-1b' },
            { PreferredAvailabilityZone: 'us-east-1c' },
          ],
        },
      ],
    });
  });

  it('never returns the auth token', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator, { TransitEncryptionEnabled: true, AuthToken: 'a-secret-of-16-or-more' });

    const group = await describeGroup(emulator, 'first');

    expect(group).toMatchObject({ AuthTokenEnabled: true, AuthTokenLastModifiedDate: expect.any(Date) });
    expect(JSON.stringify([group, emulator.store.save()])).not.toContain('a-secret');
  });

  it('applies the replicas, zones and slots of NodeGroupConfiguration', async () => {
    const emulator = await startEmulator();

    await createReplicationGroup(emulator, {
      NodeGroupConfiguration: [
        {
          Slots: '0-99',
          ReplicaCount: 1,
          PrimaryAvailabilityZone: 'us-east-1d',
          ReplicaAvailabilityZones: ['us-east-1e'],
        },
        { Slots: '100-16383', ReplicaCount: 0 },
      ],
    });

    const { NodeGroups } = await describeGroup(emulator, 'first');
    expect(NodeGroups?.map(({ Slots }) => Slots)).toEqual(['0-99', '100-16383']);
    expect(NodeGroups?.map(({ NodeGroupMembers }) => NodeGroupMembers?.length)).toEqual([2, 1]);
    expect(NodeGroups?.[0]?.NodeGroupMembers?.[1]?.PreferredAvailabilityZone).toBe('us-east-1e');
  });

  it.each<Refusal>([
    ['an id with two hyphens', { ReplicationGroupId: 'a--b' }, 'InvalidParameterValue'],
    ['an id that ends with a hyphen', { ReplicationGroupId: 'a-' }, 'InvalidParameterValue'],
    ['an id that starts with a digit', { ReplicationGroupId: '1a' }, 'InvalidParameterValue'],
    ['an id of 41 characters', { ReplicationGroupId: 'a'.repeat(41) }, 'InvalidParameterValue'],
    ['no description', { ReplicationGroupDescription: '' }, 'InvalidParameterValue'],
    ['no node type', { CacheNodeType: undefined }, 'InvalidParameterValue'],
    ['an unknown node type', { CacheNodeType: 'cache.r9.large' }, 'InvalidParameterValue'],
    ['a size the family does not have', { CacheNodeType: 'cache.r5.16xlarge' }, 'InvalidParameterValue'],
    ['another engine', { Engine: 'memcached' }, 'InvalidParameterValue'],
    ['an unknown version', { EngineVersion: '9.9' }, 'InvalidParameterValue', 'Cannot find version 9.9 for redis'],
    [
      'a patch version',
      { EngineVersion: '6.2.6' },
      'InvalidParameterValue',
      "Specific version selection is not allowed for '6.2.6', please use '6.2'",
    ],
    [
      'no failover with cluster mode',
      { NumNodeGroups: 2, AutomaticFailoverEnabled: false },
      'InvalidParameterValue',
      'Redis with cluster mode enabled cannot be created with auto failover turned off.',
    ],
    [
      'failover with one node',
      { AutomaticFailoverEnabled: true },
      'InvalidParameterCombination',
      'When using automatic failover, there must be at least 2 cache clusters in the replication group.',
    ],
    ['Multi-AZ without failover', { MultiAZEnabled: true, NumCacheClusters: 2 }, 'InvalidParameterCombination'],
    ['seven nodes', { NumCacheClusters: 7 }, 'InvalidParameterValue'],
    ['six replicas', { ReplicasPerNodeGroup: 6 }, 'InvalidParameterValue'],
    ['two counts of nodes', { NumCacheClusters: 2, ReplicasPerNodeGroup: 1 }, 'InvalidParameterCombination'],
    ['NumCacheClusters with shards', { NumCacheClusters: 2, NumNodeGroups: 2 }, 'InvalidParameterCombination'],
    ['more zones than nodes', { PreferredCacheClusterAZs: ['us-east-1a', 'us-east-1b'] }, 'InvalidParameterValue'],
    [
      'zones with several node groups',
      { NumNodeGroups: 2, PreferredCacheClusterAZs: ['us-east-1a'] },
      'InvalidParameterCombination',
      'PreferredCacheClusterAZs can only be specified for one node group.',
    ],
    ['a zone of another region', { PreferredCacheClusterAZs: ['eu-west-1a'] }, 'InvalidParameterValue'],
    [
      'slots that overlap',
      { NodeGroupConfiguration: [{ Slots: '0-9000' }, { Slots: '9000-16383' }] },
      'InvalidParameterValue',
    ],
    [
      'slots with a gap',
      { NodeGroupConfiguration: [{ Slots: '0-8000' }, { Slots: '9000-16383' }] },
      'InvalidParameterValue',
    ],
    [
      'slots that are none',
      { NodeGroupConfiguration: [{ Slots: 'a-b' }, { Slots: '0-16383' }] },
      'InvalidParameterValue',
    ],
    [
      'another number of configurations',
      { NumNodeGroups: 3, NodeGroupConfiguration: [{ ReplicaCount: 0 }, { ReplicaCount: 0 }] },
      'InvalidParameterCombination',
    ],
    ['a token without TLS', { AuthToken: 'a-token-of-16-or-more' }, 'InvalidParameterCombination'],
    ['a short token', { TransitEncryptionEnabled: true, AuthToken: 'short' }, 'InvalidParameterValue'],
    ['a key without encryption at rest', { KmsKeyId: 'a-key' }, 'InvalidParameterCombination'],
    ['a TLS mode without TLS', { TransitEncryptionMode: 'required' }, 'InvalidParameterCombination'],
    ['r6gd without data tiering', { CacheNodeType: 'cache.r6gd.xlarge' }, 'InvalidParameterCombination'],
    ['data tiering without r6gd', { DataTieringEnabled: true }, 'InvalidParameterCombination'],
    ['36 days of snapshots', { SnapshotRetentionLimit: 36 }, 'InvalidParameterValue'],
    ['a window of no time', { SnapshotWindow: '25:00-26:00' }, 'InvalidParameterValue'],
    ['a maintenance window without days', { PreferredMaintenanceWindow: '01:00-02:00' }, 'InvalidParameterValue'],
    ['port 80', { Port: 80 }, 'InvalidParameterValue'],
    ['another network', { NetworkType: 'ipx' as 'ipv4' }, 'InvalidParameterValue'],
    [
      'an unknown parameter group',
      { CacheParameterGroupName: 'none' },
      'CacheParameterGroupNotFound',
      'CacheParameterGroup none not found.',
    ],
    [
      'a parameter group of another family',
      { EngineVersion: '7.1', CacheParameterGroupName: 'default.redis6.x' },
      'InvalidParameterCombination',
      'Expected a parameter group of family redis7 but found one of family redis6.x',
    ],
    [
      'a Valkey parameter group for Redis OSS',
      { Engine: 'redis', CacheParameterGroupName: 'default.valkey8' },
      'InvalidParameterCombination',
      'valkey parameter group is not applicable to engine redis',
    ],
    [
      'shards without cluster mode',
      { NumNodeGroups: 2, CacheParameterGroupName: 'default.redis7' },
      'InvalidParameterCombination',
    ],
    ['an unknown subnet group', { CacheSubnetGroupName: 'none' }, 'CacheSubnetGroupNotFoundFault'],
    ['an unknown user group', { TransitEncryptionEnabled: true, UserGroupIds: ['none'] }, 'UserGroupNotFound'],
    ['an unknown cluster to start from', { PrimaryClusterId: 'none' }, 'CacheClusterNotFound'],
    ['an unknown snapshot', { SnapshotName: 'none' }, 'InvalidParameterValue'],
    ['a cache security group', { CacheSecurityGroupNames: ['none'] }, 'InvalidParameterValue'],
    [
      'a tag key twice',
      { Tags: ['1', '2'].map((Value) => ({ Key: 'x', Value })) },
      'InvalidParameterValue',
      'The tag key x is given more than once.',
    ],
    ...[
      'arn:aws:sns:eu-west-1:000000000000:topic',
      'arn:aws-cn:sns:us-east-1:000000000000:topic',
      'arn:aws:sqs:us-east-1:000000000000:topic',
      'arn:aws:sns:us-east-1:0:topic',
      'arn:aws:sns:us-east-1:000000000000:topic:subscription',
      'topic',
    ].map(
      (NotificationTopicArn): Refusal => [
        `the topic ${NotificationTopicArn}`,
        { NotificationTopicArn },
        'InvalidParameterValue',
        `NotificationTopicArn must be the ARN of an SNS topic in us-east-1, not ${NotificationTopicArn}.`,
      ],
    ),
    ...[
      'arn:aws:kms:eu-west-1:000000000000:key/1234',
      'arn:aws-us-gov:kms:us-east-1:000000000000:key/1234',
      'arn:aws:kms:us-east-1:000000000000:grant/1234',
    ].map(
      (KmsKeyId): Refusal => [
        `the key ${KmsKeyId}`,
        { KmsKeyId, AtRestEncryptionEnabled: true },
        'InvalidParameterValue',
        `KmsKeyId must be a KMS key in us-east-1, not ${KmsKeyId}.`,
      ],
    ),
    ['a tag of AWS', { Tags: [{ Key: 'aws:x', Value: 'y' }] }, 'InvalidParameterValue'],
    [
      'an incomplete log delivery',
      { LogDeliveryConfigurations: [{ LogType: 'slow-log' }] },
      'InvalidParameterCombination',
    ],
  ])('rejects %s', async (_name, input, code, message) => {
    const emulator = await startEmulator();

    const refused = await rejection(emulator.elasticache().send(create(input)));

    expect(refused).toMatchObject({ code, ...(message && { message }) });
    expect(emulator.store.listReplicationGroups()).toEqual([]);
  });

  it.each([
    { NotificationTopicArn: 'arn:aws:sns:us-east-1:123456789012:topic' },
    ...['arn:aws:kms:us-east-1:123456789012:key/1234', 'arn:aws:kms:us-east-1:123456789012:alias/mine', '1234'].map(
      (KmsKeyId) => ({ KmsKeyId, AtRestEncryptionEnabled: true }),
    ),
  ])('accepts a topic or key of its region: %j', async (input) => {
    const emulator = await startEmulator();

    await createReplicationGroup(emulator, input);

    expect(await describeGroup(emulator, 'first')).toMatchObject({ Status: 'available' });
  });

  it('accepts a list of zones for one node group in cluster mode', async () => {
    const emulator = await startEmulator();

    await createReplicationGroup(emulator, {
      ...{ ClusterMode: 'enabled', NumNodeGroups: 1, ReplicasPerNodeGroup: 1 },
      PreferredCacheClusterAZs: ['us-east-1c', 'us-east-1b'],
    });

    expect(await describeGroup(emulator, 'first')).toMatchObject({
      ClusterEnabled: true,
      NodeGroups: [{ NodeGroupMembers: [{ PreferredAvailabilityZone: 'us-east-1c' }, {}] }],
    });
  });

  it('rejects user groups without encryption in transit', async () => {
    const emulator = await startEmulator({ existing: { userGroups: { team: 'active', busy: 'modifying' } } });

    expect(await rejection(emulator.elasticache().send(create({ UserGroupIds: ['team'] })))).toMatchObject({
      code: 'InvalidParameterCombination',
      message: 'User group based access control requires encryption-in-transit to be enabled on the replication group.',
    });
    expect(
      await rejection(emulator.elasticache().send(create({ UserGroupIds: ['busy'], TransitEncryptionEnabled: true }))),
    ).toMatchObject({ code: 'InvalidUserGroupState' });
  });

  it('rejects an existing id of the region in any case, but not of another region', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator);

    expect(await rejection(emulator.elasticache().send(create({ ReplicationGroupId: 'FIRST' })))).toEqual({
      name: 'ReplicationGroupAlreadyExistsFault',
      code: 'ReplicationGroupAlreadyExists',
      status: 400,
      message: 'Replication group with specified name already exists.',
    });
    await createReplicationGroup(emulator, { region: 'us-west-1' });
  });

  it.each<[string, object, Partial<CreateReplicationGroupCommandInput>]>([
    ['ClusterQuotaForCustomerExceededFault', { replicationGroups: 1 }, {}],
    ['NodeQuotaForCustomerExceededFault', { nodes: 3 }, { NumCacheClusters: 3 }],
    ['NodeQuotaForClusterExceededFault', { nodesPerCluster: 2 }, { NumCacheClusters: 3 }],
    ['NodeGroupsPerReplicationGroupQuotaExceededFault', { nodeGroups: 2 }, { NumNodeGroups: 3 }],
    [
      'TagQuotaPerResourceExceeded',
      { tags: 1 },
      {
        Tags: [
          { Key: 'a', Value: '1' },
          { Key: 'b', Value: '2' },
        ],
      },
    ],
  ])('rejects a group over a quota with %s', async (name, quotas, input) => {
    const emulator = await startEmulator({ quotas });
    await createReplicationGroup(emulator);

    const refused = await rejection(emulator.elasticache().send(create({ ReplicationGroupId: 'another', ...input })));

    expect(refused).toMatchObject({ name, status: 400 });
  });

  it('rejects a node type without capacity', async () => {
    const emulator = await startEmulator({ existing: { withoutCapacity: ['cache.r6g.large'] } });

    expect(await rejection(emulator.elasticache().send(create()))).toMatchObject({
      name: 'InsufficientCacheClusterCapacityFault',
    });
  });

  it('ends as create-failed on request and can then be deleted', async () => {
    const emulator = await startEmulator();
    await emulator.control('POST', '/create-failed', { ReplicationGroupId: 'first', Region: 'us-east-1' });

    await emulator.elasticache().send(create());
    emulator.settle();
    expect(await describeGroup(emulator, 'first')).toMatchObject({ Status: 'create-failed' });
    await emulator.elasticache().send(new DeleteReplicationGroupCommand({ ReplicationGroupId: 'first' }));
    emulator.settle();

    expect(emulator.store.listReplicationGroups()).toEqual([]);
  });
});

describe('CreateReplicationGroup of a secondary', () => {
  it('inherits from the primary and is available before the datastore', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator, {
      NumNodeGroups: 2,
      ReplicasPerNodeGroup: 1,
      Engine: 'redis',
      EngineVersion: '7.0',
      TransitEncryptionEnabled: true,
      AtRestEncryptionEnabled: true,
      AuthToken: 'a-token-of-16-or-more',
    });

    const created = await addSecondary(emulator, id, 'Second', 'eu-west-1', { ReplicasPerNodeGroup: 2 });

    expect(created).toMatchObject({
      ReplicationGroupId: 'second',
      Status: 'creating',
      GlobalReplicationGroupInfo: { GlobalReplicationGroupId: id, GlobalReplicationGroupMemberRole: 'SECONDARY' },
      Engine: 'redis',
      CacheNodeType: 'cache.r6g.large',
      ClusterEnabled: true,
      AutomaticFailover: 'enabled',
      TransitEncryptionEnabled: true,
      AtRestEncryptionEnabled: true,
      AuthTokenEnabled: true,
      MemberClusters: expect.arrayContaining(['second-0002-003']),
    });
    const statuses = [];
    for (let step = 0; step < 3; step++) {
      const datastore = await describeGlobal(emulator, id, 'ap-south-1');
      const group = await describeGroup(emulator, 'second', 'eu-west-1');
      const member = datastore.Members?.find(({ ReplicationGroupId }) => ReplicationGroupId === 'second');
      statuses.push([datastore.Status, member?.Status, group.Status]);
      emulator.store.tick();
    }
    expect(statuses).toEqual([
      ['modifying', 'associating', 'creating'],
      ['modifying', 'associating', 'available'],
      ['available', 'associated', 'available'],
    ]);
    const { NodeGroups } = await describeGroup(emulator, 'second', 'eu-west-1');
    expect(NodeGroups?.map(({ NodeGroupId, Slots }) => [NodeGroupId, Slots])).toEqual([
      ['0001', '0-8191'],
      ['0002', '8192-16383'],
    ]);
  });

  it('accepts the id of the primary and its own settings', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator, { AtRestEncryptionEnabled: true });

    await addSecondary(emulator, id, 'first', 'eu-west-1', {
      NumCacheClusters: 3,
      Port: 7000,
      KmsKeyId: 'a-key',
      SnapshotRetentionLimit: 3,
      AutoMinorVersionUpgrade: true,
      Tags: [{ Key: 'owner', Value: 'me' }],
    });
    emulator.settle();

    expect((await describeGlobal(emulator, id)).Members).toEqual([
      expect.objectContaining({ ReplicationGroupId: 'first', ReplicationGroupRegion: 'eu-west-1', Role: 'SECONDARY' }),
      expect.objectContaining({ ReplicationGroupId: 'first', ReplicationGroupRegion: 'us-east-1', Role: 'PRIMARY' }),
    ]);
    expect(await describeGroup(emulator, 'first', 'eu-west-1')).toMatchObject({
      MemberClusters: ['first-001', 'first-002', 'first-003'],
      NodeGroups: [{ PrimaryEndpoint: { Port: 7000 } }],
      KmsKeyId: 'a-key',
      SnapshotRetentionLimit: 3,
      AutoMinorVersionUpgrade: false,
    });
  });

  it('gets a generated parameter group and ignores the requested one', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator);

    await addSecondary(emulator, id, 'second', 'eu-west-1', { CacheParameterGroupName: 'no-such-group' });
    emulator.settle();

    const { CacheParameterGroups = [] } = await emulator
      .elasticache('eu-west-1')
      .send(new DescribeCacheParameterGroupsCommand({}));
    expect(CacheParameterGroups.filter(({ IsGlobal }) => IsGlobal)).toMatchObject([
      { CacheParameterGroupName: expect.stringMatching(/^global-datastore-second[a-z]{4}$/) },
    ]);
  });

  it.each<[string, Partial<CreateReplicationGroupCommandInput>]>([
    ['PrimaryClusterId', { PrimaryClusterId: 'x' }],
    ['AutomaticFailoverEnabled', { AutomaticFailoverEnabled: false }],
    ['NumNodeGroups', { NumNodeGroups: 1 }],
    ['CacheNodeType', { CacheNodeType: 'cache.r6g.large' }],
    ['Engine', { Engine: 'redis' }],
    ['EngineVersion', { EngineVersion: '7.1' }],
    ['CacheSecurityGroupNames', { CacheSecurityGroupNames: ['x'] }],
    ['TransitEncryptionEnabled', { TransitEncryptionEnabled: false }],
    ['AtRestEncryptionEnabled', { AtRestEncryptionEnabled: false }],
    ['SnapshotArns', { SnapshotArns: ['arn:aws:s3:::bucket/x.rdb'] }],
    ['SnapshotName', { SnapshotName: 'x' }],
  ])('rejects the inherited parameter %s', async (_name, input) => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator);

    expect(await rejection(addSecondary(emulator, id, 'second', 'eu-west-1', input))).toEqual({
      name: 'InvalidParameterCombinationException',
      code: 'InvalidParameterCombination',
      status: 400,
      message:
        'Cannot use the given parameters when creating new replication group in an existing global replication group.',
    });
  });

  it.each<[string, Partial<CreateReplicationGroupCommandInput>, string]>([
    ['IPv6', { NetworkType: 'ipv6' }, 'InvalidParameterValue'],
    ['a token when the primary has none', { AuthToken: 'a-token-of-16-or-more' }, 'InvalidParameterCombination'],
    ['a key without encryption at rest', { KmsKeyId: 'a-key' }, 'InvalidParameterCombination'],
    ['slots of its own', { NodeGroupConfiguration: [{ Slots: '0-16383' }] }, 'InvalidParameterCombination'],
  ])('rejects %s', async (_name, input, code) => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator);

    expect(await rejection(addSecondary(emulator, id, 'second', 'eu-west-1', input))).toMatchObject({ code });
  });

  it.each<[string, Partial<CreateReplicationGroupCommandInput>, object]>([
    ['nothing', {}, { MultiAZ: 'enabled', AutomaticFailover: 'enabled' }],
    ['Multi-AZ off', { MultiAZEnabled: false }, { MultiAZ: 'disabled', AutomaticFailover: 'enabled' }],
  ])('inherits Multi-AZ and failover of its primary with %s in the request', async (_name, input, expected) => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator, withFailover);

    await addSecondary(emulator, id, 'second', 'eu-west-1', input);
    emulator.settle();

    expect(await describeGroup(emulator, 'second', 'eu-west-1')).toMatchObject(expected);
  });

  const cluster = { NumNodeGroups: 2 };
  it.each<[string, Partial<CreateReplicationGroupCommandInput>, Partial<CreateReplicationGroupCommandInput>, number?]>([
    ['refuses one node without cluster mode', withFailover, { NumCacheClusters: 1 }],
    ['refuses no replicas without cluster mode', withFailover, { ReplicasPerNodeGroup: 0 }],
    ['refuses no replicas with cluster mode', cluster, { ReplicasPerNodeGroup: 0 }],
    [
      'refuses no replica in one node group',
      cluster,
      { NodeGroupConfiguration: [{ ReplicaCount: 1 }, { ReplicaCount: 0 }] },
    ],
    ['gives two nodes without a count', withFailover, {}, 2],
    ['gives two nodes for each node group without a count', cluster, {}, 4],
    ['takes one node while failover is off', { NumCacheClusters: 1 }, { NumCacheClusters: 1 }, 1],
  ])('%s', async (_name, primary, input, nodes) => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator, primary);

    const added = await addSecondary(emulator, id, 'second', 'eu-west-1', input).then(
      ({ MemberClusters }) => MemberClusters?.length,
      ({ name, message }: Error) => ({ name, message }),
    );

    expect(added).toEqual(
      nodes ?? {
        name: 'InvalidParameterCombinationException',
        message: 'When using automatic failover, there must be at least 2 cache clusters in the replication group.',
      },
    );
  });

  it('rejects an unknown datastore and one of another partition', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator);

    for (const [globalId, region] of [['ldgnf-none', 'eu-west-1'] as const, [id, 'cn-north-1'] as const])
      expect(await rejection(addSecondary(emulator, globalId, 'second', region))).toMatchObject({
        code: 'GlobalReplicationGroupNotFoundFault',
        status: 404,
      });
  });

  it('accepts a datastore of another region with globalScope member-regions', async () => {
    const emulator = await startEmulator({ globalScope: 'member-regions' });
    const id = await createDatastore(emulator);

    await addSecondary(emulator, id, 'second', 'eu-west-1');
    emulator.settle();

    expect(await describeGlobal(emulator, id, 'eu-west-1')).toMatchObject({ Status: 'available' });
  });

  it('rejects a region with a member', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator, { regions: ['us-east-1', 'eu-west-1'] });

    for (const region of ['us-east-1', 'eu-west-1'])
      expect(await rejection(addSecondary(emulator, id, 'another', region))).toMatchObject({
        code: 'InvalidParameterValue',
        message: expect.stringContaining(region),
      });
  });

  it('rejects a third secondary', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator, { regions: ['us-east-1', 'eu-west-1', 'ap-south-1'] });

    expect(await rejection(addSecondary(emulator, id, 'fourth', 'us-west-2'))).toMatchObject({
      code: 'InvalidParameterValue',
    });
  });

  it('rejects a region without global datastores', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator);

    expect(await rejection(addSecondary(emulator, id, 'second', 'ap-southeast-6'))).toMatchObject({
      code: 'InvalidParameterValue',
    });
  });

  it('rejects an existing id of its region', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator);
    await createReplicationGroup(emulator, { region: 'eu-west-1', id: 'second' });

    expect(await rejection(addSecondary(emulator, id, 'second', 'eu-west-1'))).toMatchObject({
      code: 'ReplicationGroupAlreadyExists',
    });
  });

  it('adds two secondaries concurrently', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator);

    await addSecondary(emulator, id, 'second', 'eu-west-1');
    await addSecondary(emulator, id, 'third', 'ap-south-1');
    emulator.settle();

    expect(await describeGlobal(emulator, id)).toMatchObject({ Status: 'available' });
    expect((await describeGlobal(emulator, id)).Members).toHaveLength(3);
  });

  it('rejects a datastore in creation or with another pending change', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator);
    await emulator.elasticache().send(
      new ModifyGlobalReplicationGroupCommand({
        GlobalReplicationGroupId: id,
        ApplyImmediately: true,
        CacheNodeType: 'cache.r6g.xlarge',
      }),
    );

    expect(await rejection(addSecondary(emulator, id, 'second', 'eu-west-1'))).toMatchObject({
      name: 'InvalidGlobalReplicationGroupStateFault',
      code: 'InvalidGlobalReplicationGroupState',
      status: 400,
    });
  });

  it('leaves the datastore primary-only after a failure, and can be deleted', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator);
    await emulator.control('POST', '/create-failed', { ReplicationGroupId: 'second', Region: 'eu-west-1' });

    await addSecondary(emulator, id, 'second', 'eu-west-1');
    expect(await describeGlobal(emulator, id)).toMatchObject({ Status: 'modifying' });
    emulator.settle();

    expect(await describeGlobal(emulator, id)).toMatchObject({
      Status: 'primary-only',
      Members: [{ ReplicationGroupId: 'first' }],
    });
    expect(await describeGroup(emulator, 'second', 'eu-west-1')).toMatchObject({
      Status: 'create-failed',
      GlobalReplicationGroupInfo: {},
    });
    await emulator.elasticache('eu-west-1').send(new DeleteReplicationGroupCommand({ ReplicationGroupId: 'second' }));
  });
});
