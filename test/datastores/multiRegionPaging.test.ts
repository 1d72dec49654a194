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
          const seen = [...reachable.pages, ...unreachable.pages].flat();
          expect(seen).toEqual(expect.arrayContaining(expected.map(idOf)));
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('decodeMarker', () => {
  const cursors: RegionCursor[] = [
    { region: 'us-east-1', marker: 'after:x', listed: ['primary'] },
    { region: 'eu-west-1', end: 'exhausted', listed: [] },
  ];
  const marker = encodeMarker(cursors, { ShowMemberInfo: true });
  const decode = (text: string) => decodeMarker(text, ['us-east-1', 'eu-west-1'], { ShowMemberInfo: true });

  it('returns the encoded cursors', () => {
    expect(decode(marker)).toEqual(cursors);
  });

  it.each([
    ['other filters', () => decodeMarker(marker, ['us-east-1', 'eu-west-1'], { ShowMemberInfo: false })],
    ['other regions', () => decodeMarker(marker, ['us-east-1'], { ShowMemberInfo: true })],
    [
      'an unknown region',
      () => decode(encodeMarker([{ region: 'evil.example', listed: [] }], { ShowMemberInfo: true })),
    ],
    ['text after it', () => decode(`${marker}A`)],
    ['an additional member', () => decode(encode({ filters: { ShowMemberInfo: true }, cursors, more: 1 }))],
    ['cursors that are null', () => decode(encode({ filters: { ShowMemberInfo: true }, cursors: [null, null] }))],
    ['no cursors', () => decode(encode({ filters: { ShowMemberInfo: true } }))],
    ['null', () => decode(encode(null))],
  ])('returns undefined for a marker with %s', (_, decodeOther) => {
    expect(decodeOther()).toBeUndefined();
  });

  it('returns undefined for any other text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => decode(text) === undefined));
    fc.assert(
      fc.property(fc.json({ maxDepth: 3 }), (json) => decode(Buffer.from(json).toString('base64url')) === undefined),
    );
  });
});

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function datastore(id: string, places: readonly string[]): GlobalDatastore {
  const Members = places.map((ReplicationGroupRegion, index) => ({
    ReplicationGroupRegion,
    Role: index === 0 ? 'PRIMARY' : 'SECONDARY',
  }));
  return { GlobalReplicationGroupId: id, Status: 'available', Members };
}

const idOf = ({ GlobalReplicationGroupId }: GlobalDatastore) => GlobalReplicationGroupId;

/** Returns the datastores that each region lists; every second region lists them in reverse order. */
function createListings(all: readonly GlobalDatastore[], scopesOfRegions: readonly (keyof typeof scopes)[]) {
  return new Map(
    regions.map((region, index) => {
      const lists = scopes[scopesOfRegions[index] ?? 'account'];
      const listed = all.filter(({ Members = [] }) =>
        lists(Members.filter((member) => member.ReplicationGroupRegion === region).map(({ Role = '' }) => Role)),
      );
      return [region, index % 2 ? listed : listed.toReversed()] as const;
    }),
  );
}

/** Returns a function that lists a page of a region as AWS does; the marker is an index. */
const createFetcher =
  (listed: ReadonlyMap<string, readonly GlobalDatastore[]>, max: number, unreachableRegions: readonly string[]) =>
  async ({ region, marker = '0' }: RegionCursor) => {
    const [all = [], from] = [listed.get(region), Number(marker)];
    if (unreachableRegions.includes(region)) return undefined;
    return { groups: all.slice(from, from + max), ...(all.length > from + max && { marker: String(from + max) }) };
  };

/** Follows the markers and returns the ids on each page and the cursors after the last page. */
async function fetchPages(
  listed: ReadonlyMap<string, readonly GlobalDatastore[]>,
  max: number,
  unreachableRegions: readonly string[],
  { from = initialCursors(regions), pages: maxPages = 500 }: { from?: readonly RegionCursor[]; pages?: number } = {},
): Promise<{ pages: string[][]; cursors: readonly RegionCursor[] }> {
  const pages: string[][] = [];
  let cursors = from;
  while (!isExhausted(cursors) && pages.length < maxPages) {
    const page = await fetchPage(cursors, max, createFetcher(listed, max, unreachableRegions));
    pages.push(page.groups.map(idOf));
    cursors = decodeMarker(encodeMarker(page.cursors, {}), regions, {}) ?? [];
  }
  return { pages, cursors };
}
