import type { GlobalDatastore } from '../datastores/globalDatastore.ts';
import type { ObservedDatastore, ObservedMember } from './goal.ts';

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
