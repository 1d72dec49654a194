import {
  DescribeReplicationGroupsCommand,
  type DescribeReplicationGroupsCommandOutput,
} from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';

/** The limit on pages: 300 groups. By default a region has at most 300 nodes (AWS General Reference, ElastiCache quotas). */
const maxCountedPages = 3;

/** Counts the nodes of the replication groups of a region, as far as a few pages show them. */
export async function countNodes(signal: AbortSignal, region: string): Promise<number> {
  const client = elastiCache(signal, region);
  let nodes = 0;
  let Marker: string | undefined;
  for (let page = 1; page <= maxCountedPages; page++) {
    const output: DescribeReplicationGroupsCommandOutput = await client.send(
      new DescribeReplicationGroupsCommand({ Marker, MaxRecords: 100 }),
    );
    for (const { MemberClusters = [] } of output.ReplicationGroups ?? []) nodes += MemberClusters.length;
    Marker = output.Marker;
    if (!Marker) break;
  }
  return nodes;
}
