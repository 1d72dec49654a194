// Pruned at build time by build/plugins/schemaPruning.ts.

import { addMemberRequest } from './addMember.ts';
import { description, globalReplicationGroupIdSuffix, region, replicationGroupId } from './common.ts';
import { dryRunQuery, orDryRunResult } from './dryRun.ts';
import { followedDatastoreAnswer } from './globalDatastore.ts';
import type { Route } from './route.ts';

/** The members of AWS's CreateGlobalReplicationGroup, the region in which to call it, and the regions that follow. */
export const createRequest = {
  type: 'object',
  properties: {
    GlobalReplicationGroupIdSuffix: globalReplicationGroupIdSuffix,
    GlobalReplicationGroupDescription: description,
    PrimaryReplicationGroupId: {
      ...replicationGroupId,
      description: `${replicationGroupId.description} This one exists, is available, and becomes the primary.`,
    },
    PrimaryReplicationGroupRegion: {
      ...region,
      description: `The region of the primary. ${region.description} Left out: the API's own region.`,
    },
    Secondaries: {
      type: 'array',
      maxItems: 2,
      items: addMemberRequest,
      description:
        'The other regions, each with the settings of addMember: an operation adds them as soon as the datastore is there. Link leads to it.',
    },
    OnFailure: {
      type: 'string',
      enum: ['keep', 'teardown'],
      description:
        'What becomes of the datastore when a secondary cannot be made: keep (when left out) leaves what there is, teardown detaches what was made and deletes the datastore. No replication group is ever deleted.',
    },
  },
  required: ['GlobalReplicationGroupIdSuffix', 'PrimaryReplicationGroupId'],
  dependentRequired: { OnFailure: ['Secondaries'] },
  additionalProperties: false,
} as const;

/** The contract of createGlobalDatastore. */
export const createGlobalDatastore = {
  method: 'POST',
  path: '/global-datastores',
  subject: 'newDatastore',
  changes: { newMembers: '#/Secondaries' },
  tag: 'Global datastores',
  summary: 'Create a datastore over an existing replication group',
  description:
    'The replication group becomes the primary; everything else comes from it. Takes AWS some minutes. With Secondaries an operation goes on from there by itself, region by region: Link leads to it.',
  awsActions: [
    'CreateGlobalReplicationGroup',
    'DescribeGlobalReplicationGroups',
    'DescribeReplicationGroups',
    'DescribeCacheClusters',
  ],
  problems: ['PolicyDenied', 'TopologyRefused', 'SecondariesNotStarted'],
  startsOperation: true,
  headers: ['Idempotency-Key', 'Prefer'],
  body: createRequest,
  query: dryRunQuery,
  responses: { 200: orDryRunResult(followedDatastoreAnswer), 202: followedDatastoreAnswer },
} as const satisfies Route;
