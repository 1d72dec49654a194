// Pruned at build time by build/plugins/schemaPruning.ts.
import { globalDatastoreAnswer } from './globalDatastore.ts';
import type { Route } from './route.ts';

/** The contract of getGlobalDatastore. */
export const getGlobalDatastore = {
  method: 'GET',
  path: '/global-datastores/{GlobalReplicationGroupId}',
  subject: 'datastore',
  tag: 'Global datastores',
  summary: 'Read a datastore with its members',
  description:
    'With Prefer: wait=N the response waits up to N seconds until no change is in progress. With If-None-Match as well, it waits until the datastore has another entity tag: for the next change. 304 says that there was none.',
  awsActions: ['DescribeGlobalReplicationGroups'],
  headers: ['If-None-Match', 'Prefer'],
  responses: { 200: globalDatastoreAnswer },
} as const satisfies Route;
