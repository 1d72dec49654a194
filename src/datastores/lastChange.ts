import { getItem, isTableUnavailable, type Key, putItem } from '../aws/dynamoDbTable.ts';

/** The change that has started on a datastore. */
export interface ChangeMarker {
  /** The id of the change. A request that resumes a change has the same. */
  readonly change: string;
  readonly caller: string;
  readonly route: string;
}

/**
 * Records a change as the latest one on a datastore. It is not a lock: AWS itself accepts one change at a time. Fails open if the
 * table does not respond. A resumed request then treats its outcome as unknown.
 */
export async function recordChange(GlobalReplicationGroupId: string, marker: ChangeMarker): Promise<void> {
  if (isTableUnavailable()) return;
  await putItem({ v: 1, ...markerKey(GlobalReplicationGroupId), ...marker, since: new Date().toISOString() }).catch(
    () => {},
  );
}

/**
 * Returns whether no other change through this API has started on the datastore since this one. A change in progress is then
 * this one. Changes outside of this API are not recorded. If another has started, records this change again.
 */
export async function isLatestChange(GlobalReplicationGroupId: string, marker: ChangeMarker): Promise<boolean> {
  const last = await getItem(markerKey(GlobalReplicationGroupId)).catch(() => undefined);
  if (last?.change === marker.change) return true;
  await recordChange(GlobalReplicationGroupId, { ...marker, change: `${marker.change} resumed` });
  return false;
}

const markerKey = (GlobalReplicationGroupId: string): Key => ({
  pk: `LEASE#${GlobalReplicationGroupId.toLowerCase()}`,
  sk: 'last change',
});
