import { DescribeGlobalReplicationGroupsCommand } from '@aws-sdk/client-elasticache';
import { api, ok, sure } from '../api.ts';
import { elasticache } from '../elasticache.ts';
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
  const next: Record<string, string> = Marker ? { link: `<${route.path}?${nextPage(query, Marker)}>; rel="next"` } : {};
  return ok({ GlobalReplicationGroups: GlobalReplicationGroups.map(sure), Marker }, next);
});

const nextPage = (query: object, Marker: string) =>
  new URLSearchParams(
    Object.entries({ ...query, Marker }).map(([name, value]): [string, string] => [name, String(value)]),
  );
