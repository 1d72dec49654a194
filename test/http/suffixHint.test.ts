import { describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { datastores } from '../support/datastore.ts';
import { operator, ownerA, ownerB, owners, tagged, unknownCaller, writePolicy } from '../support/policy.ts';
import { contractsThat, requestFor } from '../support/routeRequest.ts';

const environment = { POLICY_FILE: writePolicy(owners), OWNER_CACHE_MS: '0' };
const { call, emulator, routes } = await startApi({ environment });
const { make } = datastores(emulator);

await make('orders', [], tagged('a'));
await make('eu-orders', [], tagged('b'));

const named = contractsThat(
  routes,
  ({ path, awsActions }) =>
    path.includes('{GlobalReplicationGroupId}') && awsActions.includes('DescribeGlobalReplicationGroups'),
).map(([name, contract]) => {
  const { request, body } = requestFor(contract, 'orders');
  return [name, request.replace('ldgnf-orders', 'Orders'), body] as const;
});

describe('a suffix given as an id', () => {
  it('is tested on every route of a datastore', () => {
    expect(named.length).toBeGreaterThan(8);
  });

  it.each(named)('%s names the id that ends in it', async (_, request, body) => {
    const response = await call(request, { ...ownerA, ...(body && { body }) });

    expect(response).toMatchObject({
      status: 404,
      body: {
        code: 'GlobalReplicationGroupNotFoundFault',
        remedies: [{ method: 'GET', href: '/global-datastores/ldgnf-orders' }],
      },
    });
    expect(response.body.detail).toContain('Orders is a suffix, not an id. The ids that end in it: ldgnf-orders.');
  });

  it.each([
    ['another owner', ownerB, '/global-datastores/ldgnf-eu-orders'],
    ['a caller without an owner', unknownCaller],
    ['an operator', operator, '/global-datastores/ldgnf-eu-orders', '/global-datastores/ldgnf-orders'],
  ])('names to %s only the ids that the caller may read', async (_, caller, ...hrefs) => {
    const response = await call('GET /global-datastores/orders', caller);

    expect(response.status).toBe(404);
    expect((response.body.remedies ?? []).map(({ href }: { href: string }) => href)).toEqual(hrefs);
  });

  it('of another owner is not distinguished from an unknown one', async () => {
    const readBody = async (id: string) => {
      const { status, body } = await call(`GET /global-datastores/${id}`, ownerA);
      return JSON.stringify({ status, ...body, instance: '' }).replaceAll(id, 'ID');
    };

    expect(await readBody('ldgnf-eu-orders')).toBe(await readBody('ldgnf-xx-orders'));
    expect(await readBody('eu-orders')).toBe(await readBody('xx-orders'));
  });

  it('leads to 404 without remedies while no list can be read', async () => {
    await emulator.fail({
      Action: 'DescribeGlobalReplicationGroups',
      Name: 'GlobalReplicationGroupNotFoundFault',
      Times: 99,
    });

    const response = await call('GET /global-datastores/orders', operator);
    await emulator.clearFaults();

    expect(response).toMatchObject({ status: 404, body: { code: 'GlobalReplicationGroupNotFoundFault' } });
    expect(response.body).not.toHaveProperty('remedies');
  });
});
