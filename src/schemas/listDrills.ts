// Pruned at build time by build/plugins/schemaPruning.ts.
import { drillsAnswer, listDrillsQuery } from './drill.ts';
import type { Route } from './route.ts';

/** The contract of listDrills. */
export const listDrills = {
  method: 'GET',
  path: '/global-datastores/{GlobalReplicationGroupId}/drills',
  subject: 'none',
  tag: 'Global datastores',
  summary: 'List the drills of a datastore with their figures, latest first',
  description:
    'The drills of the last 400 days, also of a deleted datastore. A drill is in the list from its first step. If the policy has owners, a caller reads the drills that were made under its own owner, so that a page can have fewer entries than MaxRecords.',
  awsActions: [],
  problems: ['OperationsUnavailable'],
  query: listDrillsQuery,
  responses: { 200: drillsAnswer },
} as const satisfies Route;
