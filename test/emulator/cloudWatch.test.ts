import { CloudWatchClient, CloudWatchServiceException, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { AwsQueryProtocol } from '@aws-sdk/core/protocols';
import { describe, expect, it } from 'vitest';
import { createDatastore, type RunningEmulator, startEmulator } from './harness.ts';

const minute = 60_000;

/** The protocol of current SDKs (JSON 1.0), and the protocol of older SDKs (Query). */
const protocols = [
  ['JSON', {}],
  [
    'Query',
    {
      protocol: AwsQueryProtocol,
      protocolSettings: {
        defaultNamespace: 'com.amazonaws.cloudwatch',
        xmlNamespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
        version: '2010-08-01',
      },
    },
  ],
] as const;

const clientOf = ({ url }: RunningEmulator, region: string, settings: object) =>
  new CloudWatchClient({
    region,
    endpoint: url,
    maxAttempts: 1,
    credentials: { accessKeyId: 'test', secretAccessKey: 'secret' },
    ...settings,
  });

const lagOf = (CacheClusterId: string, more: object = {}) => ({
  Id: 'lag',
  MetricStat: {
    Metric: {
      Namespace: 'AWS/ElastiCache',
      MetricName: 'GlobalDatastoreReplicationLag',
      Dimensions: [
        { Name: 'CacheClusterId', Value: CacheClusterId },
        { Name: 'CacheNodeId', Value: '0001' },
      ],
    },
    Period: 60,
    Stat: 'Maximum',
    ...more,
  },
});

describe.each(protocols)('GetMetricData over %s', (_, settings) => {
  async function read(running: RunningEmulator, region: string, query: object, minutes = 3) {
    const EndTime = new Date();
    const StartTime = new Date(EndTime.getTime() - minutes * minute);
    const command = new GetMetricDataCommand({ MetricDataQueries: [query as never], StartTime, EndTime });
    const { MetricDataResults = [] } = await clientOf(running, region, settings).send(command);
    return MetricDataResults[0];
  }

  it('returns one point a minute for the primary node of a secondary, the latest first', async () => {
    const running = await startEmulator();
    await createDatastore(running, { regions: ['us-east-1', 'eu-west-1'] });
    await running.control('POST', '/lag', { Region: 'eu-west-1', Seconds: 7 });

    const result = await read(running, 'eu-west-1', lagOf('second-001'));

    expect(result).toMatchObject({ Id: 'lag', Label: 'GlobalDatastoreReplicationLag', StatusCode: 'Complete' });
    const ages = (result?.Timestamps ?? []).map((time) => Date.now() - time.getTime());
    expect(ages[0]).toBeLessThan(minute);
    expect(ages).toEqual(ages.toSorted((a, b) => a - b));
    expect(result?.Values?.[0]).toBe(7);
    expect(result?.Values?.at(-1)).toBe(0.4);
  });

  it.each([
    ['the primary of the datastore', 'us-east-1', 'first-001'],
    ['a replica', 'eu-west-1', 'second-002'],
    ['a node of another region', 'us-east-1', 'second-001'],
    ['an unknown node', 'eu-west-1', 'none-001'],
  ])('returns no points for %s', async (__, region, node) => {
    const running = await startEmulator();
    await createDatastore(running, { regions: ['us-east-1', 'eu-west-1'], NumCacheClusters: 2 });

    expect(await read(running, region, lagOf(node))).toMatchObject({ Timestamps: [], Values: [] });
  });

  it('returns the lag of one shard', async () => {
    const running = await startEmulator();
    await createDatastore(running, {
      regions: ['us-east-1', 'eu-west-1'],
      CacheParameterGroupName: 'default.redis7.cluster.on',
      Engine: 'redis',
      EngineVersion: '7.1',
      NumNodeGroups: 2,
      ReplicasPerNodeGroup: 1,
      AutomaticFailoverEnabled: true,
    });
    await running.control('POST', '/lag', { Region: 'eu-west-1', Seconds: 9, NodeGroupId: '0002' });

    const [first, second] = await Promise.all(
      ['second-0001-001', 'second-0002-001'].map((node) => read(running, 'eu-west-1', lagOf(node))),
    );

    expect([first?.Values?.[0], second?.Values?.[0]]).toEqual([0.4, 9]);
  });

  it('returns no points while the lag is unknown, and older ones while it is late', async () => {
    const running = await startEmulator();
    await createDatastore(running, { regions: ['us-east-1', 'eu-west-1'] });

    await running.control('POST', '/lag', { Region: 'eu-west-1', Unknown: true });
    const unknown = await read(running, 'eu-west-1', lagOf('second-001'));
    await running.control('POST', '/lag', { Region: 'eu-west-1', Seconds: 1, AgeSeconds: 240 });
    const late = await read(running, 'eu-west-1', lagOf('second-001'), 10);

    expect(unknown?.Values).toEqual([]);
    expect(Date.now() - (late?.Timestamps?.[0]?.getTime() ?? 0)).toBeGreaterThan(239_000);
  });

  it('returns the statistic of a longer period', async () => {
    const running = await startEmulator();
    await createDatastore(running, { regions: ['us-east-1', 'eu-west-1'] });
    const query = (Stat: string) => lagOf('second-001', { Period: 3600, Stat });

    const counts = await read(running, 'eu-west-1', query('SampleCount'), 180);
    const minima = await read(running, 'eu-west-1', query('Minimum'), 180);

    expect(counts?.Values?.[1]).toBe(60);
    expect(new Set(minima?.Values)).toEqual(new Set([0.4]));
  });

  it.each([
    ['a period of no whole minutes', lagOf('second-001', { Period: 90 }), 'Period'],
    ['an unknown statistic', lagOf('second-001', { Stat: 'Mode' }), 'statistics'],
    ['metric math', { Id: 'lag', Expression: 'SUM(METRICS())' }, 'Expression'],
  ])('refuses %s', async (__, query, part) => {
    const refusal = await read(await startEmulator(), 'eu-west-1', query).catch((error: unknown) => error);

    expect(refusal).toBeInstanceOf(CloudWatchServiceException);
    expect((refusal as Error).message).toContain(part);
  });
});

it.each([
  [{}],
  [{ Region: 'eu-west-1' }],
  [{ Seconds: 1 }],
  [{ Region: 'eu-west-1', Seconds: -1 }],
  [{ Region: 'eu-west-1', Seconds: '1' }],
  [{ Region: 'eu-west-1', Unknown: false }],
  [{ Region: 'eu-west-1', Seconds: 1, Unknown: true }],
  [{ Region: 'eu-west-1', Seconds: 1, NodeGroupId: 1 }],
  [{ Region: 'eu-west-1', Seconds: 1, AgeSeconds: 'old' }],
])('the control endpoint of the lag refuses %j', async (body) => {
  const { status, json } = await (await startEmulator()).control('POST', '/lag', body);

  expect(status).toBe(400);
  expect(json.Message).toMatch(/^Give Region, and Seconds or Unknown: true/);
});

it('the lag is in the saved state', async () => {
  const running = await startEmulator();
  await running.control('POST', '/lag', { Region: 'eu-west-1', Seconds: 7 });
  const other = await startEmulator();

  other.store.load(running.store.save());

  expect(other.store.accountState.lags?.['eu-west-1']).toMatchObject([{ seconds: 7 }]);
});
