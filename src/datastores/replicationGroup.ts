import { DescribeReplicationGroupsCommand, type ReplicationGroup } from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { Problem } from '../problems/problem.ts';

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
