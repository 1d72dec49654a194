// Pruned at build time by build/plugins/schemaPruning.ts.
import { withDryRun } from './dryRun.ts';
import { globalReplicationGroup } from './globalDatastore.ts';
import { retainedResources } from './retainedResources.ts';

/** The query of removeMember. */
export const removeQuery = {
  type: 'object',
  properties: {
    DeleteReplicationGroup: {
      type: 'boolean',
      const: false,
      description:
        'This API never deletes data. The member is detached and continues as a standalone replication group. Delete that group yourself when you no longer need it.',
    },
  },
  additionalProperties: false,
} as const;

/** The datastore, and what the detached member leaves. */
const detachedAnswer = {
  type: 'object',
  description: 'The datastore, and what the detached member leaves.',
  properties: { GlobalReplicationGroup: globalReplicationGroup, Result: retainedResources },
  required: ['GlobalReplicationGroup', 'Result'],
  additionalProperties: false,
} as const;

/** The contract of removeMember. */
export const removeMember = withDryRun({
  method: 'DELETE',
  path: '/global-datastores/{GlobalReplicationGroupId}/members/{ReplicationGroupRegion}/{ReplicationGroupId}',
  subject: 'datastore',
  tag: 'Global datastores',
  summary: 'Detach a secondary, which continues as a standalone replication group with its data',
  description: 'Only secondaries can be detached. AWS often needs more than 20 minutes.',
  awsActions: ['DescribeGlobalReplicationGroups', 'DisassociateGlobalReplicationGroup'],
  optionalAwsActions: ['DescribeCacheParameterGroups'],
  problems: ['MemberNotFound'],
  headers: ['Idempotency-Key', 'If-Match', 'Prefer'],
  query: removeQuery,
  responses: { 202: detachedAnswer },
});
