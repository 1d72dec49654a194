import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GlobalReplicationGroup } from '@aws-sdk/client-elasticache';
import type { FromSchema } from 'json-schema-to-ts';
import { isTableUnavailable, putItem } from '../aws/dynamoDbTable.ts';
import { isRead } from '../aws/retryPolicy.ts';
import { config } from '../config.ts';
import { logger } from '../observability/logger.ts';
import { requestContext } from '../observability/requestContext.ts';
import type { Code } from '../problems/problemTypes.ts';
import type { AnyRequest } from '../schemas/apiRequest.ts';
import type { auditEntry } from '../schemas/audit.ts';
import type { Route } from '../schemas/route.ts';

/** What a change leaves behind. */
export type AuditEntry = FromSchema<typeof auditEntry>;

/** How a change ended. */
export interface ChangeOutcome {
  readonly status: number;
  readonly code?: Code;
  readonly body?: unknown;
}

/** Where the trail of a datastore stands. */
export const auditKey = (GlobalReplicationGroupId: string): string => `AUDIT#${GlobalReplicationGroupId.toLowerCase()}`;

/**
 * Adds what a change leaves behind to the trail of its datastore, for ever. It never fails and hardly waits: AWS has acted by
 * now, and the caller is to know. An entry that cannot be added in time stands in the log instead.
 */
export async function recordChangeAudit(
  route: Route,
  request: AnyRequest,
  facts: Pick<AuditEntry, 'Time' | 'Caller' | 'Resumed'>,
  before: GlobalReplicationGroup | undefined,
  end: ChangeOutcome,
): Promise<void> {
  const { GlobalReplicationGroup: after } = (end.body ?? {}) as { GlobalReplicationGroup?: GlobalReplicationGroup };
  const id = datastoreIdIn(request.path) ?? after?.GlobalReplicationGroupId;
  if (!id) return; // a refused creation: only its log line tells

  await putAuditEntry(id, {
    ...facts,
    Route: `${route.method} ${route.path}`,
    RequestId: request.requestId,
    Request: redactRequest(request),
    Before: before && summarizeDatastore(before),
    After: after && summarizeDatastore(after),
    end,
  });
}

type EntryFacts = Omit<AuditEntry, 'Outcome' | 'Status' | 'Code' | 'AwsCalls'> & { readonly end: ChangeOutcome };

/** Adds an entry to the trail of a datastore, as `recordChangeAudit` does. What AWS was asked for stands in the notes. */
export async function putAuditEntry(id: string, { end, ...facts }: EntryFacts): Promise<void> {
  const entry: AuditEntry = {
    ...facts,
    Outcome: outcomeOf(end),
    Status: end.status,
    Code: end.code,
    AwsCalls: awsChangesOf(),
  };
  const item = {
    v: 1,
    pk: auditKey(id),
    sk: `${facts.Time}#${randomUUID().slice(0, 8)}`,
    entry: JSON.stringify(entry),
  };
  const added = isTableUnavailable()
    ? Promise.resolve(false)
    : putItem(item, { expression: 'attribute_not_exists(pk)' }).catch(() => false);
  const inTime = await Promise.race([added, sleep(config.auditMs, false, { ref: false })]);
  if (!inTime) logger.error('audit entry not added', { GlobalReplicationGroupId: id, entry });
}

/** The datastore that a path names: by its id, or by the id of an operation, which begins with it. */
function datastoreIdIn(path: object): string | undefined {
  const { GlobalReplicationGroupId, OperationId } = path as Readonly<Record<string, string>>;
  return GlobalReplicationGroupId ?? OperationId?.replace(/_.*$/, '');
}

/** A request as it may be kept: without passwords, and of a size that is fit to keep. */
function redactRequest({ path, query, body }: { path: object; query: object; body: unknown }): AuditEntry['Request'] {
  const text = JSON.stringify({ path, query, body }, (name, value) => (name === 'AuthToken' ? '(hidden)' : value));
  return text.length > 8_192 ? { Omitted: `${text.length} characters` } : JSON.parse(text);
}

function outcomeOf({ status, code }: ChangeOutcome): AuditEntry['Outcome'] {
  if (status < 400) return 'accepted';
  if (status < 500) return 'refused';
  return code === 'OutcomeUnknown' ? 'unknown' : 'failed';
}

/** What a datastore was like, in short. */
export function summarizeDatastore(group: Partial<GlobalReplicationGroup>): AuditEntry['Before'] {
  const { Status, CacheNodeType, Engine, EngineVersion, GlobalNodeGroups, Members } = group;
  return {
    Status,
    CacheNodeType,
    Engine,
    EngineVersion,
    NodeGroupCount: GlobalNodeGroups?.length,
    Members: Members?.map(({ ReplicationGroupRegion, ReplicationGroupId, Role, Status }) => ({
      ReplicationGroupRegion,
      ReplicationGroupId,
      Role,
      Status,
    })),
  };
}

const awsChangesOf = (): AuditEntry['AwsCalls'] =>
  requestContext()
    .awsCalls.filter(({ action }) => !isRead(action))
    .map(({ action, region, requestId, code }) => ({
      Action: action,
      Region: region,
      RequestId: requestId,
      Code: code,
    }));
