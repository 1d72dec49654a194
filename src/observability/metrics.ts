import { config } from '../config.ts';
import type { RequestContext } from './requestContext.ts';

/**
 * The members that make a log line count in CloudWatch, in its embedded metric format: requests by route and class of status,
 * how long they took by route, and trouble of the table. No call, no library, no other line.
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

const directive = (dimensions: string[], metric: { Name: string; Unit: string }) => ({
  Namespace: config.table ?? 'global-datastore-api', // the service and its stage
  Dimensions: [dimensions],
  Metrics: [metric],
});
