// Pruned at build time by build/plugins/schemaPruning.ts.
import { auditAnswer, auditQuery } from './audit.ts';
import type { Route } from './route.ts';

/** The contract of getAudit. */
export const getAudit = {
  method: 'GET',
  path: '/global-datastores/{GlobalReplicationGroupId}/audit',
  subject: 'none',
  tag: 'Global datastores',
  summary: 'List the changes of a datastore through this API, latest first',
  description:
    'Each change request that was sent to AWS or refused has one entry. It is written before AWS is called, and its outcome after it. A response that is replayed for an Idempotency-Key adds no entry. Entries are append-only and remain after the datastore is deleted. If the policy has owners, a caller reads the entries of changes that were made under its own owner, also of a deleted datastore. CloudTrail records changes that were made without this API.',
  awsActions: [],
  problems: ['AuditUnavailable'],
  query: auditQuery,
  responses: { 200: auditAnswer },
} as const satisfies Route;
