import {
  findMember,
  type GlobalChange,
  primaryOf,
  removePendingFromAll,
  replicationGroupOf,
  type StoredGlobalGroup,
} from './rules/globalReplicationGroup.ts';
import { findParameterGroup, generateParameterGroup } from './rules/parameterGroups.ts';
import type { Shard, StoredReplicationGroup } from './rules/replicationGroup.ts';
import { addPending, removePending } from './state/pendingChanges.ts';
import type { Store } from './state/store.ts';

/**
 * Every step that happens after an answer, by name: what ElastiCache does in minutes. Each ends the change that the
 * operation began, so the status follows; a step with a next one schedules it, so that no status is jumped over.
 * Arguments are JSON: steps under way survive a restart.
 */
export const transitions = {
  replicationGroupCreated(store: Store, { id }: { id: string }): void {
    const group = store.getReplicationGroup(id);
    group.changes = [];
    if (isFailOnCreate(store, group)) addPending(group, 'failed');
  },

  replicationGroupModified(store: Store, { id, change, settings }: Modification): void {
    const group = store.getReplicationGroup(id);
    Object.assign(group, settings);
    group.pendingModifiedValues = {};
    removePending(group, change);
  },

  replicationGroupDeleted(store: Store, { id }: { id: string }): void {
    store.removeReplicationGroup(id);
  },

  primaryAssociated(store: Store, { globalId, id, change }: Association): void {
    const datastore = store.getGlobalGroup(globalId, { anywhere: true });
    const primary = store.getReplicationGroup(id);
    completeAssociation(store, datastore, primary);
    removePending(primary, change);
    datastore.changes = [];
  },

  globalGroupDeleted(store: Store, { globalId }: { globalId: string }): void {
    for (const { id, region } of store.getGlobalGroup(globalId, { anywhere: true }).members)
      store.viewFrom(region).getReplicationGroup(id).globalId = undefined;
    store.removeGlobalGroup(globalId);
  },

  /** The group is there, its association goes on: a secondary is `available` before its datastore is. */
  secondaryCreated(store: Store, association: Association): void {
    const { globalId, id, change } = association;
    const group = store.getReplicationGroup(id);
    group.changes = [];
    if (isFailOnCreate(store, group)) {
      addPending(group, 'failed');
      completeDisassociation(store, { globalId, id, region: store.region, change });
    } else store.schedule('secondaryAssociated', association);
  },

  secondaryAssociated(store: Store, { globalId, id, change }: Association): void {
    const datastore = store.getGlobalGroup(globalId, { anywhere: true });
    completeAssociation(store, datastore, store.getReplicationGroup(id));
    removePending(datastore, change);
  },

  globalGroupModified(store: Store, { description, settings, parameterGroup, ...change }: GlobalModification): void {
    if (description) store.getGlobalGroup(change.globalId, { anywhere: true }).description = description;
    removePendingFromAll(store, change, (member, there) => {
      Object.assign(member, settings);
      const source = parameterGroup && findParameterGroup(store, parameterGroup);
      if (source) member.parameterGroup = generateParameterGroup(there, member.id, change.globalId, source);
    });
  },

  resharded(store: Store, { layout, ...change }: Resharding): void {
    removePendingFromAll(store, change, (member) => {
      const own = layout.find(({ id, region }) => id === member.id && region === member.region);
      if (own) member.shards = own.shards;
    });
  },

  /** The last failover to get here wins. */
  failedOver(store: Store, { globalId, id, region, change }: MemberChange): void {
    const datastore = store.getGlobalGroup(globalId, { anywhere: true });
    for (const member of datastore.members)
      member.role = member.id === id && member.region === region ? 'PRIMARY' : 'SECONDARY';
    removePending(datastore, change);
  },

  memberLeaves(store: Store, leaving: MemberChange): void {
    const member = findMember(store.getGlobalGroup(leaving.globalId, { anywhere: true }), leaving.id, leaving.region);
    if (member) member.status = 'disassociating';
    store.schedule('memberLeft', leaving);
  },

  /** It stands alone now, with its data and its generated parameter group. */
  memberLeft: completeDisassociation,
} satisfies Record<string, (store: Store, args: never) => void>;

export type TransitionName = keyof typeof transitions;
export type TransitionArguments<Name extends TransitionName> = Parameters<(typeof transitions)[Name]>[1];

export function transition(store: Store, name: TransitionName, args: unknown): void {
  transitions[name](store, args as never);
}

interface Modification {
  id: string;
  change: number;
  settings: Partial<StoredReplicationGroup>;
}

export interface GlobalModification extends GlobalChange {
  description?: string | undefined;
  settings: Partial<StoredReplicationGroup>;
  /** What every member's new parameter group is made from, after a change of the family. */
  parameterGroup?: string | undefined;
}

interface Resharding extends GlobalChange {
  /** The shards of each member afterwards. */
  layout: { id: string; region: string; shards: Shard[] }[];
}

interface MemberChange {
  globalId: string;
  id: string;
  region: string;
  change: number;
}

interface Association {
  globalId: string;
  id: string;
  /** The change that ends with it: the primary's own for a primary, the datastore's for a secondary. */
  change: number;
}

function isFailOnCreate(store: Store, group: StoredReplicationGroup): boolean {
  return store.accountState.failOnCreate.includes(`${group.region}/${group.id}`);
}

function completeDisassociation(store: Store, { globalId, id, region, change }: MemberChange): void {
  const datastore = store.getGlobalGroup(globalId, { anywhere: true });
  const leaver = findMember(datastore, id, region);
  datastore.members = datastore.members.filter((member) => member !== leaver);
  store.viewFrom(region).getReplicationGroup(id).globalId = undefined;
  removePending(datastore, change);
}

/**
 * The member belongs to the datastore now, with a parameter group made from the primary's; minor upgrades are the
 * datastore's business.
 */
function completeAssociation(store: Store, datastore: StoredGlobalGroup, group: StoredReplicationGroup): void {
  const member = findMember(datastore, group.id, group.region);
  if (member) member.status = 'associated';
  const primary = replicationGroupOf(store, primaryOf(datastore));
  const source = findParameterGroup(store.viewFrom(primary.region), primary.parameterGroup);
  if (source) group.parameterGroup = generateParameterGroup(store, group.id, datastore.id, source);
  group.autoMinorVersionUpgrade = false;
}
