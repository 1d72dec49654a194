// Pruned at build time by build/plugins/schemaPruning.ts.
import { globalDatastoreAnswer } from './globalDatastore.ts';
import type { Route } from './route.ts';

/** The contract of getGlobalDatastore. */
export const getGlobalDatastore = {
  method: 'GET',
  path: '/global-datastores/{GlobalReplicationGroupId}',
  subject: 'datastore',
  tag: 'Global datastores',
  summary: 'Show a datastore with its members',
  description: 'With Prefer: wait=N the answer waits until nothing is under way, N seconds at most.',
  awsActions: ['DescribeGlobalReplicationGroups'],
  headers: ['If-None-Match', 'Prefer'],
  responses: { 200: globalDatastoreAnswer },
} as const satisfies Route;
