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

/** The record of one change. */
export type AuditEntry = FromSchema<typeof auditEntry>;

/** The result of a change. */
export interface ChangeOutcome {
  readonly status: number;
  readonly code?: Code;
  readonly body?: unknown;
}

/** Returns the partition key of the audit trail of a datastore. */
export const auditKey = (GlobalReplicationGroupId: string): string => `AUDIT#${GlobalReplicationGroupId.toLowerCase()}`;

/**
 * Adds the entry of a change to the audit trail of its datastore, without expiry. It never fails and waits at most
 * `config.auditMs`, because the change is already made. An entry that is not added in time is logged instead.
 */
export async function recordChangeAudit(
  route: Route,
  request: AnyRequest,
  facts: Pick<AuditEntry, 'Time' | 'Caller' | 'Resumed'>,
  snapshot: GlobalReplicationGroup | undefined,
  outcome: ChangeOutcome,
): Promise<void> {
  const { GlobalReplicationGroup: after } = (outcome.body ?? {}) as { GlobalReplicationGroup?: GlobalReplicationGroup };
  const id = datastoreIdIn(request.path) ?? after?.GlobalReplicationGroupId;
  if (!id) return; // a rejected creation has no datastore and is only in the request log

  await putAuditEntry(id, {
    ...facts,
    Route: `${route.method} ${route.path}`,
    RequestId: request.requestId,
    Request: redactRequest(request),
    Before: snapshot && summarizeDatastore(snapshot),
    After: after && summarizeDatastore(after),
    outcome,
  });
}

type EntryFacts = Omit<AuditEntry, 'Outcome' | 'Status' | 'Code' | 'AwsCalls'> & { readonly outcome: ChangeOutcome };

/** Adds an entry to the audit trail of a datastore. The calls to AWS are taken from the request context. */
export async function putAuditEntry(id: string, { outcome, ...facts }: EntryFacts): Promise<void> {
  const entry: AuditEntry = {
    ...facts,
    Outcome: outcomeLabelOf(outcome),
    Status: outcome.status,
    Code: outcome.code,
    AwsCalls: awsChangesOf(),
  };
  const item = {
    v: 1,
    pk: auditKey(id),
    sk: `${facts.Time}#${randomUUID().slice(0, 8)}`,
    entry: JSON.stringify(entry),
  };
  const isAdded = isTableUnavailable()
    ? Promise.resolve(false)
    : putItem(item, { expression: 'attribute_not_exists(pk)' }).catch(() => false);
  const isInTime = await Promise.race([isAdded, sleep(config.auditMs, false, { ref: false })]);
  if (!isInTime) logger.error('audit entry not added', { GlobalReplicationGroupId: id, entry });
}

/** Returns the id of the datastore in a path: its own id, or the start of the id of an operation. */
function datastoreIdIn(path: object): string | undefined {
  const { GlobalReplicationGroupId, OperationId } = path as Readonly<Record<string, string>>;
  return GlobalReplicationGroupId ?? OperationId?.replace(/_.*$/, '');
}

/** Returns a request without passwords. A request over 8 KiB of text is left out. */
function redactRequest({ path, query, body }: { path: object; query: object; body: unknown }): AuditEntry['Request'] {
  const text = JSON.stringify({ path, query, body }, (name, value) => (name === 'AuthToken' ? '(hidden)' : value));
  return text.length > 8_192 ? { Omitted: `${text.length} characters` } : JSON.parse(text);
}

function outcomeLabelOf({ status, code }: ChangeOutcome): AuditEntry['Outcome'] {
  if (status < 400) return 'accepted';
  if (status < 500) return 'refused';
  return code === 'OutcomeUnknown' ? 'unknown' : 'failed';
}

/** Returns the main settings and the members of a datastore. */
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
