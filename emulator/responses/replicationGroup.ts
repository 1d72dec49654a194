import type { NodeGroup, NodeGroupMember, ReplicationGroup } from '@aws-sdk/client-elasticache';
import { effectiveDurabilityOf } from '../rules/durability.ts';
import { configurationEndpointOf, nodeEndpointOf, replicationGroupEndpointOf } from '../rules/endpoints.ts';
import { hasDataTiering } from '../rules/nodeTypes.ts';
import {
  cacheClusterIdOf,
  memberClustersOf,
  replicationGroupArnOf,
  replicationGroupStatusOf,
} from '../rules/replicationGroup.ts';
import { formatSlots } from '../rules/slots.ts';
import type { Store } from '../state/store.ts';
import type { Shard, StoredReplicationGroup } from '../state/types.ts';

/** Returns a replication group as AWS does. Nodes and endpoints appear when they exist, as in the samples of awscli. */
export function viewReplicationGroup(store: Store, group: StoredReplicationGroup): ReplicationGroup {
  const status = replicationGroupStatusOf(group);
  const hasNodes = status !== 'creating' && status !== 'create-failed' && status !== 'deleting';
  return {
    ReplicationGroupId: group.id,
    Description: group.description,
    GlobalReplicationGroupInfo: viewGlobalInfo(store, group),
    Status: status,
    PendingModifiedValues: group.pendingModifiedValues,
    ...(status !== 'deleting' && { MemberClusters: memberClustersOf(group) }),
    ...(hasNodes && { NodeGroups: group.shards.map((shard) => viewNodeGroup(store, group, shard, status)) }),
    SnapshottingClusterId: group.snapshottingClusterId,
    AutomaticFailover: group.automaticFailover,
    MultiAZ: group.multiAz ? 'enabled' : 'disabled',
    ...(hasNodes && group.clusterEnabled && { ConfigurationEndpoint: configurationEndpointOf(store, group) }),
    SnapshotRetentionLimit: group.snapshotRetentionLimit,
    SnapshotWindow: group.snapshotWindow,
    ClusterEnabled: group.clusterEnabled,
    CacheNodeType: group.nodeType,
    AuthTokenEnabled: group.authTokenEnabled,
    AuthTokenLastModifiedDate: group.authTokenLastModified ? new Date(group.authTokenLastModified) : undefined,
    TransitEncryptionEnabled: group.transitEncryption,
    AtRestEncryptionEnabled: group.atRestEncryption,
    KmsKeyId: group.kmsKeyId,
    StorageEncryptionType: storageEncryption(group),
    ARN: replicationGroupArnOf(store, group),
    UserGroupIds: group.userGroupIds.length > 0 ? group.userGroupIds : undefined,
    LogDeliveryConfigurations: group.logDelivery,
    ReplicationGroupCreateTime: new Date(group.createTime),
    DataTiering: hasDataTiering(group.nodeType) ? 'enabled' : 'disabled',
    AutoMinorVersionUpgrade: group.autoMinorVersionUpgrade,
    NetworkType: group.networkType,
    IpDiscovery: group.ipDiscovery,
    TransitEncryptionMode: group.transitEncryption ? group.transitEncryptionMode : undefined,
    ClusterMode: group.clusterMode,
    Engine: group.engine,
    Durability: group.durability,
    EffectiveDurability: effectiveDurabilityOf(group),
  };
}

/** Returns an empty object for a group without a global datastore, as in the samples of awscli. */
function viewGlobalInfo(store: Store, group: StoredReplicationGroup): ReplicationGroup['GlobalReplicationGroupInfo'] {
  const datastore = group.globalId ? store.accountState.globalGroups[group.globalId] : undefined;
  const member = datastore?.members.find(({ id, region }) => id === group.id && region === group.region);
  if (!datastore || !member) return {};
  return { GlobalReplicationGroupId: datastore.id, GlobalReplicationGroupMemberRole: member.role };
}

function viewNodeGroup(store: Store, group: StoredReplicationGroup, shard: Shard, status: string): NodeGroup {
  const NodeGroupMembers = shard.zones.map((zone, index) => viewNode(store, group, shard, zone, index));
  if (group.clusterEnabled)
    return { NodeGroupId: shard.id, Status: status, Slots: formatSlots(shard.slots), NodeGroupMembers };
  return {
    NodeGroupId: shard.id,
    Status: status,
    PrimaryEndpoint: replicationGroupEndpointOf(store, group, 'primary'),
    ReaderEndpoint: replicationGroupEndpointOf(store, group, 'reader'),
    NodeGroupMembers,
  };
}

/** Returns a node. Role and endpoint appear only without cluster mode, as in the samples of awscli. */
function viewNode(
  store: Store,
  group: StoredReplicationGroup,
  shard: Shard,
  zone: string,
  index: number,
): NodeGroupMember {
  const id = cacheClusterIdOf(group, shard, index);
  return {
    CacheClusterId: id,
    CacheNodeId: '0001',
    ...(!group.clusterEnabled && { ReadEndpoint: nodeEndpointOf(store, group, shard.id, id) }),
    PreferredAvailabilityZone: zone,
    ...(!group.clusterEnabled && { CurrentRole: index === (shard.primary ?? 0) ? 'primary' : 'replica' }),
  };
}

function storageEncryption(group: StoredReplicationGroup): ReplicationGroup['StorageEncryptionType'] {
  if (!group.atRestEncryption) return 'none';
  return group.kmsKeyId ? 'sse-kms' : 'sse-elasticache';
}
