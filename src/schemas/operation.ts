// Pruned at build time by build/plugins/schemaPruning.ts.

import { memberSettings } from './addMember.ts';
import { dateTime, globalReplicationGroupId, listOf, operationId, paging } from './common.ts';
import { globalReplicationGroup } from './globalDatastore.ts';

const status = {
  type: 'string',
  enum: ['RUNNING', 'SUCCEEDED', 'FAILED', 'STOPPED'],
  description: 'STOPPED: it was cancelled, or another operation took its place.',
} as const;

/** An operation in a list. */
const summary = {
  OperationId: operationId,
  GlobalReplicationGroupId: globalReplicationGroupId,
  Status: status,
  StartedAt: dateTime,
  EndedAt: dateTime,
} as const;

const { AuthToken: _, ...shownSettings } = memberSettings;

const role = { type: 'string', enum: ['PRIMARY', 'SECONDARY'] } as const;

/** A run towards a topology: what is wanted, what is there, and what it is at. */
export const operation = {
  type: 'object',
  properties: {
    ...summary,
    Kind: {
      type: 'string',
      enum: ['CREATE', 'APPLY', 'DELETE'],
      description: 'Whether it creates a datastore, changes its members, or takes it apart.',
    },
    RequestedBy: {
      type: 'string',
      description: 'Whose wish it is: the ARN of an IAM identity, or the subject of a token.',
      examples: ['arn:aws:sts::123456789012:assumed-role/Deployer/build-4711'],
    },
    Wanted: {
      type: 'object',
      description: 'The goal. No members: the datastore shall be gone.',
      properties: {
        Members: listOf({
          type: 'object',
          properties: { ...shownSettings, Role: role },
          required: ['ReplicationGroupId', 'ReplicationGroupRegion', 'Role'],
          additionalProperties: false,
        }),
        OnFailure: { type: 'string', enum: ['keep', 'teardown'] },
      },
      required: ['Members', 'OnFailure'],
      additionalProperties: false,
    },
    Actual: {
      type: 'object',
      description: 'The datastore as it is now. No Status: there is none. Left out where ElastiCache did not tell.',
      properties: {
        Status: globalReplicationGroup.properties.Status,
        Members: globalReplicationGroup.properties.Members,
      },
      required: ['Members'],
      additionalProperties: false,
    },
    Step: {
      type: 'string',
      description: 'What it is at, or waits for.',
      examples: ['Wait for eu-west-1/orders-euw1 (associating) to settle.'],
    },
    Since: { ...dateTime, description: 'Since when it is at this step.' },
    Attempts: { type: 'integer', description: 'How often it has looked since then.', examples: [7] },
    Remaining: {
      ...listOf({ type: 'string' }),
      description: 'The changes between what is there and what is wanted, in words and in order.',
    },
    LastRefusal: {
      type: 'object',
      description: 'The last word of AWS that held it up.',
      properties: {
        At: dateTime,
        Code: { type: 'string', examples: ['InvalidGlobalReplicationGroupStateFault'] },
        Detail: { type: 'string' },
        Region: { type: 'string', examples: ['us-east-1'] },
        RequestId: { type: 'string' },
      },
      required: ['At', 'Code', 'Detail'],
      additionalProperties: false,
    },
    Reason: { type: 'string', description: 'Why it did not reach its goal.' },
    Advice: { type: 'string', description: 'What the caller can do about it.' },
    Result: {
      type: 'object',
      description: 'What it left outside of the datastore.',
      properties: {
        Standalone: {
          ...listOf({
            type: 'object',
            properties: {
              ReplicationGroupId: { type: 'string', examples: ['orders-use1'] },
              ReplicationGroupRegion: { type: 'string', examples: ['us-east-1'] },
              Status: { type: 'string', description: 'Left out where AWS did not tell.', examples: ['available'] },
            },
            required: ['ReplicationGroupId', 'ReplicationGroupRegion'],
            additionalProperties: false,
          }),
          description:
            'Former members, and secondaries that failed: replication groups on their own, with their data. They go on costing money until you delete them.',
        },
        ParameterGroups: {
          ...listOf({
            type: 'object',
            properties: {
              CacheParameterGroupName: {
                type: 'string',
                description: 'Ends in `*` where AWS did not tell its last four letters.',
                examples: ['global-datastore-orders-use1abcd'],
              },
              Region: { type: 'string', examples: ['us-east-1'] },
            },
            required: ['CacheParameterGroupName', 'Region'],
            additionalProperties: false,
          }),
          description: 'The parameter groups that ElastiCache made for them; nobody deletes those by itself.',
        },
      },
      required: ['Standalone', 'ParameterGroups'],
      additionalProperties: false,
    },
  },
  required: ['OperationId', 'GlobalReplicationGroupId', 'Status', 'StartedAt', 'Kind', 'Wanted'],
  additionalProperties: false,
} as const;

/** One operation. */
export const operationAnswer = {
  type: 'object',
  properties: { Operation: operation },
  required: ['Operation'],
  additionalProperties: false,
} as const;

/** A page of operations. */
export const operationsAnswer = {
  type: 'object',
  properties: {
    Operations: listOf({
      type: 'object',
      properties: summary,
      required: ['OperationId', 'GlobalReplicationGroupId', 'Status', 'StartedAt'],
      additionalProperties: false,
    }),
    Marker: paging.Marker,
  },
  required: ['Operations'],
  additionalProperties: false,
} as const;

/** The query of a list of operations. */
export const listOperationsQuery = {
  type: 'object',
  properties: {
    GlobalReplicationGroupId: globalReplicationGroupId,
    Status: status,
    ...paging,
  },
  additionalProperties: false,
} as const;
