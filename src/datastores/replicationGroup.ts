import { DescribeReplicationGroupsCommand, type ReplicationGroup } from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { Problem, undefinedIfNotFound } from '../problems/problem.ts';
import { findGlobalDatastore } from './globalDatastore.ts';

/** Converts a replication group in a response of AWS to JSON. Throws `UpstreamAnswerInvalid` if it is missing. */
export function toReplicationGroup(group: ReplicationGroup | undefined) {
  const { ReplicationGroupId, Status, AuthTokenLastModifiedDate, ReplicationGroupCreateTime, ...others } = group ?? {};
  if (!ReplicationGroupId || !Status) {
    throw new Problem('UpstreamAnswerInvalid', 'The response has no ReplicationGroup with an id and a status.');
  }
  return {
    ReplicationGroupId,
    Status,
    AuthTokenLastModifiedDate: AuthTokenLastModifiedDate?.toISOString(),
    ReplicationGroupCreateTime: ReplicationGroupCreateTime?.toISOString(),
    ...others,
  };
}

/** Returns a replication group. Throws `ReplicationGroupNotFoundFault` if it does not exist in the region. */
export async function findReplicationGroup(
  signal: AbortSignal,
  region: string | undefined,
  ReplicationGroupId: string,
) {
  const { ReplicationGroups } = await elastiCache(signal, region).send(
    new DescribeReplicationGroupsCommand({ ReplicationGroupId }),
  );
  return toReplicationGroup(ReplicationGroups?.[0]);
}

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
