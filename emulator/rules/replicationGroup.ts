import type {
  ClusterMode,
  Durability,
  IpDiscovery,
  LogDeliveryConfiguration,
  NetworkType,
  NodeGroup,
  NodeGroupMember,
  ReplicationGroup,
  ReplicationGroupPendingModifiedValues,
  Tag,
  TransitEncryptionMode,
} from '@aws-sdk/client-elasticache';
import { Fault } from '../protocol/fault.ts';
import { type Changes, isPending } from '../state/pendingChanges.ts';
import type { Store } from '../state/store.ts';
import { configurationEndpointOf, nodeEndpointOf, replicationGroupEndpointOf } from './endpoints.ts';
import { hasDataTiering } from './nodeTypes.ts';
import { formatSlots, type Slots } from './slots.ts';

export interface StoredReplicationGroup {
  id: string;
  region: string;
  description: string;
  createTime: string;
  changes: Changes;
  pendingModifiedValues: ReplicationGroupPendingModifiedValues;

  engine: string;
  /** In full, `7.1.0`. */
  engineVersion: string;
  nodeType: string;
  clusterEnabled: boolean;
  shards: Shard[];
  automaticFailover: 'enabled' | 'enabling' | 'disabled' | 'disabling';
  multiAz: boolean;
  transitEncryption: boolean;
  atRestEncryption: boolean;
  authTokenEnabled: boolean;
  parameterGroup: string;

  /** The datastore it belongs to; its role is in there. */
  globalId?: string | undefined;

  port: number;
  subnetGroup: string;
  securityGroupIds: string[];
  maintenanceWindow: string;
  snapshotRetentionLimit: number;
  snapshotWindow: string;
  snapshottingClusterId?: string | undefined;
  autoMinorVersionUpgrade: boolean;
  networkType: NetworkType;
  ipDiscovery: IpDiscovery;
  transitEncryptionMode?: TransitEncryptionMode | undefined;
  clusterMode: ClusterMode;
  authTokenLastModified?: string | undefined;
  kmsKeyId?: string | undefined;
  notificationTopicArn?: string | undefined;
  userGroupIds: string[];
  logDelivery: LogDeliveryConfiguration[];
  durability?: Durability | undefined;
  tags: Tag[];
}

export interface Shard {
  /** `0001` */
  id: string;
  slots: Slots;
  /** The zone of each node: as many as there are nodes. */
  zones: string[];
  /** Which node is the primary, from 0; the first unless said. */
  primary?: number;
}

export function replicationGroupStatusOf(
  group: StoredReplicationGroup,
): 'creating' | 'create-failed' | 'deleting' | 'modifying' | 'available' {
  if (isPending(group, 'failed') && !isPending(group, 'delete')) return 'create-failed';
  if (isPending(group, 'create')) return 'creating';
  if (isPending(group, 'delete')) return 'deleting';
  return group.changes.length > 0 ? 'modifying' : 'available';
}

/** Throws InvalidReplicationGroupState unless it is `available`. */
export function assertAvailable(group: StoredReplicationGroup): void {
  if (group.changes.length === 0) return;
  throw new Fault(
    'InvalidReplicationGroupStateFault',
    `Replication group ${group.id} is in ${replicationGroupStatusOf(group)} state; it must be available.`, // UNV
  );
}

/**
 * Throws InvalidParameterValue for a member of a global datastore: shared settings are the datastore's, and it goes only
 * after it has left (text seen in terraform-provider-aws#27875; the same for a deletion is UNV).
 */
export function assertNotMember(group: StoredReplicationGroup): void {
  if (group.globalId)
    throw new Fault(
      'InvalidParameterValueException',
      `Cluster [${group.id}] is part of a global cluster [${group.globalId}]. Request rejected.`,
    );
}

export function countNodes(group: { shards: Shard[] }): number {
  return group.shards.reduce((sum, { zones }) => sum + zones.length, 0);
}

/** The cache cluster of each node. */
export function memberClustersOf(group: StoredReplicationGroup): string[] {
  return group.shards.flatMap((shard) => shard.zones.map((_, i) => cacheClusterIdOf(group, shard, i)));
}

export function replicationGroupArnOf(store: Store, group: StoredReplicationGroup): string {
  return `arn:${store.partition}:elasticache:${group.region}:${store.account}:replicationgroup:${group.id}`;
}

/** As AWS answers it. Nodes and endpoints show only once they exist, as in the samples of awscli. */
export function viewReplicationGroup(store: Store, group: StoredReplicationGroup): ReplicationGroup {
  const status = replicationGroupStatusOf(group);
  const there = status !== 'creating' && status !== 'create-failed' && status !== 'deleting';
  return {
    ReplicationGroupId: group.id,
    Description: group.description,
    GlobalReplicationGroupInfo: viewGlobalInfo(store, group),
    Status: status,
    PendingModifiedValues: group.pendingModifiedValues,
    ...(status !== 'deleting' && { MemberClusters: memberClustersOf(group) }),
    ...(there && { NodeGroups: group.shards.map((shard) => viewShard(store, group, shard, status)) }),
    SnapshottingClusterId: group.snapshottingClusterId,
    AutomaticFailover: group.automaticFailover,
    MultiAZ: group.multiAz ? 'enabled' : 'disabled',
    ...(there && group.clusterEnabled && { ConfigurationEndpoint: configurationEndpointOf(store, group) }),
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
  };
}

/** Present but empty for a group that stands alone, as in the samples of awscli. */
function viewGlobalInfo(store: Store, group: StoredReplicationGroup): ReplicationGroup['GlobalReplicationGroupInfo'] {
  const datastore = group.globalId ? store.accountState.globalGroups[group.globalId] : undefined;
  const member = datastore?.members.find(({ id, region }) => id === group.id && region === group.region);
  if (!datastore || !member) return {};
  return { GlobalReplicationGroupId: datastore.id, GlobalReplicationGroupMemberRole: member.role };
}

function viewShard(store: Store, group: StoredReplicationGroup, shard: Shard, status: string): NodeGroup {
  const NodeGroupMembers = shard.zones.map((zone, i) => viewNode(store, group, shard, zone, i));
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

/** Role and endpoint of a node show only without cluster mode, as in the samples of awscli. */
function viewNode(store: Store, group: StoredReplicationGroup, shard: Shard, zone: string, i: number): NodeGroupMember {
  const id = cacheClusterIdOf(group, shard, i);
  return {
    CacheClusterId: id,
    CacheNodeId: '0001',
    ...(!group.clusterEnabled && { ReadEndpoint: nodeEndpointOf(store, group, id) }),
    PreferredAvailabilityZone: zone,
    ...(!group.clusterEnabled && { CurrentRole: i === (shard.primary ?? 0) ? 'primary' : 'replica' }),
  };
}

/** `rg-001`, with cluster mode `rg-0001-001`. */
export function cacheClusterIdOf(group: StoredReplicationGroup, shard: Shard, i: number): string {
  const node = String(i + 1).padStart(3, '0');
  return group.clusterEnabled ? `${group.id}-${shard.id}-${node}` : `${group.id}-${node}`;
}

function storageEncryption(group: StoredReplicationGroup): ReplicationGroup['StorageEncryptionType'] {
  if (!group.atRestEncryption) return 'none';
  return group.kmsKeyId ? 'sse-kms' : 'sse-elasticache';
}
