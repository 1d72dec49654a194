import { beforeAll, describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { datastores } from '../support/datastore.ts';
import { startDurable } from '../support/durable.ts';
import { until } from '../support/emulator.ts';
import { operator, ownerA, ownerB, owners, tagged, writePolicy } from '../support/policy.ts';
import { createRelay } from '../support/relay.ts';

const durable = await startDurable();
const relay = createRelay();
const { call, emulator, table } = await startApi({
  relay,
  transitionMs: 20,
  environment: {
    AWS_ENDPOINT_URL_LAMBDA: durable.url,
    RECONCILE_INTERVAL_SECONDS: '1',
    TABLE_TIMEOUT_MS: '1000',
    POLICY_FILE: writePolicy(owners),
  },
});
const { make } = datastores(emulator);

const list = async (id: string, query = '', caller = ownerA) =>
  (await call(`GET /global-datastores/${id}/drills${query}`, caller)).body;

const startDrill = (id: string, more: object = {}) =>
  call(`POST /global-datastores/${id}/drills`, {
    ...ownerA,
    body: { PrimaryRegion: 'eu-west-1', HoldSeconds: 0, Reason: 'Monthly drill', ...more },
  });

async function waitForEnd(OperationId: string) {
  const read = async () => (await call(`GET /operations/${OperationId}`, ownerA)).body.Operation;
  await until(async () => (await read()).Status !== 'RUNNING', 20_000);
  return read();
}

let id: string;

/** Creates a datastore of team A with a secondary. The secondary has the tag of its owner, too. */
beforeAll(async () => {
  id = await make('ledger', [], tagged('a'));
  const body = { ReplicationGroupId: 'ledger-eu-west-1', ReplicationGroupRegion: 'eu-west-1' };
  await call(`POST /global-datastores/${id}/members`, { ...ownerA, body, headers: { prefer: 'wait=10' } });
});

describe('GET /global-datastores/{GlobalReplicationGroupId}/drills', () => {
  it('lists drills with their figures, latest first', async () => {
    const first = await startDrill(id);
    await waitForEnd(first.body.OperationId);
    const second = await startDrill(id, { Reason: 'Once more', HoldSeconds: 1 });
    const operation = await waitForEnd(second.body.OperationId);

    const { GlobalReplicationGroupId, Drills, Marker } = await list(id);

    expect(GlobalReplicationGroupId).toBe(id);
    expect(Marker).toBeUndefined();
    expect(Drills.map(({ Reason }: { Reason: string }) => Reason)).toEqual(['Once more', 'Monthly drill']);
    const { Standalone: _, ParameterGroups: __, ...figures } = operation.Result;
    expect(Drills[0]).toEqual({
      OperationId: operation.OperationId,
      Status: 'SUCCEEDED',
      AcceptedAt: operation.AcceptedAt,
      EndedAt: expect.any(String),
      RequestedBy: ownerA.caller,
      PrimaryRegion: 'eu-west-1',
      PrimaryReplicationGroupId: 'ledger-eu-west-1',
      HoldSeconds: 1,
      Reason: 'Once more',
      ...figures,
    });
  });

  it('lists a drill that runs', async () => {
    const { body } = await startDrill(id, { HoldSeconds: 3_600 });
    await until(async () => (await list(id)).Drills[0].RtoSeconds !== undefined);

    expect((await list(id)).Drills[0]).toMatchObject({ OperationId: body.OperationId, Status: 'RUNNING' });
    await call(`POST /operations/${body.OperationId}/cancel`, ownerA);
    await waitForEnd(body.OperationId);
    expect((await list(id)).Drills[0]).toMatchObject({ Status: 'SUCCEEDED', Cancelled: true });
  });

  it('lists only the drills of the owners of a caller', async () => {
    expect((await list(id, '', ownerB)).Drills).toEqual([]);
    expect((await list(id, '', operator)).Drills.length).toBeGreaterThan(0);
  });

  it('lists no drills of a datastore without any', async () => {
    expect(await list('ldgnf-nobody')).toEqual({ GlobalReplicationGroupId: 'ldgnf-nobody', Drills: [] });
  });

  it('lists all drills on pages', async () => {
    const entry = (number: number) =>
      JSON.stringify({
        OperationId: `ldgnf-paged_${number}`,
        Status: 'SUCCEEDED',
        AcceptedAt: '2026-01-01T00:00:00.000Z',
        PrimaryRegion: 'eu-west-1',
        PrimaryReplicationGroupId: 'paged-euw1',
        HoldSeconds: 0,
        Reason: `${number}`,
      });
    for (let number = 10; number < 55; number++) {
      await table.put({
        pk: { S: 'OPERATION#ldgnf-paged' },
        sk: { S: `drill#2026-01-01T00:00:${number}.000Z#${number}` },
        OperationId: { S: `ldgnf-paged_${number}` },
        owner: { S: 'a' },
        phase: { S: 'ENDED' },
        entry: { S: entry(number) },
      });
    }
    await table.put({ pk: { S: 'OPERATION#ldgnf-paged' }, sk: { S: 'current' }, leaseUntil: { N: '0' } });

    const reasons: string[] = [];
    let query = '?MaxRecords=20';
    for (let pages = 1; query !== ''; pages++) {
      const { Drills, Marker } = await list('ldgnf-paged', query);
      reasons.push(...Drills.map(({ Reason }: { Reason: string }) => Reason));
      query = Marker ? `?MaxRecords=20&Marker=${Marker}` : '';
      expect(pages).toBeLessThan(5);
    }

    expect(reasons).toEqual(Array.from({ length: 45 }, (_, index) => `${54 - index}`));
  });

  it('responds 503 while the table does not respond', async () => {
    await relay.refuse();

    const { status, body } = await call(`GET /global-datastores/${id}/drills`, ownerA);

    await relay.accept();
    expect([status, body.code]).toEqual([503, 'OperationsUnavailable']);
  });
});
