import type { CacheCluster, CacheClusterMessage, DescribeCacheClustersMessage } from '@aws-sdk/client-elasticache';
import { Fault } from '../fault.ts';
import { page } from '../paging.ts';
import { memberClusters, replicationGroupStatus, type StoredReplicationGroup } from '../replicationGroup.ts';
import type { Store } from '../store.ts';

/** The cache clusters of the caller's region, or the one with this id: the nodes of its replication groups. */
export function DescribeCacheClusters(store: Store, input: DescribeCacheClustersMessage): CacheClusterMessage {
  const id = input.CacheClusterId?.toLowerCase();
  const all = store.replicationGroups().flatMap((group) => memberClusters(group).map((node) => ({ node, group })));
  const asked = id === undefined ? all : all.filter(({ node }) => node === id);
  if (id !== undefined && asked.length === 0)
    throw new Fault('CacheClusterNotFoundFault', `CacheCluster ${input.CacheClusterId} not found.`); // UNV: the text

  const { items, Marker } = page(
    asked.sort((a, b) => (a.node < b.node ? -1 : 1)),
    ({ node }) => node,
    input,
  );
  return { Marker, CacheClusters: items.map(({ node, group }) => view(store, node, group)) };
}

/** What a replication group decides for its nodes; what only a node has (its endpoint, its own windows) is left out. */
function view(store: Store, node: string, group: StoredReplicationGroup): CacheCluster {
  return {
    CacheClusterId: node,
    CacheClusterStatus: replicationGroupStatus(group),
    ReplicationGroupId: group.id,
    Engine: group.engine,
    EngineVersion: group.engineVersion,
    CacheNodeType: group.nodeType,
    NumCacheNodes: 1,
    CacheParameterGroup: {
      CacheParameterGroupName: group.parameterGroup,
      ParameterApplyStatus: 'in-sync',
      CacheNodeIdsToReboot: [],
    },
    CacheSubnetGroupName: group.subnetGroup,
    PreferredMaintenanceWindow: group.maintenanceWindow,
    AutoMinorVersionUpgrade: group.autoMinorVersionUpgrade,
    TransitEncryptionEnabled: group.transitEncryption,
    AtRestEncryptionEnabled: group.atRestEncryption,
    AuthTokenEnabled: group.authTokenEnabled,
    ARN: `arn:${store.partition}:elasticache:${group.region}:${store.account}:cluster:${node}`,
    NetworkType: group.networkType,
    IpDiscovery: group.ipDiscovery,
  };
}
