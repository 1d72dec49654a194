import { ListTagsForResourceCommand } from '@aws-sdk/client-elasticache';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type RequestOptions, startApi } from '../support/api.ts';
import { clusterMode, datastores } from '../support/datastore.ts';
import { startDurable } from '../support/durable.ts';
import { operator, ownerA, ownerB, owners, tagged, unknownCaller, writePolicy } from '../support/policy.ts';
import { createProxy, modes } from '../support/proxy.ts';
import type { RouteRequest } from '../support/requests.ts';
import { contractsThat, hasDryRun, requestFor } from '../support/routeRequest.ts';

const policy = { ...owners, MaxDatastores: 50 };

const proxies = { 'us-east-1': createProxy(), 'eu-west-1': createProxy(), 'ap-southeast-2': createProxy() };
const durable = await startDurable();
const environment = {
  POLICY_FILE: writePolicy(policy),
  REGION_MS: '1000',
  OWNER_CACHE_MS: '0',
  AWS_ENDPOINT_URL_LAMBDA: durable.url,
};
const { call, emulator, routes } = await startApi({ proxies, environment });
const { make, waitUntilStable, freeze } = datastores(emulator);
const ofTeam = (team: string) => ({ ...tagged(team), ...clusterMode });

await make('orders', [], ofTeam('a'));
await make('carts', [], ofTeam('b'));
await make('unowned', [], clusterMode);
await emulator.seed('free', 'us-east-1', ofTeam('a'));
const orders = '/global-datastores/ldgnf-orders';
await durable.start('ldgnf-orders_0123456789abcdef', {
  Kind: 'APPLY',
  GlobalReplicationGroupId: 'ldgnf-orders',
  Members: [],
  Known: [],
  OnFailure: 'keep',
  Owner: 'a',
});

it('a list of operations has a warning while the owner of one cannot be read', async () => {
  durable.refuse(/GET \/2025-12-01\/durable-executions\//);
  const partial = await call('GET /operations', ownerA);
  durable.refuse();
  const whole = await call('GET /operations', ownerA);

  expect(partial.body).toEqual({
    Operations: [],
    Warnings: [
      { Region: 'us-east-1', Detail: expect.stringMatching(/^The owners of some resources could not be read/) },
    ],
  });
  expect(whole.body.Operations).toHaveLength(1);
  expect(whole.body).not.toHaveProperty('Warnings');
});

beforeEach(() => {
  for (const proxy of Object.values(proxies)) proxy.clear();
});

/** Bodies for contracts whose examples do not fit the datastores above; `unknownBody` names resources that do not exist. */
const bodies: Readonly<Record<string, { readonly body: object; readonly unknownBody?: object }>> = {
  createGlobalDatastore: {
    body: { GlobalReplicationGroupIdSuffix: 'more', PrimaryReplicationGroupId: 'free' },
    unknownBody: { GlobalReplicationGroupIdSuffix: 'more', PrimaryReplicationGroupId: 'none' },
  },
  modifyGlobalDatastore: { body: { GlobalReplicationGroupDescription: 'changed' } },
  failoverGlobalDatastore: { body: { PrimaryRegion: 'us-east-1' } },
};

/** Each contract with a subject, with a request for the datastore of team A and one for an unknown datastore. */
const routesWithSubject = contractsThat(
  routes,
  ({ subject }) => !['none', 'region', 'evacuation'].includes(subject),
).map(([name, contract]) => {
  const dryRun = hasDryRun(contract) && contract.changes?.primary !== 'PrimaryRegion' ? '?DryRun=true' : '';
  const { request, body }: RouteRequest = { ...requestFor(contract, 'orders'), ...bodies[name] };
  const unknownRequest = `${requestFor(contract, 'nothing').request}${dryRun}`;
  return [
    name,
    { request: `${request}${dryRun}`, unknownRequest, body, unknownBody: bodies[name]?.unknownBody },
  ] as const;
});

describe('the datastore of a team', () => {
  it('covers more than ten routes with a subject', () => {
    expect(routesWithSubject.length).toBeGreaterThan(10);
  });

  it.each(routesWithSubject)('%s returns 404 for other owners and for callers without an owner', async (_, route) => {
    const { request, unknownRequest, body, unknownBody = body } = route;
    await emulator.calls();

    for (const caller of [ownerB, unknownCaller]) {
      const foreign = await call(request, { ...caller, ...(body && { body }) });
      const unknown = await call(unknownRequest, { ...caller, ...(unknownBody && { body: unknownBody }) });

      expect(foreign.status).toBe(404);
      expect(comparable(foreign.body)).toEqual(comparable(unknown.body));
    }
    expect((await emulator.calls()).filter(({ Action }) => !/^(Describe|List)/.test(Action))).toEqual([]);
  });

  it('returns no checks of a refusal to another owner', async () => {
    const body = { ReplicationGroupId: 'new', ReplicationGroupRegion: 'us-east-1' };

    const foreign = await call(`POST ${orders}/members`, { ...ownerB, body });
    const own = await call(`POST ${orders}/members`, { ...ownerA, body });

    expect(foreign).toMatchObject({ status: 404, body: { code: 'GlobalReplicationGroupNotFoundFault' } });
    expect(foreign.body).not.toHaveProperty('checks');
    expect(own).toMatchObject({ status: 400, body: { checks: [{ Id: 'region-distinct' }] } });
  });

  it.each(routesWithSubject)(
    '%s does not return 404 for the owner and for an operator',
    async (_, { request, body }) => {
      for (const caller of [ownerA, operator]) {
        await waitUntilStable('ldgnf-orders');
        const { status, body: response } = await call(request, { ...caller, ...(body && { body }) });

        expect([status, response.code]).not.toContain(404);
        expect(status === 503 ? response.code : 'OperationsUnavailable').toBe('OperationsUnavailable');
      }
    },
  );

  it.each([
    ['the owner', ownerA, ['ldgnf-orders'], ['free', 'orders-us-east-1']],
    ['another owner', ownerB, ['ldgnf-carts'], ['carts-us-east-1']],
    ['an unknown caller', unknownCaller, [], []],
    [
      'an operator',
      operator,
      ['ldgnf-carts', 'ldgnf-orders', 'ldgnf-unowned'],
      ['carts-us-east-1', 'free', 'orders-us-east-1', 'unowned-us-east-1'],
    ],
  ])('appears in lists only for its owner and operators: %s', async (_, caller, stores, groups) => {
    await waitUntilStable('ldgnf-orders');

    const { body: listed } = await call('GET /global-datastores', caller);
    const { body } = await call('GET /replication-groups', caller);

    expect(
      listed.GlobalReplicationGroups.map(
        (one: { GlobalReplicationGroupId: string }) => one.GlobalReplicationGroupId,
      ).sort(),
    ).toEqual(stores);
    expect(body.ReplicationGroups.map((one: { ReplicationGroupId: string }) => one.ReplicationGroupId).sort()).toEqual(
      groups,
    );
  });

  it('receives the tag of its owner on each new member', async () => {
    const body = {
      ReplicationGroupId: 'orders-euw1',
      ReplicationGroupRegion: 'eu-west-1',
      Tags: [{ Key: 'stage', Value: 'prod' }],
    };

    const added = await call(`POST ${orders}/members`, { ...ownerA, body });

    expect(added.status, JSON.stringify(added.body)).toBe(202);
    await waitUntilStable('ldgnf-orders');
    const { TagList } = await emulator.client('eu-west-1').send(
      new ListTagsForResourceCommand({
        ResourceName: 'arn:aws:elasticache:eu-west-1:000000000000:replicationgroup:orders-euw1',
      }),
    );
    expect(TagList).toEqual([
      { Key: 'stage', Value: 'prod' },
      { Key: 'team', Value: 'a' },
    ]);
  });

  it('keeps its owner while AWS does not return tags during a change, also in a new container', async () => {
    await make('busy', [], ofTeam('a'));
    expect(await call('GET /global-datastores/ldgnf-busy', ownerA)).toMatchObject({ status: 200 });
    const resume = freeze();
    await call('PATCH /global-datastores/ldgnf-busy', { ...ownerA, body: { CacheNodeType: 'cache.r7g.xlarge' } });

    expect(await call('GET /global-datastores/ldgnf-busy', ownerA)).toMatchObject({
      status: 200,
      body: { GlobalReplicationGroup: { Status: 'modifying' } },
    });
    expect(await call('GET /global-datastores/ldgnf-busy', ownerB)).toMatchObject({ status: 404 });
    vi.resetModules();
    const { handler } = await import('../../src/handlers/getGlobalDatastore.ts');
    const { contextWith, eventOf } = await import('../support/event.ts');
    const get = (caller: RequestOptions) =>
      handler(eventOf('GET /global-datastores/ldgnf-busy', caller, routes).event, contextWith(29_000));
    expect([(await get(ownerA)).statusCode, (await get(ownerB)).statusCode]).toEqual([200, 404]);
    resume();
  });

  it('accepts a failover by its owner while the primary region hangs', async () => {
    await waitUntilStable('ldgnf-orders');
    proxies['us-east-1'].inject(modes.hang, { times: 99 });

    const request = `POST ${orders}/failover`;
    const body = { PrimaryRegion: 'eu-west-1' };

    expect(await call(request, { ...ownerB, body })).toMatchObject({ status: 404 });
    expect(await call(request, { ...ownerA, body })).toMatchObject({ status: 202 });
  });
});

describe('a caller with a token', () => {
  const get = (claims: Record<string, string>) => call(`GET ${orders}`, { claims: { sub: 'someone', ...claims } });

  it('acts as the owner named in the claim', async () => {
    expect((await get({ 'custom:team': 'a' })).status).toBe(200);
    expect((await get({ 'custom:team': 'b' })).status).toBe(404);
  });

  it.each([
    ['no claim', {}],
    ['an empty claim', { 'custom:team': '' }],
    ['the operator wildcard as claim', { 'custom:team': '*' }],
    ['another claim', { team: 'a' }],
  ])('acts as no owner with %s', async (_, claims) => {
    expect((await get(claims as Record<string, string>)).status).toBe(404);
  });
});

/** Returns a problem without the request id and the requested names. */
const comparable = ({ instance: _, detail, ...problem }: { instance: string; detail: string }) => ({
  ...problem,
  detail: detail.replace(/ldgnf-\w+|\w+-us-east-1|\bfree\b|\bnone\b/g, 'it'),
});
