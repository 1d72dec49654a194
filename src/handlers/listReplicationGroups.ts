import { DescribeReplicationGroupsCommand } from '@aws-sdk/client-elasticache';
import { elasticache } from '../aws/elastiCacheClient.ts';
import { sureReplicationGroup } from '../datastores/replicationGroup.ts';
import { api, ok } from '../http/defineHandler.ts';
import { nextPage } from '../http/paginationLink.ts';
import { onlyOwnedGroups } from '../policy/ownership.ts';
import { listReplicationGroupsQuery } from '../schemas/listReplicationGroups.ts';
import { replicationGroupsAnswer } from '../schemas/replicationGroup.ts';
import type { Route } from '../schemas/route.ts';

export const route = {
  method: 'GET',
  path: '/replication-groups',
  summary: 'List the replication groups of a region: what may become a primary',
  calls: ['DescribeReplicationGroups'],
  query: listReplicationGroupsQuery,
  responses: { 200: replicationGroupsAnswer },
} as const satisfies Route;

export const handler = api(route, async ({ query, signal, event }) => {
  const { Region, ...page } = query;
  const { ReplicationGroups = [], Marker } = await elasticache(signal, Region).send(
    new DescribeReplicationGroupsCommand(page),
  );
  return ok(
    { ReplicationGroups: (await onlyOwnedGroups(signal, event, ReplicationGroups)).map(sureReplicationGroup), Marker },
    nextPage(route.path, query, Marker),
  );
});
