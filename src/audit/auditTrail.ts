import { setTimeout as sleep } from 'node:timers/promises';
import type { GlobalReplicationGroup } from '@aws-sdk/client-elasticache';
import type { FromSchema } from 'json-schema-to-ts';
import { putItem, queryLatest, type Values } from '../aws/dynamoDbTable.ts';
import { isRead } from '../aws/retryPolicy.ts';
import { config } from '../config.ts';
import { logger } from '../observability/logger.ts';
import { metricsOf } from '../observability/metrics.ts';
import { requestContext } from '../observability/requestContext.ts';
import type { auditEntry } from '../schemas/audit.ts';

/** The record of one change: its request and its outcome. */
export type AuditEntry = FromSchema<typeof auditEntry>;

/** The facts of a change that are known before AWS is called. */
export type ChangeFacts = Omit<AuditEntry, 'Outcome' | 'Status' | 'Code' | 'AwsCalls' | 'After'>;

/** One attempt at a change, as the audit trail identifies it. */
export interface AuditedChange {
  /** The id of the change. All attempts at it have the same. */
  readonly id: string;
  /** The resources in whose trails the entry is put: ids of datastores, or `region/id` of a primary. */
  readonly subjects: readonly string[];
  /** The owner under which the change is made. */
  readonly owner?: string;
  readonly facts: ChangeFacts;
}

/** The end of a change. */
export type ChangeOutcome = Pick<AuditEntry, 'Outcome' | 'Status' | 'Code' | 'After'>;

/**
 * Puts the entry `asked` of a change. It is put before AWS is called, so that a change that was made has an entry in any case.
 * Throws if the table does not respond.
 */
export async function putAsked(change: AuditedChange): Promise<void> {
  await Promise.all(askedItems(change).map(putOnce));
}

/**
 * Puts the outcome of a change. It never fails and waits at most `config.auditMs`, because the change is already made. Returns
 * false if the entry is not put in time. It is then in the log and counted as `AuditLost`.
 */
export async function putOutcome(change: AuditedChange, outcome: ChangeOutcome): Promise<boolean> {
  const items = itemsOf(change, OUTCOME_SUFFIX, outcome);
  const puts = await Promise.all(
    items.map((item) => Promise.race([putOnce(item).catch(() => false), sleep(config.auditMs, false, { ref: false })])),
  );
  return puts.map((isPut, index) => isPut || logLost(items[index])).every(Boolean);
}

/** Logs an entry that the table did not store. `npm run audit:restore` puts it from the log. Returns false. */
function logLost(item: object | undefined): false {
  logger.error('audit entry lost', { item, ...metricsOf({ AuditLost: 1 }) });
  return false;
}

/** Writes the entry `asked` of a change to the log, because the table did not store it. */
export function logAskedLost(change: AuditedChange): void {
  for (const item of askedItems(change)) logLost(item);
}

const askedItems = (change: AuditedChange) => itemsOf(change, '', { Outcome: 'asked' });

const OUTCOME_SUFFIX = '#outcome';

function itemsOf({ id, subjects, owner, facts }: AuditedChange, suffix: string, outcome: ChangeOutcome) {
  const entry: AuditEntry = { ...facts, ...outcome, Owner: owner, AwsCalls: awsChanges() };
  return [...new Set(subjects)].map((subject) => ({
    v: 2,
    pk: auditKey(subject),
    sk: `${facts.Time}#${id}${suffix}`,
    ...(owner !== undefined && { owner }),
    entry: JSON.stringify(entry),
  }));
}

/** Puts an item that is never changed. Returns true, also if it was put before. */
async function putOnce(item: ReturnType<typeof itemsOf>[number]): Promise<true> {
  await putItem(item, { expression: 'attribute_not_exists(pk)' });
  return true;
}

/** Returns the partition key of the audit trail of a datastore or of a primary. */
const auditKey = (subject: string): string => `AUDIT#${subject.toLowerCase()}`;

/** The changes to AWS of the current request. */
const awsChanges = (): AuditEntry['AwsCalls'] =>
  requestContext()
    .awsCalls.filter(({ action }) => !isRead(action))
    .map(({ action, region, requestId, code }) => ({
      Action: action,
      Region: region,
      RequestId: requestId,
      Code: code,
    }));

/** A page of an audit trail, the latest change first. */
export interface AuditPage {
  readonly entries: readonly AuditEntry[];
  /** The position of the next page. Undefined on the last page. */
  readonly marker?: string;
}

interface PageOptions {
  readonly limit: number;
  readonly marker?: string;
  /** Returns whether the reader may see entries of an owner. */
  readonly isVisible: (owner: string | undefined) => boolean;
}

/** Returns a page of the audit trail of a datastore with one entry for each attempt. Throws if the table does not respond. */
export async function readAuditTrail(subject: string, { limit, marker, isVisible }: PageOptions): Promise<AuditPage> {
  const found: TrailItem[] = [];
  let before = marker;
  for (let read = 0; read < maxReads; read++) {
    const { items, hasMore } = await queryLatest(auditKey(subject), { limit: 2 * limit + 2, before });
    found.push(...withoutAnswered(items, before).filter(({ owner }) => isVisible(owner)));
    if (found.length > limit) return { entries: found.slice(0, limit).map(entryOf), marker: found[limit - 1]?.key };
    if (!hasMore) return { entries: found.map(entryOf) };
    before = keyOf(items.at(-1));
  }
  return { entries: found.map(entryOf), marker: before };
}

/** The number of reads of one page. A page of a trail with many entries of another owner may be short. */
const maxReads = 5;

/** Returns the changes after `since`, other than `ownId`, that may have changed something. The latest is first. */
export async function readChangesSince(subject: string, since: string, ownId: string): Promise<AuditEntry[]> {
  const { items } = await queryLatest(auditKey(subject), { limit: 100, after: since });
  return withoutAnswered(items)
    .filter(({ key, entry }) => !key.endsWith(`#${ownId}`) && isPossiblyApplied(entry))
    .map(({ entry }) => entry);
}

/** Returns whether a change may have changed something. An accepted one without a call to AWS has found nothing to do. */
const isPossiblyApplied = ({ Outcome, Status, AwsCalls }: AuditEntry): boolean =>
  ['asked', 'notApplied', 'unknown'].includes(Outcome) ||
  (Outcome === 'accepted' && (Status !== 200 || AwsCalls.length > 0));

interface TrailItem {
  /** The sort key of the attempt: its time and the id of its change. */
  readonly key: string;
  readonly entry: AuditEntry;
  readonly owner: string | undefined;
}

/** Returns the items without each `asked` whose outcome is present. An outcome comes directly before its `asked`. */
function withoutAnswered(items: readonly Values[], before?: string): TrailItem[] {
  const all = items.map((item) => ({
    key: keyOf(item) ?? '',
    entry: JSON.parse(String(item.entry)) as AuditEntry,
    owner: item.owner === undefined ? undefined : String(item.owner),
  }));
  return all.filter(({ key }, index) => key !== (index === 0 ? before : all[index - 1]?.key));
}

const keyOf = (item: Values | undefined): string | undefined => item && String(item.sk).replace(OUTCOME_SUFFIX, '');

const entryOf = ({ entry }: TrailItem): AuditEntry => entry;

/** Returns a request without passwords. A request over 8 KiB of text is left out. */
export function redactRequest({
  path,
  query,
  body,
}: {
  path: object;
  query: object;
  body: unknown;
}): AuditEntry['Request'] {
  const text = JSON.stringify({ path, query, body }, (name, value) => (name === 'AuthToken' ? '(hidden)' : value));
  return text.length > 8_192 ? { Omitted: `${text.length} characters` } : JSON.parse(text);
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
