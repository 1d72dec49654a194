import { beforeAll, describe, expect, test } from 'vitest';
import { startApi } from '../support/api.ts';
import { until } from '../support/emulator.ts';
import { afterEffect, createProxy, modes } from '../support/proxy.ts';

const proxy = createProxy();
const { call, emulator, table } = await startApi({ proxy, environment: { ATTEMPT_MS: '1000' } });

const ann = 'arn:aws:iam::123456789012:user/ann';
const bob = 'arn:aws:iam::123456789012:user/bob';

/** A create of a datastore over a primary of the same name, with a key. */
function create(name: string, key: string, more: { caller?: string; body?: object; raw?: string } = {}) {
  const body = { GlobalReplicationGroupIdSuffix: name, PrimaryReplicationGroupId: `${name}-use1`, ...more.body };
  const { caller = ann, raw = JSON.stringify(body) } = more;
  return call('POST /global-datastores', { headers: { 'idempotency-key': key }, caller, raw });
}

/** How often AWS was asked to create a datastore since the last look. */
const creations = async () =>
  (await emulator.calls()).filter(({ Action }) => Action === 'CreateGlobalReplicationGroup').length;

beforeAll(async () => {
  for (const name of ['orders', 'carts', 'users', 'lost', 'dark', 'late', 'secret', 'home'])
    await emulator.seed(`${name}-use1`);
  await emulator.calls();
});

describe('The same request with the same Idempotency-Key', () => {
  test('gets the body and the headers of the first response, and nothing is called', async () => {
    const first = await create('orders', 'first');
    expect(first.status, JSON.stringify(first.body)).toBe(202);
    expect(first.headers).not.toHaveProperty('idempotency-replayed');

    const second = await create('orders', 'first');

    expect(second.status).toBe(202);
    expect(second.body).toEqual(first.body);
    expect(second.headers).toMatchObject({ location: first.headers.location, 'idempotency-replayed': 'true' });
    expect(await creations()).toBe(1);
  });

  test('is recognised with members in another order, other white space, and the key quoted or bare', async () => {
    const raw = '{\n  "PrimaryReplicationGroupId": "carts-use1",\n  "GlobalReplicationGroupIdSuffix": "carts" }';
    await create('carts', 'spaces');

    const again = await create('carts', '"spaces"', { raw });

    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(await creations()).toBe(1);
  });

  test('is refused with another payload', async () => {
    await create('users', 'payload');
    const other = await create('users', 'payload', { body: { GlobalReplicationGroupDescription: 'Other' } });

    expect(other.status).toBe(422);
    expect(other.body.code).toBe('IdempotencyKeyReused');
    expect((await create('users', 'payload')).headers['idempotency-replayed']).toBe('true');
    expect(await creations()).toBe(1);
  });

  test('gets a final refusal again, unchanged', async () => {
    const first = await create('nobody', 'refused');
    expect(first.status).toBe(404);
    await emulator.seed('nobody-use1');
    await emulator.calls();

    const second = await create('nobody', 'refused');

    expect(second.body).toEqual(first.body);
    expect(second.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'idempotency-replayed': 'true',
    });
    expect(await creations()).toBe(0);
    expect((await create('nobody', 'another')).status).toBe(202);
  });

  test.each([
    ['a conflict that passes', 'InvalidReplicationGroupStateFault', 409],
    ['a lack of capacity', 'InsufficientCacheClusterCapacityFault', 503],
    ['throttling', 'Throttling', 503],
    ['a failure of AWS', 'InternalFailure', 502],
  ])('runs again after %s', async (_, Name, status) => {
    const name = `again-${status}-${Name.length}`;
    await emulator.seed(`${name}-use1`);
    await emulator.fail({ Action: 'CreateGlobalReplicationGroup', Name, Times: 3 });

    const first = await create(name, `again ${Name}`.replace(' ', '-'));
    await emulator.clearFaults();
    const second = await create(name, `again ${Name}`.replace(' ', '-'));

    expect(first.status).toBe(status);
    expect(second.status, JSON.stringify(second.body)).toBe(202);
    expect(second.headers).not.toHaveProperty('idempotency-replayed');
  });

  test('finds what the first attempt created when its response was lost', async () => {
    proxy.will(afterEffect(modes.reset), { action: 'CreateGlobalReplicationGroup', times: 1 });
    proxy.will(modes.reset, { action: 'CreateGlobalReplicationGroup', times: 2 });
    proxy.will(modes.reset, { action: 'DescribeReplicationGroups', times: 3 });
    const first = await create('lost', 'lost');
    expect(first.status).toBe(502);

    const second = await create('lost', 'lost');

    expect(second.status, JSON.stringify(second.body)).toBe(202);
    expect(second.body.GlobalReplicationGroup.GlobalReplicationGroupId).toBe('ldgnf-lost');
    expect((await create('lost', 'lost')).body).toEqual(second.body);
  });

  test('does not claim the datastore of another request after a refusal', async () => {
    await emulator.fail({ Action: 'CreateGlobalReplicationGroup', Name: 'InvalidReplicationGroupStateFault' });
    await create('late', 'too-early');
    expect((await create('late', 'in-time', { caller: bob })).status).toBe(202);

    const again = await create('late', 'too-early');

    expect(again.status).toBe(409);
    expect(again.body.code).toBe('GlobalReplicationGroupAlreadyExistsFault');
  });

  test('is refused with Retry-After while the first is running', async () => {
    proxy.will(modes.hang, { action: 'CreateGlobalReplicationGroup' });
    const hanging = create('dark', 'running');
    await until(async () => proxy.seen().includes('CreateGlobalReplicationGroup'));

    const second = await create('dark', 'running');

    expect(second.status).toBe(409);
    expect(second.body.code).toBe('IdempotencyKeyInProgress');
    expect(Number(second.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect((await hanging).status).toBe(202);
  });
});

describe('A key belongs', () => {
  test('to its caller: the same key of another caller is another key', async () => {
    await emulator.calls();
    const own = await create('home', 'shared', { caller: ann });
    const other = await create('home', 'shared', { caller: bob });

    expect(own.status).toBe(202);
    expect(other.status).toBe(409);
    expect(other.body.code).toBe('GlobalReplicationGroupAlreadyExistsFault');
  });

  test('to a role, whatever its sessions are called', async () => {
    await emulator.seed('roles-use1');
    const role = 'arn:aws:sts::123456789012:assumed-role/Deployer';
    await create('roles', 'session', { caller: `${role}/one` });

    const other = await create('roles', 'session', { caller: `${role}/two` });

    expect(other.headers['idempotency-replayed']).toBe('true');
  });

  test('to its route: on another it is another key', async () => {
    const headers = { 'idempotency-key': 'first' };
    const reply = await call('DELETE /global-datastores/ldgnf-unknown', { headers, caller: ann });

    expect(reply.status).toBe(404);
    expect(reply.headers).not.toHaveProperty('idempotency-replayed');
  });
});

describe('An Idempotency-Key', () => {
  test.each([
    ['empty', ''],
    ['an empty string', '""'],
    ['longer than 255 characters', 'k'.repeat(256)],
    ['with a space', 'two words'],
    ['with a space in quotes', '"two words"'],
    ['beyond ASCII', 'schlüssel'],
    ['with an open quote', '"open'],
    ['with parameters', '"key";a=1'],
    ['with a control character', 'a\u0007b'],
  ])('%s is refused, with its place', async (_, key) => {
    const reply = await create('orders', key);

    expect(reply.status).toBe(400);
    expect(reply.body.errors).toEqual([
      { in: 'header', parameter: 'Idempotency-Key', detail: expect.stringContaining('1 to 255 visible ASCII') },
    ]);
  });

  test.each([
    ['k'],
    ['k'.repeat(255)],
    ['!"#$%&\'()*+,-./:;<=>?@[]^_`{|}~'],
    ['"quoted \\" and \\\\"'.replaceAll(' ', '')],
  ])('%s is taken', async (key) => {
    const reply = await create('nobody-else', key);

    expect(reply.status).toBe(404);
  });

  test('is ignored by reads and dry runs', async () => {
    const headers = { 'idempotency-key': 'two words' };

    expect((await call('GET /global-datastores', { headers })).status).toBe(200);
    const body = { GlobalReplicationGroupIdSuffix: 'orders', PrimaryReplicationGroupId: 'orders-use1' };
    expect((await call('POST /global-datastores?DryRun=true', { headers, body })).status).toBe(200);
  });

  test('is not stored in the table, and no AuthToken is', async () => {
    const key = 'c0ffee00-a very secret key'.replaceAll(' ', '-');
    const AuthToken = 'correct-horse-battery-staple';
    await create('secret', key);
    await until(
      async () =>
        (await call('GET /global-datastores/ldgnf-secret')).body.GlobalReplicationGroup.Status === 'primary-only',
    );
    const added = await call('POST /global-datastores/ldgnf-secret/members', {
      headers: { 'idempotency-key': key },
      body: { ReplicationGroupId: 'secret-euw1', ReplicationGroupRegion: 'eu-west-1', AuthToken },
    });

    const contents = await table.contents();

    expect(added.status, JSON.stringify(added.body)).toBeLessThan(500);
    expect(contents).toContain('IDEM#');
    expect(contents).not.toContain(key);
    expect(contents).not.toContain(AuthToken);
  });
});

test.each([
  ['PATCH /global-datastores/ldgnf-none', { GlobalReplicationGroupDescription: 'A' }],
  ['DELETE /global-datastores/ldgnf-none', undefined],
  ['POST /global-datastores/ldgnf-none/failover', { PrimaryRegion: 'eu-west-1' }],
  ['POST /global-datastores/ldgnf-none/members', { ReplicationGroupId: 'a', ReplicationGroupRegion: 'eu-west-1' }],
  ['DELETE /global-datastores/ldgnf-none/members/eu-west-1/a', undefined],
  ['PUT /global-datastores/ldgnf-none/node-groups', { NodeGroupCount: 2 }],
  ['POST /global-datastores/ldgnf-none/rebalance', undefined],
])('%s heeds keys too: the same again is replayed, on another path it is refused', async (request, body) => {
  const headers = { 'idempotency-key': 'every-route' };
  const first = await call(request, { headers, caller: ann, ...(body && { body }) });
  const again = await call(request, { headers, caller: ann, ...(body && { body }) });
  const elsewhere = await call(request.replace('-none', '-other'), { headers, caller: ann, ...(body && { body }) });

  expect(first.status).toBe(404);
  expect(again.body).toEqual(first.body);
  expect(again.headers['idempotency-replayed']).toBe('true');
  expect(elsewhere.status).toBe(422);
});
