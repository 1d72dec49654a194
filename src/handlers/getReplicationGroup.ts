import { findReplicationGroup } from '../datastores/replicationGroup.ts';
import { api, ok } from '../http/defineHandler.ts';
import { replicationGroupAnswer } from '../schemas/replicationGroup.ts';
import type { Route } from '../schemas/route.ts';

export const route = {
  method: 'GET',
  path: '/replication-groups/{Region}/{ReplicationGroupId}',
  summary: 'Show a replication group: its endpoints, its nodes, its place in a datastore',
  calls: ['DescribeReplicationGroups'],
  responses: { 200: replicationGroupAnswer },
} as const satisfies Route;

export const handler = api(route, async ({ path, signal }) =>
  ok({ ReplicationGroup: await findReplicationGroup(signal, path.Region, path.ReplicationGroupId) }),
);
