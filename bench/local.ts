import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { measureConsoleList } from './consoleList.ts';
import { measureDataPlane } from './dataPlane.ts';
import { get, type Load, measureLoad } from './load.ts';
import { createDatastore, type LocalApi, startLocalApi } from './localApi.ts';
import { median, quantile } from './statistics.ts';
import { markdown } from './table.ts';

const numbersOfCallers = [1, 10, 100];

/** Measures `npm start` beside its targets. `quick` only checks that this works. */
export async function measureLocal(quick: boolean): Promise<void> {
  const starts: number[] = [];
  for (let start = 1; start < (quick ? 1 : 7); start++) starts.push(await measureStart());
  const api = await startLocalApi();
  starts.push(api.startMs);
  try {
    console.log(markdown(toRows(median(starts), await measureMemoryAndReads(api, quick ? 200 : 3_000))));
  } finally {
    await api.end();
  }
  console.log(`\n${await measureDataPlane()}`);
  if (!quick) console.log(`\n${await measureConsoleList()}`);
}

async function measureStart(): Promise<number> {
  const api = await startLocalApi();
  await api.end();
  return api.startMs;
}

interface MemoryAndReads {
  readonly mbAfterStart: number;
  readonly mbAfterLoad: number;
  /** One load for each number of callers. */
  readonly loads: readonly Load[];
}

async function measureMemoryAndReads(api: LocalApi, reads: number): Promise<MemoryAndReads> {
  const mbAfterStart = await api.residentMb();
  await createDatastore(api);
  await readConcurrently(api, 1, reads / 4); // warm-up reads as for warm functions: they do not count
  const loads: Load[] = [];
  for (const callers of numbersOfCallers) loads.push(await readConcurrently(api, callers, reads));
  return { mbAfterStart, mbAfterLoad: await api.residentMb(), loads };
}

async function readConcurrently({ url }: LocalApi, callers: number, reads: number): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: callers });
  try {
    return await measureLoad(callers, reads, () => get(`${url}/global-datastores/ldgnf-bench`, agent));
  } finally {
    agent.destroy();
  }
}

/** The column `before` has measurements of serverless-offline with a worker thread for each concurrent caller. */
function toRows(startMs: number, { mbAfterStart, mbAfterLoad, loads }: MemoryAndReads): Record<string, string>[] {
  const { packages, mb } = measurePackages();
  const perSecond = loads.map((load) => load.perSecond);
  const p99 = quantile(loads.at(-1)?.times ?? [], 0.99) / 1000;
  return [
    row('start to first response, s', '8.7', [startMs / 1000], '≤ 3', (value) => value <= 3, 1),
    row('memory of all processes after the start, MB', '835', [mbAfterStart], '≤ 200', (value) => value <= 200),
    row('after 100 callers at once, MB', '2588', [mbAfterLoad], '≤ 300', (value) => value <= 300),
    row('reads a second by 1, 10, 100 callers', '166, 324, 111', perSecond, '≥ 400', (value) => value >= 400),
    row('p99 of 100 callers, s', '6.4', [p99], '≤ 0.6', (value) => value <= 0.6, 2),
    row('packages that npm ci installs', '370', [packages], '≤ 260', (value) => value <= 260),
    row('their size, MB', '598', [mb], '≤ 450', (value) => value <= 450),
  ];
}

function row(
  name: string,
  before: string,
  values: readonly number[],
  target: string,
  isReached: (value: number) => boolean,
  digits = 0,
): Record<string, string> {
  const now = values.map((value) => value.toFixed(digits)).join(', ');
  return { '': name, before, now, target, reached: values.every(isReached) ? '✓' : '✗' };
}

/** Returns the number of packages in `node_modules`, and the size of the folder. */
function measurePackages(): { readonly packages: number; readonly mb: number } {
  const { packages } = JSON.parse(readFileSync('node_modules/.package-lock.json', 'utf8')) as { packages: object };
  const [kb] = execFileSync('du', ['-sk', 'node_modules'], { encoding: 'utf8' }).split('\t');
  return { packages: Object.keys(packages).length, mb: Number(kb) / 1024 };
}
