import { DescribeGlobalReplicationGroupsCommand } from '@aws-sdk/client-elasticache';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { withRegionTimeout } from '../aws/multiRegion.ts';
import { config } from '../config.ts';
import { filterOwnedDatastores } from '../policy/ownership.ts';
import { type GlobalDatastore, requireGlobalDatastore } from './globalDatastore.ts';
import { fetchPage, initialCursors, isExhausted, type RegionCursor, type RegionPage } from './multiRegionPaging.ts';

/** How many datastores there are, of those that the caller may see. Throws when one of the regions does not answer. */
export async function countDatastores(signal: AbortSignal, event: APIGatewayProxyEventV2): Promise<number> {
  const groups: GlobalDatastore[] = [];
  let steps: readonly RegionCursor[] = initialCursors(config.regions);
  while (!isExhausted(steps)) {
    const page = await fetchPage(steps, 100, (step) => describeRegionPage(signal, step, 100));
    groups.push(...page.groups);
    ({ steps } = page);
  }
  const owned = globalThis.POLICY_HAS_OWNERS === false ? groups : await filterOwnedDatastores(signal, event, groups);
  return owned.length;
}

/** A page of the datastores that one region lists, with their members. */
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
