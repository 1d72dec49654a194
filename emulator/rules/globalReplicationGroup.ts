import type {
  GlobalNodeGroup,
  GlobalReplicationGroup,
  GlobalReplicationGroupMember,
} from '@aws-sdk/client-elasticache';
import { Fault, invalidValue } from '../protocol/fault.ts';
import { addPending, type Changes, isPending, type PendingChange, removePending } from '../state/pendingChanges.ts';
import type { Store } from '../state/store.ts';
import type { StoredReplicationGroup } from './replicationGroup.ts';
import { formatSlots } from './slots.ts';

export interface StoredGlobalGroup {
  id: string;
  description: string;
  members: StoredMember[];
  changes: Changes;
}

export interface StoredMember {
  id: string;
  region: string;
  role: 'PRIMARY' | 'SECONDARY';
  status: 'associating' | 'associated' | 'disassociating';
  /** On its way out, though the status may not say so yet: the answer to Disassociate still shows `associated`. */
  leaving?: true;
}

/** A change of the datastore that is under way on all its replication groups too. */
export interface GlobalChange {
  globalId: string;
  change: number;
  members: { id: string; region: string; change: number }[];
}

/** `primary-only` and `available` are the stable ones; ElastiCache user guide, statuses of a global datastore. */
export function globalStatusOf(
  group: StoredGlobalGroup,
): 'creating' | 'deleting' | 'modifying' | 'available' | 'primary-only' {
  if (isPending(group, 'create')) return 'creating';
  if (isPending(group, 'delete')) return 'deleting';
  if (group.changes.length > 0) return 'modifying';
  return group.members.length > 1 ? 'available' : 'primary-only';
}

/** Throws InvalidGlobalReplicationGroupState unless the datastore is `available` or `primary-only`. */
export function assertStable(group: StoredGlobalGroup): void {
  if (group.changes.length === 0) return;
  throw new Fault(
    'InvalidGlobalReplicationGroupStateFault',
    `Global Replication Group ${group.id} is in ${globalStatusOf(group)} state; it must be available or primary-only.`, // UNV
  );
}

/** A datastore's changes cannot wait for the maintenance window (ElastiCache API reference); the text is UNV. */
export function assertApplyImmediately({ ApplyImmediately }: { ApplyImmediately?: boolean | undefined }): void {
  if (!ApplyImmediately) throw invalidValue('ApplyImmediately must be true for a Global Replication Group.');
}

export function primaryOf(group: StoredGlobalGroup): StoredMember {
  const primary = group.members.find(({ role }) => role === 'PRIMARY');
  if (!primary) throw new Error(`${group.id} has no primary`);
  return primary;
}

/** The replication group behind a member; members of one datastore may have the same id in different regions. */
export function replicationGroupOf(store: Store, member: StoredMember): StoredReplicationGroup {
  return store.viewFrom(member.region).getReplicationGroup(member.id);
}

export function findMember(
  group: StoredGlobalGroup,
  id: string | undefined,
  region: string | undefined,
): StoredMember | undefined {
  return group.members.find((member) => member.id === id?.toLowerCase() && member.region === region);
}

/** Begins a change on the datastore and on every member's replication group: all are `modifying`. */
export function addPendingToAll(store: Store, group: StoredGlobalGroup, kind: PendingChange['kind']): GlobalChange {
  const members = group.members.map((member) => ({
    id: member.id,
    region: member.region,
    change: addPending(replicationGroupOf(store, member), kind),
  }));
  return { globalId: group.id, change: addPending(group, kind), members };
}

/** Ends it, with an effect on every member's replication group. */
export function removePendingFromAll(
  store: Store,
  { globalId, change, members }: GlobalChange,
  effect: (member: StoredReplicationGroup, there: Store) => void,
): void {
  for (const { id, region, change: own } of members) {
    const there = store.viewFrom(region);
    const member = there.getReplicationGroup(id);
    effect(member, there);
    removePending(member, own);
  }
  removePending(store.getGlobalGroup(globalId, { anywhere: true }), change);
}

export function globalNodeGroupIdOf(group: StoredGlobalGroup, nodeGroupId: string): string {
  return `${group.id}-${nodeGroupId}`;
}

/**
 * As AWS answers it; the shared settings are those of the primary. `members: false` leaves out Members and
 * GlobalNodeGroups, as Modify and Describe without ShowMemberInfo do (UNV for GlobalNodeGroups: the samples in
 * awscli show stores without cluster mode).
 */
export function viewGlobalGroup(
  store: Store,
  group: StoredGlobalGroup,
  { members = true } = {},
): GlobalReplicationGroup {
  const primary = replicationGroupOf(store, primaryOf(group));
  return {
    GlobalReplicationGroupId: group.id,
    GlobalReplicationGroupDescription: group.description,
    Status: globalStatusOf(group),
    CacheNodeType: primary.nodeType,
    Engine: primary.engine,
    EngineVersion: primary.engineVersion,
    ...(members && { Members: group.members.map((member) => viewMember(store, member)) }),
    ClusterEnabled: primary.clusterEnabled,
    ...(members && primary.clusterEnabled && { GlobalNodeGroups: viewNodeGroups(group, primary) }),
    AuthTokenEnabled: primary.authTokenEnabled,
    TransitEncryptionEnabled: primary.transitEncryption,
    AtRestEncryptionEnabled: primary.atRestEncryption,
    ARN: `arn:${store.partition}:elasticache::${store.account}:globalreplicationgroup:${group.id}`,
  };
}

function viewMember(store: Store, member: StoredMember): GlobalReplicationGroupMember {
  return {
    ReplicationGroupId: member.id,
    ReplicationGroupRegion: member.region,
    Role: member.role,
    AutomaticFailover: replicationGroupOf(store, member).automaticFailover,
    Status: member.status,
  };
}

function viewNodeGroups(group: StoredGlobalGroup, primary: StoredReplicationGroup): GlobalNodeGroup[] {
  return primary.shards.map(({ id, slots }) => ({
    GlobalNodeGroupId: globalNodeGroupIdOf(group, id),
    Slots: formatSlots(slots),
  }));
}
