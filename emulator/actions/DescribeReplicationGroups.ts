import type { DescribeReplicationGroupsMessage, ReplicationGroupMessage } from '@aws-sdk/client-elasticache';
import { paginate } from '../protocol/paging.ts';
import { viewReplicationGroup } from '../responses/replicationGroup.ts';
import type { Store } from '../state/store.ts';

/** Returns the replication groups of the caller's region, or the one with the given id. */
export function DescribeReplicationGroups(
  store: Store,
  input: DescribeReplicationGroupsMessage,
): ReplicationGroupMessage {
  const { ReplicationGroupId: id } = input;
  const { items, Marker } = paginate(
    (after) => (id === undefined ? store.iterateReplicationGroups(after) : [store.getReplicationGroup(id)]),
    (group) => group.id,
    input,
  );
  return { Marker, ReplicationGroups: items.map((group) => viewReplicationGroup(store, group)) };
}
