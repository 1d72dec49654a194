import type { IncomingMessage } from 'node:http';
import { beforeAll, describe, expect, test } from 'vitest';
import { globalDatastores } from '../../client/index.ts';
import { sigv4 } from '../../client/sigv4.ts';
import { startApi } from '../support/api.ts';
import { startDurable } from '../support/durable.ts';
import { serveApi } from '../support/serveApi.ts';

process.env.POLL_MS = '20';
const durable = await startDurable();
const { call, emulator } = await startApi({
  transitionMs: 20,
  environment: { AWS_ENDPOINT_URL_LAMBDA: durable.url, RECONCILE_INTERVAL_SECONDS: '1' },
});

/** The requests that reached the server, and the failures that it returns instead of responses, in order. */
const received: { method: string; path: string; headers: IncomingMessage['headers'] }[] = [];
const failures: (number | 'cut' | 'garbled')[] = [];

/** The URL of the handlers behind a real socket, where each entry of `failures` replaces a response. */
const url = await serveApi(call, (request, response) => {
  received.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers });
  const next = failures.shift();
  if (next === 'cut') response.destroy();
  else if (next === 'garbled') response.writeHead(502).end('<html>');
  else if (next) response.writeHead(next, { 'retry-after': '0' }).end('{"message":"Service Unavailable"}');
  return next !== undefined;
});
const client = globalDatastores({ url });

beforeAll(async () => {
  await Promise.all([
    emulator.seed('orders-use1'),
    emulator.seed('carts-use1'),
    emulator.seed('shop-use1'),
    emulator.seed('small-use1', 'us-east-1', { CacheNodeType: 'cache.t4g.small' }),
  ]);
});

const GlobalReplicationGroupId = 'ldgnf-orders';

describe('The client', () => {
  test('reads a datastore again once it differs from a known entity tag', async () => {
    await emulator.seed('tagged-use1');
    const input = { GlobalReplicationGroupId: 'ldgnf-tagged' };
    const names = { GlobalReplicationGroupIdSuffix: 'tagged', PrimaryReplicationGroupId: 'tagged-use1' };
    await client.createGlobalDatastore(names, { wait: 10 });

    const first = await client.readIfChanged('getGlobalDatastore', input);
    const known = { ifNoneMatch: first?.etag };
    const unchanged = await client.readIfChanged('getGlobalDatastore', input, { ...known, wait: 1 });
    const pending = client.readIfChanged('getGlobalDatastore', input, { ...known, wait: 20 });
    await client.modifyGlobalDatastore({ ...input, GlobalReplicationGroupDescription: 'changed' });
    const changed = await pending;
    await client.waitUntilStable(input.GlobalReplicationGroupId);
    await client.deleteGlobalDatastore(input, { wait: 10 });

    expect(first?.body.GlobalReplicationGroup).toMatchObject({ Status: 'primary-only' });
    expect(unchanged).toBeUndefined();
    expect(changed?.etag).not.toBe(first?.etag);
    await expect(client.readIfChanged('getGlobalDatastore', input, { ...known, wait: 1 })).rejects.toMatchObject({
      status: 404,
    });
  });

  test('creates a datastore, adds a region, fails over, removes the member and deletes the datastore', async () => {
    const created = await client.createGlobalDatastore({
      GlobalReplicationGroupIdSuffix: 'orders',
      PrimaryReplicationGroupId: 'orders-use1',
    });
    expect(created.GlobalReplicationGroup).toMatchObject({ GlobalReplicationGroupId, Status: 'creating' });
    expect(await client.waitUntilStable(GlobalReplicationGroupId)).toMatchObject({ Status: 'primary-only' });

    const europe = { GlobalReplicationGroupId, ReplicationGroupRegion: 'eu-west-1', ReplicationGroupId: 'orders-euw1' };
    expect(await client.dryRun('addMember', europe)).toMatchObject({ Valid: true });
    await client.addMember(europe, { wait: 10 });
    await client.failoverGlobalDatastore({ GlobalReplicationGroupId, PrimaryRegion: 'eu-west-1' });
    const after = await client.waitUntilStable(GlobalReplicationGroupId);
    expect(after?.Members?.find(({ Role }) => Role === 'PRIMARY')?.ReplicationGroupRegion).toBe('eu-west-1');

    const { GlobalReplicationGroups } = await client.listGlobalDatastores({ ShowMemberInfo: true, MaxRecords: 20 });
    expect(GlobalReplicationGroups).toHaveLength(1);
    await client.removeMember(
      { GlobalReplicationGroupId, ReplicationGroupRegion: 'us-east-1', ReplicationGroupId: 'orders-use1' },
      { wait: 10 },
    );
    await client.deleteGlobalDatastore({ GlobalReplicationGroupId });
    expect(await client.waitUntilStable(GlobalReplicationGroupId)).toBeUndefined();
  });

  test('applies a topology and waits for its operation', async () => {
    const shop = { GlobalReplicationGroupId: 'ldgnf-shop' };
    const europe = { ReplicationGroupId: 'shop-euw1', ReplicationGroupRegion: 'eu-west-1' };
    const created = await client.createGlobalDatastore({
      GlobalReplicationGroupIdSuffix: 'shop',
      PrimaryReplicationGroupId: 'shop-use1',
      Secondaries: [europe],
    });
    expect(await client.waitForOperation(created.OperationId ?? '')).toMatchObject({
      Kind: 'CREATE',
      Status: 'SUCCEEDED',
    });

    const existingPrimary = {
      ReplicationGroupId: 'carts-use1',
      ReplicationGroupRegion: 'us-east-1',
      Role: 'PRIMARY',
    } as const;
    const wanted = await client.applyTopology({ ...shop, Members: [{ ...europe, Role: 'PRIMARY' }] });
    const moved = await client.waitForOperation(wanted.OperationId ?? '');
    expect(moved.Result?.Standalone).toMatchObject([{ ReplicationGroupId: 'shop-use1' }]);
    expect(await client.applyTopology({ ...shop, Members: [{ ...europe, Role: 'PRIMARY' }] })).not.toHaveProperty(
      'OperationId',
    );
    await expect(client.dryRun('applyTopology', { ...shop, Members: [existingPrimary] })).resolves.toMatchObject({
      Valid: false,
    });
  });

  test('throws when an operation was stopped, with its reason', async () => {
    const shop = { GlobalReplicationGroupId: 'ldgnf-shop' };
    const Members = [
      { ReplicationGroupId: 'shop-euw1', ReplicationGroupRegion: 'eu-west-1', Role: 'PRIMARY' },
      { ReplicationGroupId: 'shop-apse2', ReplicationGroupRegion: 'ap-southeast-2', Role: 'SECONDARY' },
    ] as const;
    const { OperationId = '' } = await client.applyTopology({ ...shop, Members: [...Members] });
    await client.cancelOperation({ OperationId });

    await expect(client.waitForOperation(OperationId)).rejects.toMatchObject({
      code: 'OperationStopped',
      message: expect.stringContaining('The operation was cancelled.'),
      problem: { instance: `/operations/${OperationId}` },
    });
  });

  test('retries temporary failures with one Idempotency-Key', async () => {
    const input = { GlobalReplicationGroupIdSuffix: 'carts', PrimaryReplicationGroupId: 'carts-use1' };
    received.length = 0;
    failures.push(503, 'cut', 429, 'garbled');

    const { GlobalReplicationGroup } = await client.createGlobalDatastore(input);

    expect(GlobalReplicationGroup.GlobalReplicationGroupId).toBe('ldgnf-carts');
    expect(received).toHaveLength(5);
    const keys = new Set(received.map(({ headers }) => headers['idempotency-key']));
    expect(keys.size).toBe(1);
    expect([...keys][0]).toMatch(/^"[0-9a-f-]{36}"$/);
  });

  test('retries for a minute by default, also after thirty failures', async () => {
    received.length = 0;
    failures.push(...Array.from({ length: 30 }, () => 503));

    await expect(client.getHealth({})).resolves.toMatchObject({ Status: 'ok' });
    expect(received).toHaveLength(31);
  });

  test('throws NoAnswer when no response arrives within retryMs', async () => {
    failures.push('cut');
    const clientWithoutDelay = globalDatastores({ url, retryMs: 0 });

    await expect(clientWithoutDelay.getHealth({})).rejects.toMatchObject({
      name: 'GlobalDatastoreError',
      status: 0,
      code: 'NoAnswer',
    });
  });

  test('throws a refusal at once, with its code, violations and failed checks', async () => {
    received.length = 0;

    const input = { GlobalReplicationGroupIdSuffix: 'small', PrimaryReplicationGroupId: 'small-use1' };

    await expect(client.createGlobalDatastore(input)).rejects.toMatchObject({
      status: 400,
      code: 'InvalidParameterValueException',
      checks: [{ Id: 'node-type-supported', Outcome: 'fail' }],
    });
    expect(received).toHaveLength(1);
    await expect(client.createGlobalDatastore({ ...input, GlobalReplicationGroupIdSuffix: '-' })).rejects.toMatchObject(
      {
        code: 'ValidationFailed',
        problem: { errors: [{ pointer: '#/GlobalReplicationGroupIdSuffix' }] },
      },
    );
  });

  test('signs for API Gateway with credentials, and sends a token', async () => {
    received.length = 0;
    const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };

    const authorize = sigv4({ region: 'eu-west-1', credentials });
    await globalDatastores({ url, authorize }).getHealth({});
    await globalDatastores({ url, token: async () => 'fresh' }).getHealth({});

    expect(received[0]?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/execute-api\/aws4_request, SignedHeaders=.*host.*, Signature=[0-9a-f]{64}$/,
    );
    expect(received[1]?.headers.authorization).toBe('Bearer fresh');
  });

  test('returns the entity tag, the location and whether the response is a replay', async () => {
    await emulator.seed('tags-use1');
    const create = { GlobalReplicationGroupIdSuffix: 'tags', PrimaryReplicationGroupId: 'tags-use1' };
    const options = { idempotencyKey: 'a-key-of-its-own', wait: 10 };

    const first = await client.request('createGlobalDatastore', create, options);
    const second = await client.request('createGlobalDatastore', create, options);
    const read = await client.request('getGlobalDatastore', { GlobalReplicationGroupId: 'ldgnf-tags' });

    expect(first).toMatchObject({ location: '/global-datastores/ldgnf-tags', replayed: false, warnings: [] });
    expect(second).toMatchObject({ status: first.status, body: first.body, replayed: true });
    expect(read).toMatchObject({ status: 200, etag: expect.stringMatching(/^W?\/?".+"$/), replayed: false });
    const stale = { ifMatch: '"stale"' };
    const change = { GlobalReplicationGroupId: 'ldgnf-tags', GlobalReplicationGroupDescription: 'Tags' };
    await expect(client.modifyGlobalDatastore(change, stale)).rejects.toMatchObject({ status: 412 });
    await expect(client.modifyGlobalDatastore(change, { ifMatch: read.etag ?? '' })).resolves.toBeDefined();
  });

  test('returns the warnings of a region that does not respond', async () => {
    await emulator.fail({
      Action: 'DescribeGlobalReplicationGroups',
      Region: 'eu-west-1',
      Name: 'InternalFailure',
      Times: 9,
    });

    const { warnings } = await client.request('listGlobalDatastores', {});

    expect(warnings).toMatchObject([{ Region: 'eu-west-1' }]);
    await emulator.clearFaults();
  });

  test('yields the pages of a list, and requests each page after the one before has been used', async () => {
    const tags = { GlobalReplicationGroupId: 'ldgnf-tags' };
    for (let count = 0; count < 25; count++)
      await client.failoverGlobalDatastore({ ...tags, PrimaryRegion: 'eu-west-1' }).catch(() => {});
    const whole = await client.getAudit({ ...tags, MaxRecords: 100 });
    received.length = 0;
    const sizes: number[] = [];

    for await (const { AuditEntries } of client.pages('getAudit', { ...tags, MaxRecords: 20 })) {
      sizes.push(AuditEntries.length);
      expect(received).toHaveLength(sizes.length);
    }

    expect(sizes).toEqual([20, whole.AuditEntries.length - 20]);
  });

  test('reports its progress while it waits, and aborts with the caller’s signal', async () => {
    const observed: string[] = [];
    const stop = new AbortController();
    const change = { GlobalReplicationGroupId: 'ldgnf-tags', CacheNodeType: 'cache.r7g.xlarge' };
    await client.modifyGlobalDatastore(change);

    await client.waitUntilStable('ldgnf-tags', { onProgress: (group) => observed.push(group?.Status ?? 'gone') });
    stop.abort(new Error('enough'));

    expect(observed.at(-1)).toBe('primary-only');
    await expect(client.waitUntilStable('ldgnf-tags', { signal: stop.signal })).rejects.toThrow('enough');
  });

  test('aborts with the caller’s signal', async () => {
    failures.push(503, 503, 503, 503);

    await expect(client.getHealth({}, { signal: AbortSignal.timeout(1) })).rejects.toMatchObject({
      name: /Abort|Timeout/,
    });
    failures.length = 0;
  });
});
