// Pruned at build time by build/plugins/schemaPruning.ts.
import { operationMemberRequest } from './addMember.ts';
import { withDryRun } from './dryRun.ts';
import { failoverGuard, failoverGuardRules } from './failoverGuard.ts';
import { followedDatastoreAnswer, plannedDatastoreAnswer } from './globalDatastore.ts';

/** The query parameter that replaces an operation in progress. */
export const supersede = {
  type: 'boolean',
  description:
    'True to stop an operation in progress for this datastore and to replace it with this one. The stopped operation is not undone.',
  examples: [true],
} as const;

/** The query of applyTopology. */
export const topologyQuery = {
  type: 'object',
  properties: { Supersede: supersede },
  additionalProperties: false,
} as const;

/** All desired members of a datastore. */
export const topologyRequest = {
  type: 'object',
  properties: {
    Members: {
      type: 'array',
      minItems: 1,
      maxItems: 3,
      description:
        'All desired members of the datastore: one PRIMARY and up to two SECONDARY, each in a different region. Members that exist get the settings that are named and that they do not have; settings that are not named stay. A setting that AWS cannot change in a member that exists is refused before anything is changed. Tags are added or replaced. Members that are not listed are detached.',
      items: {
        ...operationMemberRequest,
        properties: {
          ...operationMemberRequest.properties,
          Role: {
            type: 'string',
            enum: ['PRIMARY', 'SECONDARY'],
            description: 'PRIMARY accepts writes. SECONDARY accepts reads only.',
          },
        },
        required: ['ReplicationGroupId', 'ReplicationGroupRegion', 'Role'],
      },
      examples: [
        [
          { ReplicationGroupId: 'orders-euw1', ReplicationGroupRegion: 'eu-west-1', Role: 'PRIMARY' },
          { ReplicationGroupId: 'orders-use1', ReplicationGroupRegion: 'us-east-1', Role: 'SECONDARY' },
        ],
      ],
    },
    ...failoverGuard,
    MaxLagSeconds: {
      ...failoverGuard.MaxLagSeconds,
      description:
        'How many seconds a member may be behind at most when it becomes the primary. It is checked at the acceptance, and again by the operation, which waits until the member is within the limit. Left out, the lag is not read, unless a policy sets a limit.',
    },
  },
  required: ['Members'],
  dependentRequired: failoverGuardRules,
  additionalProperties: false,
} as const;

/** The datastore, the planned changes, and the operation that carries them out. */
export const topologyAnswer = {
  ...plannedDatastoreAnswer,
  description: 'The datastore, the planned changes, and the operation that makes them.',
  properties: { ...followedDatastoreAnswer.properties, ...plannedDatastoreAnswer.properties },
} as const;

/** The contract of applyTopology. */
export const applyTopology = withDryRun({
  method: 'PUT',
  path: '/global-datastores/{GlobalReplicationGroupId}/topology',
  subject: 'datastore',
  changes: { newMembers: '#/Members', primary: 'Members' },
  tag: 'Global datastores',
  summary: 'Set all members of a datastore',
  description:
    'Calculates the difference between the desired and the actual members and starts an operation that adds regions, changes the primary, detaches members and changes the settings of members that exist: nodes are added before the primary changes, everything else comes last. A datastore has at most one operation at a time. Link refers to the operation. Equal settings are no change, so a second request with the same body changes nothing.',
  awsActions: ['DescribeGlobalReplicationGroups'],
  optionalAwsActions: [
    'DescribeReplicationGroups',
    'DescribeCacheClusters',
    'DescribeCacheSubnetGroups',
    'DescribeUserGroups',
  ],
  problems: [
    'PolicyDenied',
    'TopologyRefused',
    'OperationRunning',
    'OperationsUnavailable',
    'SecretUnavailable',
    'ReplicationLagTooHigh',
    'ReplicationLagUnknown',
  ],
  startsOperation: true,
  headers: ['Idempotency-Key', 'If-Match'],
  body: topologyRequest,
  query: topologyQuery,
  responses: { 202: topologyAnswer },
});
