import { Problem } from '../problems/problem.ts';
import { describeRegionPage } from './describeRegionPage.ts';
import type { GlobalDatastore } from './globalDatastore.ts';
import { fetchPage, initialCursors, isExhausted, type RegionCursor, type RegionPage } from './multiRegionPaging.ts';

/** All datastores that some regions list, and the problem of each region that did not respond. */
export interface ListedDatastores {
  readonly groups: readonly GlobalDatastore[];
  readonly problems: ReadonlyMap<string, Problem>;
}

/** Returns all datastores that these regions list, each once, with their members. Throws if no region responds. */
export async function listAllDatastores(signal: AbortSignal, regions: readonly string[]): Promise<ListedDatastores> {
  const groups = new Map<string, GlobalDatastore>();
  const problems = new Map<string, Problem>();
  const readPage = (cursor: RegionCursor): Promise<RegionPage | undefined> =>
    describeRegionPage(signal, cursor, 100).catch((problem) => {
      if (!(problem instanceof Problem) || problem.status < 500) throw problem;
      problems.set(cursor.region, problem);
      return undefined;
    });
  let cursors: readonly RegionCursor[] = initialCursors(regions);
  while (!isExhausted(cursors)) {
    const page = await fetchPage(cursors, 100, readPage);
    for (const group of page.groups) groups.set(group.GlobalReplicationGroupId, group);
    ({ cursors } = page);
  }
  const [problem] = problems.values();
  if (problem && problems.size === regions.length) throw problem;
  return { groups: [...groups.values()], problems };
}
