import { config } from '../config.ts';

/**
 * The metrics that the functions write. Only what no service of AWS counts is among them: API Gateway has the requests, errors and
 * latencies of an API, and Lambda those of each function, which is one route. Each one costs as much as a million requests.
 */
type MetricName = 'TableErrors' | 'AuditLost';

/** Returns the members that turn a log line into CloudWatch metrics (embedded metric format): none without values. */
export function metricsOf(values: Partial<Record<MetricName, number>>): object {
  const Metrics = Object.keys(values).map((Name) => ({ Name, Unit: 'Count' }));
  if (Metrics.length === 0) return {};
  const Namespace = config.table ?? 'global-datastore-api'; // the service and its stage
  return { _aws: { Timestamp: Date.now(), CloudWatchMetrics: [{ Namespace, Dimensions: [[]], Metrics }] }, ...values };
}
