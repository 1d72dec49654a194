import {
  DescribeReplicationGroupsCommand,
  type DescribeReplicationGroupsCommandInput,
  type ReplicationGroup,
} from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { withRegionTimeout } from '../aws/multiRegion.ts';
import { isUnresponsive } from '../aws/regionHealth.ts';
import { mapInBatches } from '../lib/mapInBatches.ts';
import { Problem } from '../problems/problem.ts';

/** The name of a replication group: its id is unique only within its region. */
export interface GroupName {
  readonly ReplicationGroupRegion?: string;
  readonly ReplicationGroupId?: string;
}

/** Returns `region/id`. */
export const formatGroupName = ({ ReplicationGroupRegion, ReplicationGroupId }: GroupName): string =>
  `${ReplicationGroupRegion}/${ReplicationGroupId}`;

/**
 * Returns each of these replication groups, or the problem of its read, by `formatGroupName`. A region is called at most
 * `maxPages` times for pages, and once for each group that is not on them. Unresponsive regions are not called if another one
 * has a group.
 */
export async function describeGroups(
  signal: AbortSignal,
  names: readonly GroupName[],
): Promise<ReadonlyMap<string, ReplicationGroup | Problem>> {
  const byRegion = [...Map.groupBy(names, ({ ReplicationGroupRegion = '' }) => ReplicationGroupRegion)];
  const isCalled = byRegion.every(([region]) => isUnresponsive(region))
    ? () => true
    : (region: string) => !isUnresponsive(region);
  const found = await Promise.all(
    byRegion.map(async ([region, groups]) => {
      const ids = new Set(groups.map(({ ReplicationGroupId = '' }) => ReplicationGroupId));
      const results = isCalled(region)
        ? await describeGroupsIn(signal, region, ids)
        : failAll(ids, unresponsive(region));
      return [...results].map(
        ([id, result]) =>
          [formatGroupName({ ReplicationGroupRegion: region, ReplicationGroupId: id }), result] as const,
      );
    }),
  );
  return new Map(found.flat());
}

type Results = Map<string, ReplicationGroup | Problem>;

/** The number of groups of one region that are read one by one. More of them are looked for on pages first. */
const maxSingleReads = 3;

/** The limit on pages of one region: 500 groups. By default a region has at most 300 nodes (AWS service quotas). */
const maxPages = 5;

async function describeGroupsIn(signal: AbortSignal, region: string, ids: ReadonlySet<string>): Promise<Results> {
  const results: Results = new Map();
  if (ids.size > maxSingleReads) {
    const problem = await readPages(signal, region, ids, results);
    if (problem) return new Map([...failAll(ids, problem), ...results]);
  }
  const remaining = [...ids].filter((id) => !results.has(id));
  const groups = await mapInBatches(remaining, (id) => describeGroup(signal, region, id));
  for (const [index, id] of remaining.entries()) results.set(id, groups[index] as ReplicationGroup | Problem);
  return results;
}

/** Adds the groups on the pages of a region to `results`, until all are found. Returns the problem that ends the reads early. */
async function readPages(
  signal: AbortSignal,
  region: string,
  ids: ReadonlySet<string>,
  results: Results,
): Promise<Problem | undefined> {
  let Marker: string | undefined;
  for (let page = 1; page <= maxPages && results.size < ids.size; page++) {
    const output = await describePage(signal, region, { Marker, MaxRecords: 100 }).catch(requireProblem);
    if (output instanceof Problem) return output;
    for (const group of output.ReplicationGroups ?? [])
      if (ids.has(group.ReplicationGroupId ?? '')) results.set(group.ReplicationGroupId ?? '', group);
    Marker = output.Marker;
    if (!Marker) return undefined;
  }
  return undefined;
}

async function describeGroup(
  signal: AbortSignal,
  region: string,
  ReplicationGroupId: string,
): Promise<ReplicationGroup | Problem> {
  const output = await describePage(signal, region, { ReplicationGroupId }).catch(requireProblem);
  if (output instanceof Problem) return output;
  const missing = `The response has no replication group ${ReplicationGroupId}.`;
  return output.ReplicationGroups?.[0] ?? new Problem('UpstreamAnswerInvalid', missing);
}

const describePage = (signal: AbortSignal, region: string, input: DescribeReplicationGroupsCommandInput) =>
  elastiCache(withRegionTimeout(signal), region).send(new DescribeReplicationGroupsCommand(input));

const failAll = (ids: ReadonlySet<string>, problem: Problem): Results => new Map([...ids].map((id) => [id, problem]));

const unresponsive = (region: string) => new Problem('UpstreamUnreachable', `${region} did not respond recently.`);

function requireProblem(problem: unknown): Problem {
  if (problem instanceof Problem) return problem;
  throw problem;
}
