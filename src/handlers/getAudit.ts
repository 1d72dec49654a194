import { type AuditEntry, trailOf } from '../audit/auditTrail.ts';
import { latest } from '../aws/dynamoDbTable.ts';
import { api, ok } from '../http/defineHandler.ts';
import { nextPage } from '../http/paginationLink.ts';
import { Problem } from '../problems/problem.ts';
import { auditAnswer, auditQuery } from '../schemas/audit.ts';
import type { Route } from '../schemas/route.ts';

export const route = {
  method: 'GET',
  path: '/global-datastores/{GlobalReplicationGroupId}/audit',
  summary: 'Show who changed a datastore through this API, page by page, the latest first',
  description:
    'One entry for each request for a change that got to AWS, or was refused on the way there; a request that was answered from its Idempotency-Key adds none. Entries can be added only, and stay when the datastore is gone. What was changed past this API stands in CloudTrail.',
  calls: [],
  asks: ['DescribeGlobalReplicationGroups'],
  refuses: ['GlobalReplicationGroupNotFoundFault', 'AuditUnavailable'],
  query: auditQuery,
  responses: { 200: auditAnswer },
} as const satisfies Route;

export const handler = api(route, async ({ path: { GlobalReplicationGroupId }, query }) => {
  const { MaxRecords = 100, Marker: after } = query;
  const page = await latest(trailOf(GlobalReplicationGroupId), MaxRecords, after).catch((cause) => {
    throw new Problem('AuditUnavailable', 'The table of audit entries does not answer', { cause });
  });
  const AuditEntries = page.items.map(({ entry }) => JSON.parse(String(entry)) as AuditEntry);
  return ok(
    { GlobalReplicationGroupId, AuditEntries, Marker: page.marker },
    nextPage(route.path.replace(/{\w+}/, GlobalReplicationGroupId), query, page.marker),
  );
});
