import { finish } from './changes.ts';
import { findMember, type StoredGlobalGroup } from './globalReplicationGroup.ts';
import { findParameterGroup, generateParameterGroup } from './parameterGroups.ts';
import type { StoredReplicationGroup } from './replicationGroup.ts';
import type { Store } from './store.ts';

/**
 * Every step that happens after an answer, by name: what ElastiCache does in minutes. Each ends the change that the
 * operation began, so the status follows; a step with a next one schedules it, so that no status is jumped over.
 * Arguments are JSON: steps under way survive a restart.
 */
export const transitions = {
  replicationGroupCreated(store: Store, { id }: { id: string }): void {
    store.replicationGroup(id).changes = [];
  },

  replicationGroupDeleted(store: Store, { id }: { id: string }): void {
    delete store.mine.replicationGroups[`${store.region}/${id}`];
  },

  primaryAssociated(store: Store, { globalId, id, change }: Association): void {
    const datastore = store.globalGroup(globalId, { anywhere: true });
    const primary = store.replicationGroup(id);
    associate(store, datastore, primary);
    finish(primary, change);
    datastore.changes = [];
  },

  globalGroupDeleted(store: Store, { globalId }: { globalId: string }): void {
    for (const { id, region } of store.globalGroup(globalId, { anywhere: true }).members)
      store.at(region).replicationGroup(id).globalId = undefined;
    delete store.mine.globalGroups[globalId];
  },

  /** The group is there, its association goes on: a secondary is `available` before its datastore is. */
  secondaryCreated(store: Store, association: Association): void {
    store.replicationGroup(association.id).changes = [];
    store.later('secondaryAssociated', association);
  },

  secondaryAssociated(store: Store, { globalId, id, change }: Association): void {
    const datastore = store.globalGroup(globalId, { anywhere: true });
    associate(store, datastore, store.replicationGroup(id));
    finish(datastore, change);
  },
} satisfies Record<string, (store: Store, args: never) => void>;

export type TransitionName = keyof typeof transitions;
export type TransitionArguments<Name extends TransitionName> = Parameters<(typeof transitions)[Name]>[1];

export function transition(store: Store, name: TransitionName, args: unknown): void {
  transitions[name](store, args as never);
}

interface Association {
  globalId: string;
  id: string;
  /** The change that ends with it: the primary's own for a primary, the datastore's for a secondary. */
  change: number;
}

/** The member belongs to the datastore now, with a parameter group made for it; minor upgrades are the datastore's business. */
function associate(store: Store, datastore: StoredGlobalGroup, group: StoredReplicationGroup): void {
  const member = findMember(datastore, group.id, group.region);
  if (member) member.status = 'associated';
  const source = findParameterGroup(store, group.parameterGroup);
  if (source) group.parameterGroup = generateParameterGroup(store, group.id, datastore.id, source);
  group.autoMinorVersionUpgrade = false;
}
