// Pruned at build time by build/plugins/schemaPruning.ts.
import { globalReplicationGroupId, integer, listOf, paging, shape, string } from './common.ts';

const datastoreSummary = (description: string) =>
  ({
    ...shape({
      Status: { ...string, examples: ['available'] },
      CacheNodeType: string,
      Engine: string,
      EngineVersion: string,
      NodeGroupCount: { ...integer, description: 'The number of node groups (shards) with cluster mode enabled.' },
      Members: listOf(
        shape({ ReplicationGroupRegion: string, ReplicationGroupId: string, Role: string, Status: string }),
      ),
    }),
    description,
  }) as const;

/** The audit entry of one change. */
export const auditEntry = {
  type: 'object',
  properties: {
    Time: { type: 'string', format: 'date-time', description: 'The time of the request.' },
    Caller: {
      type: 'string',
      description: 'The ARN of the IAM identity with its session, or the subject of the token.',
      examples: ['arn:aws:sts::123456789012:assumed-role/Deployer/ann'],
    },
    Route: {
      type: 'string',
      description: 'The route of the request, or `operation` for a step of an operation.',
      examples: ['POST /global-datastores/{GlobalReplicationGroupId}/failover'],
    },
    RequestId: {
      type: 'string',
      description:
        'The X-Request-Id of the response, which identifies the request in the log. For a step of an operation, the id of the operation.',
    },
    Request: {
      type: 'object',
      description:
        'The path, query and body without passwords. Only their length if they are longer than 8 KiB. For a step of an operation, the step.',
      additionalProperties: true,
    },
    Outcome: {
      type: 'string',
      enum: ['asked', 'accepted', 'notApplied', 'refused', 'unknown', 'failed'],
      description:
        'asked: the change was recorded before AWS was called, and its outcome is not recorded: it is in progress, or it was interrupted. accepted: AWS accepted the change. notApplied: AWS accepted the change, and it ended in another state than the requested one. refused: nothing was changed. unknown: the change may have been made. failed: AWS or this API had an error, and nothing was changed.',
    },
    Owner: {
      type: 'string',
      description: 'The owner of the datastore at the time of the change.',
      examples: ['orders'],
    },
    Status: {
      type: 'integer',
      description: 'The HTTP status of the response. Left out while Outcome is asked.',
      examples: [202],
    },
    Code: { type: 'string', description: 'The code of the problem, if the response was one.' },
    Resumed: {
      type: 'boolean',
      description:
        'True if the request resumed an earlier request with the same Idempotency-Key whose outcome was unknown.',
    },
    Before: datastoreSummary('The datastore before the call to AWS. Left out if the API did not read it.'),
    After: datastoreSummary(
      'The datastore in the response of AWS, at the start of the change. With notApplied: at its end.',
    ),
    AwsCalls: {
      ...listOf(
        shape({
          Action: { ...string, examples: ['FailoverGlobalReplicationGroup'] },
          Region: string,
          RequestId: { ...string, description: 'The id of the call in CloudTrail.' },
          Code: { ...string, description: 'The code of the problem that the call ended with.' },
        }),
      ),
      description: 'The calls to AWS that change something.',
    },
  },
  required: ['Time', 'Caller', 'Route', 'RequestId', 'Request', 'Outcome', 'AwsCalls'],
  additionalProperties: false,
} as const;

/** A page of the audit trail of a datastore. */
export const auditAnswer = {
  type: 'object',
  properties: {
    GlobalReplicationGroupId: globalReplicationGroupId,
    AuditEntries: listOf(auditEntry),
    Marker: { type: 'string', description: 'The start of the next page. Left out on the last page.' },
  },
  required: ['GlobalReplicationGroupId', 'AuditEntries'],
  description: 'A page of the audit trail, latest entry first.',
  additionalProperties: false,
} as const;

/** The query of an audit trail. */
export const auditQuery = {
  type: 'object',
  properties: paging,
  additionalProperties: false,
} as const;
