import type { CacheCluster, CacheClusterMessage, DescribeCacheClustersMessage } from '@aws-sdk/client-elasticache';
import { Fault } from '../protocol/fault.ts';
import { paginate } from '../protocol/paging.ts';
import { viewReplicationGroup } from '../responses/replicationGroup.ts';
import { nodeEndpointOf } from '../rules/endpoints.ts';
import { cacheClusterIdOf, replicationGroupStatusOf } from '../rules/replicationGroup.ts';
import type { Store } from '../state/store.ts';
import type { StoredReplicationGroup } from '../state/types.ts';

/**
 * Returns the nodes of the caller's region, each as a cache cluster. Only this action shows the parameter group, subnet
 * group and maintenance window of a replication group. The emulator has no clusters outside of replication groups.
 */
export function DescribeCacheClusters(store: Store, input: DescribeCacheClustersMessage): CacheClusterMessage {
  const { CacheClusterId: id, ShowCacheNodeInfo = false, ShowCacheClustersNotInReplicationGroups: others } = input;
  const nodes = others ? [] : store.listReplicationGroups().flatMap((group) => nodesOf(group));
  const matching = id === undefined ? nodes : nodes.filter((node) => node.id === id.toLowerCase());
  if (id !== undefined && matching.length === 0)
    throw new Fault('CacheClusterNotFoundFault', `CacheCluster not found: ${id}`);
  const { items, Marker } = paginate(
    () => matching.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    (node) => node.id,
    input,
  );
  return { Marker, CacheClusters: items.map((node) => viewCacheCluster(store, node, ShowCacheNodeInfo)) };
}

interface Node {
  id: string;
  zone: string;
  nodeGroupId: string;
  group: StoredReplicationGroup;
}

function nodesOf(group: StoredReplicationGroup): Node[] {
  return group.shards.flatMap((shard) =>
    shard.zones.map((zone, i) => ({ id: cacheClusterIdOf(group, shard, i), zone, nodeGroupId: shard.id, group })),
  );
}

function viewCacheCluster(store: Store, node: Node, withNodeInfo: boolean): CacheCluster {
  const { id, zone, group } = node;
  const view = viewReplicationGroup(store, group);
  return {
    CacheClusterId: id,
    ClientDownloadLandingPage: 'https://console.aws.amazon.com/elasticache/home#client-download:',
    CacheNodeType: group.nodeType,
    Engine: group.engine,
    EngineVersion: group.engineVersion,
    CacheClusterStatus: cacheClusterStatusOf(group),
    NumCacheNodes: 1,
    PreferredAvailabilityZone: zone,
    CacheClusterCreateTime: view.ReplicationGroupCreateTime,
    PreferredMaintenanceWindow: group.maintenanceWindow,
    PendingModifiedValues: {},
    NotificationConfiguration: group.notificationTopicArn
      ? { TopicArn: group.notificationTopicArn, TopicStatus: 'active' }
      : undefined,
    CacheSecurityGroups: [],
    CacheParameterGroup: {
      CacheParameterGroupName: group.parameterGroup,
      ParameterApplyStatus: 'in-sync',
      CacheNodeIdsToReboot: [],
    },
    CacheSubnetGroupName: group.subnetGroup,
    ...(withNodeInfo && { CacheNodes: [viewCacheNode(store, node)] }),
    AutoMinorVersionUpgrade: group.autoMinorVersionUpgrade,
    SecurityGroups: group.securityGroupIds.map((SecurityGroupId) => ({ SecurityGroupId, Status: 'active' })),
    ReplicationGroupId: group.id,
    SnapshotRetentionLimit: group.snapshotRetentionLimit,
    SnapshotWindow: group.snapshotWindow,
    AuthTokenEnabled: view.AuthTokenEnabled,
    AuthTokenLastModifiedDate: view.AuthTokenLastModifiedDate,
    TransitEncryptionEnabled: view.TransitEncryptionEnabled,
    AtRestEncryptionEnabled: view.AtRestEncryptionEnabled,
    ARN: `arn:${store.partition}:elasticache:${group.region}:${store.account}:cluster:${id}`,
    ReplicationGroupLogDeliveryEnabled: group.logDelivery.length > 0,
    LogDeliveryConfigurations: view.LogDeliveryConfigurations,
    NetworkType: view.NetworkType,
    IpDiscovery: view.IpDiscovery,
    TransitEncryptionMode: view.TransitEncryptionMode,
  };
}

/** Returns the status. unverified: `restore-failed` in place of `create-failed`, which cache clusters do not have. */
function cacheClusterStatusOf(group: StoredReplicationGroup): string {
  const status = replicationGroupStatusOf(group);
  return status === 'create-failed' ? 'restore-failed' : status;
}

function viewCacheNode(
  store: Store,
  { id, zone, nodeGroupId, group }: Node,
): NonNullable<CacheCluster['CacheNodes']>[number] {
  return {
    CacheNodeId: '0001',
    CacheNodeStatus: cacheClusterStatusOf(group),
    CacheNodeCreateTime: new Date(group.createTime),
    Endpoint: nodeEndpointOf(store, group, nodeGroupId, id),
    ParameterGroupStatus: 'in-sync',
    CustomerAvailabilityZone: zone,
  };
}
