import { beforeEach, describe, expect, it } from 'vitest';
import type { InjectedFault } from '../../emulator/admin/faultInjection.ts';
import { startApi } from '../support/api.ts';
import { clusterMode, datastores } from '../support/datastore.ts';

const { call, emulator } = await startApi({ environment: { REGION_MS: '800', ATTEMPT_MS: '800' } });
const { make } = datastores(emulator);

const orders = await make('orders', ['eu-west-1', 'ap-southeast-2']);
const shards = await make('shards', ['eu-west-1'], clusterMode);
const alone = await make('alone');

const setLag = (lag: object) => emulator.control('POST', 'lag', lag);

interface Secondary {
  readonly ReplicationGroupRegion: string;
  readonly LagSeconds: number | null;
  readonly At?: string;
  readonly Series?: { readonly At: string; readonly LagSeconds: number }[];
}

const read = (id: string, query = '') => call(`GET /global-datastores/${id}/replication${query}`);
const lags = (secondaries: readonly Secondary[]) =>
  Object.fromEntries(secondaries.map((each) => [each.ReplicationGroupRegion, each.LagSeconds]));

beforeEach(async () => {
  await emulator.clearFaults();
  for (const Region of ['eu-west-1', 'ap-southeast-2']) await setLag({ Region, Seconds: 0.4 });
  await emulator.calls();
});

describe('GET /global-datastores/{id}/replication', () => {
  it('shows the primary and the lag of each secondary, with one call of CloudWatch a region', async () => {
    await setLag({ Region: 'eu-west-1', Seconds: 12 });

    const { status, body } = await read(orders);

    expect(status).toBe(200);
    expect(body).toMatchObject({
      GlobalReplicationGroupId: orders,
      Primary: { ReplicationGroupId: 'orders-us-east-1', ReplicationGroupRegion: 'us-east-1' },
      Statistic: 'Maximum',
      PeriodSeconds: 60,
    });
    expect(lags(body.Secondaries)).toEqual({ 'eu-west-1': 12, 'ap-southeast-2': 0.4 });
    expect(body).not.toHaveProperty('Warnings');
    const metricCalls = (await emulator.calls()).filter(({ Action }) => Action === 'GetMetricData');
    expect(metricCalls.map(({ Region }) => Region).sort()).toEqual(['ap-southeast-2', 'eu-west-1']);
  });

  it('shows the largest lag of several node groups, and each', async () => {
    await setLag({ Region: 'eu-west-1', Seconds: 30, NodeGroupId: '0002' });

    const { body } = await read(shards);

    expect(body.Secondaries[0]).toMatchObject({
      LagSeconds: 30,
      NodeGroups: [
        { NodeGroupId: '0001', LagSeconds: 0.4 },
        { NodeGroupId: '0002', LagSeconds: 30 },
      ],
    });
  });

  it.each([
    ['has no points', { Unknown: true }, false],
    ['has no points of one node group', { Unknown: true, NodeGroupId: '0002' }, false],
    ['has only points older than 180 s', { Seconds: 1, AgeSeconds: 300 }, true],
  ])('shows an unknown lag when the metric %s', async (_, lag, hasTime) => {
    await setLag({ Region: 'eu-west-1', ...lag });

    const { status, body } = await read(shards);

    expect(status).toBe(200);
    expect(body.Secondaries[0].LagSeconds).toBeNull();
    expect('At' in body.Secondaries[0]).toBe(hasTime);
  });

  it('shows the lag of points that are younger than 180 s', async () => {
    await setLag({ Region: 'eu-west-1', Seconds: 1, AgeSeconds: 100 });

    expect((await read(shards)).body.Secondaries[0].LagSeconds).toBe(1);
  });

  it('shows no secondaries for a datastore without any, and does not call CloudWatch', async () => {
    const { body } = await read(alone);

    expect(body).toMatchObject({ Primary: { ReplicationGroupId: 'alone-us-east-1' }, Secondaries: [] });
    expect((await emulator.calls()).map(({ Action }) => Action)).not.toContain('GetMetricData');
  });

  it.each<[string, Pick<InjectedFault, 'Action' | 'Name' | 'Network'>]>([
    ['CloudWatch throttles', { Action: 'GetMetricData', Name: 'Throttling' }],
    ['CloudWatch denies', { Action: 'GetMetricData', Name: 'AccessDenied' }],
    ['CloudWatch fails', { Action: 'GetMetricData', Name: 'InternalFailure' }],
    ['CloudWatch does not respond', { Action: 'GetMetricData', Network: 'hang' }],
    ['CloudWatch is not reachable', { Action: 'GetMetricData', Network: 'reset' }],
    ['ElastiCache does not show the nodes', { Action: 'DescribeReplicationGroups', Name: 'InternalFailure' }],
  ])('names in Warnings a region in which %s', async (_, fault) => {
    await emulator.fail({ Region: 'eu-west-1', Times: 99, ...fault });

    const { status, body } = await read(orders);

    expect(status).toBe(200);
    expect(lags(body.Secondaries)).toEqual({ 'eu-west-1': null, 'ap-southeast-2': 0.4 });
    expect(body.Warnings).toEqual([
      { Region: 'eu-west-1', Detail: expect.stringMatching(/^The lag could not be read\. .+\.$/) },
    ]);
  });

  it.each([
    ['PT5M', 60, 5],
    ['PT3H', 60, 180],
    ['P1D', 300, 288],
    ['P7D', 3600, 168],
  ])('adds with Since=%s a series of periods of %i s', async (since, period, points) => {
    await setLag({ Region: 'eu-west-1', Seconds: 5 });

    const { body } = await read(orders, `?Since=${since}`);

    const europe = body.Secondaries.find((each: Secondary) => each.ReplicationGroupRegion === 'eu-west-1') as Secondary;
    const { Series = [] } = europe;
    expect(body.SeriesPeriodSeconds).toBe(period);
    expect([points, points + 1]).toContain(Series.length); // the first period begins before the window
    expect(Series.at(-1)?.LagSeconds).toBe(5);
    const times = Series.map(({ At }) => Date.parse(At));
    expect(new Set(times.slice(1).map((time, index) => time - (times[index] ?? 0)))).toEqual(new Set([period * 1000]));
  });

  it('describes the nodes of each secondary once, also with Since', async () => {
    await read(orders, '?Since=PT1H');

    const calls = (await emulator.calls()).map(({ Action, Region }) => `${Action} ${Region}`);
    for (const region of ['eu-west-1', 'ap-southeast-2']) {
      expect(calls.filter((one) => one === `DescribeReplicationGroups ${region}`)).toHaveLength(1);
      expect(calls.filter((one) => one === `GetMetricData ${region}`)).toHaveLength(2);
    }
  });

  it.each(['P', 'PT', 'PT0M', 'P8D', 'PT169H', '1h', 'PT1S', 'P1W'])('refuses Since=%s', async (since) => {
    const { status, body } = await read(orders, `?Since=${since}`);

    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'ValidationFailed', errors: [{ in: 'query', parameter: 'Since' }] });
  });

  it('responds 404 for an unknown datastore', async () => {
    expect(await read('ldgnf-none')).toMatchObject({ status: 404 });
  });
});
