import { ModifyGlobalReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Reply, startApi } from '../support/api.ts';
import { datastores } from '../support/datastore.ts';
import { startDurable } from '../support/durable.ts';
import { until } from '../support/emulator.ts';

const durable = await startDurable();
const { call, emulator } = await startApi({
  environment: { POLL_MS: '20', AWS_ENDPOINT_URL_LAMBDA: durable.url, RECONCILE_INTERVAL_SECONDS: '1' },
});
const { make } = datastores(emulator);

/** The number of reads of datastores since the start of a test. */
let reads = 0;

beforeEach(async () => {
  await emulator.calls();
  reads = 0;
});

afterEach(async () => {
  await emulator.clearFaults();
  durable.refuse();
});

async function waitForReads(count: number): Promise<void> {
  await until(async () => {
    const calls = await emulator.calls();
    reads += calls.filter(({ Action }) => Action === 'DescribeGlobalReplicationGroups').length;
    return reads >= count;
  });
}

const waitFor = (path: string, ifNoneMatch: string, seconds = 20): Promise<Reply> =>
  call(`GET ${path}`, { headers: { 'if-none-match': ifNoneMatch, prefer: `wait=${seconds}` } });

describe('GET /global-datastores/{GlobalReplicationGroupId} with If-None-Match and Prefer: wait', () => {
  const datastorePath = '/global-datastores/ldgnf-orders';
  const etagNow = async () => String((await call(`GET ${datastorePath}`)).headers.etag);
  const describeAs = (GlobalReplicationGroupDescription: string) =>
    emulator.client('us-east-1').send(
      new ModifyGlobalReplicationGroupCommand({
        GlobalReplicationGroupId: 'ldgnf-orders',
        GlobalReplicationGroupDescription,
        ApplyImmediately: true,
      }),
    );

  beforeAll(() => make('orders'));

  it.each([
    ['the tag', (etag: string) => etag],
    ['the tag as a weak one, among others', (etag: string) => `"other", W/${etag}`],
  ])('holds the response for a stable datastore until another client changes it: %s', async (name, headerOf) => {
    const etag = await etagNow();

    const pending = waitFor(datastorePath, headerOf(etag));
    await waitForReads(4);
    await describeAs(name);
    const response = await pending;

    expect(response).toMatchObject({
      status: 200,
      headers: { 'preference-applied': 'wait=20' },
      body: { GlobalReplicationGroup: { GlobalReplicationGroupDescription: name } },
    });
    expect(response.headers.etag).not.toBe(etag);
  });

  it('responds 304 at the end of the wait', async () => {
    const etag = await etagNow();
    await emulator.calls();

    const response = await waitFor(datastorePath, etag, 1);
    await waitForReads(3);

    expect(response).toMatchObject({ status: 304, body: '', headers: { etag, 'preference-applied': 'wait=1' } });
  });

  it('responds 304 before the function times out', async () => {
    const response = await call(`GET ${datastorePath}`, {
      headers: { 'if-none-match': '*', prefer: 'wait=25' },
      remainingMs: 1_200,
    });

    expect(response.status).toBe(304);
  });

  it('responds 200 at once for an old tag', async () => {
    const response = await waitFor(datastorePath, '"past"');
    await waitForReads(1);

    expect(response.status).toBe(200);
    expect(reads).toBe(1);
  });

  it('continues to wait after a read that fails', async () => {
    const pending = waitFor(datastorePath, await etagNow());
    await waitForReads(2);
    await emulator.fail({ Action: 'DescribeGlobalReplicationGroups', Name: 'InternalFailure', Times: 9 });
    await waitForReads(9);
    await emulator.clearFaults();
    await describeAs('after a fault');

    expect(await pending).toMatchObject({
      status: 200,
      body: { GlobalReplicationGroup: { GlobalReplicationGroupDescription: 'after a fault' } },
    });
  });

  it('responds 404 after the datastore is deleted', async () => {
    await make('carts');
    const { headers } = await call('GET /global-datastores/ldgnf-carts');

    const pending = waitFor('/global-datastores/ldgnf-carts', String(headers.etag));
    await waitForReads(2);
    emulator.store.removeGlobalGroup('ldgnf-carts');

    expect(await pending).toMatchObject({ status: 404, body: { code: 'GlobalReplicationGroupNotFoundFault' } });
  });
});

describe('GET /operations/{OperationId} with If-None-Match and Prefer: wait', () => {
  beforeAll(() => make('shop'));

  /** Starts an operation that adds a member and stays in progress until `finish`. */
  async function startOperation(name: string) {
    emulator.store.options.transitionMs = Infinity;
    const Members = [
      { ReplicationGroupId: 'shop-us-east-1', ReplicationGroupRegion: 'us-east-1', Role: 'PRIMARY' },
      { ReplicationGroupId: name, ReplicationGroupRegion: 'eu-west-1', Role: 'SECONDARY' },
    ];
    const { headers } = await call('PUT /global-datastores/ldgnf-shop/topology', { body: { Members } });
    const path = headers.link?.match(/<(.*)>/)?.[1] ?? '';
    await until(async () => (await call(`GET ${path}`)).body.Operation.Attempts > 0);
    return path;
  }
  function completeOperation(): void {
    emulator.store.options.transitionMs = 0;
    emulator.store.tick();
  }

  it('returns each new state of an operation to its end, and holds the response there', async () => {
    const path = await startOperation('shop-euw1');
    const responses = [await call(`GET ${path}`)];
    const last = () => responses.at(-1) as Reply;

    responses.push(await waitFor(path, String(last().headers.etag)));
    completeOperation();
    for (let time = 1; last().body.Operation.Status === 'RUNNING' && time < 50; time++)
      responses.push(await waitFor(path, String(last().headers.etag)));
    const pending = await waitFor(path, String(last().headers.etag), 1);
    const known = await call(`GET ${path}`, { headers: { 'if-none-match': String(last().headers.etag) } });

    expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200));
    expect(new Set(responses.map(({ headers }) => headers.etag)).size).toBe(responses.length);
    expect(last().body.Operation).toMatchObject({ Status: 'SUCCEEDED' });
    expect(pending).toMatchObject({ status: 304, headers: { 'preference-applied': 'wait=1' } });
    expect(known.status).toBe(304);
  });

  it('does not treat a step that cannot be read as a change', async () => {
    const path = await startOperation('shop-euw1-2');
    const { headers } = await call(`GET ${path}`);

    durable.refuse(/history/);
    const pending = waitFor(path, String(headers.etag));
    await waitForReads(4);
    durable.refuse();
    const response = await pending;
    completeOperation();

    expect(response.status).toBe(200);
    expect(response.body.Operation).toHaveProperty('Attempts');
  });
});
