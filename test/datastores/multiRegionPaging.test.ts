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

/** Which datastores a region lists. */
const scopes = {
  account: () => true,
  members: (roles: string[]) => roles.length > 0,
  primaries: (roles: string[]) => roles.includes('PRIMARY'),
};

/** Datastores with a primary and up to two secondaries, each in another region, or in one that this API does not know. */
const datastores = fc
  .uniqueArray(
    fc.record({
      id: fc.integer({ min: 0, max: 999 }).map(String),
      places: fc.shuffledSubarray([...regions, 'elsewhere'], { minLength: 1, maxLength: 3 }),
    }),
    { selector: ({ id }) => id, maxLength: 40 },
  )
  .map((all) => all.map(({ id, places }) => datastore(id, places)));

const world = fc.record({
  all: datastores,
  scopes: fc.array(fc.constantFrom(...(Object.keys(scopes) as (keyof typeof scopes)[])), {
    minLength: 4,
    maxLength: 4,
  }),
  max: fc.integer({ min: 1, max: 9 }),
  silent: fc.subarray(regions, { maxLength: 3 }),
});

describe('a list over several regions', () => {
  it('returns each datastore of the responding regions once, whatever the regions list', async () => {
    await fc.assert(
      fc.asyncProperty(world, async ({ all, scopes, max, silent }) => {
        const listed = listings(all, scopes);

        const { pages, steps } = await walk(listed, max, silent);

        const wanted = regions
          .filter((region) => !silent.includes(region))
          .flatMap((region) => listed.get(region) ?? []);
        expect(isExhausted(steps)).toBe(true);
        expect(pages.flat().sort()).toEqual([...new Set(wanted.map(idOf))].sort());
        expect(Math.max(0, ...pages.map((page) => page.length))).toBeLessThanOrEqual(max);
      }),
      { numRuns: 500 },
    );
  });

  it('asks each region for each of its pages about once', async () => {
    const all = Array.from({ length: 90 }, (_, index) => datastore(String(index), [regions[index % 3] ?? '']));
    const listed = listings(all, ['account', 'account', 'account', 'account']);

    const { pages } = await walk(listed, 20, []);

    expect(pages.map((page) => page.length)).toEqual([20, 20, 20, 20, 10]);
  });

  it('repeats some and skips none when a region stops responding in its list', async () => {
    await fc.assert(
      fc.asyncProperty(world, fc.integer({ min: 1, max: 5 }), async ({ all, scopes, max, silent }, pages) => {
        const listed = listings(all, scopes);

        const before = await walk(listed, max, [], { pages });
        const after = await walk(listed, max, silent, { from: before.steps });

        const wanted = regions
          .filter((region) => !silent.includes(region))
          .flatMap((region) => listed.get(region) ?? []);
        const seen = [...before.pages, ...after.pages].flat();
        expect(seen).toEqual(expect.arrayContaining(wanted.map(idOf)));
      }),
      { numRuns: 500 },
    );
  });
});

describe('a marker', () => {
  const steps: RegionCursor[] = [
    { region: 'us-east-1', marker: 'after:x', listed: ['primary'] },
    { region: 'eu-west-1', end: 'exhausted', listed: [] },
  ];
  const marker = encodeMarker(steps, { ShowMemberInfo: true });
  const read = (text: string) => decodeMarker(text, ['us-east-1', 'eu-west-1'], { ShowMemberInfo: true });

  it('decodes to its cursors', () => {
    expect(read(marker)).toEqual(steps);
  });

  it.each([
    ['other filters', () => decodeMarker(marker, ['us-east-1', 'eu-west-1'], { ShowMemberInfo: false })],
    ['other regions', () => decodeMarker(marker, ['us-east-1'], { ShowMemberInfo: true })],
    [
      'a region that nobody configured',
      () => read(encodeMarker([{ region: 'evil.example', listed: [] }], { ShowMemberInfo: true })),
    ],
    ['more behind it', () => read(`${marker}A`)],
    ['a member too many', () => read(forged({ filters: { ShowMemberInfo: true }, steps, more: 1 }))],
    ['a step that is null', () => read(forged({ filters: { ShowMemberInfo: true }, cursors: [null, null] }))],
    ['no steps', () => read(forged({ filters: { ShowMemberInfo: true } }))],
    ['null', () => read(forged(null))],
  ])('is none with %s', (_, reading) => {
    expect(reading()).toBeUndefined();
  });

  it('is undefined for any other text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => read(text) === undefined));
    fc.assert(
      fc.property(fc.json({ maxDepth: 3 }), (json) => read(Buffer.from(json).toString('base64url')) === undefined),
    );
  });
});

const forged = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function datastore(id: string, places: readonly string[]): GlobalDatastore {
  const Members = places.map((ReplicationGroupRegion, index) => ({
    ReplicationGroupRegion,
    Role: index === 0 ? 'PRIMARY' : 'SECONDARY',
  }));
  return { GlobalReplicationGroupId: id, Status: 'available', Members };
}

const idOf = ({ GlobalReplicationGroupId }: GlobalDatastore) => GlobalReplicationGroupId;

/** What each region lists, each in an order of its own. */
function listings(all: readonly GlobalDatastore[], scopesOfRegions: readonly (keyof typeof scopes)[]) {
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

/** Regions as AWS pages them; the marker is a place. */
const askOf =
  (listed: ReadonlyMap<string, readonly GlobalDatastore[]>, max: number, silent: readonly string[]) =>
  async ({ region, marker = '0' }: RegionCursor) => {
    const [all = [], from] = [listed.get(region), Number(marker)];
    if (silent.includes(region)) return undefined;
    return { groups: all.slice(from, from + max), ...(all.length > from + max && { marker: String(from + max) }) };
  };

/** The ids on each page, and the steps after the last one; each page is asked for with the marker of the one before. */
async function walk(
  listed: ReadonlyMap<string, readonly GlobalDatastore[]>,
  max: number,
  silent: readonly string[],
  { from = initialCursors(regions), pages: most = 500 }: { from?: readonly RegionCursor[]; pages?: number } = {},
): Promise<{ pages: string[][]; steps: readonly RegionCursor[] }> {
  const pages: string[][] = [];
  let steps = from;
  while (!isExhausted(steps) && pages.length < most) {
    const page = await fetchPage(steps, max, askOf(listed, max, silent));
    pages.push(page.groups.map(idOf));
    steps = decodeMarker(encodeMarker(page.cursors, {}), regions, {}) ?? [];
  }
  return { pages, steps };
}
