import { DescribeGlobalReplicationGroupsCommand } from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { withRegionTimeout } from '../aws/multiRegion.ts';
import { requireGlobalDatastore } from './globalDatastore.ts';
import type { RegionCursor, RegionPage } from './multiRegionPaging.ts';

/** Returns the next page of the datastores that one region lists, with their members. */
export async function describeRegionPage(
  signal: AbortSignal,
  { region, marker }: RegionCursor,
  MaxRecords: number,
): Promise<RegionPage> {
  const { GlobalReplicationGroups = [], Marker } = await elastiCache(withRegionTimeout(signal), region).send(
    new DescribeGlobalReplicationGroupsCommand({ MaxRecords, Marker: marker, ShowMemberInfo: true }),
  );
  return { groups: GlobalReplicationGroups.map(requireGlobalDatastore), marker: Marker };
}
