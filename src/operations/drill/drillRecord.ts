import { getItem, type Key, queryLatest, updateItem, type Values } from '../../aws/dynamoDbTable.ts';
import type { DrillClaim } from '../../datastores/failoverLease.ts';
import { changeIdOf, type Goal } from '../goal.ts';

/** The phase of a drill. A cancellation depends on it. */
export type DrillPhase = 'CHECKING' | 'PROMOTING' | 'HOLDING' | 'ENDED';

/** The record of a drill: for its cancellation, and for the list of drills, which is longer than the list of operations. */
export interface DrillRecord {
  readonly OperationId: string;
  readonly phase: DrillPhase;
  /** The callback that ends the hold. */
  readonly callbackId?: string;
  readonly owner?: string;
  /** What the list shows, as JSON. Undefined before the first step of the drill. */
  readonly entry?: string;
}

/** The lifetime of a record in seconds: drills are compared over a year. */
const drillRetentionSeconds = 400 * 86_400;

const drillPartitionOf = (GlobalReplicationGroupId: string): string =>
  `OPERATION#${GlobalReplicationGroupId.toLowerCase()}`;

/** The prefix of the sort keys. The admission in the same partition has another one. */
const prefix = 'drill#';

const drillKey = ({ GlobalReplicationGroupId, AcceptedAt = '', OperationId = '' }: Goal): Key => ({
  pk: drillPartitionOf(GlobalReplicationGroupId),
  sk: `${prefix}${AcceptedAt}#${changeIdOf(OperationId)}`,
});

/** Returns the claim of an operation on the failover lease, if it is a drill. */
export const drillClaimOf = ({ Drill, AcceptedAt = '' }: Goal): DrillClaim | undefined =>
  Drill && { acceptedAt: Date.parse(AcceptedAt), isReturn: Drill.IsReturn ?? false };

/** Records the phase of a drill. Throws if the table does not respond. */
export const recordDrill = (goal: Goal, phase: DrillPhase, entry?: object): Promise<boolean> =>
  updateItem(drillKey(goal), { ...ownValues(goal), phase, ...(entry && { entry: JSON.stringify(entry) }) });

/** Records that a drill promotes its target, unless it is cancelled. Returns whether it may. Throws if the table does not respond. */
export const beginPromotion = (goal: Goal): Promise<boolean> =>
  updateItem(drillKey(goal), { ...ownValues(goal), phase: 'PROMOTING' }, isNotCancelled);

/** Records the callback that ends the hold, unless the drill is cancelled. Returns whether it holds. Throws as `beginPromotion`. */
export const beginHold = (goal: Goal, callbackId: string, entry: object): Promise<boolean> =>
  updateItem(
    drillKey(goal),
    { ...ownValues(goal), phase: 'HOLDING', callbackId, entry: JSON.stringify(entry) },
    isNotCancelled,
  );

const isNotCancelled = { expression: 'attribute_not_exists(cancelledAt)' };

const ownValues = ({ OperationId = '', Owner }: Goal): Values => ({
  v: 1,
  OperationId,
  ...(Owner !== undefined && { owner: Owner }),
  expires: Math.ceil(Date.now() / 1000) + drillRetentionSeconds,
});

/** Records that a drill is cancelled. Returns its record. From then on it neither promotes its target nor holds. */
export async function markCancelled(goal: Goal): Promise<DrillRecord> {
  await updateItem(drillKey(goal), { ...ownValues(goal), cancelledAt: Date.now() });
  return toRecord((await getItem(drillKey(goal))) ?? {});
}

/** A page of the drills of a datastore, the latest first. */
export interface DrillPage {
  readonly records: readonly DrillRecord[];
  /** The position of the next page. Undefined on the last page. */
  readonly marker?: string;
}

/** Returns a page of the drills of a datastore. Throws if the table does not respond. */
export async function readDrillRecords(
  GlobalReplicationGroupId: string,
  { limit, marker }: { readonly limit: number; readonly marker?: string },
): Promise<DrillPage> {
  const range = { limit, after: prefix, ...(marker !== undefined && { before: marker }) };
  const { items, hasMore } = await queryLatest(drillPartitionOf(GlobalReplicationGroupId), range);
  return { records: items.map(toRecord), ...(hasMore && { marker: String(items.at(-1)?.sk) }) };
}

const toRecord = ({ OperationId, phase = 'CHECKING', callbackId, owner, entry }: Values): DrillRecord => ({
  OperationId: String(OperationId),
  phase: phase as DrillPhase,
  ...(callbackId !== undefined && { callbackId: String(callbackId) }),
  ...(owner !== undefined && { owner: String(owner) }),
  ...(entry !== undefined && { entry: String(entry) }),
});
