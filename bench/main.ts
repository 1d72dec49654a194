import { execFileSync, spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { canPin, isRic } from './function.ts';
import { measureFunctions } from './functions.ts';
import { growth } from './growth.ts';
import { type Cold, coldStart, instructions, warm } from './measure.ts';
import { sweep } from './memory.ts';
import { read, requests } from './requests.ts';
import { bestPeer, type Row, ratio } from './rows.ts';
import { refuseOtherAnswers } from './sameAnswers.ts';
import { median, shuffled } from './statistics.ts';
import { markdown } from './table.ts';
import { type Verdict, verdicts } from './targets.ts';
import { type Throttle, throttle } from './throttle.ts';
import { bareRead, installed, ourFunction, type Variant, variants } from './variants.ts';
import { startWorld } from './world.ts';

const usage = `npm run bench -- [options]

Compares the function that creates a datastore with what people would build instead, and with the limit: the same by hand.

  --rounds N      cold starts of each variant, interleaved in random order (15)
  --instructions  counts instructions with valgrind too: the same each time, whatever else runs (about 20 minutes)
  --tls           calls ElastiCache over TLS
  --cpu SHARE     gives requests that share of a core, as Lambda does below 1769 MB: 0.29 is 512 MB. Init has a whole core
  --only TEXT     only the variants, or functions, whose name has it, and the limit
  --functions     each of our functions, beside the limit that makes the same calls
  --memory        the cost of memory sizes; writes docs/memory.svg
  --growth        what grows with routes, datastores, callers and requests
  --quick         one round of everything above the line, to prove that it runs`;

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
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(usage);
else await bench();

async function bench(): Promise<void> {
  if (!(await installed())) install();
  console.log(surroundings());
  const rounds = values.quick ? 1 : Number(values.rounds);
  const built = await variants();
  const world = await startWorld({ tls: values.tls });
  const slow = values.cpu === undefined ? undefined : slowed(Number(values.cpu));
  try {
    if (values.growth) return await growth(world, values.quick);
    if (values.memory) return await sweep(world, rounds, values.quick);
    if (values.functions) return await measureFunctions(world, rounds, values.instructions, values.only);
    const compared = built.filter(({ name, kind }) => kind === 'limit' || name.includes(values.only));
    await refuseOtherAnswers(compared, world.environment);
    console.log(`${compared.length} variants give the same answers.\n`);
    report(await measured(compared, world.environment, rounds, slow));
    if (!slow && !values.tls && !values.only) console.log(said(await warmRead(world.environment)));
  } finally {
    slow?.remove();
    await world.end();
  }
}

function install(): void {
  console.log('Installing what is compared with, once: npm ci in bench/ …');
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: 'bench', stdio: ['ignore', 'ignore', 'inherit'] });
}

function surroundings(): string {
  return [
    `Node ${process.versions.node}, ${cpus()[0]?.model ?? 'a processor'} × ${cpus().length}`,
    isRic() ? "AWS's own runtime client" : 'a runtime client of ours, for aws-lambda-ric is not installed',
    canPin ? 'one core for the function' : 'cores not pinned: no taskset, or one core only',
    `ElastiCache over ${values.tls ? 'TLS' : 'plain HTTP'}`,
  ].join(' · ');
}

function slowed(share: number): Throttle | undefined {
  try {
    return throttle(share);
  } catch (error) {
    console.log(`Not slowed to ${share} of a core, for this machine has no control group for it: ${error}`);
    return undefined;
  }
}

async function measured(
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
      ...(counted && { instructions: await instructions(variant, conditions, /limit|ours|bare/.test(variant.kind)) }),
    });
  }
  return rows;
}

/** A read once warm, beside the same call of the SDK: the medians of turns. */
async function warmRead(environment: Readonly<Record<string, string>>): Promise<Verdict> {
  const conditions = { environment, event: read };
  const [ours, bare] = [await ourFunction('getGlobalDatastore', 'ours'), await bareRead()];
  const ratios: number[] = [];
  for (let turn = 0; turn < (values.quick ? 1 : 7); turn++) {
    const requests = values.quick ? 20 : 1000;
    const one = await warm(ours, conditions, requests);
    ratios.push(one.cpu / (await warm(bare, conditions, requests)).cpu);
  }
  const times = median(ratios);
  return {
    target: 'a warm read ≤ 1.05 × the CPU of the same call in a bare handler',
    measured: `${times.toFixed(2)} ×`,
    reached: times <= 1.05,
  };
}

function hasValgrind(): boolean {
  const found = spawnSync('valgrind', ['--version']).status === 0;
  if (!found) console.log('Instructions are not counted, for there is no valgrind.');
  return found;
}

function report(rows: readonly Row[]): void {
  const limit = rows.find(({ variant }) => variant.kind === 'limit');
  const best = bestPeer(rows);
  const line = (row: Row) => {
    const of = (read: (cold: Cold) => number) => median(row.cold.map(read));
    const times = (other: Row | undefined, read: (cold: Cold) => number) => ratio(row, other, read).toFixed(2);
    const { raw, gzip } = row.variant.bytes;
    return {
      '': row.variant.name,
      'cold ms': `${of(({ init }) => init).toFixed(0)} + ${of(({ first }) => first).toFixed(0)} = ${of(({ total }) => total).toFixed(0)}`,
      '× limit': times(limit, ({ total }) => total),
      'cold CPU ms': `${of(({ initCpu }) => initCpu).toFixed(0)} + ${of(({ firstCpu }) => firstCpu).toFixed(1)} = ${of(({ cpu }) => cpu).toFixed(0)}`,
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
      'RSS MB': of(({ peakMb }) => peakMb).toFixed(0),
      'KB raw / gzip': `${(raw / 1000).toFixed(0)} / ${(gzip / 1000).toFixed(0)}`,
    };
  };
  console.log(markdown(rows.map(line)));
  console.log('\nMedians of cold starts; ratios are medians of those of the same round.\n');
  console.log(
    verdicts(rows, { tls: values.tls, slowed: values.cpu !== undefined })
      .map(said)
      .join('\n'),
  );
}

function said({ target, measured, reached }: Verdict): string {
  return `${reached ? '✓' : '✗'} ${target}: ${measured}`;
}
