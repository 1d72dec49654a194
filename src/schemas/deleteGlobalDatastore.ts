// Pruned at build time by build/plugins/schemaPruning.ts.
import { supersede } from './applyTopology.ts';
import { withDryRun } from './dryRun.ts';
import { followedDatastoreAnswer } from './globalDatastore.ts';
import { retainedResources } from './retainedResources.ts';

/** The query of deleteGlobalDatastore. */
export const deleteQuery = {
  type: 'object',
  properties: {
    DetachSecondaries: {
      type: 'boolean',
      description:
        'True to start an operation that detaches all secondaries, waits until they are gone and then deletes the datastore.',
      examples: [true],
    },
    Supersede: supersede,
  },
  additionalProperties: false,
} as const;

/** The datastore, and what it leaves, or the operation that deletes it. */
const deletedAnswer = {
  ...followedDatastoreAnswer,
  description: 'The datastore, and what it leaves, or the operation that deletes it.',
  properties: {
    ...followedDatastoreAnswer.properties,
    Result: {
      ...retainedResources,
      description: `${retainedResources.description} With DetachSecondaries the operation names them when it has ended.`,
    },
  },
} as const;

/** The contract of deleteGlobalDatastore. */
export const deleteGlobalDatastore = withDryRun({
  method: 'DELETE',
  path: '/global-datastores/{GlobalReplicationGroupId}',
  subject: 'datastore',
  tag: 'Global datastores',
  summary: 'Delete a datastore and keep its primary as a standalone replication group',
  description:
    'Remove the secondaries first, with one call each. A 409 names those calls. With DetachSecondaries an operation makes all of these changes. Link refers to the operation. No data is deleted. The former members stay as standalone replication groups and still incur costs.',
  awsActions: ['DescribeGlobalReplicationGroups', 'DeleteGlobalReplicationGroup'],
  optionalAwsActions: ['DescribeCacheParameterGroups'],
  problems: ['SecondariesAttached', 'OperationRunning', 'OperationsUnavailable'],
  startsOperation: true,
  headers: ['Idempotency-Key', 'If-Match', 'Prefer'],
  query: deleteQuery,
  responses: { 202: deletedAnswer },
});
