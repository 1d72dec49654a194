import { CloudWatchClient, GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { config } from '../config.ts';
import { recordCall } from '../observability/requestContext.ts';
import { Problem, type Upstream } from '../problems/problem.ts';
import { type Code, codeOf } from '../problems/problemTypes.ts';
import { AttemptAborted, limitAttempts } from './attemptLimits.ts';
import { clientByRegion } from './clientByRegion.ts';
import { withRegionTimeout } from './multiRegion.ts';
import { sdkDefaults } from './sdkDefaults.ts';

/** A metric with its dimensions. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** One point of a metric: the start of its period in milliseconds, and the maximum in the period. */
export interface MetricPoint {
  readonly time: number;
  readonly value: number;
}

/** The part of a metric to read. */
export interface MetricWindow {
  /** The start and the end in milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly periodSeconds: number;
}

/**
 * Returns the points of each metric in a region, the latest first. All metrics take one call, and one more for each further page. A
 * call takes up to 500 metrics (CloudWatch API reference, GetMetricData).
 * @throws Problem `UpstreamThrottled`, `UpstreamAccessDenied`, `UpstreamTimeout`, `UpstreamUnreachable` or `UpstreamError`
 */
export async function readMetrics(
  signal: AbortSignal,
  region: string,
  metrics: readonly Metric[],
  { from, to, periodSeconds }: MetricWindow,
): Promise<MetricPoint[][]> {
  const points = metrics.map((): MetricPoint[] => []);
  const MetricDataQueries = metrics.map((metric, index) => toQuery(metric, index, periodSeconds));
  let NextToken: string | undefined;
  do {
    const input = { MetricDataQueries, StartTime: new Date(from), EndTime: new Date(to), NextToken };
    const page = await getMetricData(withRegionTimeout(signal), region, input);
    for (const { Id = '', Timestamps = [], Values = [] } of page.MetricDataResults ?? [])
      points[Number(Id.slice(1))]?.push(...toPoints(Timestamps, Values));
    NextToken = page.NextToken;
  } while (NextToken);
  return points;
}

const toQuery = ({ namespace, name, dimensions }: Metric, index: number, Period: number): MetricDataQuery => ({
  Id: `m${index}`,
  MetricStat: {
    Metric: {
      Namespace: namespace,
      MetricName: name,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    },
    Period,
    Stat: 'Maximum',
  },
});

const toPoints = (times: readonly Date[], values: readonly number[]): MetricPoint[] =>
  times.map((time, index) => ({ time: time.getTime(), value: values[index] ?? 0 }));

const metricsAction = 'GetMetricData';

async function getMetricData(
  signal: AbortSignal,
  region: string,
  input: ConstructorParameters<typeof GetMetricDataCommand>[0],
) {
  try {
    const output = await metricsClientFor(region).send(new GetMetricDataCommand(input), { abortSignal: signal });
    recordCall({ action: metricsAction, region, requestId: output.$metadata.requestId });
    return output;
  } catch (error) {
    const problem = toMetricsProblem(error as MetricsError, region);
    recordCall({ action: metricsAction, region, requestId: problem.upstream?.requestId, code: problem.code });
    throw problem;
  }
}

const metricsClientFor = clientByRegion((region) => {
  const client = new CloudWatchClient({
    region,
    endpoint: config.cloudWatchEndpoints[region] ?? config.cloudWatchEndpoint,
    maxAttempts: 3,
    ...sdkDefaults,
    requestHandler: { connectionTimeout: config.connectMs },
  });
  limitAttempts(client.config.requestHandler);
  return client;
});

interface MetricsError extends Error {
  readonly $fault?: 'client' | 'server';
  readonly $metadata?: { readonly requestId?: string };
}

function toMetricsProblem(error: MetricsError, region: string): Problem {
  const { name, $fault, $metadata } = error;
  const upstream: Upstream = {
    service: 'CloudWatch',
    region,
    ...($fault && { code: name }),
    requestId: $metadata?.requestId,
  };
  return new Problem(metricsCodeOf(error), 'CloudWatch did not return the metrics.', { upstream, cause: error });
}

function metricsCodeOf(error: MetricsError): Code {
  if (error.$fault) return codeOf(error.name) ?? 'UpstreamError';
  return error instanceof AttemptAborted || error.name === 'TimeoutError' || error.name === 'AbortError'
    ? 'UpstreamTimeout'
    : 'UpstreamUnreachable';
}
