import type {
  CacheParameterGroup,
  CacheParameterGroupsMessage,
  DescribeCacheParameterGroupsMessage,
} from '@aws-sdk/client-elasticache';
import { Fault } from '../protocol/fault.ts';
import { paginate } from '../protocol/paging.ts';
import { findParameterGroup, listParameterGroups, type ParameterGroup } from '../rules/parameterGroups.ts';
import type { Store } from '../state/store.ts';

/** Returns the parameter groups of the caller's region, including those generated for members. */
export function DescribeCacheParameterGroups(
  store: Store,
  input: DescribeCacheParameterGroupsMessage,
): CacheParameterGroupsMessage {
  const { CacheParameterGroupName: name } = input;
  const groups =
    name === undefined ? listParameterGroups(store) : [findParameterGroup(store, name)].filter((g) => g !== undefined);
  if (name !== undefined && groups.length === 0)
    throw new Fault('CacheParameterGroupNotFoundFault', `CacheParameterGroup ${name} not found.`);
  const { items, Marker } = paginate(
    () => groups,
    (group) => group.name,
    input,
  );
  return { Marker, CacheParameterGroups: items.map((group) => viewParameterGroup(store, group)) };
}

function viewParameterGroup(store: Store, group: ParameterGroup): CacheParameterGroup {
  return {
    CacheParameterGroupName: group.name,
    CacheParameterGroupFamily: group.family,
    Description: group.description,
    IsGlobal: group.global,
    ARN: `arn:${store.partition}:elasticache:${store.region}:${store.account}:parametergroup:${group.name}`,
  };
}
