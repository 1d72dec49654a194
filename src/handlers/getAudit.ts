import { readAuditTrail } from '../audit/auditTrail.ts';
import { defineHandler } from '../http/defineHandler.ts';
import { ok } from '../http/responses.ts';
import { readableOwners } from '../policy/owners.ts';
import { Problem } from '../problems/problem.ts';
import { getAudit } from '../schemas/getAudit.ts';

export const handler = defineHandler(getAudit, async ({ path: { GlobalReplicationGroupId: id }, query, event }) => {
  const { MaxRecords: limit = 100, Marker } = query;
  const page = await readAuditTrail(id, { limit, marker: Marker, isVisible: readableOwners(event) }).catch((cause) => {
    throw new Problem('AuditUnavailable', 'The table of audit entries does not respond.', { cause });
  });
  return ok({ GlobalReplicationGroupId: id, AuditEntries: [...page.entries], Marker: page.marker });
});
