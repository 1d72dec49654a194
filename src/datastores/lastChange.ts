import { getItem, isTableUnavailable, type Key, putItem } from '../aws/dynamoDbTable.ts';

/** Who begins a change of a datastore. */
export interface ChangeMarker {
  /** The change: the same when a request is resumed. */
  readonly change: string;
  readonly caller: string;
  readonly route: string;
}

/**
 * Leaves word at a datastore that a change of it begins. No lock: AWS itself lets one change at a time through. Trouble of the
 * table is no reason to refuse a change; it only makes a resumed request more careful.
 */
export async function recordChange(GlobalReplicationGroupId: string, word: ChangeMarker): Promise<void> {
  if (isTableUnavailable()) return;
  await putItem({ v: 1, ...markerKey(GlobalReplicationGroupId), ...word, since: new Date().toISOString() }).catch(
    () => {},
  );
}

/**
 * Whether no other change through this API has begun at the datastore since this one did; then what is under way there is this
 * one. What others do past this API is not seen. Leaves word that this change goes on, if another has come between.
 */
export async function isLatestChange(GlobalReplicationGroupId: string, word: ChangeMarker): Promise<boolean> {
  const last = await getItem(markerKey(GlobalReplicationGroupId)).catch(() => undefined);
  if (last?.change === word.change) return true;
  await recordChange(GlobalReplicationGroupId, { ...word, change: `${word.change} resumed` });
  return false;
}

const markerKey = (GlobalReplicationGroupId: string): Key => ({
  pk: `LEASE#${GlobalReplicationGroupId.toLowerCase()}`,
  sk: 'last change',
});
