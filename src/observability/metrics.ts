import { config } from '../config.ts';
import type { RequestContext } from './requestContext.ts';

/**
 * Returns the members that turn a log line into CloudWatch metrics (embedded metric format): requests by route and status
 * class, durations by route, and errors of the table. They need no call, no library and no further line.
 */
export function metricsOf(route: string, status: number, milliseconds: number, { tableErrors }: RequestContext) {
  return {
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [
        directive(['Route', 'StatusClass'], { Name: 'Requests', Unit: 'Count' }),
        directive(['Route'], { Name: 'Duration', Unit: 'Milliseconds' }),
        ...(tableErrors > 0 ? [directive([], { Name: 'TableErrors', Unit: 'Count' })] : []),
      ],
    },
    Route: route,
    StatusClass: `${Math.floor(status / 100)}xx`,
    Requests: 1,
    Duration: milliseconds,
    ...(tableErrors > 0 && { TableErrors: tableErrors }),
  };
}

/** Returns the members that count a log line as a lost audit entry, of a request or of an operation. */
export const auditLostMetric = () => ({
  _aws: { Timestamp: Date.now(), CloudWatchMetrics: [directive([], { Name: 'AuditLost', Unit: 'Count' })] },
  AuditLost: 1,
});

const directive = (dimensions: string[], metric: { Name: string; Unit: string }) => ({
  Namespace: config.table ?? 'global-datastore-api', // the service and its stage
  Dimensions: [dimensions],
  Metrics: [metric],
});
