import type {
  DescribeGlobalReplicationGroupsMessage,
  DescribeGlobalReplicationGroupsResult,
} from '@aws-sdk/client-elasticache';
import { paginate } from '../protocol/paging.ts';
import { viewGlobalGroup } from '../responses/globalReplicationGroup.ts';
import type { Store } from '../state/store.ts';

/** Returns the visible global datastores, or the one with the given id. ShowMemberInfo adds the members. */
export function DescribeGlobalReplicationGroups(
  store: Store,
  input: DescribeGlobalReplicationGroupsMessage,
): DescribeGlobalReplicationGroupsResult {
  const { GlobalReplicationGroupId: id, ShowMemberInfo: members = false } = input;
  const { items, Marker } = paginate(
    (after) => (id === undefined ? store.iterateGlobalGroups(after) : [store.getGlobalGroup(id)]),
    (group) => group.id,
    input,
  );
  return { Marker, GlobalReplicationGroups: items.map((group) => viewGlobalGroup(store, group, { members })) };
}
