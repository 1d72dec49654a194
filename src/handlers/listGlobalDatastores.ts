import { isUnresponsive } from '../aws/regionHealth.ts';
import { config } from '../config.ts';
import { describeRegionPage } from '../datastores/describeRegionPage.ts';
import type { GlobalDatastore } from '../datastores/globalDatastore.ts';
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
import { nextPageLink } from '../http/paginationLink.ts';
import { ok } from '../http/responses.ts';
import { filterOwnedDatastores } from '../policy/owners.ts';
import { Problem } from '../problems/problem.ts';
import { problemType } from '../problems/problemTypes.ts';
import { listGlobalDatastores } from '../schemas/listGlobalDatastores.ts';

export const handler = defineHandler(listGlobalDatastores, async ({ query, signal, event }) => {
  const { MaxRecords = 100, ShowMemberInfo = false } = query;
  const cursors = stepsAt(query.Marker, { ShowMemberInfo });
  const { ask, answers, troubles } = asking(signal, MaxRecords, cursors);

  const page = await fetchPage(cursors, MaxRecords, ask);
  const [trouble] = troubles.values();
  if (trouble && answers.size === 0) throw trouble;

  const groups =
    globalThis.POLICY_HAS_OWNERS === false ? page.groups : await filterOwnedDatastores(signal, event, page.groups);
  const GlobalReplicationGroups = ShowMemberInfo ? [...groups] : groups.map(withoutMembers);
  const Marker = isExhausted(page.cursors) ? undefined : encodeMarker(page.cursors, { ShowMemberInfo });
  const Warnings = page.cursors
    .filter(({ end }) => end === 'unreachable')
    .map(({ region }) => warning(region, troubles));
  return ok(
    { GlobalReplicationGroups, Marker, ...(Warnings.length > 0 && { Warnings }) },
    nextPageLink(listGlobalDatastores.path, query, Marker),
  );
});

function stepsAt(marker: string | undefined, filters: object): readonly RegionCursor[] {
  const cursors = marker === undefined ? initialCursors(config.regions) : decodeMarker(marker, config.regions, filters);
  if (cursors) return cursors;
  const detail = 'Marker must be the Marker of the page before, with the other parameters as they were then.';
  throw new Problem('ValidationFailed', detail, { errors: [{ in: 'query', parameter: 'Marker', detail }] });
}

/** Asks region by region, and keeps in mind which answered and what was wrong with the others. Leaves out who lately did not. */
function asking(signal: AbortSignal, MaxRecords: number, cursors: readonly RegionCursor[]) {
  const answers = new Set<string>();
  const troubles = new Map<string, Problem>();
  const silent = cursors.filter(({ end, region }) => !end && isUnresponsive(region));
  const leftOut = silent.length < cursors.filter(({ end }) => !end).length ? silent : [];

  async function ask(cursor: RegionCursor): Promise<RegionPage | undefined> {
    const { region } = cursor;
    if (leftOut.includes(cursor)) return undefined;
    try {
      const page = await describeRegionPage(signal, cursor, MaxRecords);
      answers.add(region);
      return page;
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.status < 500) throw problem;
      troubles.set(region, problem);
      return undefined;
    }
  }
  return { ask, answers, troubles };
}

const withoutMembers = ({ Members: _, ...group }: GlobalDatastore): GlobalDatastore => group;

const warning = (Region: string, troubles: ReadonlyMap<string, Problem>) => ({
  Region,
  Detail: problemType(troubles.get(Region)?.code ?? 'UpstreamTimeout').title,
});
