import { config } from '../config.ts';

/**
 * The metrics that the functions write: only those that no service of AWS publishes. API Gateway has the requests, errors and
 * latencies of an API, and Lambda those of each function, which is one route.
 */
const units = { TableErrors: 'Count', AuditLost: 'Count', Ready: 'Count', FailoverLatency: 'Milliseconds' } as const;

/** Values of the metrics by their names. `Ready` is 1 for each successful `GET /ready`, else 0. */
export type MetricValues = { -readonly [Name in keyof typeof units]?: number };

/** Returns the members that turn a log line into CloudWatch metrics (embedded metric format): none without values. */
export function metricsOf(values: MetricValues): object {
  const Metrics = Object.keys(values).map((Name) => ({ Name, Unit: units[Name as keyof typeof units] }));
  if (Metrics.length === 0) return {};
  const Namespace = config.table ?? 'global-datastore-api'; // the service and its stage
  return { _aws: { Timestamp: Date.now(), CloudWatchMetrics: [{ Namespace, Dimensions: [[]], Metrics }] }, ...values };
}
