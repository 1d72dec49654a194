import { type AuditEntry, auditKey } from '../audit/auditTrail.ts';
import { queryLatest } from '../aws/dynamoDbTable.ts';
import { defineHandler } from '../http/defineHandler.ts';
import { nextPageLink } from '../http/paginationLink.ts';
import { ok } from '../http/responses.ts';
import { Problem } from '../problems/problem.ts';
import { getAudit } from '../schemas/getAudit.ts';

export const handler = defineHandler(getAudit, async ({ path: { GlobalReplicationGroupId }, query }) => {
  const { MaxRecords = 100, Marker: after } = query;
  const page = await queryLatest(auditKey(GlobalReplicationGroupId), MaxRecords, after).catch((cause) => {
    throw new Problem('AuditUnavailable', 'The table of audit entries does not respond.', { cause });
  });
  const AuditEntries = page.items.map(({ entry }) => JSON.parse(String(entry)) as AuditEntry);
  return ok(
    { GlobalReplicationGroupId, AuditEntries, Marker: page.marker },
    nextPageLink(getAudit.path.replace(/{\w+}/, GlobalReplicationGroupId), query, page.marker),
  );
});
