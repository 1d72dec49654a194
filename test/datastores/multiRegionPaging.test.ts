import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GlobalDatastore } from '../../src/datastores/globalDatastore.ts';
import {
  decodeMarker,
  encodeMarker,
  fetchPage,
  initialCursors,
  isExhausted,
  type RegionCursor,
} from '../../src/datastores/multiRegionPaging.ts';

const regions = ['us-east-1', 'eu-west-1', 'ap-south-1', 'sa-east-1'];

/** Predicates for the datastores that a region lists. */
const scopes = {
  account: () => true,
  members: (roles: string[]) => roles.length > 0,
  primaries: (roles: string[]) => roles.includes('PRIMARY'),
};

/** Datastores with a primary and up to two secondaries in distinct regions, one of which this API may not serve. */
const datastores = fc
  .uniqueArray(
    fc.record({
      id: fc.integer({ min: 0, max: 999 }).map(String),
      places: fc.shuffledSubarray([...regions, 'elsewhere'], { minLength: 1, maxLength: 3 }),
    }),
    { selector: ({ id }) => id, maxLength: 40 },
  )
  .map((all) => all.map(({ id, places }) => datastore(id, places)));

const scenario = fc.record({
  all: datastores,
  scopes: fc.array(fc.constantFrom(...(Object.keys(scopes) as (keyof typeof scopes)[])), {
    minLength: 4,
    maxLength: 4,
  }),
  max: fc.integer({ min: 1, max: 9 }),
  unreachableRegions: fc.subarray(regions, { maxLength: 3 }),
});

describe('fetchPage over several regions', () => {
  it('returns each datastore of the reachable regions once', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ all, scopes, max, unreachableRegions }) => {
        const listed = createListings(all, scopes);

        const { pages, cursors } = await fetchPages(listed, max, unreachableRegions);

        const expected = regions
          .filter((region) => !unreachableRegions.includes(region))
          .flatMap((region) => listed.get(region) ?? []);
        expect(isExhausted(cursors)).toBe(true);
        expect(pages.flat().sort()).toEqual([...new Set(expected.map(idOf))].sort());
        expect(Math.max(0, ...pages.map((page) => page.length))).toBeLessThanOrEqual(max);
      }),
      { numRuns: 500 },
    );
  });

  it('fills each page but the last', async () => {
    const all = Array.from({ length: 90 }, (_, index) => datastore(String(index), [regions[index % 3] ?? '']));
    const listed = createListings(all, ['account', 'account', 'account', 'account']);

    const { pages } = await fetchPages(listed, 20, []);

    expect(pages.map((page) => page.length)).toEqual([20, 20, 20, 20, 10]);
  });

  it('may repeat datastores but omits none when a region becomes unreachable during the list', async () => {
    await fc.assert(
      fc.asyncProperty(
        scenario,
        fc.integer({ min: 1, max: 5 }),
        async ({ all, scopes, max, unreachableRegions }, pages) => {
          const listed = createListings(all, scopes);

          const reachable = await fetchPages(listed, max, [], { pages });
          const unreachable = await fetchPages(listed, max, unreachableRegions, { from: reachable.cursors });

          const expected = regions
            .filter((region) => !unreachableRegions.includes(region))
            .flatMap((region) => listed.get(region) ?? []);
          const collected = [...reachable.pages, ...unreachable.pages].flat();
          expect(collected).toEqual(expect.arrayContaining(expected.map(idOf)));
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('encodeMarker', () => {
  it('has a limited length for 36 regions with markers of any length, and each datastore is returned once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 3_000 }),
        fc.array(fc.constantFrom(...(Object.keys(scopes) as (keyof typeof scopes)[])), {
          minLength: 36,
          maxLength: 36,
        }),
        fc.integer({ min: 1, max: 9 }),
        async (markerLength, scopesOfRegions, max) => {
          const all = Array.from({ length: 30 }, (_, index) =>
            datastore(
              `store-${index}`,
              [0, 7, 19].map((step) => manyRegions[(index * 5 + step) % 36] ?? ''),
            ),
          );
          const listed = createListings(all, scopesOfRegions, manyRegions);

          const { pages, markers } = await fetchPages(listed, max, [], { in: manyRegions, markerLength });

          const expected = new Set([...listed.values()].flat().map(idOf));
          expect(pages.flat().sort()).toEqual([...expected].sort());
          expect(Math.max(...markers.map((marker) => marker.length))).toBeLessThanOrEqual(4_000);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('keeps the cursors of 36 regions whose markers have 64 characters', () => {
    const cursors = manyRegions.map((region) => ({ region, marker: 'm'.repeat(64), listed: ['primary'] as const }));

    expect(decodeMarker(encodeMarker(cursors), manyRegions)).toEqual(cursors);
  });

  it('keeps the cursor of the first region that is not exhausted, however long its marker is', () => {
    const cursors: RegionCursor[] = [
      { region: 'us-east-1', end: 'exhausted', listed: ['primary', 'none'] },
      { region: 'eu-west-1', marker: 'm'.repeat(5_000), listed: ['secondary'] },
      { region: 'ap-south-1', marker: 'm', listed: ['secondary'] },
      { region: 'sa-east-1', end: 'unreachable', listed: [] },
    ];

    expect(decodeMarker(encodeMarker(cursors), regions)).toEqual([
      cursors[0],
      cursors[1],
      { region: 'ap-south-1', listed: [] },
      cursors[3],
    ]);
  });
});

const manyRegions = Array.from({ length: 36 }, (_, index) => `xx-central-${index}`);

function datastore(id: string, places: readonly string[]): GlobalDatastore {
  const Members = places.map((ReplicationGroupRegion, index) => ({
    ReplicationGroupRegion,
    Role: index === 0 ? 'PRIMARY' : 'SECONDARY',
  }));
  return { GlobalReplicationGroupId: id, Status: 'available', Members };
}

const idOf = ({ GlobalReplicationGroupId }: GlobalDatastore) => GlobalReplicationGroupId;

/** Returns the datastores that each region lists; every second region lists them in reverse order. */
function createListings(
  all: readonly GlobalDatastore[],
  scopesOfRegions: readonly (keyof typeof scopes)[],
  among: readonly string[] = regions,
) {
  return new Map(
    among.map((region, index) => {
      const lists = scopes[scopesOfRegions[index] ?? 'account'];
      const listed = all.filter(({ Members = [] }) =>
        lists(Members.filter((member) => member.ReplicationGroupRegion === region).map(({ Role = '' }) => Role)),
      );
      return [region, index % 2 ? listed : listed.toReversed()] as const;
    }),
  );
}

/** Returns a function that lists a page of a region as AWS does; the marker is an index with zeros before it. */
const createFetcher =
  (
    listed: ReadonlyMap<string, readonly GlobalDatastore[]>,
    max: number,
    unreachableRegions: readonly string[],
    markerLength: number,
  ) =>
  async ({ region, marker = '0' }: RegionCursor) => {
    const [all = [], from] = [listed.get(region), Number(marker)];
    if (unreachableRegions.includes(region)) return undefined;
    const next = String(from + max).padStart(markerLength, '0');
    return { groups: all.slice(from, from + max), ...(all.length > from + max && { marker: next }) };
  };

interface FetchOptions {
  readonly from?: readonly RegionCursor[];
  readonly pages?: number;
  readonly in?: readonly string[];
  readonly markerLength?: number;
}

/** Follows the markers and returns the ids on each page, the markers, and the cursors after the last page. */
async function fetchPages(
  listed: ReadonlyMap<string, readonly GlobalDatastore[]>,
  max: number,
  unreachableRegions: readonly string[],
  { in: among = regions, from = initialCursors(among), pages: maxPages = 500, markerLength = 0 }: FetchOptions = {},
): Promise<{ pages: string[][]; markers: string[]; cursors: readonly RegionCursor[] }> {
  const fetch = createFetcher(listed, max, unreachableRegions, markerLength);
  const pages: string[][] = [];
  const markers: string[] = [];
  let cursors = from;
  while (!isExhausted(cursors) && pages.length < maxPages) {
    const page = await fetchPage(cursors, max, fetch);
    pages.push(page.groups.map(idOf));
    markers.push(encodeMarker(page.cursors));
    cursors = decodeMarker(markers.at(-1) ?? '', among);
  }
  return { pages, markers, cursors };
}
