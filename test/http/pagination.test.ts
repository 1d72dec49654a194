import { CreateGlobalReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Goal } from '../../src/operations/goal.ts';
import type { Route } from '../../src/schemas/route.ts';
import { type Reply, startApi } from '../support/api.ts';
import { startDurable } from '../support/durable.ts';
import { until } from '../support/emulator.ts';
import { exampleRequest } from '../support/requests.ts';

/** As many regions as AWS has, with names as long as its longest. */
const regions = ['us-east-1', ...Array.from({ length: 35 }, (_, index) => `xx-southeast-${index}`)];
const durable = await startDurable();
const { call, emulator, routes } = await startApi({
  regions,
  environment: {
    AWS_ENDPOINT_URL_LAMBDA: durable.url,
    RECONCILE_INTERVAL_SECONDS: '1',
    REGION_MS: '20000', // 36 regions in one process take long
    ATTEMPT_MS: '20000',
  },
});
const { sealMarker, openMarker } = await import('../../src/http/marker.ts');
const { recordDrill } = await import('../../src/operations/drill/drillRecord.ts');

/** Ids of the maximum length that AWS accepts. */
const names = Array.from({ length: 45 }, (_, index) => `orders-${String(index).padStart(33, 'x')}`);
const [audited] = names.map((name) => `ldgnf-${name}`);

/** A sample request for every list, without a query. */
const lists = Object.values(routes)
  .filter((route: Route) => route.query?.properties.Marker)
  .map((route: Route) => exampleRequest(route, { GlobalReplicationGroupId: audited ?? '' }).request)
  .map((request) => request.replace(/\?.*/, ''));

beforeAll(async () => {
  const east = emulator.client('us-east-1');
  for (const name of names) {
    await emulator.seed(name);
    const ids = { GlobalReplicationGroupIdSuffix: name, PrimaryReplicationGroupId: name };
    await east.send(new CreateGlobalReplicationGroupCommand(ids));
  }
  for (let time = 0; time < 25; time++) await call(`DELETE /global-datastores/${audited}/members/us-east-1/unknown`);
  for (const name of names.slice(0, 25)) await durable.start(`ldgnf-${name}_0`, missingGoal);
  for (let number = 10; number < 35; number++) await recordEndedDrill(number);
  await until(async () => (await call('GET /operations?Status=FAILED')).body.Operations.length === 25);
  for (const list of lists) firstPages.set(list, await call(`${list}?MaxRecords=20`));
}, 60_000);

/** The input of an operation that ends at once. */
const missingGoal = null as unknown as Goal;

function recordEndedDrill(number: number): Promise<boolean> {
  const goal = {
    GlobalReplicationGroupId: audited ?? '',
    OperationId: `${audited}_${number}`,
    AcceptedAt: `2026-01-01T00:00:${number}.000Z`,
  };
  const { OperationId, AcceptedAt } = goal;
  const to = { PrimaryRegion: 'eu-west-1', PrimaryReplicationGroupId: 'orders-euw1', HoldSeconds: 0, Reason: 'Drill' };
  return recordDrill(goal as Goal, 'ENDED', { OperationId, AcceptedAt, Status: 'SUCCEEDED', ...to });
}

const firstPages = new Map<string, Reply>();
const first = (list: string) => firstPages.get(list) as Reply;

/** Returns the entries of a page as text. */
const entriesOf = ({ body }: Reply): string[] =>
  (Object.values(body).find(Array.isArray) as object[]).map((entry) => JSON.stringify(entry));

it('covers the lists of the contracts', () => {
  expect(lists.length).toBeGreaterThanOrEqual(4);
});

describe.each(lists)('%s', (list) => {
  it('accepts each Marker that it returns, and returns each entry once', async () => {
    const whole = entriesOf(await call(list));
    const ids: string[] = [];

    let page = first(list);
    ids.push(...entriesOf(page));
    for (let pages = 1; page.body.Marker && pages < 9; pages++) {
      expect(page.headers.link).toContain(`Marker=${page.body.Marker}>; rel="next"`);
      page = await call(`${list}?MaxRecords=20&Marker=${page.body.Marker}`);
      expect(page.status).toBe(200);
      ids.push(...entriesOf(page));
    }

    expect(ids.length).toBeGreaterThan(20);
    expect(ids.sort()).toEqual(whole.sort());
  });

  it('returns a Marker that fits into a request and has no readable content', () => {
    const { body } = first(list);

    const readable = [body.Marker, ...['base64url', 'hex', 'latin1'].map(decode(body.Marker))].join('\n');
    expect(body.Marker.length).toBeLessThanOrEqual(6_000);
    expect(readable).not.toMatch(/orders|after|ldgnf|xx-southeast|20\d\d-/);
  });

  it('responds 400 for every other Marker and sends no call to AWS', async () => {
    const { body } = first(list);
    const others = lists.filter((other) => other !== list).map(first);
    await emulator.calls();
    const invalidMarkers = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.base64String().map((text) => text.replace(/[+/=]/g, '-')),
      fc.constantFrom(...others.map((other) => String(other.body.Marker))),
      fc.nat({ max: body.Marker.length - 1 }).map((length) => body.Marker.slice(0, length)),
      fc.stringMatching(/^[\w-]{1,3}$/).map((more) => body.Marker + more),
      fc
        .tuple(fc.nat({ max: body.Marker.length - 1 }), fc.constantFrom('A', 'w', '_'))
        .filter(([at, char]) => body.Marker[at] !== char)
        .map(([at, char]) => body.Marker.slice(0, at) + char + body.Marker.slice(at + 1)),
    );

    await fc.assert(
      fc.asyncProperty(invalidMarkers, async (marker) => {
        const response = await call(`${list}?MaxRecords=20&Marker=${encodeURIComponent(marker.toWellFormed())}`);

        expect(response).toMatchObject({
          status: 400,
          body: { code: 'ValidationFailed', errors: [{ in: 'query', parameter: 'Marker' }] },
        });
      }),
      { numRuns: 40 },
    );
    expect(await emulator.calls()).toEqual([]);
  });
});

it.each([
  ['another filter', 'GET /global-datastores', 'GET /global-datastores?ShowMemberInfo=true'],
  ['another region', 'GET /replication-groups', 'GET /replication-groups?Region=xx-southeast-1'],
  ['another datastore', `GET /global-datastores/${audited}/audit`, 'GET /global-datastores/ldgnf-other/audit'],
  ['another status', 'GET /operations', 'GET /operations?Status=RUNNING'],
])('responds 400 for the Marker of %s', async (_, list, other) => {
  const { body } = first(list);

  const response = await call(`${other}${other.includes('?') ? '&' : '?'}Marker=${body.Marker}`);

  expect(response.status).toBe(400);
});

it('accepts a Marker with another MaxRecords and with the id in another case', async () => {
  const list = `GET /global-datastores/${audited}/audit`;
  const { body } = first(list);

  const response = await call(
    `${list.toUpperCase().replace(/GLOBAL-DATASTORES|AUDIT/g, (part) => part.toLowerCase())}?Marker=${body.Marker}`,
  );

  expect(response.status).toBe(200);
  expect(entriesOf(response).length).toBeGreaterThan(0);
});

describe('a sealed Marker', () => {
  it('opens to its text in its scope only', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), fc.string(), (text, scope, other) => {
        const marker = sealMarker(text, scope);

        expect(openMarker(marker, scope)).toBe(text);
        expect(sealMarker(text, scope)).toBe(marker);
        if (other !== scope) expect(openMarker(marker, other)).toBeUndefined();
      }),
    );
  });
});

const decode = (marker: string) => (encoding: string) =>
  Buffer.from(marker, encoding as BufferEncoding).toString('latin1');
