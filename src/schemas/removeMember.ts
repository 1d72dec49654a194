// Pruned at build time by build/plugins/schemaPruning.ts.
import { globalDatastoreAnswer } from './globalDatastore.ts';
import type { Route } from './route.ts';

/** The query of a removal. */
export const removeQuery = {
  type: 'object',
  properties: {
    DeleteReplicationGroup: {
      type: 'boolean',
      const: false,
      description:
        'This API never deletes data: the member is detached and goes on as a standalone replication group. Delete that yourself when you no longer need it.',
    },
  },
  additionalProperties: false,
} as const;

/** The contract of removeMember. */
export const removeMember = {
  method: 'DELETE',
  path: '/global-datastores/{GlobalReplicationGroupId}/members/{ReplicationGroupRegion}/{ReplicationGroupId}',
  subject: 'datastore',
  tag: 'Global datastores',
  summary: 'Detach a secondary; it goes on as a replication group on its own, with its data',
  description: 'Only secondaries can be detached. It often takes AWS more than 20 minutes.',
  awsActions: ['DescribeGlobalReplicationGroups', 'DisassociateGlobalReplicationGroup'],
  problems: ['MemberNotFound'],
  headers: ['Idempotency-Key', 'If-Match', 'Prefer'],
  query: removeQuery,
  responses: { 200: globalDatastoreAnswer, 202: globalDatastoreAnswer },
} as const satisfies Route;
