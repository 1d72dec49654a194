// Pruned at build time by build/plugins/schemaPruning.ts.

import { operationMemberRequest } from './addMember.ts';
import { description, globalReplicationGroupIdSuffix, region, replicationGroupId } from './common.ts';
import { withDryRun } from './dryRun.ts';
import { followedDatastoreAnswer } from './globalDatastore.ts';

/** The members of AWS's CreateGlobalReplicationGroup, the region of the call, and the regions to add. */
export const createRequest = {
  type: 'object',
  properties: {
    GlobalReplicationGroupIdSuffix: globalReplicationGroupIdSuffix,
    GlobalReplicationGroupDescription: description,
    PrimaryReplicationGroupId: {
      ...replicationGroupId,
      description: `${replicationGroupId.description} It must exist and be available. It becomes the primary.`,
    },
    PrimaryReplicationGroupRegion: {
      ...region,
      description: `The region of the primary. ${region.description} Default: the region of the API.`,
    },
    Secondaries: {
      type: 'array',
      maxItems: 2,
      items: operationMemberRequest,
      description:
        'The other regions, each with the settings of addMember, but without AuthToken. An operation adds them when the datastore is available. Link refers to the operation.',
    },
    OnFailure: {
      type: 'string',
      enum: ['keep', 'teardown'],
      description:
        'The handling of a secondary that cannot be created. keep (default): everything stays in its current state. teardown: the created members are detached and the datastore is deleted. No replication group is ever deleted.',
    },
  },
  required: ['GlobalReplicationGroupIdSuffix', 'PrimaryReplicationGroupId'],
  dependentRequired: { OnFailure: ['Secondaries'] },
  additionalProperties: false,
} as const;

/** The contract of createGlobalDatastore. */
export const createGlobalDatastore = withDryRun({
  method: 'POST',
  path: '/global-datastores',
  subject: 'newDatastore',
  changes: { newMembers: '#/Secondaries' },
  tag: 'Global datastores',
  summary: 'Create a datastore from an existing replication group',
  description:
    'The replication group becomes the primary, and the datastore takes its settings. AWS needs some minutes. With Secondaries an operation then adds each region. Link refers to the operation.',
  awsActions: [
    'CreateGlobalReplicationGroup',
    'DescribeGlobalReplicationGroups',
    'DescribeReplicationGroups',
    'DescribeCacheClusters',
  ],
  optionalAwsActions: ['DescribeCacheSubnetGroups', 'DescribeUserGroups'],
  problems: ['PolicyDenied', 'TopologyRefused', 'SecondariesNotStarted', 'SecretUnavailable'],
  startsOperation: true,
  headers: ['Idempotency-Key', 'Prefer'],
  body: createRequest,
  responses: { 202: followedDatastoreAnswer },
});
