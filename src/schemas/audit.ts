// Pruned at build time by build/plugins/schemaPruning.ts.
import { globalReplicationGroupId, integer, listOf, paging, shape, string } from './common.ts';

const inShort = (what: string) =>
  ({
    ...shape({
      Status: { ...string, examples: ['available'] },
      CacheNodeType: string,
      Engine: string,
      EngineVersion: string,
      NodeGroupCount: { ...integer, description: 'How many node groups (shards), with cluster mode enabled.' },
      Members: listOf(
        shape({ ReplicationGroupRegion: string, ReplicationGroupId: string, Role: string, Status: string }),
      ),
    }),
    description: what,
  }) as const;

/** What one change left behind. */
export const auditEntry = {
  type: 'object',
  properties: {
    Time: { type: 'string', format: 'date-time', description: 'When the request came in.' },
    Caller: {
      type: 'string',
      description: 'The ARN of the IAM identity, session included, or the subject of the token.',
      examples: ['arn:aws:sts::123456789012:assumed-role/Deployer/ann'],
    },
    Route: {
      type: 'string',
      description: 'The route of the request; operation: it is a step of one.',
      examples: ['POST /global-datastores/{GlobalReplicationGroupId}/failover'],
    },
    RequestId: {
      type: 'string',
      description:
        'The X-Request-Id of the answer: it finds the request in the log. The id of an operation for its steps.',
    },
    Request: {
      type: 'object',
      description:
        'Path, query and body, without passwords; only their length where they are longer than 8 KiB. Of an operation: the step.',
      additionalProperties: true,
    },
    Outcome: {
      type: 'string',
      enum: ['accepted', 'refused', 'unknown', 'failed'],
      description:
        'accepted: AWS is at it. refused: nothing was changed. unknown: the answer of AWS was lost. failed: AWS or this API was in trouble.',
    },
    Status: { type: 'integer', description: 'The HTTP status of the answer.', examples: [202] },
    Code: { type: 'string', description: 'The code of the problem that it was.' },
    Resumed: {
      type: 'boolean',
      description: 'Whether it took up an earlier request with the same Idempotency-Key, whose end was not known.',
    },
    Before: inShort('The datastore just before AWS was asked; left out where it was not looked at.'),
    After: inShort('The datastore as AWS showed it in its answer, when the change has only begun.'),
    AwsCalls: {
      ...listOf(
        shape({
          Action: { ...string, examples: ['FailoverGlobalReplicationGroup'] },
          Region: string,
          RequestId: { ...string, description: 'It finds the call in CloudTrail.' },
          Code: { ...string, description: 'The code of the problem that it ended in.' },
        }),
      ),
      description: 'The changes that AWS was asked for.',
    },
  },
  required: ['Time', 'Caller', 'Route', 'RequestId', 'Request', 'Outcome', 'Status', 'AwsCalls'],
  additionalProperties: false,
} as const;

/** A page of a datastore's trail. */
export const auditAnswer = {
  type: 'object',
  properties: {
    GlobalReplicationGroupId: globalReplicationGroupId,
    AuditEntries: listOf(auditEntry),
    Marker: { type: 'string', description: 'Where the next page begins; left out on the last page.' },
  },
  required: ['GlobalReplicationGroupId', 'AuditEntries'],
  additionalProperties: false,
} as const;

/** The query of a datastore's trail. */
export const auditQuery = {
  type: 'object',
  properties: {
    ...paging,
    Marker: { ...paging.Marker, maxLength: 64, pattern: '^[0-9a-fTZ:.#-]+$' },
  },
  additionalProperties: false,
} as const;
