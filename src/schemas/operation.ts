// Pruned at build time by build/plugins/schemaPruning.ts.

import { memberSettings } from './addMember.ts';
import {
  dateTime,
  evacuationId,
  globalReplicationGroupId,
  listOf,
  namePrefix,
  namePrefixRule,
  operationId,
  paging,
} from './common.ts';
import { drillFigures, measuredFailover, requestedDrill } from './drill.ts';
import { endpointAddress } from './getConnection.ts';
import { globalReplicationGroup } from './globalDatastore.ts';
import { retainedResources } from './retainedResources.ts';
import { authTokenUpdateStrategy } from './rotateAuthToken.ts';

const status = {
  type: 'string',
  enum: ['RUNNING', 'SUCCEEDED', 'FAILED', 'STOPPED'],
  description: 'The status of the operation. STOPPED: the operation was cancelled, or another operation replaced it.',
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

/** How an evacuation has moved the writes of a datastore, and where they go now. */
export const evacuationResult = {
  Way: {
    type: 'string',
    enum: ['FAILOVER', 'DETACH', 'NONE'],
    description:
      'FAILOVER: a secondary of the datastore became its primary. DETACH: a secondary left the datastore and takes writes as a standalone replication group. NONE: the primary was in another region already.',
  },
  Writer: {
    type: 'object',
    description: 'The replication group that takes writes now. Without Address, AWS did not provide its endpoint.',
    properties: endpointAddress.properties,
    required: ['Region', 'ReplicationGroupId'],
    additionalProperties: false,
  },
  ...measuredFailover,
} as const;

const evacuated = {
  type: 'object',
  description: 'The way of an evacuation and the new writer.',
  properties: evacuationResult,
  required: ['Way'],
  additionalProperties: false,
} as const;

/** A long-running operation: its goal, the actual state and the current step. */
export const operation = {
  type: 'object',
  properties: {
    ...summary,
    Kind: {
      type: 'string',
      enum: ['CREATE', 'APPLY', 'DELETE', 'ROTATE_AUTH_TOKEN', 'DRILL', 'EVACUATE'],
      description:
        'The kind of operation. CREATE: creates a datastore. APPLY: changes its members. DELETE: detaches the members and deletes the datastore. ROTATE_AUTH_TOKEN: changes the AUTH token of all members. DRILL: promotes a secondary for a time. EVACUATE: moves the primary out of a lost region, as a part of an evacuation.',
    },
    RequestedBy: {
      type: 'string',
      description: 'The caller: the ARN of an IAM identity, or the subject of a token.',
      examples: ['arn:aws:sts::123456789012:assumed-role/Deployer/build-4711'],
    },
    Owner: {
      type: 'string',
      description: 'The owner of the datastore when the operation was accepted. Left out without owners in the policy.',
      examples: ['orders'],
    },
    EvacuationId: { ...evacuationId, description: 'The evacuation that the operation is a part of.' },
    AcceptedAt: { ...dateTime, description: 'The time of acceptance. What others change later, the operation leaves.' },
    Wanted: {
      type: 'object',
      description: 'The goal. Without members, the goal is that the datastore does not exist.',
      properties: {
        Members: listOf({
          type: 'object',
          properties: { ...shownSettings, Role: role },
          required: ['ReplicationGroupId', 'ReplicationGroupRegion', 'Role'],
          additionalProperties: false,
        }),
        OnFailure: { type: 'string', enum: ['keep', 'teardown'] },
        MaxLagSeconds: {
          type: 'integer',
          description: 'How many seconds a member may be behind at most when it is promoted. Left out without a limit.',
        },
        AuthTokenSecretArn: memberSettings.AuthTokenSecretArn,
        AuthTokenUpdateStrategy: authTokenUpdateStrategy,
        Drill: {
          type: 'object',
          description: 'The drill. Members are those with their roles before and after it.',
          properties: requestedDrill,
          required: ['PrimaryRegion', 'PrimaryReplicationGroupId', 'HoldSeconds', 'Reason'],
          additionalProperties: false,
        },
      },
      required: ['Members', 'OnFailure'],
      additionalProperties: false,
    },
    Actual: {
      type: 'object',
      description:
        'The actual state of the datastore. Without Status, the datastore does not exist. Left out if ElastiCache did not provide it, or if it is now a datastore of another owner.',
      properties: {
        Status: globalReplicationGroup.properties.Status,
        Members: globalReplicationGroup.properties.Members,
      },
      required: ['Members'],
      additionalProperties: false,
    },
    Step: {
      type: 'string',
      description: 'The current step, or the state that the operation waits for.',
      examples: ['Wait for eu-west-1/orders-euw1 (associating) to settle.'],
    },
    Since: { ...dateTime, description: 'The start of the current step.' },
    Attempts: { type: 'integer', description: 'The number of checks since the start of the step.', examples: [7] },
    Remaining: {
      ...listOf({ type: 'string' }),
      description: 'The changes that remain from the actual state to the goal, in words and in order.',
    },
    LastRefusal: {
      type: 'object',
      description: 'The last AWS error that delayed the operation.',
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
    Reason: { type: 'string', description: 'The reason why the operation did not reach its goal.' },
    Advice: { type: 'string', description: 'An instruction for the caller.' },
    Result: {
      type: 'object',
      description:
        'The resources that the operation left and that incur costs. For a drill, what it has measured, also while it runs.',
      properties: {
        Datastore: {
          type: 'object',
          description:
            'The datastore with all of its members, if the operation failed and the datastore exists. Without Status, AWS did not provide it.',
          properties: {
            GlobalReplicationGroupId: globalReplicationGroupId,
            Status: { type: 'string', examples: ['available'] },
            Members: globalReplicationGroup.properties.Members,
          },
          required: ['GlobalReplicationGroupId'],
          additionalProperties: false,
        },
        ...retainedResources.properties,
        ...drillFigures,
        Evacuated: evacuated,
      },
      required: retainedResources.required,
      additionalProperties: false,
    },
  },
  required: ['OperationId', 'GlobalReplicationGroupId', 'Status', 'StartedAt', 'Kind', 'Wanted'],
  additionalProperties: false,
} as const;

/** One operation. */
export const operationAnswer = {
  type: 'object',
  description: 'The operation.',
  properties: { Operation: operation },
  required: ['Operation'],
  additionalProperties: false,
} as const;

/** A page of operations. */
export const operationsAnswer = {
  type: 'object',
  description: 'A page of operations.',
  properties: {
    Operations: listOf({
      type: 'object',
      properties: summary,
      required: ['OperationId', 'GlobalReplicationGroupId', 'Status', 'StartedAt'],
      additionalProperties: false,
    }),
    Marker: { ...paging.Marker, description: 'The start of the next page. Left out on the last page.' },
    Warnings: {
      ...listOf({
        type: 'object',
        properties: {
          Region: { type: 'string', examples: ['eu-west-1'] },
          Detail: {
            type: 'string',
            description: 'The error of the region.',
            examples: ['Operations are temporarily unavailable'],
          },
        },
        required: ['Region', 'Detail'],
        additionalProperties: false,
      }),
      description: 'The region of the API that did not respond. Its operations are missing.',
    },
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
    NamePrefix: {
      ...namePrefix,
      description: `Only operations of datastores whose id begins with this text, with or without the prefix of AWS. ${namePrefixRule}`,
    },
    ...paging,
  },
  additionalProperties: false,
} as const;
