import { ModifyGlobalReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Reply, startApi } from '../support/api.ts';
import { datastores } from '../support/datastore.ts';
import { startDurable } from '../support/durable.ts';
import { until } from '../support/emulator.ts';

const durable = await startDurable();
const regions = ['us-east-1', 'eu-west-1', 'ap-southeast-2'];
const { call, emulator } = await startApi({
  regions,
  environment: { AWS_ENDPOINT_URL_LAMBDA: durable.url, RECONCILE_INTERVAL_SECONDS: '1' },
});
const { make, freeze } = datastores(emulator);

interface Entry {
  readonly [member: string]: unknown;
  readonly GlobalReplicationGroupId?: string;
  readonly ReplicationGroupId?: string;
  readonly Status: string;
  readonly Members?: readonly { readonly ReplicationGroupRegion: string }[];
}

interface Filters {
  readonly Status?: string;
  readonly Region?: string;
  readonly NamePrefix?: string;
}

beforeAll(async () => {
  for (let number = 10; number < 42; number++) {
    const kind = ['orders', 'carts', 'shop'][number % 3];
    await make(`${kind}-${number}`, number % 8 === 0 ? ['eu-west-1'] : []);
  }
  freeze();
  for (const id of ['ldgnf-orders-12', 'ldgnf-carts-13', 'ldgnf-carts-40']) {
    const change = { GlobalReplicationGroupId: id, CacheNodeType: 'cache.r7g.xlarge', ApplyImmediately: true };
    await emulator.client('us-east-1').send(new ModifyGlobalReplicationGroupCommand(change));
    await durable.start(`${id}_1`, null as never);
  }
  await until(async () => (await call('GET /operations?Status=FAILED')).body.Operations.length === 3);
}, 60_000);

/** Returns the entries of all pages of a list. */
async function all(list: string, query: object): Promise<Entry[]> {
  const entries: Entry[] = [];
  let next: string | undefined = `${list}?${new URLSearchParams(query as Record<string, string>)}`;
  for (let pages = 0; next && pages < 20; pages++) {
    const page: Reply = await call(`GET ${next}`);
    expect(page.status, JSON.stringify(page.body)).toBe(200);
    entries.push(...(Object.values(page.body).find(Array.isArray) as Entry[]));
    next = page.headers.link?.match(/^<([^>]+)>; rel="next"$/)?.[1];
  }
  expect(next).toBeUndefined();
  return entries;
}

const idOf = ({ GlobalReplicationGroupId, ReplicationGroupId }: Entry) =>
  String(GlobalReplicationGroupId ?? ReplicationGroupId);

/** Returns whether an entry of the whole list matches the filters. */
function matches(entry: Entry, { Status, Region, NamePrefix = '' }: Filters): boolean {
  const [id, prefix] = [idOf(entry).toLowerCase(), NamePrefix.toLowerCase()];
  return (
    (!Status || entry.Status === Status) &&
    (!Region || (entry.Members ?? []).some((member) => member.ReplicationGroupRegion === Region)) &&
    (id.startsWith(prefix) || id.replace(/^ldgnf-/, '').startsWith(prefix))
  );
}

const names = fc.constantFrom('o', 'orders', 'ORDERS-1', 'carts-4', 'shop', 'ldgnf', 'ldgnf-c', 'orders-us', 'none');

/** Returns an arbitrary of queries with any of these filters. */
const queries = <T extends object>(filters: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.tuple(fc.record(filters, { requiredKeys: [] }), fc.integer({ min: 20, max: 40 }));

/** The lists, each with its constant query parameters and an arbitrary of its filters. */
const lists: readonly [string, object, fc.Arbitrary<[Filters, number]>][] = [
  [
    '/global-datastores',
    { ShowMemberInfo: true },
    queries({
      Status: fc.constantFrom('primary-only', 'available', 'modifying', 'deleting'),
      Region: fc.constantFrom(...regions),
      NamePrefix: names,
    }),
  ],
  ['/replication-groups', {}, queries({ Status: fc.constantFrom('available', 'modifying'), NamePrefix: names })],
  ['/operations', {}, queries({ Status: fc.constantFrom('FAILED', 'RUNNING'), NamePrefix: names })],
];

describe.each(lists)('GET %s with filters', (list, always, filters) => {
  it('returns on its pages the entries of the whole list that match', async () => {
    const whole = await all(list, always);
    const counts = new Set<number>();

    await fc.assert(
      fc.asyncProperty(filters, async ([query, MaxRecords]) => {
        const filtered = await all(list, { ...always, ...query, MaxRecords });

        counts.add(filtered.length);
        expect(filtered).toEqual(whole.filter((entry) => matches(entry, query)));
      }),
      { numRuns: 25 },
    );
    expect(counts.size).toBeGreaterThan(2);
  });
});

it('omits the members without ShowMemberInfo, also with a region', async () => {
  const { body } = await call('GET /global-datastores?Region=eu-west-1');

  expect(body.GlobalReplicationGroups).toHaveLength(4);
  expect(body.GlobalReplicationGroups[0]).not.toHaveProperty('Members');
});

it('keeps the filters in Link, and accepts the Marker only with them', async () => {
  const { headers, body } = await call('GET /replication-groups?MaxRecords=20&NamePrefix=carts&Status=available');

  const other = await call(`GET /replication-groups?MaxRecords=20&NamePrefix=orders&Marker=${body.Marker}`);

  expect(headers.link).toContain('NamePrefix=carts&Status=available');
  expect(other).toMatchObject({ status: 400, body: { errors: [{ in: 'query', parameter: 'Marker' }] } });
});

it.each([
  ['/global-datastores?Status=AVAILABLE', 'Status', /available/],
  ['/global-datastores?Region=mars-1', 'Region', /us-east-1/],
  ['/global-datastores?NamePrefix=', 'NamePrefix', /letters, digits and hyphens/],
  ['/global-datastores?NamePrefix=or%20ders', 'NamePrefix', /./],
  ['/global-datastores?NamePrefix=a&NamePrefix=b', 'NamePrefix', /./],
  ['/replication-groups?Status=primary-only', 'Status', /snapshotting/],
  ['/operations?NamePrefix=1', 'NamePrefix', /./],
])('names the parameter that is wrong in %s', async (path, parameter, detail) => {
  const response = await call(`GET ${path}`);

  expect(response).toMatchObject({
    status: 400,
    body: { errors: [{ in: 'query', parameter, detail: expect.stringMatching(detail) }] },
  });
});
