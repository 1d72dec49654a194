// Pruned at build time by build/plugins/schemaPruning.ts.
import { globalDatastoreAnswer } from './globalDatastore.ts';
import type { Route } from './route.ts';

/** The contract of rebalanceSlots. */
export const rebalanceSlots = {
  method: 'POST',
  path: '/global-datastores/{GlobalReplicationGroupId}/rebalance',
  subject: 'datastore',
  tag: 'Global datastores',
  summary: 'Distribute the slots evenly over the node groups (shards)',
  awsActions: ['DescribeGlobalReplicationGroups', 'RebalanceSlotsInGlobalReplicationGroup'],
  headers: ['Idempotency-Key', 'If-Match', 'Prefer'],
  responses: { 200: globalDatastoreAnswer, 202: globalDatastoreAnswer },
} as const satisfies Route;
