import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListTagsForResourceCommand } from '@aws-sdk/client-elasticache';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Policy } from '../../src/policy/loadPolicy.ts';
import { type RequestOptions, startApi } from '../support/api.ts';
import { clusterMode, datastores } from '../support/datastore.ts';
import { createProxy, modes } from '../support/proxy.ts';
import { contractsThat, hasDryRun, type RouteRequest, requestFor } from '../support/routeRequest.ts';

const role = (name: string) => `arn:aws:sts::123456789012:assumed-role/${name}`;
const anna = { caller: `${role('TeamA')}/anna` };
const bert = { caller: `${role('TeamB')}/bert` };
const operator = { caller: `${role('BreakGlass')}/night-shift` };
const stranger = { caller: `${role('Nobody')}/x` };

const policy: Policy = {
  OwnerTag: 'team',
  OwnerClaim: 'custom:team',
  Owners: { [role('TeamA')]: 'a', [role('TeamB')]: 'b', [role('BreakGlass')]: '*' },
  MaxDatastores: 50,
};
const folder = mkdtempSync(join(tmpdir(), 'policy-'));
const file = join(folder, 'policy.json');
writeFileSync(file, JSON.stringify(policy));
afterAll(() => rmSync(folder, { recursive: true }));

const proxies = { 'us-east-1': createProxy(), 'eu-west-1': createProxy(), 'ap-southeast-2': createProxy() };
const environment = { POLICY_FILE: file, REGION_MS: '1000', OWNER_CACHE_MS: '0' };
const { call, emulator, routes } = await startApi({ proxies, environment });
const { make, rested, freeze } = datastores(emulator);
const tagged = (team: string) => ({ Tags: [{ Key: 'team', Value: team }], ...clusterMode });

await make('orders', [], tagged('a'));
await make('carts', [], tagged('b'));
await make('unowned', [], clusterMode);
await emulator.seed('free', 'us-east-1', tagged('a'));
const orders = '/global-datastores/ldgnf-orders';

beforeEach(() => {
  for (const proxy of Object.values(proxies)) proxy.clear();
});

/** Bodies for contracts whose examples do not fit the datastores above; `nobodys` is the same about what does not exist. */
const bodies: Readonly<Record<string, { readonly body: object; readonly nobodys?: object }>> = {
  createGlobalDatastore: {
    body: { GlobalReplicationGroupIdSuffix: 'more', PrimaryReplicationGroupId: 'free' },
    nobodys: { GlobalReplicationGroupIdSuffix: 'more', PrimaryReplicationGroupId: 'none' },
  },
  modifyGlobalDatastore: { body: { GlobalReplicationGroupDescription: 'changed' } },
  failoverGlobalDatastore: { body: { PrimaryRegion: 'us-east-1' } },
};

/** Every contract with a subject, with a request about Anna's and one about what does not exist. */
const naming = contractsThat(routes, ({ subject }) => subject !== 'none' && subject !== 'region').map(
  ([name, contract]) => {
    const dryRun = hasDryRun(contract) && contract.changes?.primary !== 'PrimaryRegion' ? '?DryRun=true' : '';
    const { request, body }: RouteRequest = { ...requestFor(contract, 'orders'), ...bodies[name] };
    const nowhere = `${requestFor(contract, 'nothing').request}${dryRun}`;
    return [name, { request: `${request}${dryRun}`, nowhere, body, nobodys: bodies[name]?.nobodys }] as const;
  },
);

describe('a resource of Anna’s owner', () => {
  it('has a request for every contract with a subject', () => {
    expect(naming.length).toBeGreaterThan(10);
  });

  it.each(naming)('%s: answers 404 to another owner and to an unknown caller', async (_, to) => {
    const { request, nowhere, body, nobodys = body } = to;
    await emulator.calls();

    for (const caller of [bert, stranger]) {
      const theirs = await call(request, { ...caller, ...(body && { body }) });
      const nothing = await call(nowhere, { ...caller, ...(nobodys && { body: nobodys }) });

      expect(theirs.status).toBe(404);
      expect(alike(theirs.body)).toEqual(alike(nothing.body));
    }
    expect((await emulator.calls()).filter(({ Action }) => !/^(Describe|List)/.test(Action))).toEqual([]);
  });

  it.each(naming)('%s: does not answer 404 to its owner and to an operator', async (_, { request, body }) => {
    for (const caller of [anna, operator]) {
      await rested('ldgnf-orders');
      const { status, body: answer } = await call(request, { ...caller, ...(body && { body }) });

      expect([status, answer.code]).not.toContain(404);
      expect(status === 503 ? answer.code : 'OperationsUnavailable').toBe('OperationsUnavailable'); // no engine runs here
    }
  });

  it.each([
    ['Anna', anna, ['ldgnf-orders'], ['free', 'orders-us-east-1']],
    ['Bert', bert, ['ldgnf-carts'], ['carts-us-east-1']],
    ['a stranger', stranger, [], []],
    [
      'an operator',
      operator,
      ['ldgnf-carts', 'ldgnf-orders', 'ldgnf-unowned'],
      ['carts-us-east-1', 'free', 'orders-us-east-1', 'unowned-us-east-1'],
    ],
  ])('is listed for its owner alone: %s', async (_, caller, stores, groups) => {
    await rested('ldgnf-orders');

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

  it('tags each new member with its owner, whatever the request says', async () => {
    const body = {
      ReplicationGroupId: 'orders-euw1',
      ReplicationGroupRegion: 'eu-west-1',
      Tags: [
        { Key: 'team', Value: 'b' },
        { Key: 'stage', Value: 'prod' },
      ],
    };

    const added = await call(`POST ${orders}/members`, { ...anna, body });

    expect(added.status, JSON.stringify(added.body)).toBe(202);
    await rested('ldgnf-orders');
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

  it('keeps its owner while AWS does not return its tags, in a new container, too', async () => {
    await make('busy', [], tagged('a'));
    expect(await call('GET /global-datastores/ldgnf-busy', anna)).toMatchObject({ status: 200 });
    const goOn = freeze();
    await call('PATCH /global-datastores/ldgnf-busy', { ...anna, body: { CacheNodeType: 'cache.r7g.xlarge' } });

    expect(await call('GET /global-datastores/ldgnf-busy', anna)).toMatchObject({
      status: 200,
      body: { GlobalReplicationGroup: { Status: 'modifying' } },
    });
    expect(await call('GET /global-datastores/ldgnf-busy', bert)).toMatchObject({ status: 404 });
    vi.resetModules();
    const { handler } = await import('../../src/handlers/getGlobalDatastore.ts');
    const { contextWith, eventOf } = await import('../support/event.ts');
    const ask = (caller: RequestOptions) =>
      handler(eventOf('GET /global-datastores/ldgnf-busy', caller, routes).event, contextWith(29_000));
    expect([(await ask(anna)).statusCode, (await ask(bert)).statusCode]).toEqual([200, 404]);
    goOn();
  });

  it('can be failed over by its owner while the region of its primary is gone', async () => {
    await rested('ldgnf-orders');
    proxies['us-east-1'].will(modes.hang, { times: 99 });

    const request = `POST ${orders}/failover`;
    const body = { PrimaryRegion: 'eu-west-1' };

    expect(await call(request, { ...bert, body })).toMatchObject({ status: 404 });
    expect(await call(request, { ...anna, body })).toMatchObject({ status: 202 });
  });
});

describe('a caller with a token', () => {
  const get = (claims: Record<string, string>) => call(`GET ${orders}`, { claims: { sub: 'someone', ...claims } });

  it('acts for the owner in its claim', async () => {
    expect((await get({ 'custom:team': 'a' })).status).toBe(200);
    expect((await get({ 'custom:team': 'b' })).status).toBe(404);
  });

  it.each([
    ['no claim', {}],
    ['an empty one', { 'custom:team': '' }],
    ['one for everybody', { 'custom:team': '*' }],
    ['another claim', { team: 'a' }],
    ['the name of a role', { sub: role('TeamA') }],
  ])('acts for no owner with %s', async (_, claims) => {
    expect((await get(claims as Record<string, string>)).status).toBe(404);
  });
});

/** A problem without what tells occurrences apart: the name that was asked for, and the id of the request. */
const alike = ({ instance: _, detail, ...problem }: { instance: string; detail: string }) => ({
  ...problem,
  detail: detail.replace(/ldgnf-\w+|\w+-us-east-1|\bfree\b|\bnone\b/g, 'it'),
});
