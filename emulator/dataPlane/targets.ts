import { validDigestsOf } from '../rules/authTokens.ts';
import { CONFIGURATION } from '../rules/endpoints.ts';
import { replicationGroupStatusOf } from '../rules/replicationGroup.ts';
import type { Store } from '../state/store.ts';
import type { StoredGlobalGroup, StoredReplicationGroup } from '../state/types.ts';

/** The desired state of a node group of a replication group: its server, its source and its ports. */
export type Target = ReturnType<typeof targetsOfGroup>[number];

/** A resource that stores the numbers of its ports in the state, by name. */
export type PortOwner = StoredGlobalGroup | StoredReplicationGroup;

/** The name of the port of a datastore, which leads to its primary. */
export const WRITER = 'writer';

/** A replication group. */
export type Place = Pick<StoredReplicationGroup, 'id' | 'region'>;

export const isSame = (a: Place, b: Place): boolean => a.id === b.id && a.region === b.region;

/** Returns the servers that the state needs. A scheduled resharding already needs its new node groups. */
export function targetsOf(store: Store): Target[] {
  return store.views().flatMap((view) =>
    view
      .listReplicationGroups()
      .filter((group) => !['deleting', 'create-failed'].includes(replicationGroupStatusOf(group)))
      .flatMap((group) => targetsOfGroup(view, group)),
  );
}

function targetsOfGroup(store: Store, group: StoredReplicationGroup) {
  const { account, accountState } = store;
  const datastore = accountState.globalGroups[group.globalId ?? ''];
  const primary = datastore && primaryFor(group, datastore);
  const isPrimary = primary !== undefined && isSame(primary, group);
  const digests = validDigestsOf(store, group);
  return nodeGroupsOf(store, group).map((nodeGroupId) => {
    const keyIn = ({ region, id }: Place) => [account, region, id, nodeGroupId].join('/');
    /** The key of the node group that it replicates, if any. */
    const sourceKey = primary && !isPrimary ? keyIn(primary) : undefined;
    /** Its own port. The first node group also has the ports of its replication group and of the datastore. */
    const ports = new Map<string, PortOwner>([[nodeGroupId, group]]);
    if (nodeGroupId === group.shards[0]?.id && group.clusterEnabled) ports.set(CONFIGURATION, group);
    if (nodeGroupId === group.shards[0]?.id && datastore && isPrimary) ports.set(WRITER, datastore);
    return { key: keyIn(group), account, group, nodeGroupId, datastore, sourceKey, digests, ports };
  });
}

/** Returns the primary of a member. Undefined for a member that leaves. */
function primaryFor(group: Place, { members, promoted }: StoredGlobalGroup): Place | undefined {
  const isLeaving = members.some((member) => isSame(member, group) && member.status === 'disassociating');
  return isLeaving ? undefined : (promoted ?? members.find(({ role }) => role === 'PRIMARY'));
}

function nodeGroupsOf(store: Store, group: StoredReplicationGroup): string[] {
  const layouts = store.listLayouts().filter((layout) => isSame(layout, group));
  return [...new Set([...group.shards, ...layouts.flatMap(({ shards }) => shards)].map(({ id }) => id))];
}
