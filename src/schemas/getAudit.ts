// Pruned at build time by build/plugins/schemaPruning.ts.
import { auditAnswer, auditQuery } from './audit.ts';
import type { Route } from './route.ts';

/** The contract of getAudit. */
export const getAudit = {
  method: 'GET',
  path: '/global-datastores/{GlobalReplicationGroupId}/audit',
  subject: 'datastore',
  tag: 'Global datastores',
  summary: 'List the changes of a datastore through this API, latest first',
  description:
    'Each change request that was sent to AWS or refused has one entry. A response that is replayed for an Idempotency-Key adds no entry. Entries are append-only and remain after the datastore is deleted. CloudTrail records changes that were made without this API.',
  awsActions: [],
  optionalAwsActions: ['DescribeGlobalReplicationGroups'],
  problems: ['GlobalReplicationGroupNotFoundFault', 'AuditUnavailable'],
  query: auditQuery,
  responses: { 200: auditAnswer },
} as const satisfies Route;
