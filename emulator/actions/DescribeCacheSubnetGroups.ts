import type { CacheSubnetGroupMessage, DescribeCacheSubnetGroupsMessage } from '@aws-sdk/client-elasticache';
import { paginate } from '../protocol/paging.ts';
import { viewSubnetGroup } from '../responses/subnetGroup.ts';
import { getSubnetGroup, listSubnetGroups } from '../rules/subnetGroups.ts';
import type { Store } from '../state/store.ts';

/** Returns the subnet groups of the caller's region, or the one with the given name. */
export function DescribeCacheSubnetGroups(
  store: Store,
  input: DescribeCacheSubnetGroupsMessage,
): CacheSubnetGroupMessage {
  const { CacheSubnetGroupName: name } = input;
  const { items, Marker } = paginate(
    () => (name === undefined ? listSubnetGroups(store) : [getSubnetGroup(store, name)]),
    (group) => group.name,
    input,
  );
  return { Marker, CacheSubnetGroups: items.map((group) => viewSubnetGroup(store, group)) };
}
