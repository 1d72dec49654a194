import { DescribeReplicationGroupsCommand, type ReplicationGroup } from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { Problem } from '../problems/problem.ts';

/** A replication group as JSON has it, `group` when AWS did answer one. Throws `UpstreamAnswerInvalid`. */
export function toReplicationGroup(group: ReplicationGroup | undefined) {
  const { ReplicationGroupId, Status, AuthTokenLastModifiedDate, ReplicationGroupCreateTime, ...others } = group ?? {};
  if (!ReplicationGroupId || !Status) {
    throw new Problem('UpstreamAnswerInvalid', 'An answer without ReplicationGroup, its id or its status');
  }
  return {
    ReplicationGroupId,
    Status,
    AuthTokenLastModifiedDate: AuthTokenLastModifiedDate?.toISOString(),
    ReplicationGroupCreateTime: ReplicationGroupCreateTime?.toISOString(),
    ...others,
  };
}

/** The replication group of that id in that region. Throws the not-found fault. */
export async function findReplicationGroup(signal: AbortSignal, region: string, ReplicationGroupId: string) {
  const { ReplicationGroups } = await elastiCache(signal, region).send(
    new DescribeReplicationGroupsCommand({ ReplicationGroupId }),
  );
  return toReplicationGroup(ReplicationGroups?.[0]);
}
