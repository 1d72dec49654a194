import type { GlobalDatastore } from './globalDatastore.ts';

/**
 * The role of a region in a datastore. AWS does not document which datastores a region lists: all of the account, or only those
 * with a member in it. unverified: a region lists either all datastores in which it has one role, or none of them, in any
 * order. The roles in its pages so far then show which datastores it lists.
 */
type RegionRole = 'primary' | 'secondary' | 'none';

/** The position of a list in one region. */
export interface RegionCursor {
  readonly region: string;
  /** The marker of the next page. Undefined for the first page. */
  readonly marker?: string;
  /** Set if no page follows: the region has listed everything, or does not respond and is left out. */
  readonly end?: 'exhausted' | 'unreachable';
  /** The roles of the region in the datastores that it has listed so far. */
  readonly listed: readonly RegionRole[];
}

/** One page of a region. */
export interface RegionPage {
  readonly groups: readonly GlobalDatastore[];
  readonly marker?: string;
}

/** Returns the cursors of a list over these regions at its start. */
export const initialCursors = (regions: readonly string[]): RegionCursor[] =>
  regions.map((region) => ({ region, listed: [] }));

/** Returns whether no region has a further page. */
export const isExhausted = (cursors: readonly RegionCursor[]): boolean => cursors.every(({ end }) => end);

/**
 * Returns the next page of a list over several regions, with at most `max` datastores, and the cursors after it. `readPage` is
 * called for all regions in parallel and returns undefined for a region that does not respond. A datastore comes from the first
 * region that lists it. The page of a region is used as a whole or not at all, so a page may be short or even empty.
 * Each datastore is returned once. Exception: if a region stops responding after its first page, the other regions restart, so a
 * datastore may be repeated but none is skipped.
 */
export async function fetchPage(
  cursors: readonly RegionCursor[],
  max: number,
  readPage: (cursor: RegionCursor) => Promise<RegionPage | undefined>,
): Promise<{ groups: GlobalDatastore[]; cursors: readonly RegionCursor[] }> {
  const pages = new Map<string, RegionPage>();
  let current = cursors;
  for (let round = 1; ; round++) {
    const pending = current.filter(({ end, region }) => !end && !pages.has(region));
    const results = (await Promise.allSettled(pending.map(readPage))).map(requireFulfilled);
    const failed = pending.filter((_, index) => !results[index]);
    for (const [index, { region }] of pending.entries()) if (results[index]) pages.set(region, results[index]);

    const restart = failed.some(({ marker }) => marker !== undefined);
    if (restart) pages.clear();
    current = current.map((cursor) => {
      if (failed.includes(cursor)) return toUnreachable(cursor);
      return restart ? toRestarted(cursor) : cursor;
    });
    const merged = mergePages(current, pages, max);
    current = merged.cursors;
    if (merged.groups.length > 0 || isExhausted(current) || round === maxRounds) return merged;
  }
}

/** Returns the value of a settled call, or throws its error. The other calls have settled by then. */
function requireFulfilled<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}

const toUnreachable = ({ region }: RegionCursor): RegionCursor => ({ region, end: 'unreachable', listed: [] });

const toRestarted = (cursor: RegionCursor): RegionCursor =>
  cursor.end === 'unreachable' ? cursor : { region: cursor.region, listed: [] };

/** The limit on further reads of one request if all listed datastores were returned before. */
const maxRounds = 5;

/** Merges the pages that fit, in the order of the regions. The page of the first region always fits. */
function mergePages(cursors: readonly RegionCursor[], pages: Map<string, RegionPage>, max: number) {
  const groups: GlobalDatastore[] = [];
  const nextCursors: RegionCursor[] = [];
  for (const cursor of cursors) {
    const page = pages.get(cursor.region);
    const unlisted = page && notListedEarlier(page.groups, nextCursors);
    if (!page || !unlisted || groups.length + unlisted.length > max) {
      nextCursors.push(cursor);
      continue;
    }
    groups.push(...unlisted);
    pages.delete(cursor.region);
    nextCursors.push({
      ...cursor,
      marker: page.marker,
      end: page.marker === undefined ? 'exhausted' : undefined,
      listed: [...new Set([...cursor.listed, ...page.groups.map((group) => regionRoleIn(group, cursor.region))])],
    });
  }
  return { groups, cursors: nextCursors };
}

/** Returns the datastores that no earlier region lists. Returns undefined while that is unknown for one of them. */
function notListedEarlier(groups: readonly GlobalDatastore[], earlier: readonly RegionCursor[]) {
  const unlisted = groups.filter(
    (group) => !earlier.some(({ region, listed }) => listed.includes(regionRoleIn(group, region))),
  );
  return unlisted.length === 0 || earlier.every(({ end }) => end) ? unlisted : undefined;
}

function regionRoleIn({ Members = [] }: GlobalDatastore, region: string): RegionRole {
  const roles = Members.filter((member) => member.ReplicationGroupRegion === region).map(({ Role }) => Role);
  if (roles.length === 0) return 'none';
  return roles.includes('PRIMARY') ? 'primary' : 'secondary';
}

/**
 * Encodes the cursors as the marker of the next page. The markers of AWS have no documented length. If they do not all fit, the
 * last regions start again at their first page. No datastore is repeated: a region returns its first datastore only after all
 * earlier regions are exhausted.
 */
export function encodeMarker(cursors: readonly RegionCursor[]): string {
  const firstOpen = cursors.findIndex(({ end }) => !end);
  let room = maxMarkerLength - cursors.length * maxCursorLength;
  return JSON.stringify(
    cursors.map((cursor, index) => {
      room -= cursor.marker?.length ?? 0;
      return toStoredCursor(room >= 0 || index <= firstOpen || !cursor.marker ? cursor : toRestarted(cursor));
    }),
  );
}

/** The limit on an encoded list of cursors, except if the marker of one region alone is longer. */
const maxMarkerLength = 4_000;

/** The length of an encoded cursor without its marker. */
const maxCursorLength = 25;

/** A cursor without its region: its marker, its end and the initials of the roles that it has listed. */
type StoredCursor = readonly [marker: string, end: RegionCursor['end'] | '', initials: string];

const toStoredCursor = ({ marker = '', end, listed }: RegionCursor): StoredCursor => [
  marker,
  end ?? '',
  listed.map(([initial]) => initial).join(''),
];

const roles: readonly RegionRole[] = ['primary', 'secondary', 'none'];

/** Decodes a marker that `encodeMarker` made for the same regions. */
export const decodeMarker = (marker: string, regions: readonly string[]): RegionCursor[] =>
  (JSON.parse(marker) as StoredCursor[]).map(([marker, end, initials], index) => ({
    region: regions[index] ?? '',
    marker: marker || undefined,
    end: end || undefined,
    listed: roles.filter(([initial = '']) => initials.includes(initial)),
  }));
