import { survivingRegions } from '../../aws/multiRegion.ts';
import { findGlobalDatastoreIn } from '../../datastores/globalDatastore.ts';
import { findReplicationGroup } from '../../datastores/replicationGroup.ts';
import { undefinedIfNotFound } from '../../problems/problem.ts';
import { type ActualState, type EvacuationPart, type Goal, memberName } from '../goal.ts';
import { toObservedDatastore, toObservedGroup } from '../observedDatastore.ts';
import { afterDetach, newPrimaryOf } from './evacuationStep.ts';

/**
 * Returns the actual state for an evacuation: the new primary and the datastore. The lost region is not called. The datastore of a new
 * primary that is detached need not be readable any more.
 * @throws Problem if a read fails
 */
export async function observeEvacuation(
  signal: AbortSignal,
  goal: Goal,
  { FromRegion }: EvacuationPart,
): Promise<ActualState> {
  const target = newPrimaryOf(goal);
  const { ReplicationGroupId, ReplicationGroupRegion } = target;
  const regions = survivingRegions(FromRegion, ReplicationGroupRegion);
  const [group, datastore] = await Promise.allSettled([
    findReplicationGroup(signal, ReplicationGroupRegion, ReplicationGroupId).catch(undefinedIfNotFound),
    findGlobalDatastoreIn(signal, goal.GlobalReplicationGroupId, regions).catch(undefinedIfNotFound),
  ]);
  if (group.status === 'rejected') throw group.reason;
  const groups = group.value ? { [memberName(target)]: toObservedGroup(group.value) } : {};
  if (datastore.status === 'fulfilled') {
    const { GlobalReplicationGroup, region = '' } = datastore.value ?? {};
    return {
      groups,
      ...(GlobalReplicationGroup && { datastore: toObservedDatastore(GlobalReplicationGroup, region) }),
    };
  }
  if (afterDetach(goal, { groups })) return { groups };
  throw datastore.reason;
}
