// Pruned at build time by build/plugins/schemaPruning.ts.
import { listOperationsQuery, operationsAnswer } from './operation.ts';
import type { Route } from './route.ts';

/** The contract of listOperations. */
export const listOperations = {
  method: 'GET',
  path: '/operations',
  subject: 'none',
  tag: 'Operations',
  summary: 'List the operations of the last 30 days, page by page',
  description:
    'The latest first on each page. With GlobalReplicationGroupId a page may have fewer entries than MaxRecords, or none, and still a Marker.',
  awsActions: [],
  problems: ['OperationsUnavailable'],
  query: listOperationsQuery,
  responses: { 200: operationsAnswer },
} as const satisfies Route;
