import { RebalanceSlotsInGlobalReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { findGlobalDatastore, type GlobalDatastore } from '../datastores/globalDatastore.ts';
import { slotCounts } from '../datastores/slotCounts.ts';
import { defineChange } from '../http/defineChange.ts';
import { preflight } from '../preflight/rebalanceSlots.ts';
import { rebalanceSlots } from '../schemas/rebalanceSlots.ts';

export const handler = defineChange(rebalanceSlots, {
  preflight,
  load: ({ path, signal }) => findGlobalDatastore(signal, path.GlobalReplicationGroupId),
  isApplied: ({ GlobalReplicationGroup }, _, snapshot) =>
    snapshot?.GlobalReplicationGroup !== undefined &&
    slotsOf(GlobalReplicationGroup) !== slotsOf(snapshot.GlobalReplicationGroup),
  findDeviation: ({ GlobalReplicationGroup }, _, snapshot) => {
    const before = snapshot?.GlobalReplicationGroup;
    const isUnchanged = before !== undefined && slotsOf(GlobalReplicationGroup) === slotsOf(before);
    return isUnchanged && !isBalanced(before)
      ? { detail: 'The node groups have the same slots as before.' }
      : undefined;
  },
  execute: ({ path, signal }, { region }) =>
    elastiCache(signal, region).send(
      new RebalanceSlotsInGlobalReplicationGroupCommand({ ...path, ApplyImmediately: true }),
    ),
});

/** Returns the slots of each node group as one text that can be compared. */
const slotsOf = ({ GlobalNodeGroups = [] }: GlobalDatastore): string =>
  GlobalNodeGroups.map(({ GlobalNodeGroupId, Slots }) => `${GlobalNodeGroupId}: ${Slots}`)
    .sort()
    .join();

/**
 * Returns whether the numbers of slots of the node groups differ by at most 2 %, as much as `redis-cli --cluster rebalance` leaves.
 * unverified: AWS does not document when it moves no slots.
 */
function isBalanced(group: GlobalDatastore): boolean {
  const counts = slotCounts(group);
  return Math.max(...counts) <= 1.02 * Math.min(...counts) + 1;
}
