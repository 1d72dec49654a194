import type { GlobalDatastore } from './globalDatastore.ts';

/**
 * How a datastore stands to a region. Which datastores a region lists is not documented: all of the account, or only those
 * with a member there (UNV). Taken for granted is no more than that a region lists all datastores that stand to it in one way,
 * or none of them, in whatever order: what it has listed then shows what it lists.
 */
type Relation = 'primary' | 'secondary' | 'none';

/** How far the list has come in one region. */
export interface RegionCursor {
  readonly region: string;
  /** Where its next page begins; the first page when there is none. */
  readonly marker?: string;
  /** Nothing more comes: it has given everything, or it does not answer and is left out from then on. */
  readonly end?: 'exhausted' | 'unreachable';
  /** How the datastores stand to it that it has listed so far. */
  readonly listed: readonly Relation[];
}

/** What a region gives at once. */
export interface RegionPage {
  readonly groups: readonly GlobalDatastore[];
  readonly marker?: string;
}

/** The beginning of a list end these regions. */
export const initialCursors = (regions: readonly string[]): RegionCursor[] =>
  regions.map((region) => ({ region, listed: [] }));

/** Whether the list has come to its end. */
export const isExhausted = (cursors: readonly RegionCursor[]): boolean => cursors.every(({ end }) => end);

/**
 * The next page of a list end several regions, of at most `max` datastores, and the cursors after it. All regions are asked at
 * once with `ask`, which gives undefined for one that does not answer. A datastore is given by the first region that lists it,
 * and a region's page wholly or not at all; so a page may be short, and even empty where much was given before.
 * Each datastore comes once. Only when a region falls silent in the midst of its list, the others begin anew: rather some
 * twice than one not at all.
 */
export async function fetchPage(
  cursors: readonly RegionCursor[],
  max: number,
  ask: (cursor: RegionCursor) => Promise<RegionPage | undefined>,
): Promise<{ groups: GlobalDatastore[]; cursors: readonly RegionCursor[] }> {
  const pages = new Map<string, RegionPage>();
  let now = cursors;
  for (let round = 1; ; round++) {
    const asked = now.filter(({ end, region }) => !end && !pages.has(region));
    const answers = (await Promise.allSettled(asked.map(ask))).map(fulfilled);
    const silent = asked.filter((_, index) => !answers[index]);
    for (const [index, { region }] of asked.entries()) if (answers[index]) pages.set(region, answers[index]);

    const anew = silent.some(({ marker }) => marker !== undefined);
    if (anew) pages.clear();
    now = now.map((cursor) => (silent.includes(cursor) ? unreachable(cursor) : anew ? restarted(cursor) : cursor));
    const taken = mergePages(now, pages, max);
    now = taken.cursors;
    if (taken.groups.length > 0 || isExhausted(now) || round === maxRounds) return taken;
  }
}

/** Nothing is left under way when one of several is refused. */
function fulfilled<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}

const unreachable = ({ region }: RegionCursor): RegionCursor => ({ region, end: 'unreachable', listed: [] });

const restarted = (cursor: RegionCursor): RegionCursor =>
  cursor.end === 'unreachable' ? cursor : { region: cursor.region, listed: [] };

/** How often one request asks on when all that it was given had been given before. */
const maxRounds = 5;

/** Takes what fits out of the pages that are there, in the order of the regions; the first one's always fits. */
function mergePages(cursors: readonly RegionCursor[], pages: Map<string, RegionPage>, max: number) {
  const groups: GlobalDatastore[] = [];
  const after: RegionCursor[] = [];
  for (const cursor of cursors) {
    const page = pages.get(cursor.region);
    const fresh = page && notListedEarlier(page.groups, after);
    if (!page || !fresh || groups.length + fresh.length > max) {
      after.push(cursor);
      continue;
    }
    groups.push(...fresh);
    pages.delete(cursor.region);
    after.push({
      ...cursor,
      marker: page.marker,
      end: page.marker === undefined ? 'exhausted' : undefined,
      listed: [...new Set([...cursor.listed, ...page.groups.map((group) => relationOf(group, cursor.region))])],
    });
  }
  return { groups, cursors: after };
}

/** Those that no earlier region lists; undefined while that cannot be told of one of them. */
function notListedEarlier(groups: readonly GlobalDatastore[], earlier: readonly RegionCursor[]) {
  const fresh = groups.filter(
    (group) => !earlier.some(({ region, listed }) => listed.includes(relationOf(group, region))),
  );
  return fresh.length === 0 || earlier.every(({ end }) => end) ? fresh : undefined;
}

function relationOf({ Members = [] }: GlobalDatastore, region: string): Relation {
  const roles = Members.filter((member) => member.ReplicationGroupRegion === region).map(({ Role }) => Role);
  if (roles.length === 0) return 'none';
  return roles.includes('PRIMARY') ? 'primary' : 'secondary';
}

/** The cursors as a marker for callers, bound to what they asked for; only this API reads it. */
export const encodeMarker = (cursors: readonly RegionCursor[], filters: object): string =>
  Buffer.from(JSON.stringify({ filters, cursors })).toString('base64url');

/** The cursors in a marker of ours for these regions and filters; undefined for any other text. */
export function decodeMarker(marker: string, regions: readonly string[], filters: object): RegionCursor[] | undefined {
  const cursors = parseCursors(Buffer.from(marker, 'base64url').toString());
  const same = cursors?.map(({ region }) => region).join() === regions.join();
  return cursors && same && encodeMarker(cursors, filters) === marker ? cursors : undefined;
}

function parseCursors(json: string): RegionCursor[] | undefined {
  try {
    const { cursors } = JSON.parse(json) as { cursors: unknown };
    return Array.isArray(cursors) && cursors.every(isRegionCursor) ? cursors : undefined;
  } catch {
    return undefined;
  }
}

function isRegionCursor(cursor: unknown): cursor is RegionCursor {
  if (typeof cursor !== 'object' || cursor === null) return false;
  const { region, marker, end, listed } = cursor as Record<string, unknown>;
  return (
    typeof region === 'string' &&
    (marker === undefined || (typeof marker === 'string' && marker !== '')) &&
    (end === undefined || end === 'exhausted' || end === 'unreachable') &&
    Array.isArray(listed) &&
    listed.every((way) => ['primary', 'secondary', 'none'].includes(way))
  );
}
