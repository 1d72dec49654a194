import { DescribeCacheClustersCommand, type DescribeCacheClustersCommandInput } from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { createDatastore, createReplicationGroup, rejection, startEmulator } from '../harness.ts';

const describeCommand = (input: DescribeCacheClustersCommandInput = {}) => new DescribeCacheClustersCommand(input);

describe('DescribeCacheClusters', () => {
  it('returns the nodes of a member with its generated parameter group and full engine version', async () => {
    const emulator = await startEmulator();
    await createDatastore(emulator, { regions: ['us-east-1', 'eu-west-1'], NumCacheClusters: 2 });

    const { CacheClusters } = await emulator.elasticache('eu-west-1').send(describeCommand());

    expect(CacheClusters?.map(({ CacheClusterId }) => CacheClusterId)).toEqual(['second-001', 'second-002']);
    expect(CacheClusters?.[0]).toMatchObject({
      ReplicationGroupId: 'second',
      CacheClusterStatus: 'available',
      NumCacheNodes: 1,
      Engine: 'redis',
      EngineVersion: '7.1.0',
      CacheNodeType: 'cache.r6g.large',
      PreferredAvailabilityZone: 'eu-west-1a',
      CacheParameterGroup: {
        CacheParameterGroupName: expect.stringMatching(/^global-datastore-second[a-z]{4}$/),
        ParameterApplyStatus: 'in-sync',
      },
      AutoMinorVersionUpgrade: false,
      ARN: 'arn:aws:elasticache:eu-west-1:000000000000:cluster:second-001',
    });
    expect(CacheClusters?.[0]).not.toHaveProperty('CacheNodes');
  });

  it('returns settings that DescribeReplicationGroups does not return', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator, {
      NotificationTopicArn: 'arn:aws:sns:us-east-1:000000000000:topic',
      SecurityGroupIds: ['sg-1', 'sg-2'],
      PreferredMaintenanceWindow: 'tue:01:00-tue:02:00',
    });

    const { CacheClusters } = await emulator
      .elasticache()
      .send(describeCommand({ CacheClusterId: 'FIRST-001', ShowCacheNodeInfo: true }));

    expect(CacheClusters).toMatchObject([
      {
        NotificationConfiguration: { TopicArn: 'arn:aws:sns:us-east-1:000000000000:topic', TopicStatus: 'active' },
        SecurityGroups: [{ SecurityGroupId: 'sg-1' }, { SecurityGroupId: 'sg-2' }],
        PreferredMaintenanceWindow: 'tue:01:00-tue:02:00',
        CacheSubnetGroupName: 'default',
        CacheNodes: [{ CacheNodeId: '0001', CacheNodeStatus: 'available', Endpoint: { Port: 6379 } }],
      },
    ]);
  });

  it('returns no clusters outside of replication groups', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator);

    const { CacheClusters } = await emulator
      .elasticache()
      .send(describeCommand({ ShowCacheClustersNotInReplicationGroups: true }));

    expect(CacheClusters).toEqual([]);
  });

  it('rejects an unknown cluster and an unknown Marker', async () => {
    const { elasticache } = await startEmulator();

    expect(await rejection(elasticache().send(describeCommand({ CacheClusterId: 'none-001' })))).toMatchObject({
      name: 'CacheClusterNotFoundFault',
      status: 404,
    });
    expect(await rejection(elasticache().send(describeCommand({ Marker: 'x' })))).toMatchObject({
      code: 'InvalidParameterValue',
    });
  });
});
