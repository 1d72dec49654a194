import { undefinedIfNotFound } from '../problems/problem.ts';
import { findGlobalDatastore } from './globalDatastore.ts';
import { findReplicationGroup } from './replicationGroup.ts';

/**
 * Returns a replication group and the datastore that it is a member of, each if it exists. AWS chooses the prefix of the id of a
 * new datastore, so that a datastore that was just created is found by its primary only.
 */
export async function findPrimaryWithDatastore(
  signal: AbortSignal,
  region: string | undefined,
  ReplicationGroupId: string,
) {
  const ReplicationGroup = await findReplicationGroup(signal, region, ReplicationGroupId).catch(undefinedIfNotFound);
  const { GlobalReplicationGroupId: id } = ReplicationGroup?.GlobalReplicationGroupInfo ?? {};
  if (id === undefined) return { ReplicationGroup };
  const located = await findGlobalDatastore(signal, id, region).catch(undefinedIfNotFound);
  return { ReplicationGroup, GlobalReplicationGroup: located?.GlobalReplicationGroup };
}
