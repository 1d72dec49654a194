import type { Cold } from './measure.ts';
import { bestPeer, coldRatio, limitOf, type Row, ratio } from './rows.ts';
import { median } from './statistics.ts';

/** A target with the measured value. */
export interface Verdict {
  readonly target: string;
  readonly measured: string;
  readonly reached: boolean;
}

/** The maximum of a cold start, as a multiple of the limit that makes the same calls. */
export const reads = { cached: 1.2, uncached: 1.45 };
export const changes = { cached: 1.3, uncached: 1.7 };

/** The maximum bytes of a read. */
export const maximumBytes = { raw: 205_000, gzip: 66_000 };

const atMost = (target: string, measured: number, maximum: number, unit = '×'): Verdict => ({
  target,
  measured: `${measured.toFixed(2)} ${unit}`,
  reached: measured <= maximum,
});

/** Returns the verdicts on those targets of the project that this run measures. */
export function verdicts(rows: readonly Row[], { tls, slowed }: { tls: boolean; slowed: boolean }): Verdict[] {
  const find = (kind: string, name = '') =>
    rows.find(({ variant }) => variant.kind === kind && variant.name.includes(name));
  const [ours, uncached, bare] = [find('ours'), find('ours', 'no code cache'), find('bare')];
  const limit = ours && limitOf(rows);
  if (!limit || !uncached) return [];
  const medianOf = (row: Row, read: (cold: Cold) => number) => median(row.cold.map(read));

  if (slowed)
    return [
      atMost(
        'from spawn to response ≤ 1.10 × limit',
        ratio(ours, limit, ({ total }) => total),
        1.1,
      ),
    ];
  if (tls)
    return [
      atMost(
        'first request ≤ 20 ms of CPU over TLS',
        medianOf(ours, ({ firstCpu }) => firstCpu),
        20,
        'ms',
      ),
    ];

  const documentedPeer = bestPeer(rows);
  const rebuiltPeer = bestPeer(rows, 'peer, our build');
  return [
    atMost(`cold without the code cache ≤ ${changes.uncached} × limit`, coldRatio(uncached, limit), changes.uncached),
    atMost(`cold with the code cache ≤ ${changes.cached} × limit`, coldRatio(ours, limit), changes.cached),
    ...(documentedPeer
      ? [
          {
            target: `≥ 2 × faster than the best peer (${documentedPeer.variant.name})`,
            ...atLeastFaster(documentedPeer, ours, 2),
          },
        ]
      : []),
    ...(rebuiltPeer
      ? [
          {
            target: `no slower than the best peer with our build (${rebuiltPeer.variant.name})`,
            ...atLeastFaster(rebuiltPeer, ours, 1),
          },
        ]
      : []),
    ...(bare && ours.warm && bare.warm
      ? [atMost('warm ≤ 1.25 × the same calls in a bare handler', warmRatio(ours, bare), 1.25)]
      : []),
    atMost(
      'peak RSS ≤ 66 MB',
      medianOf(ours, ({ peakMb }) => peakMb),
      66,
      'MB',
    ),
  ];
}

function atLeastFaster(peer: Row, ours: Row, minimum: number): Omit<Verdict, 'target'> {
  const measured = coldRatio(peer, ours);
  return { measured: `${measured.toFixed(2)} ×`, reached: measured >= minimum };
}

function warmRatio(ours: Row, bare: Row): number {
  if (ours.instructions && bare.instructions) return ours.instructions.warm / bare.instructions.warm;
  return (ours.warm?.cpu ?? Number.NaN) / (bare.warm?.cpu ?? Number.NaN);
}
