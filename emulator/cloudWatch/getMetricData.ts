import type { GetMetricDataInput, GetMetricDataOutput, MetricDataQuery, MetricStat } from '@aws-sdk/client-cloudwatch';
import { Fault } from '../protocol/fault.ts';
import type { Store } from '../state/store.ts';
import { type LagReader, lagMetric, lagReaderOf, resolutionMs } from './replicationLag.ts';

/** The only action of CloudWatch that is emulated. */
export const metricsAction = 'GetMetricData';

/** The limits of GetMetricData (CloudWatch API reference). */
const maxQueries = 500;
const maxPoints = 100_800;

/**
 * Returns the points of the replication lag. Any other metric has no points, as a metric that nothing publishes. Metric math is not
 * emulated. A response has one page: it holds as many points as AWS's longest page.
 */
export function getMetricData(store: Store, input: GetMetricDataInput): GetMetricDataOutput {
  const { MetricDataQueries: queries = [], StartTime, EndTime, ScanBy = 'TimestampDescending' } = input;
  if (!StartTime || !EndTime || queries.length === 0)
    throw invalid('The parameters MetricDataQueries, StartTime and EndTime are required.');
  if (StartTime >= EndTime) throw invalid('The parameter StartTime must be less than the parameter EndTime.');
  if (queries.length > maxQueries) throw invalid(`The parameter MetricDataQueries has more than ${maxQueries} items.`);
  const results = queries.map((query) => resultOf(store, query, [StartTime.getTime(), EndTime.getTime()]));
  return { MetricDataResults: ScanBy === 'TimestampDescending' ? results.map(latestFirst) : results, Messages: [] };
}

function resultOf(
  store: Store,
  { Id = '', Label, MetricStat, Expression }: MetricDataQuery,
  [start, end]: [number, number],
) {
  if (Expression !== undefined || !MetricStat?.Metric) throw invalid(`The emulator takes no Expression: query ${Id}.`);
  const period = periodOf(MetricStat);
  const from = Math.floor(start / period) * period;
  if ((end - from) / period > maxPoints) throw invalid('You have requested too many points. Ask for a longer Period.');
  const read = readerOf(store, MetricStat);
  const Timestamps: Date[] = [];
  const Values: number[] = [];
  for (let time = from; time < end; time += period) {
    const value = statisticOf(MetricStat, pointsIn(read, time, Math.min(time + period, end)));
    if (value === undefined) continue;
    Timestamps.push(new Date(time));
    Values.push(value);
  }
  return {
    Id,
    Label: Label ?? MetricStat.Metric.MetricName ?? '',
    Timestamps,
    Values,
    StatusCode: 'Complete' as const,
  };
}

const latestFirst = <R extends { Timestamps: Date[]; Values: number[] }>(result: R): R => ({
  ...result,
  Timestamps: result.Timestamps.toReversed(),
  Values: result.Values.toReversed(),
});

function periodOf({ Period = 0 }: MetricStat): number {
  if (Period > 0 && Period % 60 === 0) return Period * 1000;
  throw invalid('The parameter Period must be a multiple of 60.'); // unverified: the text. The metric has no shorter resolution.
}

/** Returns the reader of a metric. A metric that nothing publishes has no points. */
function readerOf(store: Store, { Metric = {} }: MetricStat): LagReader {
  const { Namespace, MetricName, Dimensions = [] } = Metric;
  const { CacheClusterId = '', CacheNodeId } = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]));
  const isLag = Namespace === lagMetric.namespace && MetricName === lagMetric.name;
  return isLag && Dimensions.length === 2 && CacheNodeId === '0001'
    ? lagReaderOf(store, CacheClusterId)
    : () => undefined;
}

/** Returns the points from `start` to before `end`. */
function pointsIn(read: LagReader, start: number, end: number): number[] {
  const points: number[] = [];
  for (let time = start; time < end; time += resolutionMs) {
    const point = read(time);
    if (point !== undefined) points.push(point);
  }
  return points;
}

const statistics: Readonly<Record<string, (points: readonly number[]) => number>> = {
  Average: (points) => sum(points) / points.length,
  Maximum: (points) => Math.max(...points),
  Minimum: (points) => Math.min(...points),
  SampleCount: (points) => points.length,
  Sum: (points) => sum(points),
};

const sum = (points: readonly number[]): number => points.reduce((total, point) => total + point, 0);

function statisticOf({ Stat = '' }: MetricStat, points: readonly number[]): number | undefined {
  if (!Object.hasOwn(statistics, Stat))
    throw invalid(`The emulator supports the statistics ${Object.keys(statistics).join(', ')}.`);
  return points.length > 0 ? statistics[Stat]?.(points) : undefined;
}

/** The fault of CloudWatch for parameters that it does not take. unverified: the texts. */
const invalid = (message: string): Fault => new Fault('ValidationError', message);
