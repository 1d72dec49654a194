import { mkdir, writeFile } from 'node:fs/promises';
import { type Cold, coldStart } from './measure.ts';
import { requests } from './requests.ts';
import { median } from './statistics.ts';
import { markdown } from './table.ts';
import { type Throttle, throttle } from './throttle.ts';
import type { Variant } from './variants.ts';
import type { World } from './world.ts';

/** Memory sizes in MB. At 1769 MB a function has one whole vCPU, and its share below goes with its memory (Lambda guide). */
const sizes = [128, 256, 512, 1024, 1769];
const wholeCoreMb = 1769;

interface Point {
  readonly memoryMb: number;
  /** From the spawn to the answer of a cold start, in milliseconds. */
  readonly total: number;
  /** GB-seconds of a million cold requests: memory times what is billed, init and request. The price is AWS's to say. */
  readonly gbSeconds: number;
}

/** What a cold request takes and costs by memory size; drawn into docs/memory.svg. */
export async function sweep(variants: readonly Variant[], { environment }: World, rounds: number): Promise<void> {
  const ours = variants.find(({ kind }) => kind === 'ours');
  if (!ours) return;
  const points: Point[] = [];
  for (const memoryMb of sizes) {
    const cold: Cold[] = [];
    const slow = memoryMb < wholeCoreMb ? throttle(memoryMb / wholeCoreMb) : undefined;
    for (let round = 0; round < rounds; round++) cold.push(await one(ours, environment, memoryMb, slow));
    slow?.remove();
    const total = median(cold.map((each) => each.total));
    points.push({ memoryMb, total, gbSeconds: (memoryMb / 1024) * (total / 1000) * 1e6 });
  }
  console.log(
    markdown(
      points.map(({ memoryMb, total, gbSeconds }) => ({
        MB: `${memoryMb}`,
        'cold request ms': total.toFixed(0),
        'GB-seconds a million': gbSeconds.toFixed(0),
      })),
    ),
  );
  await mkdir('docs', { recursive: true });
  await writeFile('docs/memory.svg', picture(points));
}

const one = (ours: Variant, environment: World['environment'], memoryMb: number, slow: Throttle | undefined) =>
  coldStart(ours, { environment, event: requests.good, memoryMb, throttle: slow });

/** Two bars for each size, each beside its number: the time, and the cost. */
function picture(points: readonly Point[]): string {
  const width = (value: number, most: number) => ((value / most) * 200).toFixed(1);
  const [slowest, dearest] = [
    Math.max(...points.map(({ total }) => total)),
    Math.max(...points.map(({ gbSeconds }) => gbSeconds)),
  ];
  const rows = points.map(({ memoryMb, total, gbSeconds }, index) => {
    const y = 40 + index * 30;
    return `<text x="10" y="${y + 13}">${memoryMb} MB</text>
<rect x="80" y="${y}" width="${width(total, slowest)}" height="18" fill="#4477aa"/><text x="285" y="${y + 13}">${total.toFixed(0)} ms</text>
<rect x="350" y="${y}" width="${width(gbSeconds, dearest)}" height="18" fill="#cc8833"/><text x="555" y="${y + 13}">${gbSeconds.toFixed(0)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 ${50 + points.length * 30}" font-family="sans-serif" font-size="13">
<text x="80" y="24">cold request</text><text x="350" y="24">GB-seconds for a million of them</text>
${rows.join('\n')}
</svg>
`;
}
