// Pruned at build time by build/plugins/schemaPruning.ts.
import { withDryRun } from './dryRun.ts';
import { globalDatastoreAnswer } from './globalDatastore.ts';

/** The contract of rebalanceSlots. */
export const rebalanceSlots = withDryRun({
  method: 'POST',
  path: '/global-datastores/{GlobalReplicationGroupId}/rebalance',
  subject: 'datastore',
  tag: 'Global datastores',
  summary: 'Distribute the slots evenly over the node groups (shards)',
  awsActions: ['DescribeGlobalReplicationGroups', 'RebalanceSlotsInGlobalReplicationGroup'],
  headers: ['Idempotency-Key', 'If-Match', 'Prefer'],
  responses: { 202: globalDatastoreAnswer },
});
