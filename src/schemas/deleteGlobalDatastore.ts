// Pruned at build time by build/plugins/schemaPruning.ts.
import { supersede } from './applyTopology.ts';
import { dryRunQuery, orDryRunResult } from './dryRun.ts';
import { followedDatastoreAnswer } from './globalDatastore.ts';
import type { Route } from './route.ts';

/** The query of a deletion. */
export const deleteQuery = {
  ...dryRunQuery,
  properties: {
    ...dryRunQuery.properties,
    DetachSecondaries: {
      type: 'boolean',
      description:
        'With true an operation detaches all secondaries, waits until they are gone, and then deletes the datastore.',
      examples: [true],
    },
    Supersede: supersede,
  },
} as const;

/** The contract of deleteGlobalDatastore. */
export const deleteGlobalDatastore = {
  method: 'DELETE',
  path: '/global-datastores/{GlobalReplicationGroupId}',
  subject: 'datastore',
  tag: 'Global datastores',
  summary: 'Delete a datastore; its primary stays as a replication group on its own',
  description:
    'Secondaries are removed first, one call each: a 409 names those calls. With DetachSecondaries an operation does all of it: Link leads there. No data is deleted; the former members stay as replication groups on their own, and go on costing money.',
  awsActions: ['DescribeGlobalReplicationGroups', 'DeleteGlobalReplicationGroup'],
  problems: ['SecondariesAttached', 'OperationRunning', 'OperationsUnavailable'],
  startsOperation: true,
  headers: ['Idempotency-Key', 'If-Match', 'Prefer'],
  query: deleteQuery,
  responses: { 200: orDryRunResult(followedDatastoreAnswer), 202: followedDatastoreAnswer },
} as const satisfies Route;
