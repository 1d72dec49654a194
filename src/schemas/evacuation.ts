// Pruned at build time by build/plugins/schemaPruning.ts.
import {
  dateTime,
  evacuationId,
  globalReplicationGroupId,
  integer,
  listOf,
  operationId,
  region,
  warnings,
} from './common.ts';
import { failoverRequest } from './failoverGlobalDatastore.ts';
import { evacuationResult } from './operation.ts';

/** The request for an evacuation. */
export const evacuationRequest = {
  type: 'object',
  properties: {
    FromRegion: {
      ...region,
      description: `The region to evacuate. ${region.description}`,
      examples: ['eu-west-1'],
    },
    ToRegion: {
      ...region,
      description:
        'The region of the new primaries. By default the first region, in the order of the configuration of this API, in which the datastore has an associated secondary.',
      examples: ['us-east-1'],
    },
    GlobalReplicationGroupIds: {
      type: 'array',
      minItems: 1,
      maxItems: 500,
      uniqueItems: true,
      items: globalReplicationGroupId,
      description:
        'The datastores to evacuate, in this order. By default all of the caller whose primary is in FromRegion.',
      examples: [['ldgnf-orders']],
    },
    MaxAtOnce: {
      type: 'integer',
      minimum: 1,
      maximum: 20,
      description:
        'The maximum number of datastores that are changed at the same time: 1 to 20. Default: 5. One that takes longer than ten minutes no longer counts.',
      examples: [10],
    },
    DetachAfterSeconds: {
      type: 'integer',
      minimum: 0,
      maximum: 3600,
      description:
        'The time in seconds, from the start of the change of a datastore, after which its secondary is detached if it is not the primary yet. It then takes writes as a standalone replication group, and cannot become a secondary again. Left out: no secondary is detached.',
      examples: [300],
    },
    Reason: {
      ...failoverRequest.properties.Reason,
      description: 'The reason for the evacuation. It goes to the audit entry of each change, not to AWS.',
    },
  },
  required: ['FromRegion', 'Reason'],
  additionalProperties: false,
} as const;

const { FromRegion, ToRegion, MaxAtOnce, DetachAfterSeconds, Reason } = evacuationRequest.properties;

const evacuee = {
  type: 'object',
  properties: {
    GlobalReplicationGroupId: globalReplicationGroupId,
    Status: {
      type: 'string',
      enum: ['WAITING', 'UNDER_WAY', 'DONE', 'REFUSED'],
      description:
        'WAITING: its operation starts later. UNDER_WAY: its operation is running. DONE: its writer is in another region. REFUSED: it was not moved, and Reason says why.',
    },
    ...evacuationResult,
    OperationId: operationId,
    Code: { type: 'string', description: 'The code of the problem.', examples: ['OperationRunning'] },
    Reason: { type: 'string', description: 'Why the datastore is refused, or why it waits.' },
    CleanUp: {
      ...listOf({ type: 'string' }),
      description: 'What is to be done once the region is back, in words and in order.',
    },
  },
  required: ['GlobalReplicationGroupId', 'Status'],
  additionalProperties: false,
} as const;

/** An evacuation with the progress of each datastore. */
export const evacuation = {
  type: 'object',
  properties: {
    EvacuationId: evacuationId,
    Status: {
      type: 'string',
      enum: ['RUNNING', 'SUCCEEDED', 'FAILED'],
      description: 'SUCCEEDED: each datastore is DONE. FAILED: it has ended, and at least one is not.',
    },
    FromRegion,
    ToRegion,
    MaxAtOnce,
    DetachAfterSeconds,
    Reason,
    RequestedBy: { type: 'string', description: 'The caller.' },
    StartedAt: dateTime,
    EndedAt: dateTime,
    Summary: {
      type: 'object',
      description: 'The number of datastores by status, and of those that are DONE by their way.',
      properties: {
        Done: integer,
        UnderWay: integer,
        Waiting: integer,
        Refused: integer,
        ByFailover: integer,
        ByDetach: integer,
      },
      required: ['Done', 'UnderWay', 'Waiting', 'Refused', 'ByFailover', 'ByDetach'],
      additionalProperties: false,
    },
    Datastores: listOf(evacuee),
    Warnings: {
      ...warnings,
      description:
        'The regions that did not list their datastores, and owners that could not be read. Datastores may be missing.',
    },
  },
  required: [
    'EvacuationId',
    'Status',
    'FromRegion',
    'MaxAtOnce',
    'Reason',
    'RequestedBy',
    'StartedAt',
    'Summary',
    'Datastores',
  ],
  additionalProperties: false,
} as const;

/** One evacuation. */
export const evacuationAnswer = {
  type: 'object',
  description: 'The evacuation with the progress of each datastore.',
  properties: { Evacuation: evacuation },
  required: ['Evacuation'],
  additionalProperties: false,
} as const;
