import type { Slots } from '../state/types.ts';

export const SLOT_COUNT = 16384;

/** Divides all slots into equal, contiguous ranges. The first shards get the remainder, as in ElastiCache. */
export function divideSlots(shards: number): Slots[] {
  const sizes = computeEvenSizes(shards);
  let from = 0;
  return sizes.map((size) => {
    const range: Slots = [[from, from + size - 1]];
    from += size;
    return range;
  });
}

/**
 * Distributes the same slots evenly over the shards and moves as few as possible. An empty list is a new shard.
 * `orphans` are the slots of removed shards. unverified: each shard gives its highest slots.
 */
export function rebalanceSlots(shards: Slots[], orphans: Slots = []): Slots[] {
  const targets = computeTargetSizes(shards);
  const kept = shards.map((slots, i) => takeFirst(slots, targets[i] ?? 0));
  let moving = [orphans, ...kept.map(({ rest }) => rest)].flat();
  return kept.map(({ taken }, i) => {
    const missing = (targets[i] ?? 0) - countSlots(taken);
    const received = takeFirst(moving, missing);
    moving = received.rest;
    return mergeRanges([...taken, ...received.taken]);
  });
}

/** Returns the slots as AWS does: `0-449,1816-5461`. */
export function formatSlots(slots: Slots): string {
  return slots.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}

/** Parses `0-449,1816-5461`. Returns undefined if the text is not valid. */
export function parseSlots(text: string): Slots | undefined {
  if (!/^\d{1,5}(-\d{1,5})?(,\d{1,5}(-\d{1,5})?)*$/.test(text)) return undefined;
  const slots = text.split(',').map((range): Slots[number] => {
    const [from, to = from] = range.split('-').map(Number);
    return [from ?? 0, to ?? 0];
  });
  return slots.every(([from, to]) => from <= to && to < SLOT_COUNT) ? mergeRanges(slots) : undefined;
}

/** Returns true if every slot is in exactly one of the shards. */
export function isFullCoverage(shards: Slots[]): boolean {
  let next = 0;
  for (const [from, to] of shards.flat().sort(([a], [b]) => a - b)) {
    if (from !== next) return false;
    next = to + 1;
  }
  return next === SLOT_COUNT;
}

function computeEvenSizes(shards: number): number[] {
  const size = Math.floor(SLOT_COUNT / shards);
  return Array.from({ length: shards }, (_, i) => size + (i < SLOT_COUNT % shards ? 1 : 0));
}

/** Returns equal sizes. Shards with more slots get the larger sizes, so that fewer slots move. */
function computeTargetSizes(shards: Slots[]): number[] {
  const order = shards
    .map((_, i) => i)
    .sort((a, b) => countSlots(shards[b] ?? []) - countSlots(shards[a] ?? []) || a - b);
  const targets: number[] = [];
  computeEvenSizes(shards.length).forEach((size, rank) => {
    targets[order[rank] ?? 0] = size;
  });
  return targets;
}

function takeFirst(slots: Slots, wanted: number): { taken: Slots; rest: Slots } {
  const taken: Slots = [];
  const rest: Slots = [];
  let missing = wanted;
  for (const [from, to] of slots) {
    const size = Math.min(missing, to - from + 1);
    if (size > 0) taken.push([from, from + size - 1]);
    if (from + size <= to) rest.push([from + size, to]);
    missing -= size;
  }
  return { taken, rest };
}

function countSlots(slots: Slots): number {
  return slots.reduce((sum, [from, to]) => sum + to - from + 1, 0);
}

function mergeRanges(slots: Slots): Slots {
  const result: Slots = [];
  for (const [from, to] of slots.toSorted(([a], [b]) => a - b)) {
    const last = result.at(-1);
    if (last && last[1] + 1 === from) last[1] = to;
    else result.push([from, to]);
  }
  return result;
}
