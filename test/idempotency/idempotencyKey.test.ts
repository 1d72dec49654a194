import { beforeAll, describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { until } from '../support/emulator.ts';
import { afterEffect, createProxy, modes } from '../support/proxy.ts';

const proxy = createProxy();
const { call, emulator, table } = await startApi({ proxy, environment: { ATTEMPT_MS: '1000' } });

const ann = 'arn:aws:iam::123456789012:user/ann';
const bob = 'arn:aws:iam::123456789012:user/bob';

/** Sends a creation with an Idempotency-Key. The id of the primary follows from the name. */
function create(name: string, key: string, more: { caller?: string; body?: object; raw?: string } = {}) {
  const body = { GlobalReplicationGroupIdSuffix: name, PrimaryReplicationGroupId: `${name}-use1`, ...more.body };
  const { caller = ann, raw = JSON.stringify(body) } = more;
  return call('POST /global-datastores', { headers: { 'idempotency-key': key }, caller, raw });
}

/** Returns how many creations AWS has received since the previous call. */
const countCreations = async () =>
  (await emulator.calls()).filter(({ Action }) => Action === 'CreateGlobalReplicationGroup').length;

beforeAll(async () => {
  for (const name of ['orders', 'carts', 'users', 'lost', 'dark', 'late', 'secret', 'home'])
    await emulator.seed(`${name}-use1`);
  await emulator.calls();
});

describe('a request with two Idempotency-Key headers, which API Gateway joins', () => {
  it.each(['a,b', 'a, b', '"a","b"', '"a", b', 'a, "b"', ',a'])('is refused: %s', async (key) => {
    const response = await create('orders', key);

    expect(response).toMatchObject({ status: 400, body: { code: 'ValidationFailed' } });
    expect(response.body.errors).toMatchObject([{ in: 'header', parameter: 'Idempotency-Key' }]);
    expect(response.body.detail).toContain('Send the header once');
    expect(await countCreations()).toBe(0);
  });

  it('is distinguished from one quoted key with a comma', async () => {
    const body = { PrimaryReplicationGroupId: 'nowhere' };

    expect(await create('nowhere', '"a\\",b"', { body })).toMatchObject({ status: 404 });
    await emulator.calls();
  });
});

describe('a request with an Idempotency-Key that was used before', () => {
  it('replays the first response and changes nothing', async () => {
    const first = await create('orders', 'first');
    expect(first.status, JSON.stringify(first.body)).toBe(202);
    expect(first.headers).not.toHaveProperty('idempotency-replayed');

    const second = await create('orders', 'first');

    expect(second.status).toBe(202);
    expect(second.body).toEqual(first.body);
    expect(second.headers).toMatchObject({ location: first.headers.location, 'idempotency-replayed': 'true' });
    expect(await countCreations()).toBe(1);
  });

  it('is replayed with another member order, other white space or a quoted key', async () => {
    const raw = '{\n  "PrimaryReplicationGroupId": "carts-use1",\n  "GlobalReplicationGroupIdSuffix": "carts" }';
    await create('carts', 'spaces');

    const again = await create('carts', '"spaces"', { raw });

    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(await countCreations()).toBe(1);
  });

  it('is replayed with the id in another case', async () => {
    const rename = (id: string) =>
      call(`PATCH /global-datastores/${id}`, {
        headers: { 'idempotency-key': 'case' },
        caller: ann,
        body: { GlobalReplicationGroupDescription: 'Case' },
      });
    await emulator.seed('case-use1');
    await create('case', 'case-creation');
    await until(async () => (await rename('ldgnf-case')).status === 202);

    const again = await rename('LDGNF-Case');

    expect(again.status).toBe(202);
    expect(again.headers['idempotency-replayed']).toBe('true');
    await emulator.calls();
  });

  it('returns 422 for another payload', async () => {
    await create('users', 'payload');
    const other = await create('users', 'payload', { body: { GlobalReplicationGroupDescription: 'Other' } });

    expect(other.status).toBe(422);
    expect(other.body.code).toBe('IdempotencyKeyReused');
    expect((await create('users', 'payload')).headers['idempotency-replayed']).toBe('true');
    expect(await countCreations()).toBe(1);
  });

  it('runs again after a refusal, because the state may have changed', async () => {
    const first = await create('nobody', 'refused');
    expect(first.status).toBe(404);
    await emulator.seed('nobody-use1');
    await emulator.calls();

    const second = await create('nobody', 'refused');

    expect(second.status, JSON.stringify(second.body)).toBe(202);
    expect(second.headers).not.toHaveProperty('idempotency-replayed');
    expect(await countCreations()).toBe(1);
  });

  it.each([
    ['a temporary conflict', 'InvalidReplicationGroupStateFault', 409],
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

  it('returns the datastore that the first request created when its response is lost', async () => {
    proxy.inject(afterEffect(modes.reset), { action: 'CreateGlobalReplicationGroup', times: 1 });
    proxy.inject(modes.reset, { action: 'CreateGlobalReplicationGroup', times: 2 });
    proxy.inject(modes.pass, { action: 'DescribeReplicationGroups' });
    proxy.inject(modes.reset, { action: 'DescribeReplicationGroups', times: 3 });
    const first = await create('lost', 'lost');
    expect(first.status).toBe(502);

    const second = await create('lost', 'lost');

    expect(second.status, JSON.stringify(second.body)).toBe(202);
    expect(second.body.GlobalReplicationGroup.GlobalReplicationGroupId).toBe('ldgnf-lost');
    expect((await create('lost', 'lost')).body).toEqual(second.body);
  });

  it('returns 409 when the first request is refused and another caller creates the datastore', async () => {
    await emulator.fail({ Action: 'CreateGlobalReplicationGroup', Name: 'InvalidReplicationGroupStateFault' });
    await create('late', 'too-early');
    expect((await create('late', 'in-time', { caller: bob })).status).toBe(202);

    const again = await create('late', 'too-early');

    expect(again.status).toBe(409);
    expect(again.body.code).toBe('GlobalReplicationGroupAlreadyExistsFault');
  });

  it('returns 409 with Retry-After while the first request is running', async () => {
    proxy.inject(modes.hang, { action: 'CreateGlobalReplicationGroup' });
    const first = create('dark', 'running');
    await until(async () => proxy.takeActions().includes('CreateGlobalReplicationGroup'));

    const second = await create('dark', 'running');

    expect(second.status).toBe(409);
    expect(second.body.code).toBe('IdempotencyKeyInProgress');
    expect(Number(second.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect((await first).status).toBe(202);
  });
});

describe('the scope of an Idempotency-Key', () => {
  it('is the caller', async () => {
    await emulator.calls();
    const own = await create('home', 'shared', { caller: ann });
    const other = await create('home', 'shared', { caller: bob });

    expect(own.status).toBe(202);
    expect(other.status).toBe(409);
    expect(other.body.code).toBe('GlobalReplicationGroupAlreadyExistsFault');
  });

  it('is the role for all its sessions', async () => {
    await emulator.seed('roles-use1');
    const role = 'arn:aws:sts::123456789012:assumed-role/Deployer';
    await create('roles', 'session', { caller: `${role}/one` });

    const other = await create('roles', 'session', { caller: `${role}/two` });

    expect(other.headers['idempotency-replayed']).toBe('true');
  });

  it('is the route', async () => {
    const headers = { 'idempotency-key': 'first' };
    const response = await call('DELETE /global-datastores/ldgnf-unknown', { headers, caller: ann });

    expect(response.status).toBe(404);
    expect(response.headers).not.toHaveProperty('idempotency-replayed');
  });
});

describe('an Idempotency-Key', () => {
  it.each([
    ['an empty string', '""'],
    ['longer than 255 characters', 'k'.repeat(256)],
    ['with a space', 'two words'],
    ['with a space in quotes', '"two words"'],
    ['beyond ASCII', 'schlüssel'],
    ['with an open quote', '"open'],
    ['with parameters', '"key";a=1'],
    ['with a control character', 'a\u0007b'],
  ])('%s is refused with the name of the header', async (_, key) => {
    const response = await create('orders', key);

    expect(response.status).toBe(400);
    expect(response.body.errors).toEqual([
      { in: 'header', parameter: 'Idempotency-Key', detail: expect.stringContaining('1 to 255 visible ASCII') },
    ]);
  });

  it.each([
    ['k'],
    ['k'.repeat(255)],
    ['!"#$%&\'()*+-./:;<=>?@[]^_`{|}~'],
    ['"a,b"'],
    ['"quoted \\" and \\\\"'.replaceAll(' ', '')],
  ])('%s is accepted', async (key) => {
    const response = await create('nobody-else', key);

    expect(response.status).toBe(404);
  });

  it('is ignored in reads and dry runs', async () => {
    const headers = { 'idempotency-key': 'two words' };

    expect((await call('GET /global-datastores', { headers })).status).toBe(200);
    const body = { GlobalReplicationGroupIdSuffix: 'orders', PrimaryReplicationGroupId: 'orders-use1' };
    expect((await call('POST /global-datastores?DryRun=true', { headers, body })).status).toBe(200);
  });

  it('is stored only as a digest, and passwords are not stored', async () => {
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

it.each([
  ['PATCH /global-datastores/ldgnf-none', { GlobalReplicationGroupDescription: 'A' }],
  ['DELETE /global-datastores/ldgnf-none', undefined],
  ['POST /global-datastores/ldgnf-none/failover', { PrimaryRegion: 'eu-west-1' }],
  ['POST /global-datastores/ldgnf-none/members', { ReplicationGroupId: 'a', ReplicationGroupRegion: 'eu-west-1' }],
  ['PATCH /global-datastores/ldgnf-none/members/eu-west-1/a', { SnapshotRetentionLimit: 3 }],
  ['DELETE /global-datastores/ldgnf-none/members/eu-west-1/a', undefined],
  ['PUT /global-datastores/ldgnf-none/node-groups', { NodeGroupCount: 2 }],
  ['POST /global-datastores/ldgnf-none/rebalance', undefined],
])('%s runs again after a refusal and refuses the key on another path', async (request, body) => {
  const headers = { 'idempotency-key': 'every-route' };
  const first = await call(request, { headers, caller: ann, ...(body && { body }) });
  const again = await call(request, { headers, caller: ann, ...(body && { body }) });
  const elsewhere = await call(request.replace('-none', '-other'), { headers, caller: ann, ...(body && { body }) });

  expect(first.status).toBe(404);
  expect(again.body.code).toBe(first.body.code);
  expect(again.headers).not.toHaveProperty('idempotency-replayed');
  expect(elsewhere.status).toBe(422);
});
