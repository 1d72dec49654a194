import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GlobalDatastores, globalDatastores } from '../../client/index.ts';

/** The responses of a later version of the API, in order. */
const responses: { status?: number; body: object }[] = [];
const server = createServer((_, response) => {
  const { status = 200, body } = responses.shift() ?? { status: 500, body: {} };
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
});
let client: GlobalDatastores;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = globalDatastores({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});

afterAll(() => void server.close().closeAllConnections());

const id = 'ldgnf-orders';
const running = {
  OperationId: `${id}_5e1c0f6a9b7d2348`,
  GlobalReplicationGroupId: id,
  StartedAt: '2026-01-15T12:00:00Z',
};

describe('a later version of the API', () => {
  it('may add members to a response', async () => {
    responses.push({ body: { Status: 'ok', Region: 'us-east-1', Version: '2' } });

    expect(await client.getHealth({})).toEqual({ Status: 'ok', Region: 'us-east-1', Version: '2' });
  });

  it('may add codes and members to a problem', async () => {
    const body = { code: 'QuotaOfTeamExceeded', detail: 'Too many.', quota: 3 };
    responses.push({ status: 409, body });

    await expect(client.getHealth({})).rejects.toMatchObject({
      status: 409,
      code: 'QuotaOfTeamExceeded',
      problem: body,
    });
  });

  it('may add statuses of a datastore: the client continues to wait', async () => {
    const inStatus = (Status: string) => ({
      body: { GlobalReplicationGroup: { GlobalReplicationGroupId: id, Status } },
    });
    responses.push(inStatus('optimizing'), inStatus('available'));

    expect(await client.waitUntilStable(id)).toMatchObject({ Status: 'available' });
  });

  it('may add statuses of an operation: the client waits until it has ended', async () => {
    responses.push({ body: { Operation: { ...running, Status: 'PAUSED' } } });
    responses.push({ body: { Operation: { ...running, Status: 'SUCCEEDED', EndedAt: '2026-01-15T12:30:00Z' } } });

    expect(await client.waitForOperation(running.OperationId)).toMatchObject({ Status: 'SUCCEEDED' });
  });

  it('may add final statuses of an operation: the client throws their reason', async () => {
    const ended = { ...running, Status: 'EXPIRED', EndedAt: '2026-01-15T12:30:00Z', Reason: 'It took too long.' };
    responses.push({ body: { Operation: ended } });

    await expect(client.waitForOperation(running.OperationId)).rejects.toMatchObject({
      code: 'OperationFailed',
      message: expect.stringContaining('It took too long.'),
      cause: ended,
    });
  });
});
