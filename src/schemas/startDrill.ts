// Pruned at build time by build/plugins/schemaPruning.ts.
import { topologyQuery } from './applyTopology.ts';
import { drillRequest } from './drill.ts';
import { withDryRun } from './dryRun.ts';
import { followedDatastoreAnswer } from './globalDatastore.ts';

/** The contract of startDrill. */
export const startDrill = withDryRun({
  method: 'POST',
  path: '/global-datastores/{GlobalReplicationGroupId}/drills',
  subject: 'datastore',
  changes: { primary: 'PrimaryRegion', isDrill: true },
  tag: 'Global datastores',
  summary: 'Practise a failover: promote a secondary for a time, and measure it',
  description:
    'Starts an operation that promotes the secondary, waits until it is the primary and the datastore is available, holds for HoldSeconds, and promotes the former primary. Both failovers are real: the writes of the last seconds can be lost, and clients must use the endpoint of the primary. A cancellation while the drill holds starts the way back at once. Any other failover overtakes the drill, which then ends without its way back. Link refers to the operation, whose Result has the figures.',
  awsActions: ['DescribeGlobalReplicationGroups'],
  optionalAwsActions: ['DescribeReplicationGroups'],
  problems: [
    'PolicyDenied',
    'MemberNotFound',
    'TopologyRefused',
    'OperationRunning',
    'OperationsUnavailable',
    'ReplicationLagTooHigh',
    'ReplicationLagUnknown',
  ],
  startsOperation: true,
  headers: ['Idempotency-Key', 'If-Match'],
  body: drillRequest,
  query: topologyQuery,
  responses: { 202: followedDatastoreAnswer },
});
