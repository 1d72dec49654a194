import { beforeEach, describe, expect, it } from 'vitest';
import { type Reply, startApi } from '../support/api.ts';
import { datastores } from '../support/datastore.ts';
import { startDurable } from '../support/durable.ts';
import { until } from '../support/emulator.ts';

const durable = await startDurable({ secondMs: 200 });
const { call, emulator } = await startApi({
  environment: { AWS_ENDPOINT_URL_LAMBDA: durable.url, RECONCILE_INTERVAL_SECONDS: '1' },
});
const { make, freeze } = datastores(emulator);

const setLag = (lag: object) => emulator.control('POST', 'lag', { Region: 'eu-west-1', ...lag });
const member = (name: string, region: string, Role: string) => ({
  ReplicationGroupId: `${name}-${region}`,
  ReplicationGroupRegion: region,
  Role,
});
const move = (name: string, more: object = {}, query = '') =>
  call(`PUT /global-datastores/ldgnf-${name}/topology${query}`, {
    body: { Members: [member(name, 'us-east-1', 'SECONDARY'), member(name, 'eu-west-1', 'PRIMARY')], ...more },
  });

const operationOf = ({ status, headers, body }: Reply): string => {
  expect(status, JSON.stringify(body)).toBe(202);
  return headers.link?.match(/^<(\/operations\/[\w-]+)>/)?.[1] ?? '';
};
const read = async (operation: string) => (await call(`GET ${operation}`)).body.Operation;

async function calledActions(): Promise<string[]> {
  return (await emulator.calls()).map(({ Action }) => Action);
}

/** Waits until an operation has a refusal of this code. */
const waitForRefusal = (operation: string, code: string) =>
  until(async () => (await read(operation)).LastRefusal?.Code === code, 20_000);

const waitForEnd = (operation: string) => until(async () => (await read(operation)).Status !== 'RUNNING', 20_000);

beforeEach(async () => {
  await setLag({ Seconds: 0.4 });
  await emulator.calls();
});

describe('a topology with MaxLagSeconds that changes the primary', () => {
  it.each([
    ['behind', { Seconds: 12 }, 'ReplicationLagTooHigh'],
    ['unknown', { Unknown: true }, 'ReplicationLagUnknown'],
  ])('is refused if the lag of the new primary is %s', async (name, lag, code) => {
    await make(name, ['eu-west-1']);
    await setLag(lag);

    const { status, body } = await move(name, { MaxLagSeconds: 5 });

    expect({ status, code: body.code }).toEqual({ status: 409, code });
    expect(body.remedies).toMatchObject([
      { method: 'GET', href: `/global-datastores/ldgnf-${name}/replication` },
      { method: 'PUT', href: `/global-datastores/ldgnf-${name}/topology` },
    ]);
    expect((await call(`GET /operations?GlobalReplicationGroupId=ldgnf-${name}`)).body.Operations).toEqual([]);
  });

  it('changes the primary within the limit', async () => {
    await make('near', ['eu-west-1']);
    const operation = operationOf(await move('near', { MaxLagSeconds: 5 }));

    await waitForEnd(operation);

    expect(await read(operation)).toMatchObject({ Status: 'SUCCEEDED', Wanted: { MaxLagSeconds: 5 } });
  });

  it('returns the running operation if it is sent again', async () => {
    const id = await make('twice', ['eu-west-1']);
    const resume = freeze();
    await call(`PATCH /global-datastores/${id}`, { body: { CacheNodeType: 'cache.r7g.xlarge' } });
    const first = operationOf(await move('twice', { MaxLagSeconds: 5 }));

    expect(operationOf(await move('twice', { MaxLagSeconds: 5 }))).toBe(first);
    const { Checks } = (await move('twice', { MaxLagSeconds: 5 }, '?DryRun=true')).body;
    expect(Checks).toContainEqual(expect.objectContaining({ Id: 'no-operation-running', Outcome: 'pass' }));
    resume();
    await waitForEnd(first);
  });

  it.each([
    ['rises', { Seconds: 60 }, 'ReplicationLagTooHigh'],
    ['gets-lost', { Unknown: true }, 'ReplicationLagUnknown'],
  ])('waits with the promotion while the lag %s after the acceptance', async (name, lag, code) => {
    const id = await make(name, ['eu-west-1']);
    const resume = freeze();
    await call(`PATCH /global-datastores/${id}`, { body: { CacheNodeType: 'cache.r7g.xlarge' } });
    const operation = operationOf(await move(name, { MaxLagSeconds: 5 })); // waits until the previous change has ended
    await setLag(lag);
    resume();

    await waitForRefusal(operation, code);
    expect(await read(operation)).toMatchObject({ Status: 'RUNNING', Step: expect.stringMatching(/^Promote /) });
    expect(await calledActions()).not.toContain('FailoverGlobalReplicationGroup');

    await setLag({ Seconds: 1 });
    await waitForEnd(operation);
    expect(await read(operation)).toMatchObject({ Status: 'SUCCEEDED' });
    expect((await calledActions()).filter((action) => action === 'FailoverGlobalReplicationGroup')).toHaveLength(1);
  });

  it('that waits is replaced by the same topology without the limit', async () => {
    const id = await make('replaced', ['eu-west-1']);
    const resume = freeze();
    await call(`PATCH /global-datastores/${id}`, { body: { CacheNodeType: 'cache.r7g.xlarge' } });
    const operation = operationOf(await move('replaced', { MaxLagSeconds: 5 }));
    await setLag({ Seconds: 60 });
    resume();
    await waitForRefusal(operation, 'ReplicationLagTooHigh');

    expect(await move('replaced')).toMatchObject({ status: 409, body: { code: 'OperationRunning' } });
    const second = operationOf(await move('replaced', {}, '?Supersede=true'));
    await waitForEnd(second);

    expect(await read(second)).toMatchObject({ Status: 'SUCCEEDED' });
    expect(await read(operation)).toMatchObject({ Status: 'STOPPED' });
  });

  it('is checked in a region that the operation adds when that region is promoted', async () => {
    const Members = [member('grown', 'us-east-1', 'SECONDARY'), member('grown', 'eu-west-1', 'PRIMARY')];
    const id = await make('grown');
    await setLag({ Seconds: 60 });
    const operation = operationOf(
      await call(`PUT /global-datastores/${id}/topology`, { body: { Members, MaxLagSeconds: 5 } }),
    );

    await waitForRefusal(operation, 'ReplicationLagTooHigh');
    await setLag({ Seconds: 1 });
    await waitForEnd(operation);

    expect(await read(operation)).toMatchObject({ Status: 'SUCCEEDED' });
  });
});

describe('a topology without MaxLagSeconds', () => {
  it('calls CloudWatch neither at the acceptance nor later', async () => {
    await make('unasked', ['eu-west-1']);
    await setLag({ Seconds: 3_600 });
    const operation = operationOf(await move('unasked'));

    await waitForEnd(operation);

    expect(await read(operation)).toMatchObject({ Status: 'SUCCEEDED' });
    expect(await calledActions()).not.toContain('GetMetricData');
  });
});
