import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GlobalDatastores, globalDatastores } from '../../client/index.ts';
import { startApi } from '../support/api.ts';
import { startDurable } from '../support/durable.ts';

process.env.POLL_MS = '20';
const durable = await startDurable();
const { call, emulator } = await startApi({
  transitionMs: 20,
  environment: { AWS_ENDPOINT_URL_LAMBDA: durable.url, RECONCILE_INTERVAL_SECONDS: '1' },
});

/** A request that reached the API, and trouble to give in place of an answer, first come first served. */
const received: { method: string; path: string; headers: IncomingMessage['headers'] }[] = [];
const trouble: (number | 'cut' | 'garbled')[] = [];

/** The handlers behind a real socket, with trouble on order between them and the client. */
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { method = '', url = '', headers } = request;
  received.push({ method, path: url, headers });
  const next = trouble.shift();
  if (next === 'cut') return response.destroy();
  if (next === 'garbled') return response.writeHead(502).end('<html>');
  if (next) return response.writeHead(next, { 'retry-after': '0' }).end('{"message":"Service Unavailable"}');

  const raw = Buffer.concat(chunks).toString();
  const reply = await call(`${method} ${url}`, { headers: headers as Record<string, string>, ...(raw && { raw }) });
  return response.writeHead(reply.status, reply.headers).end(JSON.stringify(reply.body));
});
let client: GlobalDatastores;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = globalDatastores({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  await Promise.all([
    emulator.seed('orders-use1'),
    emulator.seed('carts-use1'),
    emulator.seed('shop-use1'),
    emulator.seed('small-use1', 'us-east-1', { CacheNodeType: 'cache.t4g.small' }),
  ]);
});

afterAll(() => void server.close().closeAllConnections());

const GlobalReplicationGroupId = 'ldgnf-orders';

describe('The client', () => {
  test('creates, waits, adds a region, fails over and takes it apart', async () => {
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
    const made = await client.createGlobalDatastore({
      GlobalReplicationGroupIdSuffix: 'shop',
      PrimaryReplicationGroupId: 'shop-use1',
      Secondaries: [europe],
    });
    expect(await client.waitForOperation(made.OperationId ?? '')).toMatchObject({
      Kind: 'CREATE',
      Status: 'SUCCEEDED',
    });

    const taken = { ReplicationGroupId: 'carts-use1', ReplicationGroupRegion: 'us-east-1', Role: 'PRIMARY' } as const;
    const wanted = await client.applyTopology({ ...shop, Members: [{ ...europe, Role: 'PRIMARY' }] });
    const moved = await client.waitForOperation(wanted.OperationId ?? '');
    expect(moved.Result?.Standalone).toMatchObject([{ ReplicationGroupId: 'shop-use1' }]);
    expect(await client.applyTopology({ ...shop, Members: [{ ...europe, Role: 'PRIMARY' }] })).not.toHaveProperty(
      'OperationId',
    );
    await expect(client.dryRun('applyTopology', { ...shop, Members: [taken] })).resolves.toMatchObject({
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

  test('retries what may succeed later, with one Idempotency-Key', async () => {
    const input = { GlobalReplicationGroupIdSuffix: 'carts', PrimaryReplicationGroupId: 'carts-use1' };
    received.length = 0;
    trouble.push(503, 'cut', 429, 'garbled');

    const { GlobalReplicationGroup } = await client.createGlobalDatastore(input);

    expect(GlobalReplicationGroup.GlobalReplicationGroupId).toBe('ldgnf-carts');
    expect(received).toHaveLength(5);
    const keys = new Set(received.map(({ headers }) => headers['idempotency-key']));
    expect(keys.size).toBe(1);
    expect([...keys][0]).toMatch(/^"[0-9a-f-]{36}"$/);
  });

  test('gives up after its retries, and says that nothing responded', async () => {
    trouble.push('cut', 'cut');
    const impatient = globalDatastores({ url: urlOf(), attempts: 2 });

    await expect(impatient.getHealth({})).rejects.toMatchObject({
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

    await globalDatastores({ url: urlOf(), credentials, region: 'eu-west-1' }).getHealth({});
    await globalDatastores({ url: urlOf(), token: async () => 'fresh' }).getHealth({});

    expect(received[0]?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/execute-api\/aws4_request, SignedHeaders=.*host.*, Signature=[0-9a-f]{64}$/,
    );
    expect(received[1]?.headers.authorization).toBe('Bearer fresh');
  });

  test('aborts with the caller’s signal', async () => {
    trouble.push(503, 503, 503, 503);

    await expect(client.getHealth({}, { signal: AbortSignal.timeout(1) })).rejects.toMatchObject({
      name: /Abort|Timeout/,
    });
    trouble.length = 0;
  });
});

const urlOf = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
