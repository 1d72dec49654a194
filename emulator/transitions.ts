import { findMember, primaryOf, removePendingFromAll, replicationGroupOf } from './rules/globalReplicationGroup.ts';
import { findParameterGroup, generateParameterGroup } from './rules/parameterGroups.ts';
import { addPending, removePending } from './state/pendingChanges.ts';
import type { Store, Transitions } from './state/store.ts';
import type { MemberChange, StoredGlobalGroup, StoredReplicationGroup } from './state/types.ts';

/**
 * The changes that ElastiCache makes minutes after a response. Each transition removes the pending change that the
 * action added, and the status follows. A transition schedules the next one, so that no status is skipped.
 */
export const transitions: Transitions = {
  replicationGroupCreated(store, { id }) {
    const group = store.getReplicationGroup(id);
    group.changes = [];
    if (isCreateFailing(store, group)) addPending(group, 'failed');
  },

  replicationGroupModified(store, { id, change, settings }) {
    const group = store.getReplicationGroup(id);
    Object.assign(group, settings);
    group.pendingModifiedValues = {};
    removePending(group, change);
  },

  replicationGroupDeleted(store, { id }) {
    store.removeReplicationGroup(id);
  },

  /** The datastore of a member may be deleted in the meantime. */
  replicasChanged(store, { id, change, shards, datastore: ofMember }) {
    const group = store.getReplicationGroup(id);
    group.shards = shards;
    removePending(group, change);
    const datastore = ofMember && store.accountState.globalGroups[ofMember.globalId];
    if (datastore) removePending(datastore, ofMember.change);
  },

  primaryAssociated(store, { globalId, id, change }) {
    const datastore = store.getGlobalGroup(globalId, { anywhere: true });
    const primary = store.getReplicationGroup(id);
    completeAssociation(store, datastore, primary);
    removePending(primary, change);
    datastore.changes = [];
  },

  globalGroupDeleted(store, { globalId }) {
    for (const { id, region } of store.getGlobalGroup(globalId, { anywhere: true }).members)
      store.viewFrom(region).getReplicationGroup(id).globalId = undefined;
    store.removeGlobalGroup(globalId);
  },

  /** The association is still pending: a secondary becomes `available` before its datastore. */
  secondaryCreated(store, association) {
    const { globalId, id, change } = association;
    const group = store.getReplicationGroup(id);
    group.changes = [];
    if (isCreateFailing(store, group)) {
      addPending(group, 'failed');
      completeDisassociation(store, { globalId, id, region: store.region, change });
    } else store.schedule('secondaryAssociated', association);
  },

  secondaryAssociated(store, { globalId, id, change }) {
    const datastore = store.getGlobalGroup(globalId, { anywhere: true });
    completeAssociation(store, datastore, store.getReplicationGroup(id));
    removePending(datastore, change);
  },

  globalGroupModified(store, { description, settings, parameterGroup, ...change }) {
    if (description) store.getGlobalGroup(change.globalId, { anywhere: true }).description = description;
    removePendingFromAll(store, change, (member, memberStore) => {
      Object.assign(member, settings);
      const source = parameterGroup && findParameterGroup(store, parameterGroup);
      if (source) member.parameterGroup = generateParameterGroup(memberStore, member.id, change.globalId, source);
    });
  },

  resharded(store, { layout, ...change }) {
    removePendingFromAll(store, change, (member) => {
      const next = layout.find(({ id, region }) => id === member.id && region === member.region);
      if (next) member.shards = next.shards;
    });
  },

  /** The last failover to complete wins. */
  failedOver(store, { globalId, id, region, change }) {
    const datastore = store.getGlobalGroup(globalId, { anywhere: true });
    for (const member of datastore.members)
      member.role = member.id === id && member.region === region ? 'PRIMARY' : 'SECONDARY';
    removePending(datastore, change);
  },

  memberLeaves(store, memberChange) {
    const { globalId, id, region } = memberChange;
    const member = findMember(store.getGlobalGroup(globalId, { anywhere: true }), id, region);
    if (member) member.status = 'disassociating';
    store.schedule('memberLeft', memberChange);
  },

  /** The replication group keeps its data and its generated parameter group. */
  memberLeft: completeDisassociation,

  changeDropped: (store, before) => store.restore(before),
};

function isCreateFailing(store: Store, group: StoredReplicationGroup): boolean {
  return store.accountState.failOnCreate.includes(`${group.region}/${group.id}`);
}

function completeDisassociation(store: Store, { globalId, id, region, change }: MemberChange): void {
  const datastore = store.getGlobalGroup(globalId, { anywhere: true });
  const removed = findMember(datastore, id, region);
  datastore.members = datastore.members.filter((member) => member !== removed);
  store.viewFrom(region).getReplicationGroup(id).globalId = undefined;
  removePending(datastore, change);
}

/** Sets the member `associated`, with a copy of the primary's parameter group and without automatic minor upgrades. */
function completeAssociation(store: Store, datastore: StoredGlobalGroup, group: StoredReplicationGroup): void {
  const member = findMember(datastore, group.id, group.region);
  if (member) member.status = 'associated';
  const primary = replicationGroupOf(store, primaryOf(datastore));
  const source = findParameterGroup(store.viewFrom(primary.region), primary.parameterGroup);
  if (source) group.parameterGroup = generateParameterGroup(store, group.id, datastore.id, source);
  group.autoMinorVersionUpgrade = false;
}
