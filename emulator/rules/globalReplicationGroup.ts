import { Fault, invalidValue } from '../protocol/fault.ts';
import { addPending, isPending, removePending } from '../state/pendingChanges.ts';
import type { Store } from '../state/store.ts';
import type {
  GlobalChange,
  PendingChange,
  StoredGlobalGroup,
  StoredMember,
  StoredReplicationGroup,
} from '../state/types.ts';

/** Returns the status of a global datastore. Stable: `primary-only`, `available` (ElastiCache user guide, statuses). */
export function globalStatusOf(
  group: StoredGlobalGroup,
): 'creating' | 'deleting' | 'modifying' | 'available' | 'primary-only' {
  if (isPending(group, 'create')) return 'creating';
  if (isPending(group, 'delete')) return 'deleting';
  if (group.changes.length > 0) return 'modifying';
  return group.members.length > 1 ? 'available' : 'primary-only';
}

/**
 * Asserts that a global datastore is `available` or `primary-only`.
 * @throws Fault InvalidGlobalReplicationGroupStateFault
 */
export function assertStable(group: StoredGlobalGroup): void {
  if (group.changes.length === 0) return;
  throw new Fault(
    'InvalidGlobalReplicationGroupStateFault',
    `Global Replication Group ${group.id} is in ${globalStatusOf(group)} state; it must be available or primary-only.`, // unverified
  );
}

/**
 * Asserts that a change of a global datastore does not wait for the maintenance window (ElastiCache API reference).
 * unverified: text.
 */
export function assertApplyImmediately({ ApplyImmediately }: { ApplyImmediately?: boolean | undefined }): void {
  if (!ApplyImmediately) throw invalidValue('ApplyImmediately must be true for a Global Replication Group.');
}

export function primaryOf(group: StoredGlobalGroup): StoredMember {
  const primary = group.members.find(({ role }) => role === 'PRIMARY');
  if (!primary) throw new Error(`${group.id} has no primary`);
  return primary;
}

/** Returns the replication group of a member. Members in different regions may have the same id. */
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

/** Adds a pending change to the datastore and to the replication group of every member. All become `modifying`. */
export function addPendingToAll(store: Store, group: StoredGlobalGroup, kind: PendingChange['kind']): GlobalChange {
  const members = group.members.map((member) => ({
    id: member.id,
    region: member.region,
    change: addPending(replicationGroupOf(store, member), kind),
  }));
  return { globalId: group.id, change: addPending(group, kind), members };
}

/** Applies `effect` to the replication group of every member and removes the pending change of each. */
export function removePendingFromAll(
  store: Store,
  { globalId, change, members }: GlobalChange,
  effect: (member: StoredReplicationGroup, memberStore: Store) => void,
): void {
  for (const { id, region, change: memberChange } of members) {
    const memberStore = store.viewFrom(region);
    const member = memberStore.getReplicationGroup(id);
    effect(member, memberStore);
    removePending(member, memberChange);
  }
  removePending(store.getGlobalGroup(globalId, { anywhere: true }), change);
}

export function globalNodeGroupIdOf(group: StoredGlobalGroup, nodeGroupId: string): string {
  return `${group.id}-${nodeGroupId}`;
}
