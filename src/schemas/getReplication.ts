// Pruned at build time by build/plugins/schemaPruning.ts.
import { durationPattern } from '../lib/duration.ts';
import { dateTime, listOf, warnings } from './common.ts';
import type { Route } from './route.ts';

const lagSeconds = {
  type: ['number', 'null'],
  description:
    'How many seconds of writes the secondary is behind, at most. null if it is not known: CloudWatch has no point, or none of the last 180 s.',
  examples: [0.4],
} as const;

const at = {
  ...dateTime,
  description: 'The start of the minute of the last point. Left out if there is none.',
} as const;

const memberKey = {
  ReplicationGroupId: { type: 'string', examples: ['orders-euw1'] },
  ReplicationGroupRegion: { type: 'string', examples: ['eu-west-1'] },
} as const;

/** One secondary and its lag. */
export const secondaryLag = {
  type: 'object',
  properties: {
    ...memberKey,
    LagSeconds: lagSeconds,
    At: at,
    NodeGroups: {
      ...listOf({
        type: 'object',
        properties: { NodeGroupId: { type: 'string', examples: ['0001'] }, LagSeconds: lagSeconds, At: at },
        required: ['NodeGroupId', 'LagSeconds'],
        additionalProperties: false,
      }),
      description: 'The lag of each node group (shard), if there are several. The lag of the secondary is the largest.',
    },
    Series: {
      ...listOf({
        type: 'object',
        properties: { At: dateTime, LagSeconds: { type: 'number', examples: [0.4] } },
        required: ['At', 'LagSeconds'],
        additionalProperties: false,
      }),
      description: 'With Since: the largest lag in each period of SeriesPeriodSeconds, the earliest first.',
    },
  },
  required: ['ReplicationGroupId', 'ReplicationGroupRegion', 'LagSeconds'],
  additionalProperties: false,
} as const;

/** The primary, and the lag of each secondary. */
const replicationAnswer = {
  type: 'object',
  description: 'The primary, and the lag of each secondary.',
  properties: {
    GlobalReplicationGroupId: { type: 'string', examples: ['ldgnf-orders'] },
    Primary: {
      type: 'object',
      properties: memberKey,
      required: ['ReplicationGroupId', 'ReplicationGroupRegion'],
      additionalProperties: false,
      description: 'Left out while no member is the primary.',
    },
    Secondaries: listOf(secondaryLag),
    Statistic: { type: 'string', const: 'Maximum', description: 'The statistic of the metric.' },
    PeriodSeconds: { type: 'integer', description: 'The resolution of LagSeconds.', examples: [60] },
    SeriesPeriodSeconds: { type: 'integer', description: 'With Since: the resolution of Series.', examples: [60] },
    Warnings: {
      ...warnings,
      description: 'The regions whose lag could not be read. Left out if there are none.',
    },
  },
  required: ['GlobalReplicationGroupId', 'Secondaries', 'Statistic', 'PeriodSeconds'],
  additionalProperties: false,
} as const;

/** The query of getReplication. */
export const replicationQuery = {
  type: 'object',
  properties: {
    Since: {
      type: 'string',
      maxLength: 20,
      pattern: durationPattern,
      description:
        'A duration up to P7D (ISO 8601: days, hours, minutes). The response then has the lag over this time.',
      examples: ['PT1H'],
    },
  },
  additionalProperties: false,
} as const;

/** The contract of getReplication. */
export const getReplication = {
  method: 'GET',
  path: '/global-datastores/{GlobalReplicationGroupId}/replication',
  subject: 'datastore',
  tag: 'Global datastores',
  summary: 'Read how far each secondary is behind the primary',
  description:
    'The lag is the metric GlobalDatastoreReplicationLag of Amazon CloudWatch, read in the region of each secondary. ElastiCache publishes it once a minute. It is remembered for 30 s. A region that does not respond is named in Warnings, and the lag of its secondary is null.',
  awsActions: ['DescribeGlobalReplicationGroups'],
  optionalAwsActions: ['DescribeReplicationGroups'],
  query: replicationQuery,
  responses: { 200: replicationAnswer },
} as const satisfies Route;
