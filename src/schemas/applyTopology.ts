// Pruned at build time by build/plugins/schemaPruning.ts.
import { addMemberRequest } from './addMember.ts';
import { dryRunQuery, orDryRunResult } from './dryRun.ts';
import { followedDatastoreAnswer, plannedDatastoreAnswer } from './globalDatastore.ts';
import type { Route } from './route.ts';

/** What an operation takes the place of. */
export const supersede = {
  type: 'boolean',
  description:
    'With true an operation that is under way at this datastore ends where it is, and this one takes its place.',
  examples: [true],
} as const;

/** The query of a topology. */
export const topologyQuery = {
  ...dryRunQuery,
  properties: { ...dryRunQuery.properties, Supersede: supersede },
} as const;

/** The members of a datastore as a whole. */
export const topologyRequest = {
  type: 'object',
  properties: {
    Members: {
      type: 'array',
      minItems: 1,
      maxItems: 3,
      description:
        'All members that the datastore shall have: one PRIMARY and up to two SECONDARY, each in a region of its own. Settings count for those that have to be made; a member that is there is left as it is. Who is not named is detached.',
      items: {
        ...addMemberRequest,
        properties: {
          ...addMemberRequest.properties,
          Role: {
            type: 'string',
            enum: ['PRIMARY', 'SECONDARY'],
            description: 'PRIMARY takes writes, SECONDARY only reads.',
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
  },
  required: ['Members'],
  additionalProperties: false,
} as const;

/** The datastore, what is done, and who does it. */
export const topologyAnswer = {
  ...plannedDatastoreAnswer,
  properties: { ...followedDatastoreAnswer.properties, ...plannedDatastoreAnswer.properties },
} as const;

/** The contract of applyTopology. */
export const applyTopology = {
  method: 'PUT',
  path: '/global-datastores/{GlobalReplicationGroupId}/topology',
  subject: 'datastore',
  changes: { newMembers: '#/Members', primary: 'Members' },
  tag: 'Global datastores',
  summary: 'Set who the members are, as a whole',
  description:
    'Works out the difference and carries it out by itself, with one operation at a time for each datastore: regions are added, the primary changes, members are detached. Link leads to the operation. What a datastore has already is not touched, so the same body again changes nothing.',
  awsActions: ['DescribeGlobalReplicationGroups'],
  optionalAwsActions: ['DescribeReplicationGroups'],
  problems: ['PolicyDenied', 'TopologyRefused', 'OperationRunning', 'OperationsUnavailable'],
  startsOperation: true,
  headers: ['Idempotency-Key', 'If-Match'],
  body: topologyRequest,
  query: topologyQuery,
  responses: { 200: orDryRunResult(topologyAnswer), 202: topologyAnswer },
} as const satisfies Route;
