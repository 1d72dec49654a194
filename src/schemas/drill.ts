// Pruned at build time by build/plugins/schemaPruning.ts.
import { dateTime, globalReplicationGroupId, listOf, operationId, paging } from './common.ts';
import { failoverRequest } from './failoverGlobalDatastore.ts';

const { PrimaryRegion, PrimaryReplicationGroupId, Reason } = failoverRequest.properties;

/** The request for a drill of a failover. */
export const drillRequest = {
  type: 'object',
  properties: {
    PrimaryRegion: { ...PrimaryRegion, description: 'The region that becomes primary for the time of the drill.' },
    PrimaryReplicationGroupId: {
      ...PrimaryReplicationGroupId,
      description:
        'The secondary that becomes primary for the time of the drill. Optional if the region has one member.',
    },
    HoldSeconds: {
      type: 'integer',
      minimum: 0,
      maximum: 7_200,
      description: 'The seconds for which the drill holds before it promotes the former primary: 0 to 7200.',
      examples: [300],
    },
    MaxLagSeconds: {
      type: 'integer',
      minimum: 0,
      maximum: 86_400,
      description:
        'The largest lag of the secondary in seconds with which the drill starts. If the lag is higher or not known, nothing is changed.',
      examples: [5],
    },
    Reason: {
      ...Reason,
      description: 'The reason for the drill. The list of drills shows it.',
      examples: ['Monthly drill'],
    },
  },
  required: ['PrimaryRegion', 'HoldSeconds', 'Reason'],
  additionalProperties: false,
} as const;

/** A drill as its request names it, with the member that it promotes. */
export const requestedDrill = {
  PrimaryRegion: { type: 'string', examples: ['eu-west-1'] },
  PrimaryReplicationGroupId: { type: 'string', examples: ['orders-euw1'] },
  HoldSeconds: { type: 'integer', examples: [300] },
  MaxLagSeconds: { type: 'integer', examples: [5] },
  Reason: { type: 'string', examples: ['Monthly drill'] },
} as const;

/** The measurements of a failover by a data plane. */
export const measuredFailover = {
  WritableAt: {
    ...dateTime,
    description: 'Only on a laptop with --data-plane: when the new primary took its first write.',
  },
  LostWrites: {
    type: 'integer',
    description:
      'Only on a laptop with --data-plane: the writes that the former primary took and the new one does not have.',
    examples: [0],
  },
} as const;

/** The measurements of a drill. */
export const drillFigures = {
  LagSecondsBefore: {
    type: ['number', 'null'],
    description: 'A drill: the lag of the secondary in seconds before its promotion. null if it was not known.',
    examples: [0.4],
  },
  FailoverAcceptedAt: { ...dateTime, description: 'A drill: when AWS accepted the failover.' },
  PrimaryAt: { ...dateTime, description: 'A drill: the first look that showed the new primary.' },
  AvailableAt: { ...dateTime, description: 'A drill: the first look that also showed the datastore as available.' },
  RtoSeconds: {
    type: 'number',
    description: 'A drill: the seconds from FailoverAcceptedAt to AvailableAt.',
    examples: [38.2],
  },
  ...measuredFailover,
  ReturnAcceptedAt: { ...dateTime, description: 'A drill: when AWS accepted the failover to the former primary.' },
  ReturnedAt: {
    ...dateTime,
    description: 'A drill: the first look that showed the former primary as primary and the datastore as available.',
  },
  ReturnRtoSeconds: {
    type: 'number',
    description: 'A drill: the seconds from ReturnAcceptedAt to ReturnedAt.',
    examples: [36.9],
  },
  ResolutionSeconds: {
    type: 'number',
    description:
      'A drill: the longest time in seconds between two reads while a failover was measured. AWS is read about once a second. Each time is at most this late.',
    examples: [1.2],
  },
  Cancelled: { type: 'boolean', description: 'A drill: true if a cancellation ended the hold.' },
} as const;

/** A drill in a list. */
export const drill = {
  type: 'object',
  properties: {
    OperationId: operationId,
    Status: {
      type: 'string',
      enum: ['RUNNING', 'SUCCEEDED', 'FAILED', 'STOPPED'],
      description: 'The status of the operation. STOPPED: it was cancelled before its promotion, or replaced.',
    },
    AcceptedAt: dateTime,
    EndedAt: dateTime,
    RequestedBy: {
      type: 'string',
      description: 'The caller: the ARN of an IAM identity, or the subject of a token.',
      examples: ['arn:aws:sts::123456789012:assumed-role/Deployer/build-4711'],
    },
    ...requestedDrill,
    ...drillFigures,
    FailureReason: { type: 'string', description: 'The reason why the drill has failed.' },
  },
  required: [
    'OperationId',
    'Status',
    'AcceptedAt',
    'PrimaryRegion',
    'PrimaryReplicationGroupId',
    'HoldSeconds',
    'Reason',
  ],
  additionalProperties: false,
} as const;

/** A page of the drills of a datastore. */
export const drillsAnswer = {
  type: 'object',
  description: 'A page of the drills of a datastore, the latest first.',
  properties: {
    GlobalReplicationGroupId: globalReplicationGroupId,
    Drills: listOf(drill),
    Marker: { type: 'string', description: 'The start of the next page. Left out on the last page.' },
  },
  required: ['GlobalReplicationGroupId', 'Drills'],
  additionalProperties: false,
} as const;

/** The query of a list of drills. */
export const listDrillsQuery = { type: 'object', properties: paging, additionalProperties: false } as const;
