import { execFileSync } from 'node:child_process';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { type Environment, placeOfMember, readEnvironment } from './environment.ts';
import { optionsOf } from './parameters.ts';
import { findRunningOperations, type RunningOperation } from './runningOperations.ts';

const usage = `npm run remove -- NAME [--confirm NAME] [--stop-operations]

Removes the stacks of the environment of environments/NAME.yml, with their tables and logs. No datastore is touched. Says which operations
run, and refuses while one does; with --stop-operations they stop where they are. Asks for the name of the environment; --confirm has
it without a terminal. A protected environment is refused.`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { confirm: { type: 'string' }, 'stop-operations': { type: 'boolean', default: false } },
  });
  const [name, ...others] = positionals;
  if (name === undefined || others.length > 0) throw new Error(usage);
  const environment = readEnvironment(name);
  assertUnprotected(name, environment);
  const regions = environment.apiRegions.toReversed(); // the stack that created the table is the last: it removes all replicas
  await assertIdle(name, regions, values['stop-operations']);
  console.log(
    `The stacks global-datastore-api-${name} in ${regions.join(', ')} are removed: ${losses(name, environment)}.`,
  );
  await assertConfirmed(name, values.confirm);
  for (const region of regions)
    execFileSync('serverless', ['remove', ...optionsOf(name, environment, region)], { stdio: 'inherit' });
}

const losses = (name: string, { tableName = `global-datastore-api-${name}` }: Environment): string =>
  `functions, logs, alarms, and the table ${tableName} with its audit trail. Datastores stay`;

function assertUnprotected(name: string, { protected: isProtected }: Environment): void {
  if (!isProtected) return;
  throw new Error(
    `${placeOfMember(name, 'protected')}the stacks of a protected environment are not removed. docs/operations.md says how to remove one.`,
  );
}

/** Throws if an operation runs in one of the regions, unless operations may be stopped. */
async function assertIdle(name: string, regions: readonly string[], mayStop: boolean): Promise<void> {
  const found = await Promise.all(regions.map((region) => operationsOf(name, region)));
  const lines = found.flat();
  console.log(lines.length === 0 ? 'No operation runs.' : `Operations run:\n${lines.join('\n')}`);
  if (lines.length > 0 && !mayStop)
    throw new Error(
      'Wait until they end, cancel them (POST /operations/ID/cancel), or repeat with --stop-operations: they stop where they are. Nothing is removed.',
    );
}

async function operationsOf(name: string, region: string): Promise<string[]> {
  const operations = await findRunningOperations(region, `global-datastore-api-${name}`).catch((error: Error) => {
    throw new Error(`The operations in ${region} cannot be read: ${error.message}. Nothing is removed.`);
  });
  return operations.map((operation) => lineOf(region, operation));
}

const lineOf = (region: string, { id, datastore, startedAt }: RunningOperation): string =>
  `  ${region}  ${id}  of ${datastore}, since ${startedAt}`;

async function assertConfirmed(name: string, confirmation: string | undefined): Promise<void> {
  const answer = confirmation ?? (await askForName());
  if (answer === undefined)
    throw new Error(`There is no terminal to ask: repeat with --confirm ${name}. Nothing is removed.`);
  if (answer !== name) throw new Error(`"${answer}" is not the name ${name}. Nothing is removed.`);
}

async function askForName(): Promise<string | undefined> {
  if (!process.stdin.isTTY) return undefined;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question('The name of the environment to remove: ');
  terminal.close();
  return answer.trim();
}

try {
  await main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
