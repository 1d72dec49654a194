// Pruned at build time by build/plugins/schemaPruning.ts.
import { topologyQuery } from './applyTopology.ts';
import { withDryRun } from './dryRun.ts';
import { evacuationAnswer, evacuationRequest } from './evacuation.ts';

/** The contract of startEvacuation. */
export const startEvacuation = withDryRun({
  method: 'POST',
  path: '/evacuations',
  subject: 'evacuation',
  tag: 'Evacuations',
  summary: 'Move the primaries of datastores out of a region that is lost',
  description:
    'Starts an operation for each datastore, at most MaxAtOnce at the same time. It promotes a secondary in another region. If that does not succeed within DetachAfterSeconds, it detaches the secondary, which continues as a standalone replication group. A datastore that is refused does not hold up the others. The region to evacuate is never called. Location refers to the evacuation.',
  awsActions: ['DescribeGlobalReplicationGroups'],
  problems: ['PolicyDenied', 'EvacuationOfOwnRegion', 'OperationsUnavailable'],
  headers: ['Idempotency-Key'],
  body: evacuationRequest,
  query: topologyQuery,
  responses: { 202: evacuationAnswer },
});
