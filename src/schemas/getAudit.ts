// Pruned at build time by build/plugins/schemaPruning.ts.
import { auditAnswer, auditQuery } from './audit.ts';
import type { Route } from './route.ts';

/** The contract of getAudit. */
export const getAudit = {
  method: 'GET',
  path: '/global-datastores/{GlobalReplicationGroupId}/audit',
  subject: 'datastore',
  tag: 'Global datastores',
  summary: 'Show who changed a datastore through this API, page by page, the latest first',
  description:
    'One entry for each request for a change that got to AWS, or was refused on the way there; a request that was answered from its Idempotency-Key adds none. Entries can be added only, and stay when the datastore is gone. What was changed past this API stands in CloudTrail.',
  awsActions: [],
  optionalAwsActions: ['DescribeGlobalReplicationGroups'],
  problems: ['GlobalReplicationGroupNotFoundFault', 'AuditUnavailable'],
  query: auditQuery,
  responses: { 200: auditAnswer },
} as const satisfies Route;
