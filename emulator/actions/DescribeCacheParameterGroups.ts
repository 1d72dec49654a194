import type { CacheParameterGroupsMessage, DescribeCacheParameterGroupsMessage } from '@aws-sdk/client-elasticache';
import { paginate } from '../protocol/paging.ts';
import { viewParameterGroup } from '../responses/parameterGroup.ts';
import { getParameterGroup, listParameterGroups } from '../rules/parameterGroups.ts';
import type { Store } from '../state/store.ts';

/** Returns the parameter groups of the caller's region, including those generated for members. */
export function DescribeCacheParameterGroups(
  store: Store,
  input: DescribeCacheParameterGroupsMessage,
): CacheParameterGroupsMessage {
  const { CacheParameterGroupName: name } = input;
  const groups = name === undefined ? listParameterGroups(store) : [getParameterGroup(store, name)];
  const { items, Marker } = paginate(
    () => groups,
    (group) => group.name,
    input,
  );
  return { Marker, CacheParameterGroups: items.map((group) => viewParameterGroup(store, group)) };
}
