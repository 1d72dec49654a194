import { describe, expect, it, vi } from 'vitest';
import { startApi } from '../support/api.ts';
import { datastores } from '../support/datastore.ts';
import { startDurable } from '../support/durable.ts';
import { until } from '../support/emulator.ts';

// One API in us-east-1 and one in eu-west-1, each with its own durable engine, over one table and one ElastiCache.

const engines = {
  east: await startDurable({ region: 'us-east-1' }),
  west: await startDurable({ region: 'eu-west-1' }),
};
const shared = {
  API_REGIONS: 'us-east-1,eu-west-1',
  API_URLS: 'us-east-1=https://east.example,eu-west-1=https://west.example',
  AWS_ENDPOINT_URL_LAMBDA_US_EAST_1: engines.east.url,
  AWS_ENDPOINT_URL_LAMBDA_EU_WEST_1: engines.west.url,
  PUBLIC_URL: 'https://both.example',
  RECONCILE_INTERVAL_SECONDS: '1',
  REGION_MS: '1000',
};
const east = await startApi({
  regions: ['us-east-1', 'eu-west-1', 'ap-southeast-2'],
  environment: { ...shared, REGIONAL_URL: 'https://east.example' },
});
vi.resetModules();
const west = await startApi({
  regions: ['eu-west-1', 'us-east-1', 'ap-southeast-2'],
  environment: {
    ...shared,
    ...east.table.environment,
    AWS_ENDPOINT_URL_DYNAMODB: east.table.url,
    AWS_ENDPOINT_URL_ELASTICACHE: east.emulator.url,
    REGIONAL_URL: 'https://west.example',
  },
});
const { make, freeze, describe: describeDatastore } = datastores(east.emulator);

const member = (name: string, region: string, Role: string) => ({
  ReplicationGroupId: `${name}-${region}`,
  ReplicationGroupRegion: region,
  Role,
});
const topologyOf = (name: string, ...secondaries: string[]) => ({
  Members: [member(name, 'us-east-1', 'PRIMARY'), ...secondaries.map((region) => member(name, region, 'SECONDARY'))],
});
const put = (api: typeof east, name: string, ...secondaries: string[]) =>
  api.call(`PUT /global-datastores/ldgnf-${name}/topology`, { body: topologyOf(name, ...secondaries) });
const operationOf = async (api: typeof east, id: string) => (await api.call(`GET /operations/${id}`)).body.Operation;

/** Creates a datastore and starts an operation on it through the API in us-east-1. The operation runs at least until `thaw`. */
async function startInTheEast(name: string) {
  await make(name);
  const resume = freeze();
  const { status, body } = await put(east, name, 'eu-west-1');
  expect(status, JSON.stringify(body)).toBe(202);
  return { OperationId: String(body.OperationId), resume, datastorePath: `/global-datastores/ldgnf-${name}` };
}

describe('an operation of the other region', () => {
  it('is shown, listed and cancelled', async () => {
    const { OperationId, resume } = await startInTheEast('shown');

    expect(await operationOf(west, OperationId)).toMatchObject({ OperationId, Status: 'RUNNING' });
    const listed: string[] = [];
    let next: string | undefined = '/operations?GlobalReplicationGroupId=ldgnf-shown';
    while (next) {
      const { headers, body } = await west.call(`GET ${next}`);
      listed.push(...body.Operations.map((one: { OperationId: string }) => one.OperationId));
      next = headers.link?.match(/<([^>]*)>; rel="next"/)?.[1];
    }
    expect(listed).toEqual([OperationId]);
    expect((await west.call(`POST /operations/${OperationId}/cancel`)).body.Operation.Status).toBe('STOPPED');
    resume();
  });

  it('refuses another operation with the address of its API, also with Supersede', async () => {
    const { OperationId, resume, datastorePath } = await startInTheEast('refused');

    for (const query of ['', '&Supersede=true']) {
      const { status, headers, body } = await west.call(`DELETE ${datastorePath}?DetachSecondaries=true${query}`);

      expect({ status, code: body.code }).toEqual({ status: 409, code: 'OperationRunning' });
      expect(headers.link).toBe(`<https://east.example/operations/${OperationId}>; rel="monitor"`);
      expect(body.remedies[0].href).toBe(`https://east.example/operations/${OperationId}`);
      expect(body.detail).toContain('https://east.example in us-east-1');
      const dryRun = await west.call(`DELETE ${datastorePath}?DetachSecondaries=true&DryRun=true${query}`);
      expect(dryRun.body.Checks).toContainEqual(
        expect.objectContaining({ Id: 'no-operation-running', Outcome: 'fail' }),
      );
    }
    resume();
    await until(async () => (await operationOf(east, OperationId)).Status === 'SUCCEEDED', 20_000);
  });

  it('is the response to a request for the same goal', async () => {
    const { OperationId, resume } = await startInTheEast('joined');

    const { status, body } = await put(west, 'joined', 'eu-west-1');

    expect({ status, OperationId: body.OperationId }).toEqual({ status: 202, OperationId });
    resume();
    await until(async () => (await operationOf(west, OperationId)).Status === 'SUCCEEDED', 20_000);
  });

  it('does not refuse another operation after it has ended', async () => {
    const { OperationId, resume } = await startInTheEast('ended');
    resume();
    await until(async () => (await operationOf(east, OperationId)).Status === 'SUCCEEDED', 20_000);

    const { status, body } = await put(west, 'ended');

    expect(status, JSON.stringify(body)).toBe(202);
    await until(async () => (await operationOf(west, body.OperationId)).Status === 'SUCCEEDED', 20_000);
  });

  it('is replaced if its region does not respond, and then fails', async () => {
    const { OperationId, resume } = await startInTheEast('lost');
    await until(async () => (await describeDatastore('ldgnf-lost')).Members?.length === 2, 20_000);
    engines.east.refuse(/./);

    const { status, body } = await put(west, 'lost');
    const shown = await west.call(`GET /operations/${OperationId}`);
    const listed = await west.call('GET /operations');
    const rest = await west.call(`GET ${listed.headers.link?.match(/<([^>]*)>; rel="next"/)?.[1]}`);
    engines.east.refuse();

    expect(status, JSON.stringify(body)).toBe(202);
    expect(shown).toMatchObject({ status: 503, body: { code: 'OperationsUnavailable' } });
    expect(rest.body).toMatchObject({ Operations: [], Warnings: [{ Region: 'us-east-1' }] });
    await until(async () => (await operationOf(west, OperationId)).Status === 'FAILED', 20_000);
    expect((await operationOf(west, OperationId)).Reason).toBe(
      'Another operation on ldgnf-lost has superseded this one.',
    );
    expect((await operationOf(east, body.OperationId)).Status).toBe('RUNNING');
    resume();
  });
});

describe('an evacuation', () => {
  const evacuate = (api: typeof east, id: string) =>
    api.call('POST /evacuations', {
      body: { FromRegion: 'us-east-1', GlobalReplicationGroupIds: [id], Reason: 'us-east-1 is lost' },
    });

  /** Waits until an evacuation has ended, and returns its only datastore. */
  async function movedBy({ status, headers, body }: Awaited<ReturnType<typeof evacuate>>) {
    expect(status, JSON.stringify(body)).toBe(202);
    const read = async () => (await west.call(`GET ${headers.location}`)).body.Evacuation;
    await until(async () => (await read()).Status !== 'RUNNING', 20_000);
    return (await read()).Datastores[0];
  }

  it('of the own region is refused with the address of the other API', async () => {
    const { status, body } = await evacuate(east, 'ldgnf-shown');

    expect({ status, code: body.code }).toEqual({ status: 409, code: 'EvacuationOfOwnRegion' });
    expect(body.detail).toContain('https://west.example/evacuations in eu-west-1');
    expect(body.remedies).toEqual([{ method: 'POST', href: 'https://west.example/evacuations' }]);
  });

  it('does not change a datastore with an operation of the other region, unless that region does not respond', async () => {
    const id = await make('fled', ['eu-west-1']);
    const resume = freeze();
    await put(east, 'fled', 'eu-west-1', 'ap-southeast-2');

    const refused = await movedBy(await evacuate(west, id));
    engines.east.refuse(/./);
    const accepted = await evacuate(west, id);
    const shown = async () => (await west.call(`GET ${accepted.headers.location}`)).body.Evacuation.Datastores[0];
    await until(async () => (await shown()).Status === 'UNDER_WAY', 20_000);
    resume();
    const moved = await movedBy(accepted);
    engines.east.refuse();

    expect(refused).toMatchObject({
      Status: 'REFUSED',
      Code: 'OperationRunning',
      Reason: expect.stringContaining('https://east.example in us-east-1'),
    });
    expect(moved).toMatchObject({ Status: 'DONE', Way: 'FAILOVER', Writer: { Region: 'eu-west-1' } });
  });
});

it.each(['x', 'WyJldS13ZXN0LTEiLCJqdW5rIl0', 'WyJ1cy1nb3Ytd2VzdC0xIl0', 'bnVsbA', 'eyIwIjoxfQ'])(
  'an invalid Marker returns 400: %s',
  async (marker) => {
    const { status, body } = await west.call(`GET /operations?Marker=${marker}`);

    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ in: 'query', parameter: 'Marker' }]);
  },
);
