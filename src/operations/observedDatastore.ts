import type { GlobalDatastore } from '../datastores/globalDatastore.ts';
import type { findReplicationGroup } from '../datastores/replicationGroup.ts';
import type { ObservedDatastore, ObservedGroup, ObservedMember } from './goal.ts';

/** Converts a datastore to the part of the actual state that goals are compared with. */
export const toObservedDatastore = ({ Status, Members = [] }: GlobalDatastore, Region: string): ObservedDatastore => ({
  Status,
  Region,
  Members: Members.map(
    ({ ReplicationGroupId = '', ReplicationGroupRegion = '', Role, Status }): ObservedMember => ({
      ReplicationGroupId,
      ReplicationGroupRegion,
      Role,
      Status,
    }),
  ),
});

/** Returns what an operation compares of a replication group. */
export function toObservedGroup({
  Status,
  GlobalReplicationGroupInfo,
}: Awaited<ReturnType<typeof findReplicationGroup>>): ObservedGroup {
  const { GlobalReplicationGroupId } = GlobalReplicationGroupInfo ?? {};
  return { Status, ...(GlobalReplicationGroupId && { GlobalReplicationGroupId }) };
}
