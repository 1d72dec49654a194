import { config } from '../config.ts';
import type { RequestContext } from './requestContext.ts';

/**
 * Returns the members that turn a log line into CloudWatch metrics (embedded metric format): requests by route and status
 * class, durations by route,, errors of the table and lost audit entries. They need no call, no library and no further line.
 */
export function metricsOf(
  route: string,
  status: number,
  milliseconds: number,
  { tableErrors, auditLost }: RequestContext,
) {
  return {
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [
        directive(['Route', 'StatusClass'], { Name: 'Requests', Unit: 'Count' }),
        directive(['Route'], { Name: 'Duration', Unit: 'Milliseconds' }),
        ...(tableErrors > 0 ? [directive([], { Name: 'TableErrors', Unit: 'Count' })] : []),
        ...(auditLost > 0 ? [directive([], { Name: 'AuditLost', Unit: 'Count' })] : []),
      ],
    },
    Route: route,
    StatusClass: `${Math.floor(status / 100)}xx`,
    Requests: 1,
    Duration: milliseconds,
    ...(tableErrors > 0 && { TableErrors: tableErrors }),
    ...(auditLost > 0 && { AuditLost: auditLost }),
  };
}

const directive = (dimensions: string[], metric: { Name: string; Unit: string }) => ({
  Namespace: config.table ?? 'global-datastore-api', // the service and its stage
  Dimensions: [dimensions],
  Metrics: [metric],
});
