import { CreateGlobalReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { type ApiOptions, type Reply, startApi } from '../support/api.ts';
import { startBlackHole } from '../support/blackHole.ts';
import { datastores } from '../support/datastore.ts';
import { createProxy, type FaultProxy, modes } from '../support/proxy.ts';

/** `npm run prove:regions` has the real limits and expects responses within 5 s; `npm test` has a shorter region timeout. */
const full = process.env.PROVE === 'full';
const limits: Record<string, string> = full ? {} : { REGION_MS: '1000' };
const always = { times: Number.POSITIVE_INFINITY };

/** The ways in which a region fails. */
const failureModes: Readonly<Record<string, (proxy: FaultProxy) => unknown>> = {
  refuses: (proxy) => proxy.refuse(),
  hangs: (proxy) => proxy.inject(modes.hang, always),
  resets: (proxy) => proxy.inject(modes.reset, always),
};

/** The requests while a region is down, with the expected status. The primary is in us-east-1, the region of the API. */
const operations = [
  ['a list', 'GET /global-datastores?ShowMemberInfo=true', 200],
  ['a get', 'GET /global-datastores/{id}', 200],
  ['a failover', 'POST /global-datastores/{id}/failover', 202],
] as const;
const failedRegions = [
  ['own region and that of the old primary', 'us-east-1'],
  ['region of the secondary, or of the new primary,', 'eu-west-1'],
  ['region of no member', 'ap-southeast-2'],
] as const;

const figures = new Map<string, number[]>();
const settings = Object.keys(failureModes).flatMap((failureMode, index) =>
  (['account', 'member-regions'] as const)
    .filter((_, number) => full || number === index % 2)
    .map((scope) => ({ failureMode, scope })),
);

for (const { failureMode, scope } of settings) {
  const { call, emulator, proxies } = await startRegions({ globalScope: scope, environment: limits });
  const { make, describe: describeDatastore } = datastores(emulator);
  const stores = await Promise.all(
    failedRegions.flatMap(([, region]) =>
      operations.map((_, index) => make(`store-${index}-${region}`, ['eu-west-1'])),
    ),
  );

  describe(`a region that ${failureMode}, in the global scope ${scope}`, () => {
    afterEach(async () => {
      for (const [region, proxy] of Object.entries(proxies)) {
        proxy.clear();
        await proxy.accept();
        await call(`GET /replication-groups?Region=${region}`); // a response ends its time as an unresponsive region
      }
    });

    for (const [role, region] of failedRegions) {
      it.each(operations)(`does not prevent %s, as the ${role}`, async (operation, template, status) => {
        const id = `ldgnf-store-${operations.findIndex(([name]) => name === operation)}-${region}`;
        await failureModes[failureMode]?.(proxies[region] as FaultProxy);

        const start = performance.now();
        const response = await call(template.replace('{id}', id), {
          ...(status === 202 && { body: { PrimaryRegion: 'eu-west-1' } }),
        });
        const ms = performance.now() - start;

        expect(response.status, JSON.stringify(response.body)).toBe(status);
        const figure = `${operation} while the ${role} is down`;
        figures.set(figure, [...(figures.get(figure) ?? []), ms]);
        if (full) expect(ms).toBeLessThan(5_000);
        if (operation === 'a list') {
          expect(response.body.Warnings).toMatchObject([{ Region: region }]);
          expect(response.body.GlobalReplicationGroups).toHaveLength(stores.length);
        }
        if (operation === 'a failover') {
          const { body } = await call(`GET /global-datastores/${id}`);
          expect(primaryOf(body.GlobalReplicationGroup)).toBe('eu-west-1');
          expect(primaryOf(await describeDatastore(id))).toBe('eu-west-1');
        }
      });
    }
  });
}

describe.each(['account', 'member-regions'] as const)(
  'a list of all datastores, in the global scope %s',
  async (globalScope) => {
    const { call, emulator } = await startRegions({ globalScope, environment: limits });
    const regions = ['us-east-1', 'eu-west-1', 'ap-southeast-2'];
    const ids = await Promise.all(
      Array.from({ length: 66 }, async (_, index) => {
        const region = regions[index % regions.length] ?? '';
        const [name, client] = [`store-${index}`, emulator.client(region)];
        await emulator.seed(name, region);
        const { GlobalReplicationGroup } = await client.send(
          new CreateGlobalReplicationGroupCommand({
            GlobalReplicationGroupIdSuffix: name,
            PrimaryReplicationGroupId: name,
          }),
        );
        return GlobalReplicationGroup?.GlobalReplicationGroupId;
      }),
    );

    it.each([20, 33, 100])('returns each datastore once, on pages of up to %i', async (max) => {
      const listed: string[] = [];

      let next: string | undefined = `/global-datastores?MaxRecords=${max}`;
      for (let pages = 0; next && pages < 20; pages++) {
        const { body, headers }: Reply = await call(`GET ${next}`);
        expect(body.GlobalReplicationGroups.length).toBeLessThanOrEqual(max);
        listed.push(
          ...body.GlobalReplicationGroups.map(
            (group: { GlobalReplicationGroupId: string }) => group.GlobalReplicationGroupId,
          ),
        );
        next = headers.link?.match(/^<([^>]+)>; rel="next"$/)?.[1];
      }

      expect(next).toBeUndefined();
      expect(listed.sort()).toEqual(ids.sort());
    });

    it('accepts a Marker only with the filters of its own list', async () => {
      const { body } = await call('GET /global-datastores?MaxRecords=20&ShowMemberInfo=true');

      const response = await call(`GET /global-datastores?Marker=${body.Marker}`);

      expect(response).toMatchObject({
        status: 400,
        body: { code: 'ValidationFailed', errors: [{ parameter: 'Marker' }] },
      });
    });
  },
);

interface Datastore {
  readonly Members?: readonly { readonly Role?: string; readonly ReplicationGroupRegion?: string }[];
}

const primaryOf = ({ Members = [] }: Datastore) =>
  Members.find(({ Role }) => Role === 'PRIMARY')?.ReplicationGroupRegion;

describe('a region that drops every packet', async () => {
  const blackHole = await startBlackHole();
  afterAll(blackHole.close);
  const { call, emulator } = await startRegions({
    environment: { ...limits, AWS_ENDPOINT_URL_ELASTICACHE_US_EAST_1: blackHole.url },
  });
  const id = await datastores(emulator).make('orders', ['eu-west-1']);

  it('does not prevent a failover out of it', async () => {
    const start = performance.now();
    const response = await call(`POST /global-datastores/${id}/failover`, { body: { PrimaryRegion: 'eu-west-1' } });
    const { status, body } = await call(`GET /global-datastores/${id}`);
    figures.set('a failover out of a black hole, and a get', [performance.now() - start]);

    expect([response.status, status]).toEqual([202, 200]);
    expect(primaryOf(body.GlobalReplicationGroup)).toBe('eu-west-1');
  });

  it('responds with 504 to a request that no other region can serve', async () => {
    const response = await call('GET /replication-groups/us-east-1/orders-us-east-1');

    expect(response).toMatchObject({
      status: 504,
      body: { code: 'UpstreamTimeout', upstream: { region: 'us-east-1' } },
    });
  });
});

describe('an unresponsive region', async () => {
  const { call, emulator, proxies } = await startRegions({ environment: { ...limits, UNRESPONSIVE_MS: '1500' } });
  const id = await datastores(emulator).make('orders', ['eu-west-1']);
  const own = proxies['us-east-1'] as FaultProxy;

  it('is called last for some seconds, then first again', async () => {
    own.inject(modes.hang, { times: 1 });
    expect(await call(`GET /global-datastores/${id}`)).toMatchObject({ status: 200 });
    own.takeActions();

    expect(await call(`GET /global-datastores/${id}`)).toMatchObject({ status: 200 });
    expect(
      await call(`POST /global-datastores/${id}/failover`, {
        body: { PrimaryRegion: 'us-east-1', PrimaryReplicationGroupId: 'orders-us-east-1' },
      }),
    ).toMatchObject({ body: { upstream: { region: 'eu-west-1' } } });
    expect(await call('GET /global-datastores')).toMatchObject({
      status: 200,
      body: { Warnings: [{ Region: 'us-east-1' }] },
    });
    expect(own.takeActions()).toEqual([]);

    await vi.waitFor(
      async () => {
        const { body } = await call('GET /global-datastores');
        expect(body).not.toHaveProperty('Warnings');
      },
      { timeout: 5_000 },
    );
    expect(await call(`GET /global-datastores/${id}`)).toMatchObject({ status: 200 });
    expect(own.takeActions()).toHaveLength(2);
  });

  it('is still called when no other region has the datastore', async () => {
    own.inject(modes.hang, { times: 1 });
    await call(`GET /global-datastores/${id}`);
    own.takeActions();

    expect(await call('GET /global-datastores/ldgnf-nobody')).toMatchObject({ status: 404 });
    expect(own.countCalls({ contains: 'ldgnf-nobody' })).toBe(1);
  });
});

describe('all regions down', async () => {
  const { call, proxies } = await startRegions({ environment: { ...limits, UNRESPONSIVE_MS: '0' } });

  it.each([
    ['refuse', 'refuses', 502, 'UpstreamUnreachable'],
    ['hang', 'hangs', 504, 'UpstreamTimeout'],
  ])('because they %s: responds with a 5xx', async (_, failureMode, status, code) => {
    for (const proxy of Object.values(proxies)) await failureModes[failureMode]?.(proxy);

    for (const request of ['GET /global-datastores', 'GET /global-datastores/ldgnf-orders']) {
      expect(await call(request)).toMatchObject({ status, body: { code } });
    }

    for (const proxy of Object.values(proxies)) await proxy.accept();
  });
});

/** Starts the API in a new container, with a proxy in front of each of three regions. */
async function startRegions(options: ApiOptions) {
  vi.resetModules();
  const proxies = { 'us-east-1': createProxy(), 'eu-west-1': createProxy(), 'ap-southeast-2': createProxy() };
  const api = await startApi({ ...options, proxies });
  return { ...api, proxies: proxies as Readonly<Record<string, FaultProxy>> };
}

afterAll(() => {
  for (const [figure, durations] of figures) {
    const longest = (Math.max(...durations) / 1000).toFixed(1);
    process.stdout.write(
      `${figure}: ${durations.length} of ${figure.includes('black') ? 1 : settings.length}, ${longest} s at most\n`,
    );
  }
});
