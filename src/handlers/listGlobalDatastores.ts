import { isUnresponsive } from '../aws/regionHealth.ts';
import { config } from '../config.ts';
import { describeRegionPage } from '../datastores/describeRegionPage.ts';
import type { GlobalDatastore } from '../datastores/globalDatastore.ts';
import { matchesFilters } from '../datastores/listFilters.ts';
import {
  decodeMarker,
  encodeMarker,
  fetchPage,
  initialCursors,
  isExhausted,
  type RegionCursor,
  type RegionPage,
} from '../datastores/multiRegionPaging.ts';
import { defineHandler } from '../http/defineHandler.ts';
import { ok } from '../http/responses.ts';
import { filterOwnedDatastores, type Warning } from '../policy/owners.ts';
import { Problem } from '../problems/problem.ts';
import { problemType } from '../problems/problemTypes.ts';
import { listGlobalDatastores } from '../schemas/listGlobalDatastores.ts';

export const handler = defineHandler(listGlobalDatastores, async ({ query, signal, event }) => {
  const { MaxRecords = 100, ShowMemberInfo = false } = query;
  let cursors = query.Marker ? decodeMarker(query.Marker, config.regions) : initialCursors(config.regions);
  const { readPage, responded, problems } = createRegionReader(signal, MaxRecords, cursors);
  const unowned: Warning[] = [];
  let owned: readonly GlobalDatastore[] = [];

  for (
    let page = 1;
    page <= maxPagesOfDatastores && owned.length === 0 && !(page > 1 && isExhausted(cursors));
    page++
  ) {
    const { groups, cursors: next } = await fetchPage(cursors, MaxRecords, readPage);
    const [problem] = problems.values();
    if (problem && responded.size === 0) throw problem;
    const matching = groups.filter(matchesFilters(query));
    const part =
      globalThis.POLICY_HAS_OWNERS === false ? undefined : await filterOwnedDatastores(signal, event, matching);
    cursors = [...next];
    owned = part?.owned ?? matching;
    unowned.push(...(part?.warnings ?? []));
  }

  const unreachable = cursors.filter(({ end }) => end === 'unreachable');
  const Warnings = [...unreachable.map(({ region }) => toWarning(region, problems)), ...unowned];
  return ok({
    GlobalReplicationGroups: ShowMemberInfo ? [...owned] : owned.map(withoutMembers),
    Marker: isExhausted(cursors) ? undefined : encodeMarker(cursors),
    ...(Warnings.length > 0 && { Warnings }),
  });
});

/** The limit on pages that are read for one response, if a page has no datastore of the caller's owner that matches the filters. */
const maxPagesOfDatastores = 3;

/**
 * Creates a reader of region pages that collects the regions that responded and the problems of the others. It skips unresponsive
 * regions, unless all are.
 */
function createRegionReader(signal: AbortSignal, MaxRecords: number, cursors: readonly RegionCursor[]) {
  const responded = new Set<string>();
  const problems = new Map<string, Problem>();
  const open = cursors.filter(({ end }) => !end);
  const unresponsive = open.filter(({ region }) => isUnresponsive(region));
  const skipped = unresponsive.length < open.length ? unresponsive : [];

  async function readPage(cursor: RegionCursor): Promise<RegionPage | undefined> {
    const { region } = cursor;
    if (skipped.includes(cursor)) return undefined;
    try {
      const page = await describeRegionPage(signal, cursor, MaxRecords);
      responded.add(region);
      return page;
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.status < 500) throw problem;
      problems.set(region, problem);
      return undefined;
    }
  }
  return { readPage, responded, problems };
}

const withoutMembers = ({ Members: _, ...group }: GlobalDatastore): GlobalDatastore => group;

const toWarning = (Region: string, problems: ReadonlyMap<string, Problem>) => ({
  Region,
  Detail: problemType(problems.get(Region)?.code ?? 'UpstreamTimeout').title,
});
