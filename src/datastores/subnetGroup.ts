import { type CacheSubnetGroup, DescribeCacheSubnetGroupsCommand } from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { Problem } from '../problems/problem.ts';

/** Returns a cache subnet group. Throws `CacheSubnetGroupNotFoundFault` if it does not exist in the region. */
export async function findSubnetGroup(
  signal: AbortSignal,
  region: string,
  CacheSubnetGroupName: string,
): Promise<CacheSubnetGroup> {
  const { CacheSubnetGroups } = await elastiCache(signal, region).send(
    new DescribeCacheSubnetGroupsCommand({ CacheSubnetGroupName }),
  );
  const [group] = CacheSubnetGroups ?? [];
  if (group) return group;
  throw new Problem('UpstreamAnswerInvalid', `The response has no cache subnet group ${CacheSubnetGroupName}.`);
}
