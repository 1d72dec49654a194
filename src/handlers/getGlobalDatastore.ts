import { api, ok } from '../api.ts';
import { findGlobalDatastore } from '../globalDatastore.ts';
import type { Route } from '../route.ts';
import { globalDatastoreAnswer } from '../schemas/globalDatastore.ts';

export const route = {
  method: 'GET',
  path: '/global-datastores/{GlobalReplicationGroupId}',
  summary: 'Show a datastore with its members',
  calls: ['DescribeGlobalReplicationGroups'],
  responses: { 200: globalDatastoreAnswer },
} as const satisfies Route;

export const handler = api(route, async ({ path, signal }) => {
  const { group } = await findGlobalDatastore(signal, path.GlobalReplicationGroupId);
  return ok({ GlobalReplicationGroup: group });
});
