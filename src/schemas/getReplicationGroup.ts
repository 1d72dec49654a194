// Pruned at build time by build/plugins/schemaPruning.ts.
import { replicationGroupAnswer } from './replicationGroup.ts';
import type { Route } from './route.ts';

/** The contract of getReplicationGroup. */
export const getReplicationGroup = {
  method: 'GET',
  path: '/replication-groups/{Region}/{ReplicationGroupId}',
  subject: 'replicationGroup',
  tag: 'Replication groups',
  summary: 'Read a replication group: its endpoints, its nodes, what they run, and its role in a datastore',
  awsActions: ['DescribeReplicationGroups'],
  optionalAwsActions: ['DescribeCacheClusters'],
  responses: { 200: replicationGroupAnswer },
} as const satisfies Route;
