import type { Cold } from './measure.ts';
import { bestPeer, coldRatio, type Row, ratio } from './rows.ts';
import { median } from './statistics.ts';

/** A target with the measured value. */
export interface Verdict {
  readonly target: string;
  readonly measured: string;
  readonly reached: boolean;
}

const atMost = (target: string, measured: number, maximum: number, unit = '×'): Verdict => ({
  target,
  measured: `${measured.toFixed(2)} ${unit}`,
  reached: measured <= maximum,
});

/** Returns the verdicts on those targets of the project that this run measures. */
export function verdicts(rows: readonly Row[], { tls, slowed }: { tls: boolean; slowed: boolean }): Verdict[] {
  const find = (kind: string, name = '') =>
    rows.find(({ variant }) => variant.kind === kind && variant.name.includes(name));
  const [limit, ours, uncached, bare] = [find('limit'), find('ours'), find('ours', 'no code cache'), find('bare')];
  if (!limit || !ours || !uncached) return [];
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
    atMost('cold by configuration ≤ 1.40 × limit', coldRatio(uncached, limit), 1.4),
    atMost('cold with the code cache ≤ 1.20 × limit', coldRatio(ours, limit), 1.2),
    ...(documentedPeer
      ? [
          {
            target: `≥ 1.5 × faster than the best peer (${documentedPeer.variant.name})`,
            ...atLeastFaster(documentedPeer, ours, 1.5),
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
      ? [atMost('warm ≤ 1.05 × the same call in a bare handler', warmRatio(ours, bare), 1.05)]
      : []),
    atMost(
      'peak RSS ≤ 66 MB',
      medianOf(ours, ({ peakMb }) => peakMb),
      66,
      'MB',
    ),
    atMost('JavaScript ≤ 200 KB', ours.variant.bytes.raw / 1000, 200, 'KB'),
    atMost('JavaScript gzipped ≤ 65 KB', ours.variant.bytes.gzip / 1000, 65, 'KB'),
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
