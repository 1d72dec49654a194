import fc from 'fast-check';

/** Random choices of fast-check, which can shrink and repeat a failure. */
export interface RandomSource {
  readonly chance: (percent: number) => boolean;
  readonly pick: <T>(...values: readonly T[]) => T;
  /** Returns a whole number from `min` to `max`. */
  readonly between: (min: number, max: number) => number;
}

export function createRandomSource(g: fc.GeneratorValue): RandomSource {
  const between = (min: number, max: number) => min + g(upTo, max - min);
  return {
    between,
    chance: (percent) => between(1, 100) > 100 - percent, // shrinks to false
    pick: (...values) => values[between(0, values.length - 1)] as (typeof values)[number],
  };
}

/** fast-check prefers small numbers in its first runs, and each pair is a first run. */
const upTo = (max: number) => fc.noBias(fc.nat(max));
