import {
  AuthTokenUpdateStrategyType,
  Durability,
  IpDiscovery,
  type ModifyReplicationGroupMessage,
  type ModifyReplicationGroupResult,
  type ReplicationGroupPendingModifiedValues,
  TransitEncryptionMode,
} from '@aws-sdk/client-elasticache';
import { invalidCombination } from '../protocol/fault.ts';
import { viewReplicationGroup } from '../responses/replicationGroup.ts';
import { assertAuthToken, strategyOf } from '../rules/authTokens.ts';
import { assertDurabilitySupported } from '../rules/durability.ts';
import { readDelayedSettings, readImmediateSettings, type Settings } from '../rules/modifyReplicationGroup.ts';
import { assertInRange, assertOneOf } from '../rules/parameterValidation.ts';
import { assertAvailable, assertNotMember } from '../rules/replicationGroup.ts';
import { assertUserGroupsEncrypted } from '../rules/settingCompatibility.ts';
import { readWindows } from '../rules/windows.ts';
import { addPending } from '../state/pendingChanges.ts';
import type { Store } from '../state/store.ts';
import type { StoredReplicationGroup } from '../state/types.ts';

type Input = ModifyReplicationGroupMessage;

/**
 * Changes settings of one replication group. Some apply immediately, like Multi-AZ in the sample of awscli. The others
 * apply after a transition, during which the group is `modifying`. Without ApplyImmediately, a change of node type or
 * engine version is ignored, because the emulator has no maintenance windows (simplified).
 */
export function ModifyReplicationGroup(store: Store, input: Input): ModifyReplicationGroupResult {
  assertValid(input);
  const group = store.getReplicationGroup(input.ReplicationGroupId);
  if (sharedParameters.some((name) => input[name] !== undefined) || isAuthEnabled(group, input)) assertNotMember(group);
  assertAvailable(group, 'modification');
  assertModification(input);
  const immediate = readImmediateSettings(store, group, input);
  const delayed = readDelayedSettings(store, group, input);
  const modified = { ...group, ...immediate, ...delayed };
  assertUserGroupsEncrypted(modified);
  assertDurabilitySupported(modified);

  Object.assign(group, immediate);
  if (Object.keys(delayed).length > 0) startModification(store, group, delayed, input);
  return { ReplicationGroup: viewReplicationGroup(store, group) };
}

/**
 * Parameters of settings that all members share and only ModifyGlobalReplicationGroup changes. Seen for failover, node
 * type and engine in terraform-provider-aws#47644, #22528 and #19929. unverified: the others.
 */
const sharedParameters = [
  'AutomaticFailoverEnabled',
  'CacheNodeType',
  'Engine',
  'EngineVersion',
  'CacheParameterGroupName',
  'TransitEncryptionEnabled',
  'TransitEncryptionMode',
  'ClusterMode',
  'Durability',
] as const;

/**
 * Returns true if AUTH would be enabled. unverified: a member may change its token, and may go to user groups, which belong
 * to its region, but AUTH is not enabled in one member alone.
 */
function isAuthEnabled(group: StoredReplicationGroup, { AuthToken }: Input): boolean {
  return AuthToken !== undefined && !group.authTokenEnabled;
}

function assertValid(input: Input): void {
  assertInRange(input.SnapshotRetentionLimit, 0, 35, 'SnapshotRetentionLimit');
  readWindows(input);
  assertAuthToken(input.AuthToken);
  assertOneOf(input.IpDiscovery, IpDiscovery, 'IpDiscovery');
  assertOneOf(input.TransitEncryptionMode, TransitEncryptionMode, 'TransitEncryptionMode');
  assertOneOf(input.Durability, Durability, 'Durability');
  assertOneOf(input.AuthTokenUpdateStrategy, AuthTokenUpdateStrategyType, 'AuthTokenUpdateStrategy');
}

/** Asserts that a request modifies something. Text seen in terraform-provider-aws. */
function assertModification({
  ReplicationGroupId: _id,
  ApplyImmediately: _now,
  NodeGroupId: _shard,
  ...rest
}: Input): void {
  if (Object.values(rest).every((value) => value === undefined))
    throw invalidCombination('No modifications were requested');
}

function startModification(store: Store, group: StoredReplicationGroup, settings: Settings, input: Input): void {
  group.pendingModifiedValues = viewPending(settings, input);
  if (settings.automaticFailover)
    group.automaticFailover = settings.automaticFailover === 'enabled' ? 'enabling' : 'disabling';
  store.schedule('replicationGroupModified', { id: group.id, change: addPending(group, 'modify'), settings });
}

/** Returns the pending values that a description shows. The others are not shown (simplified). */
function viewPending(settings: Settings, input: Input): ReplicationGroupPendingModifiedValues {
  const { automaticFailover } = settings;
  const strategy = strategyOf(input);
  return {
    ...(automaticFailover && { AutomaticFailoverStatus: automaticFailover === 'enabled' ? 'enabled' : 'disabled' }),
    ...(strategy === 'SET' && { AuthTokenStatus: 'SETTING' }),
    ...(strategy === 'ROTATE' && { AuthTokenStatus: 'ROTATING' }),
  };
}
