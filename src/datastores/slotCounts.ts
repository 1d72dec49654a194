import type { GlobalReplicationGroup } from '@aws-sdk/client-elasticache';

/** Returns the number of slots of each node group. */
export const slotCounts = ({ GlobalNodeGroups = [] }: GlobalReplicationGroup): number[] =>
  GlobalNodeGroups.map(({ Slots = '' }) => countSlots(Slots));

/** Counts the slots in ranges, such as `0-449,1816-5461`. */
const countSlots = (ranges: string): number =>
  ranges.split(',').reduce((sum, range) => {
    const [from = 0, to = from] = range.split('-').map(Number);
    return sum + to - from + 1;
  }, 0);
