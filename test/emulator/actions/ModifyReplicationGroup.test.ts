import { ModifyReplicationGroupCommand, type ModifyReplicationGroupCommandInput } from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import type { StoredReplicationGroup } from '../../../emulator/state/types.ts';
import {
  createDatastore,
  createReplicationGroup,
  describeGlobal,
  describeGroup,
  rejection,
  startEmulator,
} from '../harness.ts';

const modify = (input: Partial<ModifyReplicationGroupCommandInput>) =>
  new ModifyReplicationGroupCommand({ ReplicationGroupId: 'first', ApplyImmediately: true, ...input });

const withReplica = { NumCacheClusters: 2, AutomaticFailoverEnabled: true };

describe('ModifyReplicationGroup', () => {
  it('applies some settings immediately and stays available', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator, withReplica);

    const { ReplicationGroup } = await emulator.elasticache().send(
      modify({
        ReplicationGroupDescription: 'new',
        MultiAZEnabled: true,
        SnapshotRetentionLimit: 5,
        SnapshotWindow: '02:00-03:00',
        SnapshottingClusterId: 'first-002',
        AutoMinorVersionUpgrade: false,
      }),
    );

    expect(ReplicationGroup).toMatchObject({
      Status: 'available',
      Description: 'new',
      MultiAZ: 'enabled',
      SnapshotRetentionLimit: 5,
      SnapshotWindow: '02:00-03:00',
      SnapshottingClusterId: 'first-002',
      AutoMinorVersionUpgrade: false,
    });
  });

  it('is modifying until a new node type and version apply', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator, { Engine: 'redis', EngineVersion: '6.2' });

    const { ReplicationGroup } = await emulator
      .elasticache()
      .send(modify({ CacheNodeType: 'cache.m5.large', Engine: 'valkey', EngineVersion: '8.0' }));
    expect(ReplicationGroup).toMatchObject({ Status: 'modifying', CacheNodeType: 'cache.r6g.large', Engine: 'redis' });
    emulator.settle();

    expect(await describeGroup(emulator, 'first')).toMatchObject({
      Status: 'available',
      CacheNodeType: 'cache.m5.large',
      Engine: 'valkey',
    });
  });

  it('ignores a node type without ApplyImmediately', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator);

    await emulator.elasticache().send(modify({ CacheNodeType: 'cache.m5.large', ApplyImmediately: false }));
    emulator.settle();

    expect(await describeGroup(emulator, 'first')).toMatchObject({ CacheNodeType: 'cache.r6g.large' });
  });

  it('shows automatic failover as enabling and disabling', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator, { NumCacheClusters: 2 });

    const { ReplicationGroup } = await emulator.elasticache().send(modify({ AutomaticFailoverEnabled: true }));
    emulator.settle();

    expect(ReplicationGroup).toMatchObject({
      Status: 'modifying',
      AutomaticFailover: 'enabling',
      PendingModifiedValues: { AutomaticFailoverStatus: 'enabled' },
    });
    expect(await describeGroup(emulator, 'first')).toMatchObject({
      AutomaticFailover: 'enabled',
      PendingModifiedValues: {},
    });
  });

  it('promotes the replica in PrimaryClusterId', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator, { NumCacheClusters: 2 });

    await emulator.elasticache().send(modify({ PrimaryClusterId: 'first-002' }));
    emulator.settle();

    expect(await describeGroup(emulator, 'first')).toMatchObject({
      NodeGroups: [{ NodeGroupMembers: [{ CurrentRole: 'replica' }, { CurrentRole: 'primary' }] }],
    });
  });

  it('enables encryption in transit in two steps and disables it', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator);
    const step = async (input: Partial<ModifyReplicationGroupCommandInput>) => {
      await emulator.elasticache().send(modify(input));
      emulator.settle();
      const { TransitEncryptionEnabled, TransitEncryptionMode } = await describeGroup(emulator, 'first');
      return [TransitEncryptionEnabled, TransitEncryptionMode];
    };

    expect(
      await rejection(
        emulator.elasticache().send(modify({ TransitEncryptionEnabled: true, TransitEncryptionMode: 'required' })),
      ),
    ).toMatchObject({ code: 'InvalidParameterCombination' });
    expect(await step({ TransitEncryptionEnabled: true, TransitEncryptionMode: 'preferred' })).toEqual([
      true,
      'preferred',
    ]);
    expect(await step({ TransitEncryptionMode: 'required' })).toEqual([true, 'required']);
    expect(await rejection(emulator.elasticache().send(modify({ TransitEncryptionEnabled: false })))).toMatchObject({
      code: 'InvalidParameterCombination',
    });
    expect(await step({ TransitEncryptionMode: 'preferred' })).toEqual([true, 'preferred']);
    expect(await step({ TransitEncryptionEnabled: false })).toEqual([false, undefined]);
  });

  it('enables cluster mode in two steps', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator, withReplica);

    expect(await rejection(emulator.elasticache().send(modify({ ClusterMode: 'enabled' })))).toMatchObject({
      code: 'InvalidParameterCombination',
    });
    for (const ClusterMode of ['compatible', 'enabled'] as const) {
      await emulator.elasticache().send(modify({ ClusterMode }));
      emulator.settle();
    }

    expect(await describeGroup(emulator, 'first')).toMatchObject({
      ClusterEnabled: true,
      ClusterMode: 'enabled',
      NodeGroups: [{ Slots: '0-16383' }],
    });
  });

  it('adds and removes user groups and log deliveries', async () => {
    const emulator = await startEmulator({ existing: { userGroups: { team: 'active' } } });
    await createReplicationGroup(emulator, { TransitEncryptionEnabled: true });
    const delivery = {
      LogType: 'engine-log',
      DestinationType: 'kinesis-firehose',
      DestinationDetails: { KinesisFirehoseDetails: { DeliveryStream: 'stream' } },
      LogFormat: 'text',
    } as const;

    const added = await emulator
      .elasticache()
      .send(modify({ UserGroupIdsToAdd: ['team'], LogDeliveryConfigurations: [delivery] }));
    const removed = await emulator.elasticache().send(
      modify({
        UserGroupIdsToRemove: ['team'],
        LogDeliveryConfigurations: [{ LogType: 'engine-log', Enabled: false }],
      }),
    );

    expect(added.ReplicationGroup).toMatchObject({
      UserGroupIds: ['team'],
      LogDeliveryConfigurations: [{ ...delivery, Status: 'active' }],
    });
    expect(removed.ReplicationGroup?.UserGroupIds).toBeUndefined();
    expect(removed.ReplicationGroup?.LogDeliveryConfigurations).toEqual([]);
  });

  it.each<[string, Partial<ModifyReplicationGroupCommandInput>, string, string?]>([
    ['nothing to modify', {}, 'InvalidParameterCombination', 'No modifications were requested'],
    ['an unknown node as primary', { PrimaryClusterId: 'other-001' }, 'CacheClusterNotFound'],
    ['an unknown node for snapshots', { SnapshottingClusterId: 'other-001' }, 'CacheClusterNotFound'],
    ['Multi-AZ without failover', { MultiAZEnabled: true }, 'InvalidParameterCombination'],
    [
      'failover without a replica',
      { AutomaticFailoverEnabled: true },
      'InvalidParameterCombination',
      'Replication group must have at least one read replica to enable autofailover.',
    ],
    ['a downgrade', { EngineVersion: '6.2' }, 'InvalidParameterCombination'],
    ['an unknown parameter group', { CacheParameterGroupName: 'none' }, 'CacheParameterGroupNotFound'],
    [
      'a parameter group of another family',
      { CacheParameterGroupName: 'default.redis6.x' },
      'InvalidParameterCombination',
      'Expected a parameter group of family redis7 but found one of family redis6.x',
    ],
    ['an unknown node type', { CacheNodeType: 'cache.x' }, 'InvalidParameterValue'],
    ['data tiering by node type', { CacheNodeType: 'cache.r6gd.xlarge' }, 'InvalidParameterCombination'],
    ['a token without TLS', { AuthToken: 'a-token-of-16-or-more' }, 'InvalidParameterCombination'],
    ['a strategy without a token', { AuthTokenUpdateStrategy: 'ROTATE' }, 'InvalidParameterCombination'],
    ['an unknown user group', { UserGroupIdsToAdd: ['none'] }, 'UserGroupNotFound'],
    ['a busy user group', { UserGroupIdsToAdd: ['busy'] }, 'InvalidUserGroupState'],
    ['user groups without TLS', { UserGroupIdsToAdd: ['team'] }, 'InvalidParameterCombination'],
    [
      'a topic of another region',
      { NotificationTopicArn: 'arn:aws:sns:eu-west-1:000000000000:x' },
      'InvalidParameterValue',
    ],
    ['a window of no time', { SnapshotWindow: 'never' }, 'InvalidParameterValue'],
    ['a node type there is no capacity for', { CacheNodeType: 'cache.m7g.large' }, 'InsufficientCacheClusterCapacity'],
  ])('rejects %s', async (_name, input, code, message) => {
    const emulator = await startEmulator({
      existing: { userGroups: { team: 'active', busy: 'modifying' }, withoutCapacity: ['cache.m7g.large'] },
    });
    await createReplicationGroup(emulator);
    const before = emulator.store.save();

    expect(await rejection(emulator.elasticache().send(modify(input)))).toMatchObject({
      code,
      ...(message && { message }),
    });
    expect(emulator.store.save()).toEqual(before);
  });

  it('rejects disabling failover with cluster mode', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator, { NumNodeGroups: 2 });

    expect(await rejection(emulator.elasticache().send(modify({ AutomaticFailoverEnabled: false })))).toMatchObject({
      code: 'InvalidParameterCombination',
      message: 'Turning off automatic failover for replication group with cluster mode enabled is not supported.',
    });
  });

  it('rejects a group that is not available', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator);
    await emulator.elasticache().send(modify({ CacheNodeType: 'cache.m5.large' }));

    expect(await rejection(emulator.elasticache().send(modify({ ReplicationGroupDescription: 'new' })))).toMatchObject({
      name: 'InvalidReplicationGroupStateFault',
      message: 'Replication group must be in available state to modify.',
    });
  });

  it('rejects an unknown group', async () => {
    const emulator = await startEmulator();

    expect(await rejection(emulator.elasticache().send(modify({ MultiAZEnabled: true })))).toMatchObject({
      name: 'ReplicationGroupNotFoundFault',
      status: 404,
    });
  });
});

describe('ModifyReplicationGroup of a member', () => {
  it.each<[string, Partial<ModifyReplicationGroupCommandInput>]>([
    ['AutomaticFailoverEnabled', { AutomaticFailoverEnabled: false }],
    ['CacheNodeType', { CacheNodeType: 'cache.r6g.xlarge' }],
    ['Engine', { Engine: 'valkey' }],
    ['EngineVersion', { EngineVersion: '7.1' }],
    ['CacheParameterGroupName', { CacheParameterGroupName: 'default.redis7' }],
    ['TransitEncryptionEnabled', { TransitEncryptionEnabled: true }],
    ['TransitEncryptionMode', { TransitEncryptionMode: 'preferred' }],
    ['ClusterMode', { ClusterMode: 'compatible' }],
    ['Durability', { Durability: 'sync' }],
    ['a first AuthToken', { AuthToken: 'a-token-of-16-or-more' }],
  ])('rejects %s, which all members share', async (_name, input) => {
    const emulator = await startEmulator();
    await createDatastore(emulator, { regions: ['us-east-1', 'eu-west-1'] });

    for (const [region, id] of [['us-east-1', 'first'] as const, ['eu-west-1', 'second'] as const])
      expect(
        await rejection(emulator.elasticache(region).send(modify({ ReplicationGroupId: id, ...input }))),
      ).toMatchObject({
        code: 'InvalidParameterValue',
        status: 400,
        message: `Cluster [${id}] is part of a global cluster [ldgnf-store]. Request rejected.`,
      });
  });

  const topic = 'arn:aws:sns:eu-west-1:000000000000:topic';
  const logs = {
    LogType: 'slow-log',
    DestinationType: 'cloudwatch-logs',
    LogFormat: 'json',
    DestinationDetails: { CloudWatchLogsDetails: { LogGroup: 'logs' } },
  } as const;
  it.each<[Partial<ModifyReplicationGroupCommandInput>, Partial<StoredReplicationGroup>]>([
    [{ ReplicationGroupDescription: 'new' }, { description: 'new' }],
    [{ MultiAZEnabled: true }, { multiAz: true }],
    [{ SnapshotRetentionLimit: 2 }, { snapshotRetentionLimit: 2 }],
    [{ SnapshotWindow: '01:00-02:00' }, { snapshotWindow: '01:00-02:00' }],
    [{ PreferredMaintenanceWindow: 'Mon:01:00-Mon:02:00' }, { maintenanceWindow: 'mon:01:00-mon:02:00' }],
    [{ SnapshottingClusterId: 'second-002' }, { snapshottingClusterId: 'second-002' }],
    [{ NotificationTopicArn: topic }, { notificationTopicArn: topic }],
    [{ SecurityGroupIds: ['sg-1'] }, { securityGroupIds: ['sg-1'] }],
    [{ UserGroupIdsToAdd: ['team'] }, { userGroupIds: ['team'] }],
    [{ LogDeliveryConfigurations: [logs] }, { logDelivery: [{ ...logs, Status: 'active' }] }],
    [{ AutoMinorVersionUpgrade: true }, { autoMinorVersionUpgrade: false }],
  ])('accepts %j', async (input, expected) => {
    const emulator = await startEmulator({ existing: { userGroups: { team: 'active' } } });
    const regions = ['us-east-1', 'eu-west-1'];
    await createDatastore(emulator, { regions, ...withReplica, TransitEncryptionEnabled: true });

    await emulator.elasticache('eu-west-1').send(modify({ ReplicationGroupId: 'second', ...input }));

    expect(emulator.store.viewFrom('eu-west-1').getReplicationGroup('second')).toMatchObject(expected);
  });

  it('accepts settings that members do not share', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator, { regions: ['us-east-1', 'eu-west-1'], ...withReplica });

    await emulator
      .elasticache('eu-west-1')
      .send(modify({ ReplicationGroupId: 'second', MultiAZEnabled: true, SnapshotRetentionLimit: 2 }));

    expect(await describeGroup(emulator, 'second', 'eu-west-1')).toMatchObject({
      MultiAZ: 'enabled',
      SnapshotRetentionLimit: 2,
    });
    expect(await describeGroup(emulator, 'first')).toMatchObject({ MultiAZ: 'disabled' });
    expect(await describeGlobal(emulator, id)).toMatchObject({ Status: 'available' });
  });
});
