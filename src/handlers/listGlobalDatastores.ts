import { DescribeGlobalReplicationGroupsCommand } from '@aws-sdk/client-elasticache';
import { api, ok } from '../api.ts';
import { elasticache } from '../elasticache.ts';
import { sure } from '../globalDatastore.ts';
import { nextPage } from '../paging.ts';
import type { Route } from '../route.ts';
import { globalDatastoresAnswer } from '../schemas/globalDatastore.ts';
import { listQuery } from '../schemas/listGlobalDatastores.ts';

export const route = {
  method: 'GET',
  path: '/global-datastores',
  summary: 'List the datastores, page by page',
  calls: ['DescribeGlobalReplicationGroups'],
  query: listQuery,
  responses: { 200: globalDatastoresAnswer },
} as const satisfies Route;

export const handler = api(route, async ({ query, signal }) => {
  const { GlobalReplicationGroups = [], Marker } = await elasticache(signal).send(
    new DescribeGlobalReplicationGroupsCommand(query),
  );
  return ok(
    { GlobalReplicationGroups: GlobalReplicationGroups.map(sure), Marker },
    nextPage(route.path, query, Marker),
  );
});
