import { type CacheCluster, DescribeCacheClustersCommand } from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { withRegionTimeout } from '../aws/multiRegion.ts';

/**
 * The engine and the settings of the nodes of a replication group. Only DescribeCacheClusters shows some of it, for each node.
 */
export type NodeConfiguration = ReturnType<typeof toNodeConfiguration>;

/** Returns the configuration of a node. All nodes of a replication group have the same. Throws if it cannot be read in time. */
export async function findNodeConfiguration(signal: AbortSignal, region: string, CacheClusterId: string) {
  const { CacheClusters = [] } = await elastiCache(withRegionTimeout(signal), region).send(
    new DescribeCacheClustersCommand({ CacheClusterId }),
  );
  return toNodeConfiguration(CacheClusters[0] ?? {});
}

const toNodeConfiguration = (node: CacheCluster) => ({
  Engine: node.Engine,
  EngineVersion: node.EngineVersion,
  CacheNodeType: node.CacheNodeType,
  CacheParameterGroupName: node.CacheParameterGroup?.CacheParameterGroupName,
  ParameterApplyStatus: node.CacheParameterGroup?.ParameterApplyStatus,
  CacheSubnetGroupName: node.CacheSubnetGroupName,
  PreferredMaintenanceWindow: node.PreferredMaintenanceWindow,
  SecurityGroupIds: (node.SecurityGroups ?? []).flatMap(({ SecurityGroupId }) => SecurityGroupId ?? []),
  NotificationTopicArn: node.NotificationConfiguration?.TopicArn,
});
