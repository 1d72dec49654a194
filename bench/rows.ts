import type { Cold, Instructions, Warm } from './measure.ts';
import { median } from './statistics.ts';
import type { Variant } from './variants.ts';

/** The measurements of a variant. */
export interface Row {
  readonly variant: Variant;
  readonly cold: readonly Cold[];
  readonly warm?: Warm;
  readonly instructions?: Instructions;
}

/** Returns the peer whose cold start needs the least CPU. */
export function bestPeer(rows: readonly Row[], kind: Variant['kind'] = 'peer'): Row | undefined {
  const cpu = (row: Row) => row.instructions?.cold ?? median(row.cold.map(({ cpu }) => cpu));
  return rows.filter(({ variant }) => variant.kind === kind).sort((a, b) => cpu(a) - cpu(b))[0];
}

export const limitOf = (rows: readonly Row[]): Row | undefined => rows.find(({ variant }) => variant.kind === 'limit');

/** Returns the median of the ratios of two rows in the same round. NaN without another row. */
export function ratio(row: Row, other: Row | undefined, read: (cold: Cold) => number): number {
  return other ? median(row.cold.map((cold, round) => read(cold) / read(other.cold[round] ?? cold))) : Number.NaN;
}

/** Returns the ratio of two cold starts, in instructions if they were counted, otherwise in CPU time. */
export function coldRatio(row: Row, other: Row | undefined): number {
  if (row.instructions && other?.instructions) return row.instructions.cold / other.instructions.cold;
  return ratio(row, other, ({ cpu }) => cpu);
}
