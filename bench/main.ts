import { execFileSync, spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { canPin, isRicInstalled } from './function.ts';
import { measureFunctions } from './functions.ts';
import { measureGrowth } from './growth.ts';
import { measureLocal } from './local.ts';
import { type Cold, callsOf, coldStart, countInstructions, warm } from './measure.ts';
import { measureMemorySizes } from './memory.ts';
import { read, requests } from './requests.ts';
import { bestPeer, limitOf, type Row, ratio } from './rows.ts';
import { assertSameResponses } from './sameResponses.ts';
import { median, shuffled } from './statistics.ts';
import { markdown } from './table.ts';
import { type Verdict, verdicts } from './targets.ts';
import { createThrottle, type Throttle } from './throttle.ts';
import { bareRead, buildVariants, lacksPeers, ourFunction, type Variant } from './variants.ts';
import { startWorld, type World } from './world.ts';

const usage = `npm run bench -- [options]

Compares the function that creates a datastore with other frameworks and with the limit: the same calls by hand.

  --rounds N      cold starts of each variant, in random order (15)
  --instructions  also counts instructions with valgrind, which do not depend on other load (about 35 minutes)
  --tls           calls ElastiCache over TLS
  --cpu SHARE     limits requests to that share of a core, as Lambda does below 1769 MB: 0.29 is 512 MB. Init has a whole core
  --only TEXT     only the limit and the variants or functions whose name contains TEXT
  --functions     measures each of our functions beside the limit
  --memory        measures duration and cost by memory size; writes docs/memory.svg
  --growth        measures the effect of more routes, datastores, callers and requests
  --local         measures npm start: start, memory, concurrent callers, installed packages, data plane
  --quick         one round, to check that the benchmark works`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    instructions: { type: 'boolean', default: false },
    tls: { type: 'boolean', default: false },
    cpu: { type: 'string' },
    only: { type: 'string', default: '' },
    functions: { type: 'boolean', default: false },
    memory: { type: 'boolean', default: false },
    growth: { type: 'boolean', default: false },
    local: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(usage);
else if (values.local) await measureLocal(values.quick);
else await bench();

async function bench(): Promise<void> {
  if (await lacksPeers(values.only)) installPeers();
  console.log(describeMachine());
  const rounds = values.quick ? 1 : Number(values.rounds);
  const variants = await buildVariants(values.only);
  const world = await startWorld({ tls: values.tls });
  const throttle = values.cpu === undefined ? undefined : tryThrottle(Number(values.cpu));
  try {
    if (values.growth) return await measureGrowth(world, values.quick);
    if (values.memory) return await measureMemorySizes(world, rounds, values.quick);
    if (values.functions) return await measureFunctions(world, rounds, values.instructions, values.only);
    const compared = variants.filter(({ name, kind }) => kind === 'limit' || name.includes(values.only));
    const environment = await withOtherCalls(world);
    await assertSameResponses(compared, environment);
    console.log(`${compared.length} variants give the same responses, and make ${environment.OTHER_CALLS} before.\n`);
    printReport(await measureAll(compared, environment, rounds, throttle));
    if (!throttle && !values.tls && !values.only) console.log(formatVerdict(await measureWarmRead(world.environment)));
  } finally {
    throttle?.remove();
    await world.end();
  }
}

/** Returns the environment in which all variants make the calls that our function makes besides the creation. */
async function withOtherCalls(world: World): Promise<Record<string, string>> {
  const { calls } = await callsOf(await ourFunction('createGlobalDatastore', 'ours'), requests.good, world);
  const OTHER_CALLS = calls.filter((call) => call !== 'CreateGlobalReplicationGroup').join(',');
  return { ...world.environment, OTHER_CALLS };
}

function installPeers(): void {
  console.log('Installing the packages to compare with: npm ci in bench/ …');
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: 'bench', stdio: ['ignore', 'ignore', 'inherit'] });
}

function describeMachine(): string {
  return [
    `Node ${process.versions.node}, ${cpus()[0]?.model ?? 'a processor'} × ${cpus().length}`,
    isRicInstalled() ? "AWS's own runtime client" : 'our own runtime client, because aws-lambda-ric is not installed',
    canPin ? 'one core for the function' : 'cores not pinned: no taskset, or only one core',
    `ElastiCache over ${values.tls ? 'TLS' : 'plain HTTP'}`,
  ].join(' · ');
}

function tryThrottle(share: number): Throttle | undefined {
  try {
    return createThrottle(share);
  } catch (error) {
    console.log(`Cannot limit the CPU to ${share} of a core with a control group on this machine: ${error}`);
    return undefined;
  }
}

async function measureAll(
  compared: readonly Variant[],
  environment: Readonly<Record<string, string>>,
  rounds: number,
  throttle: Throttle | undefined,
): Promise<Row[]> {
  const conditions = { environment, event: requests.good, throttle };
  const cold = new Map<Variant, Cold[]>(compared.map((variant) => [variant, []]));
  for (let round = 0; round < rounds; round++)
    for (const variant of shuffled(compared)) cold.get(variant)?.push(await coldStart(variant, conditions));

  const rows: Row[] = [];
  const counted = values.instructions && hasValgrind();
  for (const variant of compared) {
    rows.push({
      variant,
      cold: cold.get(variant) ?? [],
      ...(!throttle && { warm: await warm(variant, conditions, values.quick ? 20 : 1000) }),
      ...(counted && {
        instructions: await countInstructions(variant, conditions, /limit|ours|bare/.test(variant.kind)),
      }),
    });
  }
  return rows;
}

/** Compares the CPU time of a warm read with that of the same SDK call. Returns the median of several turns. */
async function measureWarmRead(environment: Readonly<Record<string, string>>): Promise<Verdict> {
  const conditions = { environment, event: read };
  const [ours, bare] = [await ourFunction('getGlobalDatastore', 'ours'), await bareRead()];
  const ratios: number[] = [];
  for (let turn = 0; turn < (values.quick ? 1 : 7); turn++) {
    const requests = values.quick ? 20 : 1000;
    const measured = await warm(ours, conditions, requests);
    ratios.push(measured.cpu / (await warm(bare, conditions, requests)).cpu);
  }
  const times = median(ratios);
  return {
    target: 'a warm read ≤ 1.25 × the CPU of the same call in a bare handler',
    measured: `${times.toFixed(2)} ×`,
    reached: times <= 1.25,
  };
}

function hasValgrind(): boolean {
  const found = spawnSync('valgrind', ['--version']).status === 0;
  if (!found) console.log('Instructions are not counted, because valgrind is not installed.');
  return found;
}

function printReport(rows: readonly Row[]): void {
  const best = bestPeer(rows);
  const limit = limitOf(rows);
  const line = (row: Row) => {
    const medianOf = (read: (cold: Cold) => number) => median(row.cold.map(read));
    const times = (other: Row | undefined, read: (cold: Cold) => number) => ratio(row, other, read).toFixed(2);
    const { raw, gzip } = row.variant.bytes;
    return {
      '': row.variant.name,
      'cold ms': `${medianOf(({ init }) => init).toFixed(0)} + ${medianOf(({ first }) => first).toFixed(0)} = ${medianOf(({ total }) => total).toFixed(0)}`,
      '× limit': times(limit, ({ total }) => total),
      'cold CPU ms': `${medianOf(({ initCpu }) => initCpu).toFixed(0)} + ${medianOf(({ firstCpu }) => firstCpu).toFixed(1)} = ${medianOf(({ cpu }) => cpu).toFixed(0)}`,
      '× limit ': times(limit, ({ cpu }) => cpu),
      '× best peer': times(best, ({ cpu }) => cpu),
      ...(row.instructions && {
        'M instructions': `${row.instructions.init.toFixed(0)} + ${(row.instructions.cold - row.instructions.init).toFixed(0)} = ${row.instructions.cold.toFixed(0)}`,
        '× limit  ': (row.instructions.cold / (limit?.instructions?.cold ?? Number.NaN)).toFixed(2),
      }),
      ...(row.warm && {
        'warm ms p50 / p99': `${row.warm.p50.toFixed(2)} / ${row.warm.p99.toFixed(1)}`,
        'warm CPU ms': row.warm.cpu.toFixed(2),
      }),
      ...(row.instructions && {
        'warm M': Number.isNaN(row.instructions.warm) ? '' : row.instructions.warm.toFixed(2),
      }),
      'RSS MB': medianOf(({ peakMb }) => peakMb).toFixed(0),
      'KB raw / gzip': `${(raw / 1000).toFixed(0)} / ${(gzip / 1000).toFixed(0)}`,
    };
  };
  console.log(markdown(rows.map(line)));
  console.log('\nMedians of cold starts. A ratio is the median of the ratios within each round.\n');
  console.log(
    verdicts(rows, { tls: values.tls, slowed: values.cpu !== undefined })
      .map(formatVerdict)
      .join('\n'),
  );
}

function formatVerdict({ target, measured, reached }: Verdict): string {
  return `${reached ? '✓' : '✗'} ${target}: ${measured}`;
}
