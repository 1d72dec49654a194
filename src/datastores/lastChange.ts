import { getItem, isTableUnavailable, type Key, putItem } from '../aws/dynamoDbTable.ts';

/** Who begins a change of a datastore. */
export interface Word {
  /** The change: the same when a request is resumed. */
  readonly change: string;
  readonly caller: string;
  readonly route: string;
}

/**
 * Leaves word at a datastore that a change of it begins. No lock: AWS itself lets one change at a time through. Trouble of the
 * table is no reason to refuse a change; it only makes a resumed request more careful.
 */
export async function announce(GlobalReplicationGroupId: string, word: Word): Promise<void> {
  if (isTableUnavailable()) return;
  await putItem({ ...placeOf(GlobalReplicationGroupId), ...word, since: new Date().toISOString() }).catch(() => {});
}

/**
 * Whether no other change through this API has begun at the datastore since this one did; then what is under way there is this
 * one. What others do past this API is not seen. Leaves word that this change goes on, if another has come between.
 */
export async function isLastChange(GlobalReplicationGroupId: string, word: Word): Promise<boolean> {
  const last = await getItem(placeOf(GlobalReplicationGroupId)).catch(() => undefined);
  if (last?.change === word.change) return true;
  await announce(GlobalReplicationGroupId, { ...word, change: `${word.change} resumed` });
  return false;
}

const placeOf = (GlobalReplicationGroupId: string): Key => ({
  pk: `LEASE#${GlobalReplicationGroupId.toLowerCase()}`,
  sk: 'last change',
});
