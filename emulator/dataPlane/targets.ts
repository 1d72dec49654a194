import { validDigestsOf } from '../rules/authTokens.ts';
import { replicationGroupStatusOf } from '../rules/replicationGroup.ts';
import type { Store } from '../state/store.ts';
import type { StoredGlobalGroup, StoredReplicationGroup } from '../state/types.ts';

/** A server that has to run: one for each node group of each replication group. */
export interface Target {
  readonly key: string;
  /** Its key begins with that of its replication group. */
  readonly groupKey: string;
  readonly store: Store;
  readonly group: StoredReplicationGroup;
  readonly nodeGroupId: string;
  readonly datastore: StoredGlobalGroup | undefined;
  /** The digests of the tokens that it accepts. */
  readonly digests: readonly string[];
  /** The key of the server that it replicates. Undefined for a primary. */
  readonly source: string | undefined;
}

/** A replication group. */
export type Place = Pick<StoredReplicationGroup, 'id' | 'region'>;

/** The replication groups that are being promoted, by the key of their datastore. */
export type Promotions = ReadonlyMap<string, Place>;

export const datastoreKeyOf = ({ account }: { readonly account: string }, id: string): string => `${account}/${id}`;

export const isSame = (a: Place, b: Place): boolean => a.id === b.id && a.region === b.region;

/** Returns the servers that the state needs. A resharding that waits needs its new node groups already. */
export function targetsOf(store: Store, promotions: Promotions): Target[] {
  return store.views().flatMap((view) => {
    const groups = view.listReplicationGroups().filter(hasServers);
    return groups.flatMap((group) => targetsOfGroup(view, group, promotions));
  });
}

/** Returns the primary of a datastore, or the one that is being promoted. */
export function primaryFor(store: Store, datastore: StoredGlobalGroup, promotions: Promotions): Place | undefined {
  return (
    promotions.get(datastoreKeyOf(store, datastore.id)) ?? datastore.members.find(({ role }) => role === 'PRIMARY')
  );
}

function hasServers(group: StoredReplicationGroup): boolean {
  return !['deleting', 'create-failed'].includes(replicationGroupStatusOf(group));
}

function targetsOfGroup(store: Store, group: StoredReplicationGroup, promotions: Promotions): Target[] {
  const groupKeyOf = ({ region, id }: Place) => [store.account, region, id].join('/');
  const datastore = store.accountState.globalGroups[group.globalId ?? ''];
  const member = datastore?.members.find((each) => isSame(each, group));
  const primary = datastore && member?.status !== 'disassociating' && primaryFor(store, datastore, promotions);
  const digests = validDigestsOf(store, group);
  return nodeGroupsOf(store, group).map((nodeGroupId) => ({
    key: `${groupKeyOf(group)}/${nodeGroupId}`,
    groupKey: groupKeyOf(group),
    store,
    group,
    nodeGroupId,
    datastore,
    digests,
    source: !primary || isSame(primary, group) ? undefined : `${groupKeyOf(primary)}/${nodeGroupId}`,
  }));
}

function nodeGroupsOf(store: Store, group: StoredReplicationGroup): string[] {
  const layouts = store.listLayouts().filter((layout) => isSame(layout, group));
  return [...new Set([...group.shards, ...layouts.flatMap(({ shards }) => shards)].map(({ id }) => id))];
}
