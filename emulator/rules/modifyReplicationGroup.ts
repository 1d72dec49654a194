import type { ModifyReplicationGroupMessage } from '@aws-sdk/client-elasticache';
import { Fault, invalidCombination } from '../protocol/fault.ts';
import type { Store } from '../state/store.ts';
import type { StoredReplicationGroup } from '../state/types.ts';
import { readNewAuth } from './authTokens.ts';
import { effectiveDurabilityOf, isDurable } from './durability.ts';
import { type EngineVersion, findByFullVersion, isRollback, isUpgrade, resolveEngineVersion } from './engines.ts';
import { findNodeTypeConflict } from './nodeTypeModifications.ts';
import { defaultParameterGroupOf, findParameterGroup, isDefaultParameterGroup } from './parameterGroups.ts';
import { assertTopicArn, readLogDelivery, readNodeType, readUserGroups } from './parameterValidation.ts';
import { memberClustersOf } from './replicationGroup.ts';
import { assertCapacity, assertFamily, assertNodeTypeRuns } from './settingCompatibility.ts';
import { readNewWindows } from './windows.ts';

type Input = ModifyReplicationGroupMessage;
export type Settings = Partial<StoredReplicationGroup>;

/**
 * Returns the settings that a modification changes immediately.
 * @throws Fault for the first violated rule.
 */
export function readImmediateSettings(store: Store, group: StoredReplicationGroup, input: Input): Settings {
  if (
    input.MultiAZEnabled &&
    (group.automaticFailover === 'disabled' || group.shards.some(({ zones }) => zones.length < 2))
  )
    throw invalidCombination('MultiAZ needs automatic failover and at least one replica in each node group.'); // unverified
  assertNode(group, input.SnapshottingClusterId);
  assertTopicArn(store, input.NotificationTopicArn);
  return withoutUndefined({
    description: input.ReplicationGroupDescription,
    multiAz: input.MultiAZEnabled,
    securityGroupIds: input.SecurityGroupIds,
    notificationTopicArn: input.NotificationTopicArn,
    autoMinorVersionUpgrade: group.globalId ? undefined : input.AutoMinorVersionUpgrade,
    snapshotRetentionLimit: input.SnapshotRetentionLimit,
    ...readNewWindows(group, input),
    snapshottingClusterId: input.SnapshottingClusterId,
    ipDiscovery: input.IpDiscovery,
    userGroupIds: readNewUserGroups(store, group, input),
    logDelivery: readNewLogDelivery(group, input),
  });
}

/**
 * Returns the settings that a modification changes after its transition.
 * @throws Fault for the first violated rule.
 */
export function readDelayedSettings(store: Store, group: StoredReplicationGroup, input: Input): Settings {
  const now = input.ApplyImmediately ?? false;
  return withoutUndefined({
    ...readFailover(group, input),
    ...readNewAuth(group, input),
    ...readEncryption(group, input),
    ...readClusterMode(store, group, input),
    ...readEngine(store, group, input, now),
    ...readDurability(group, input),
    nodeType: readNewNodeType(store, group, input, now),
    shards: readPrimary(group, input),
  });
}

function readFailover(group: StoredReplicationGroup, input: Input): Settings {
  const on = input.AutomaticFailoverEnabled;
  if (on === undefined || on === (group.automaticFailover === 'enabled')) return {};
  if (!on && group.clusterEnabled)
    throw invalidCombination(
      // seen in terraform-provider-aws#27116
      'Turning off automatic failover for replication group with cluster mode enabled is not supported.',
    );
  if (!on && (input.MultiAZEnabled ?? group.multiAz))
    throw invalidCombination('Automatic failover cannot be turned off while Multi-AZ is enabled.'); // unverified
  if (on && group.shards.some(({ zones }) => zones.length < 2))
    throw invalidCombination(
      // seen in aws-cloudformation/cloudformation-coverage-roadmap#1275
      'Replication group must have at least one read replica to enable autofailover.',
    );
  return { automaticFailover: on ? 'enabled' : 'disabled' };
}

/**
 * Returns the change of encryption in transit: off ⇄ `preferred` ⇄ `required` (ElastiCache API reference).
 * unverified: texts.
 */
function readEncryption(group: StoredReplicationGroup, input: Input): Settings {
  const { TransitEncryptionEnabled: on, TransitEncryptionMode: mode } = input;
  if (on === undefined && mode === undefined) return {};
  const preferred = group.transitEncryptionMode === 'preferred';
  if (on === false && group.transitEncryption && !preferred)
    throw invalidCombination('TransitEncryptionMode must be preferred before encryption is turned off.');
  if (on === false) return { transitEncryption: false, transitEncryptionMode: undefined };
  if (!group.transitEncryption && (mode !== 'preferred' || !on))
    throw invalidCombination('Encryption in transit starts with TransitEncryptionMode preferred.');
  return { transitEncryption: true, transitEncryptionMode: mode ?? group.transitEncryptionMode };
}

/**
 * Returns the change of cluster mode: disabled ⇄ compatible → enabled (ElastiCache API reference).
 * unverified: texts.
 */
function readClusterMode(store: Store, group: StoredReplicationGroup, { ClusterMode: mode }: Input): Settings {
  if (mode === undefined || mode === group.clusterMode) return {};
  if (mode === 'compatible' && group.clusterMode === 'disabled') return { clusterMode: mode };
  if (mode === 'disabled' && group.clusterMode === 'compatible') return { clusterMode: mode };
  if (mode !== 'enabled' || group.clusterMode !== 'compatible')
    throw invalidCombination(`ClusterMode cannot go from ${group.clusterMode} to ${mode}.`);
  const family = findParameterGroup(store, group.parameterGroup)?.family ?? '';
  return { clusterMode: mode, clusterEnabled: true, parameterGroup: defaultParameterGroupOf(family, true) };
}

/**
 * Returns the change of durability, which encrypts a durable group at rest (ElastiCache user guide, changing durability).
 * It is the only change of its request. unverified: texts, and the refusal of the current value.
 */
function readDurability(group: StoredReplicationGroup, input: Input): Settings {
  const { Durability: durability, ReplicationGroupId: _id, ApplyImmediately: _now, ...others } = input;
  if (durability === undefined) return {};
  if (Object.values(others).some((value) => value !== undefined))
    throw invalidCombination('Durability cannot be modified together with other settings.');
  if (effectiveDurabilityOf(group) === effectiveDurabilityOf({ durability }))
    throw invalidCombination('No modifications were requested');
  return { durability, ...(isDurable({ durability }) && { atRestEncryption: true }) };
}

function readEngine(store: Store, group: StoredReplicationGroup, input: Input, now: boolean): Settings {
  if (input.Engine === undefined && input.EngineVersion === undefined) return readParameterGroup(store, group, input);
  const version = readVersion(group, input);
  const current = findByFullVersion(group.engine, group.engineVersion);
  if (!version || version === current) return readParameterGroup(store, group, input);
  if (!current || !(isUpgrade(current, version) || isRollback(current, version)))
    throw invalidCombination(
      `Cannot downgrade from ${group.engine} ${group.engineVersion} to ${version.engine} ${version.full}.`,
    ); // unverified
  assertNodeTypeRuns(input.CacheNodeType ?? group.nodeType, version);
  const inherited = isDefaultParameterGroup(store, group.parameterGroup)
    ? defaultParameterGroupOf(version.family, group.clusterEnabled)
    : group.parameterGroup;
  const parameterGroup = input.CacheParameterGroupName ?? inherited;
  assertFamily(requireParameterGroup(store, parameterGroup).family, version);
  return now ? { engine: version.engine, engineVersion: version.full, parameterGroup } : {};
}

/** Returns the engine version after the modification. */
function readVersion(group: StoredReplicationGroup, { Engine, EngineVersion }: Input): EngineVersion | undefined {
  if (Engine === undefined && EngineVersion === undefined) return findByFullVersion(group.engine, group.engineVersion);
  return resolveEngineVersion(Engine ?? group.engine, EngineVersion);
}

function readParameterGroup(
  store: Store,
  group: StoredReplicationGroup,
  { CacheParameterGroupName: name }: Input,
): Settings {
  const version = findByFullVersion(group.engine, group.engineVersion);
  if (name === undefined || !version) return {};
  assertFamily(requireParameterGroup(store, name).family, version);
  return { parameterGroup: name };
}

function requireParameterGroup(store: Store, name: string): { family: string } {
  const group = findParameterGroup(store, name);
  if (group) return group;
  throw new Fault('CacheParameterGroupNotFoundFault', `CacheParameterGroup ${name} not found.`);
}

function readNewNodeType(store: Store, group: StoredReplicationGroup, input: Input, now: boolean): string | undefined {
  if (input.CacheNodeType === undefined) return undefined;
  const nodeType = readNodeType(input.CacheNodeType);
  const conflict = findNodeTypeConflict(group, nodeType, readVersion(group, input));
  if (conflict) throw invalidCombination(conflict);
  assertCapacity(store, nodeType);
  return now ? nodeType : undefined;
}

/**
 * Returns the shards with the requested primary node. Only without cluster mode.
 * @throws Fault CacheClusterNotFoundFault
 */
function readPrimary(
  group: StoredReplicationGroup,
  { PrimaryClusterId: node }: Input,
): StoredReplicationGroup['shards'] | undefined {
  assertNode(group, node);
  if (node === undefined) return undefined;
  if (group.clusterEnabled) throw invalidCombination('PrimaryClusterId cannot be given with cluster mode enabled.'); // unverified
  return group.shards.map((shard) => ({ ...shard, primary: memberClustersOf(group).indexOf(node.toLowerCase()) }));
}

function assertNode(group: StoredReplicationGroup, node: string | undefined): void {
  if (node !== undefined && !memberClustersOf(group).includes(node.toLowerCase()))
    throw new Fault('CacheClusterNotFoundFault', `CacheCluster not found: ${node}`);
}

function readNewUserGroups(store: Store, group: StoredReplicationGroup, input: Input): string[] | undefined {
  const { UserGroupIdsToAdd: add = [], UserGroupIdsToRemove: remove = [], RemoveUserGroups: all = false } = input;
  if (add.length === 0 && remove.length === 0 && !all) return undefined;
  const remaining = all ? [] : group.userGroupIds.filter((id) => !remove.includes(id));
  return readUserGroups(store, [...new Set([...remaining, ...add])]);
}

/** Returns the log deliveries. Each request replaces the delivery of its log type. */
function readNewLogDelivery(
  group: StoredReplicationGroup,
  { LogDeliveryConfigurations: requests }: Input,
): StoredReplicationGroup['logDelivery'] | undefined {
  if (!requests) return undefined;
  const types = requests.map(({ LogType }) => LogType);
  return [...group.logDelivery.filter(({ LogType }) => !types.includes(LogType)), ...readLogDelivery(requests)];
}

function withoutUndefined<T extends object>(settings: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as never;
}
