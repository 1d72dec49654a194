import type { Slots } from '../state/types.ts';

export const SLOT_COUNT = 16384;

/** Even, contiguous slots for a new group of shards; the first ones get the remainder, as ElastiCache does: 0-5461 of three. */
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
 * The same slots, evenly over these shards (an empty list is a new shard), moving as few as possible.
 * `orphans` are slots of shards that go away. Which slots move is our choice (UNV): the highest of each giver.
 */
export function rebalanceSlots(shards: Slots[], orphans: Slots = []): Slots[] {
  const goals = computeTargetSizes(shards);
  const kept = shards.map((slots, i) => takeFirst(slots, goals[i] ?? 0));
  let moving = [orphans, ...kept.map(({ rest }) => rest)].flat();
  return kept.map(({ taken }, i) => {
    const missing = (goals[i] ?? 0) - countSlots(taken);
    const received = takeFirst(moving, missing);
    moving = received.rest;
    return mergeRanges([...taken, ...received.taken]);
  });
}

/** As AWS prints them: `0-449,1816-5461`. */
export function formatSlots(slots: Slots): string {
  return slots.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}

/** Reads `0-449,1816-5461`; undefined when that is not what the text is. */
export function parseSlots(text: string): Slots | undefined {
  if (!/^\d{1,5}(-\d{1,5})?(,\d{1,5}(-\d{1,5})?)*$/.test(text)) return undefined;
  const slots = text.split(',').map((range): Slots[number] => {
    const [from, to = from] = range.split('-').map(Number);
    return [from ?? 0, to ?? 0];
  });
  return slots.every(([from, to]) => from <= to && to < SLOT_COUNT) ? mergeRanges(slots) : undefined;
}

/** Whether every slot is in exactly one of these shards. */
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

/** Even sizes, the larger ones for the shards that have more already, so that fewer slots move. */
function computeTargetSizes(shards: Slots[]): number[] {
  const order = shards
    .map((_, i) => i)
    .sort((a, b) => countSlots(shards[b] ?? []) - countSlots(shards[a] ?? []) || a - b);
  const goals: number[] = [];
  computeEvenSizes(shards.length).forEach((size, rank) => {
    goals[order[rank] ?? 0] = size;
  });
  return goals;
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
