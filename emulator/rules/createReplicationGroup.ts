import {
  ClusterMode,
  type CreateReplicationGroupMessage,
  Durability,
  IpDiscovery,
  NetworkType,
  TransitEncryptionMode,
} from '@aws-sdk/client-elasticache';
import { Fault, invalidCombination, invalidValue } from '../protocol/fault.ts';
import type { Store } from '../state/store.ts';
import type { StoredReplicationGroup } from '../state/types.ts';
import { assertAuthToken, assertTokenEncrypted, firstTokenOf } from './authTokens.ts';
import { assertDurabilitySupported, isDurable } from './durability.ts';
import { type EngineVersion, resolveEngineVersion } from './engines.ts';
import { hasDataTiering, isForNewClusters } from './nodeTypes.ts';
import { defaultParameterGroupOf, findParameterGroup } from './parameterGroups.ts';
import {
  assertInRange,
  assertKmsKey,
  assertOneOf,
  assertTopicArn,
  readIdentifier,
  readLogDelivery,
  readNodeType,
  readSubnetGroup,
  readTags,
  readUserGroups,
} from './parameterValidation.ts';
import { assertCapacity, assertFamily, assertNodeTypeRuns, assertUserGroupsEncrypted } from './settingCompatibility.ts';
import { readShards } from './shards.ts';
import { readWindows } from './windows.ts';

type Input = CreateReplicationGroupMessage;

/** Settings that all members of a global datastore share. A secondary inherits them. */
const sharedSettings = [
  'engine',
  'engineVersion',
  'nodeType',
  'clusterEnabled',
  'clusterMode',
  'automaticFailover',
  'transitEncryption',
  'transitEncryptionMode',
  'atRestEncryption',
  'authTokenEnabled',
  'durability',
] as const satisfies (keyof StoredReplicationGroup)[];

type SharedSettings = Pick<StoredReplicationGroup, (typeof sharedSettings)[number]>;

/** Settings that each member has for itself. */
export type OwnSettings = Omit<StoredReplicationGroup, keyof SharedSettings | 'shards' | 'parameterGroup'>;

/**
 * Creates a replication group without a global datastore from the parameters of CreateReplicationGroup.
 * @throws Fault for the first violated rule.
 */
export function buildReplicationGroup(store: Store, input: Input): StoredReplicationGroup {
  const version = resolveEngineVersion(input.Engine ?? 'redis', input.EngineVersion);
  const { parameterGroup, clusterEnabled } = readParameterGroup(store, input, version);
  const settings = readSharedSettings(input, version, clusterEnabled);
  const group = { ...readOwnSettings(store, input), ...settings, parameterGroup };
  const created = { ...group, shards: readShards(store, input) };
  assertConsistent(store, input, created);
  return created;
}

/**
 * Creates a replication group that inherits the shared settings of a primary, and Multi-AZ (ElastiCache user guide,
 * prerequisites of global datastores). unverified: MultiAZEnabled in the request overrides the inherited value.
 * @throws Fault for the first violated rule.
 */
export function buildSecondary(
  store: Store,
  input: Input,
  own: OwnSettings,
  primary: StoredReplicationGroup,
): StoredReplicationGroup {
  if (input.AuthToken) assertTokenEncrypted(primary);
  if (input.AuthToken && !primary.authTokenEnabled)
    throw invalidCombination('AuthToken can only be given when the primary replication group uses one.'); // unverified
  const multiAz = input.MultiAZEnabled ?? primary.multiAz;
  const group = { ...own, ...inheritSettings(primary), multiAz, parameterGroup: primary.parameterGroup };
  const created = { ...group, shards: readShards(store, input, primary) };
  assertReplicas(created);
  assertConsistent(store, input, created);
  return created;
}

function inheritSettings(primary: StoredReplicationGroup): SharedSettings {
  return Object.fromEntries(sharedSettings.map((name) => [name, primary[name]])) as SharedSettings;
}

/**
 * Asserts a replica in each node group if failover is on. A secondary needs it in cluster mode, too (ElastiCache user guide,
 * prerequisites of global datastores). Text seen in ministryofjustice/cloud-platform-environments#5719.
 */
function assertReplicas({ automaticFailover, shards }: StoredReplicationGroup): void {
  if (automaticFailover === 'enabled' && shards.some(({ zones }) => zones.length < 2))
    throw invalidCombination(
      'When using automatic failover, there must be at least 2 cache clusters in the replication group.',
    );
}

/** Asserts the rules between the settings of a replication group. */
function assertConsistent(store: Store, input: Input, group: StoredReplicationGroup): void {
  if (!group.clusterEnabled) assertReplicas(group);
  const hasReplicas = group.shards.every(({ zones }) => zones.length > 1);
  if (group.multiAz && (group.automaticFailover !== 'enabled' || !hasReplicas))
    throw invalidCombination('MultiAZ needs automatic failover and at least one replica in each node group.'); // unverified
  if (input.KmsKeyId && !group.atRestEncryption)
    throw invalidCombination('KmsKeyId can only be given with encryption at rest.'); // unverified
  if (input.AuthToken) assertTokenEncrypted(group);
  assertUserGroupsEncrypted(group);
  assertDurabilitySupported(group);
  assertCapacity(store, group.nodeType);
}

function readSharedSettings(input: Input, version: EngineVersion, clusterEnabled: boolean): SharedSettings {
  const nodeType = readNodeType(input.CacheNodeType);
  assertForNewClusters(nodeType);
  assertNodeTypeRuns(nodeType, version);
  const transitEncryption = input.TransitEncryptionEnabled ?? false;
  assertOneOf(input.TransitEncryptionMode, TransitEncryptionMode, 'TransitEncryptionMode');
  assertOneOf(input.Durability, Durability, 'Durability');
  if (input.TransitEncryptionMode && !transitEncryption)
    throw invalidCombination('TransitEncryptionMode needs TransitEncryptionEnabled.'); // unverified
  if ((input.DataTieringEnabled ?? false) !== hasDataTiering(nodeType))
    throw invalidCombination('DataTieringEnabled must be true with r6gd node types, and only with them.'); // unverified: text
  if (clusterEnabled && input.AutomaticFailoverEnabled === false)
    throw invalidValue(
      // seen in terraform-provider-aws#2730
      'Redis with cluster mode enabled cannot be created with auto failover turned off.',
    );
  return {
    engine: version.engine,
    engineVersion: version.full,
    nodeType,
    clusterEnabled,
    clusterMode: input.ClusterMode ?? (clusterEnabled ? 'enabled' : 'disabled'),
    // unverified: with cluster mode, the default is true.
    automaticFailover: (input.AutomaticFailoverEnabled ?? clusterEnabled) ? 'enabled' : 'disabled',
    transitEncryption,
    transitEncryptionMode: transitEncryption ? (input.TransitEncryptionMode ?? 'required') : undefined,
    atRestEncryption:
      isDurable({ durability: input.Durability }) || (input.AtRestEncryptionEnabled ?? version.engine === 'valkey'),
    authTokenEnabled: input.AuthToken !== undefined,
    durability: input.Durability,
  };
}

/** Asserts that new clusters can have the node type (ElastiCache user guide, supported node types). unverified: text. */
function assertForNewClusters(nodeType: string): void {
  if (!isForNewClusters(nodeType)) throw invalidValue(`New clusters cannot have the cache node type ${nodeType}.`);
}

/** Returns the parameter group. A `.cluster.on` group, ClusterMode, or several node groups enable cluster mode. */
function readParameterGroup(
  store: Store,
  input: Input,
  version: EngineVersion,
): { parameterGroup: string; clusterEnabled: boolean } {
  assertOneOf(input.ClusterMode, ClusterMode, 'ClusterMode');
  const shards = input.NumNodeGroups ?? input.NodeGroupConfiguration?.length ?? 1;
  const wantsClusterMode = input.ClusterMode === 'enabled' || shards > 1;
  const name = input.CacheParameterGroupName ?? defaultParameterGroupOf(version.family, wantsClusterMode);
  const group = findParameterGroup(store, name);
  if (!group) throw new Fault('CacheParameterGroupNotFoundFault', `CacheParameterGroup ${name} not found.`);
  assertFamily(group.family, version);
  if (wantsClusterMode && !group.clusterEnabled)
    throw invalidCombination(`Cluster mode is not enabled in the parameter group ${name}.`); // unverified
  if (input.ClusterMode === 'disabled' && group.clusterEnabled)
    throw invalidCombination(`Cluster mode is enabled in the parameter group ${name}.`); // unverified
  return { parameterGroup: name, clusterEnabled: group.clusterEnabled };
}

/**
 * Returns the settings that a replication group does not share with other members.
 * @throws Fault for the first violated rule.
 */
export function readOwnSettings(store: Store, input: Input): OwnSettings {
  assertInRange(input.Port, 1150, 65535, 'Port'); // unverified: bounds
  assertInRange(input.SnapshotRetentionLimit, 0, 35, 'SnapshotRetentionLimit');
  assertTopicArn(store, input.NotificationTopicArn);
  assertKmsKey(store, input.KmsKeyId);
  assertAuthToken(input.AuthToken);
  assertOneOf(input.NetworkType, NetworkType, 'NetworkType');
  assertOneOf(input.IpDiscovery, IpDiscovery, 'IpDiscovery');
  if (input.AuthToken && input.UserGroupIds?.length)
    throw invalidCombination('AuthToken and UserGroupIds cannot be given together.'); // unverified
  assertNoSource(store, input);
  const now = new Date().toISOString();
  return {
    id: readIdentifier(input.ReplicationGroupId ?? '', 'ReplicationGroupIdentifier'),
    region: store.region,
    description: input.ReplicationGroupDescription ?? '',
    createTime: now,
    changes: [],
    pendingModifiedValues: {},
    multiAz: input.MultiAZEnabled ?? false,
    port: input.Port ?? 6379,
    subnetGroup: readSubnetGroup(store, input.CacheSubnetGroupName),
    securityGroupIds: input.SecurityGroupIds ?? [],
    snapshotRetentionLimit: input.SnapshotRetentionLimit ?? 0,
    ...readWindows(input),
    autoMinorVersionUpgrade: input.AutoMinorVersionUpgrade ?? true,
    networkType: input.NetworkType ?? 'ipv4',
    ipDiscovery: input.IpDiscovery ?? (input.NetworkType === 'ipv6' ? 'ipv6' : 'ipv4'),
    ...firstTokenOf(input),
    kmsKeyId: input.KmsKeyId,
    notificationTopicArn: input.NotificationTopicArn,
    userGroupIds: readUserGroups(store, input.UserGroupIds),
    logDelivery: readLogDelivery(input.LogDeliveryConfigurations),
    tags: readTags(store, input.Tags),
  };
}

/** Asserts that no cache cluster, snapshot or cache security group is given. The emulator has none of them. */
function assertNoSource(store: Store, input: Input): void {
  if (input.PrimaryClusterId)
    throw new Fault('CacheClusterNotFoundFault', `CacheCluster not found: ${input.PrimaryClusterId}`);
  if (input.SnapshotName ?? input.ServerlessCacheSnapshotName)
    throw invalidValue(
      `Snapshot ${input.SnapshotName ?? input.ServerlessCacheSnapshotName} not found in ${store.region}.`,
    ); // unverified
  if (input.CacheSecurityGroupNames?.length)
    throw invalidValue('Use of cache security groups is not permitted in this API version for your account.'); // unverified
}
