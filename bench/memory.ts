import { mkdir, writeFile } from 'node:fs/promises';
import { type Cold, type Conditions, coldStart, warm } from './measure.ts';
import { read, requests } from './requests.ts';
import { median } from './statistics.ts';
import { markdown } from './table.ts';
import { createThrottle } from './throttle.ts';
import { ourFunction } from './variants.ts';
import type { World } from './world.ts';

/** Memory sizes in MB. At 1769 MB a function has one vCPU, with less memory a proportional share (Lambda guide). */
const sizes = [128, 256, 512, 1024, 1769];
const wholeCoreMb = 1769;

/** AWS's list prices for arm64 in us-east-1, in dollars per GB-second and per million requests. */
const price = { gbSecond: 0.0000133334, million: 0.2 };

const measuredRequests = [
  { title: 'read', name: 'getGlobalDatastore', event: read },
  { title: 'change', name: 'createGlobalDatastore', event: requests.good },
] as const;

/** The duration and the cost of a request at one memory size. */
interface Point {
  readonly title: string;
  readonly memoryMb: number;
  /** Milliseconds from the spawn of the process to the response. */
  readonly cold: number;
  readonly warm: number;
  /** Dollars per million requests. */
  readonly coldCost: number;
  readonly warmCost: number;
  readonly peakMb: number;
}

/** Measures the duration and the cost of requests by memory size. Draws docs/memory.svg. */
export async function measureMemorySizes({ environment }: World, rounds: number, quick: boolean): Promise<void> {
  const points: Point[] = [];
  for (const memoryMb of sizes)
    for (const { title, name, event } of measuredRequests) {
      const variant = await ourFunction(name, 'ours');
      const throttle = memoryMb < wholeCoreMb ? createThrottle(memoryMb / wholeCoreMb) : undefined;
      const conditions: Conditions = { environment, event, memoryMb, throttle };
      const cold: Cold[] = [];
      for (let round = 0; round < rounds; round++) cold.push(await coldStart(variant, conditions));
      const { p50 } = await warm(variant, conditions, quick ? 20 : 500);
      throttle?.remove();
      const total = median(cold.map((each) => each.total));
      points.push({
        title,
        memoryMb,
        cold: total,
        warm: p50,
        coldCost: costOf(memoryMb, total),
        warmCost: costOf(memoryMb, Math.ceil(p50)), // Lambda bills whole milliseconds
        peakMb: Math.max(...cold.map((each) => each.peakMb)),
      });
    }
  console.log(markdown(points.map(row)));
  console.log(
    "\nThe emulator responds at once. Add the response time of ElastiCache to each duration, and its share to the cost. Prices are AWS's for arm64.",
  );
  if (quick) return;
  await mkdir('docs', { recursive: true });
  await writeFile('docs/memory.svg', drawSvg(points));
}

/** Returns the dollars for a million requests of `ms` milliseconds. */
const costOf = (memoryMb: number, ms: number) => (memoryMb / 1024) * ms * 1e3 * price.gbSecond + price.million;

const row = ({ title, memoryMb, cold, warm, coldCost, warmCost, peakMb }: Point) => ({
  MB: `${memoryMb}`,
  request: title,
  'cold ms': cold.toFixed(0),
  'warm ms': warm.toFixed(1),
  '$ a million cold': coldCost.toFixed(2),
  '$ a million warm': warmCost.toFixed(2),
  'peak RSS MB': peakMb.toFixed(0),
});

const panels = [
  { title: 'cold start, ms', read: ({ cold }: Point) => cold, digits: 0 },
  { title: 'a million cold requests, $', read: ({ coldCost }: Point) => coldCost, digits: 2 },
  { title: 'a million warm requests, $', read: ({ warmCost }: Point) => warmCost, digits: 2 },
];
const colours: Readonly<Record<string, string>> = { read: '#4477aa', change: '#cc8833' };

/** Draws one panel for each figure, with one pair of bars for each memory size. */
function drawSvg(points: readonly Point[]): string {
  const [left, width, bar, gap] = [80, 260, 14, 14];
  const top = (index: number) => 60 + Math.floor(index / 2) * (2 * bar + gap) + (index % 2) * bar;
  const height = top(points.length) + 10;
  const sizesShown = sizes.map(
    (size, index) => `<text x="${left - 10}" y="${top(index * 2) + bar + 4}" text-anchor="end">${size} MB</text>`,
  );
  const drawn = panels.flatMap(({ title, read, digits }, panel) => {
    const x = left + panel * width;
    const most = Math.max(...points.map(read));
    return [
      `<text x="${x}" y="46" font-weight="bold">${title}</text>`,
      ...points.map((point, index) => {
        const length = (read(point) / most) * (width - 80);
        const y = top(index);
        return `<rect x="${x}" y="${y}" width="${length.toFixed(1)}" height="${bar - 2}" fill="${colours[point.title]}"/><text x="${(x + length + 4).toFixed(1)}" y="${y + bar - 4}" font-size="11">${read(point).toFixed(digits)}</text>`;
      }),
    ];
  });
  const legend = Object.entries(colours).map(
    ([title, colour], index) =>
      `<rect x="${left + index * 110}" y="12" width="12" height="12" fill="${colour}"/><text x="${left + 18 + index * 110}" y="23">a ${title}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${left + panels.length * width} ${height}" font-family="sans-serif" font-size="13">
<title>What a request takes and costs, by memory size</title>
<rect width="100%" height="100%" fill="white"/>
${[...legend, ...sizesShown, ...drawn].join('\n')}
</svg>
`;
}
