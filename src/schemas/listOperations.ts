// Pruned at build time by build/plugins/schemaPruning.ts.
import { listOperationsQuery, operationsAnswer } from './operation.ts';
import type { Route } from './route.ts';

/** The contract of listOperations. */
export const listOperations = {
  method: 'GET',
  path: '/operations',
  subject: 'none',
  tag: 'Operations',
  summary: 'List the operations of the last 30 days',
  description:
    'The operations of the region of this API come first, then those of the other region in which it runs. Each page has the latest operation first. With GlobalReplicationGroupId or NamePrefix a page can have fewer entries than MaxRecords, or none, and still have a Marker.',
  awsActions: [],
  problems: ['OperationsUnavailable'],
  query: listOperationsQuery,
  responses: { 200: operationsAnswer },
} as const satisfies Route;
