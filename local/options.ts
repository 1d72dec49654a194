import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { seedRegions } from './seed.ts';

/** The options of `npm start`. */
export interface Options {
  readonly help: boolean;
  /** Whether to call the real ElastiCache. */
  readonly aws: boolean;
  /** Whether changes of the real ElastiCache are confirmed already. */
  readonly yes: boolean;
  /** Whether to run the bundles instead of the sources. */
  readonly bundles: boolean;
  /** Whether to load the functions and the pages again when a source changes. */
  readonly watch: boolean;
  /** The form of the output: lines for people, or JSON lines. */
  readonly log: LogFormat;
  /** The file that keeps the state of the emulator. Operations and records are in files with its name and a suffix. */
  readonly stateFile: string | undefined;
  readonly policyFile: string | undefined;
  /** The path of the server program of the data plane. Empty: the first that is found. Undefined: no data plane. */
  readonly dataPlane: string | undefined;
  readonly port: number;
  /** The regions that may be called. The first is the region of the API. */
  readonly regions: readonly [string, ...string[]];
}

export type LogFormat = 'text' | 'json';

export const usage = `npm start -- [--aws [--yes]] [--state FILE] [--data-plane[=PATH]] [--bundles | --watch] [--log text|json]

  --aws                          call the real ElastiCache, with your own credentials, in the regions of REGIONS;
                                 the terminal asks before the first change
  --yes                          change the real ElastiCache without a question, for scripts
  --state FILE                   keep everything over restarts: the emulator's state in FILE, operations in FILE.operations,
                                 records and audit entries in the folder FILE.records
  --data-plane[=PATH]            run a real server behind each node group of the emulator: valkey-server or redis-server,
                                 at PATH, at GDS_SERVER or on PATH
  --bundles                      run the bundles that are deployed, instead of the sources
  --watch                        load the functions again when a file in src/ or the policy changes, and the pages when one
                                 in console/ or client/ does; the state stays
  --log text|json                print lines for people or JSON lines (text on a terminal, otherwise JSON)
  PORT                           port of the API (3000; the next free one if it is in use)
  REGIONS                        the regions that may be called, separated by commas
  POLICY_FILE                    the policy of the organisation, a JSON file (docs/policy.md)
  AWS_ENDPOINT_URL_ELASTICACHE   call the ElastiCache at this URL; no emulator is started
  AWS_ENDPOINT_URL_CLOUDWATCH    read metrics of CloudWatch at this URL; otherwise of the emulator
  AWS_ENDPOINT_URL_SECRETS_MANAGER  read secrets of Secrets Manager at this URL; otherwise of the emulator
  AWS_ENDPOINT_URL_DYNAMODB      keep records in the DynamoDB at this URL; otherwise in memory`;

const optionTypes = {
  aws: { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  bundles: { type: 'boolean', default: false },
  watch: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
  state: { type: 'string' },
  'data-plane': { type: 'string' },
  log: { type: 'string', default: process.stdout.isTTY ? 'text' : 'json' },
} as const;

/** Reads the arguments and the environment. @throws Error with the remedy. */
export function readOptions(): Options {
  rejectUnknownOptions();
  const {
    state,
    log,
    'data-plane': dataPlane,
    ...flags
  } = parseArgs({ args: readArguments(), options: optionTypes }).values;
  const other = flags.aws ? '--aws' : process.env.AWS_ENDPOINT_URL_ELASTICACHE && 'AWS_ENDPOINT_URL_ELASTICACHE';
  if (dataPlane !== undefined && other) throw new Error(`--data-plane runs behind the emulator. Leave out ${other}`);
  if (flags.watch && flags.bundles) throw new Error('--watch runs the sources. Leave out --bundles');
  return {
    ...flags,
    log: parseLogFormat(log),
    stateFile: state === undefined ? undefined : parseStateFile(state),
    dataPlane,
    policyFile: process.env.POLICY_FILE && fromUser(process.env.POLICY_FILE),
    port: parsePort(process.env.PORT ?? '3000'),
    regions: regionsToCall(flags.aws),
  };
}

/** Returns the arguments, with an empty value for the option that can have none. */
const readArguments = (): string[] =>
  process.argv.slice(2).map((argument) => (argument === '--data-plane' ? '--data-plane=' : argument));

function rejectUnknownOptions(): void {
  const { tokens } = parseArgs({
    args: readArguments(),
    options: optionTypes,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const names = Object.keys(optionTypes);
  for (const token of tokens) {
    if (token.kind !== 'option' || names.includes(token.name)) continue;
    const [nearest] = names.sort((a, b) => distance(token.name, a) - distance(token.name, b));
    throw new Error(`there is no option ${token.rawName}. The nearest is --${nearest}; --help lists all`);
  }
}

/** Returns the number of letters to insert, delete or replace in `a` to get `b` (Levenshtein). */
function distance(a: string, b: string): number {
  const start = Array.from({ length: b.length + 1 }, (_, index) => index);
  const last = [...a].reduce((above, letter) => nextRow(above, letter, b), start);
  return last.at(-1) ?? 0;
}

function nextRow(above: readonly number[], letter: string, b: string): number[] {
  const row = [(above[0] ?? 0) + 1];
  for (const [index, other] of [...b].entries()) {
    const replaced = (above[index] ?? 0) + (letter === other ? 0 : 1);
    row.push(Math.min(replaced, (above[index + 1] ?? 0) + 1, (row[index] ?? 0) + 1));
  }
  return row;
}

function parseLogFormat(text: string): LogFormat {
  if (text === 'text' || text === 'json') return text;
  throw new Error(`--log is text or json, not ${text}`);
}

function parseStateFile(name: string): string {
  const file = fromUser(name);
  if (name && existsSync(dirname(file))) return file;
  throw new Error(
    name ? `the folder of --state does not exist: ${dirname(file)}. Create it` : '--state is the path of a file',
  );
}

/** Returns the path of a file that the user names. npm runs this program in the folder of its package.json. */
const fromUser = (file: string): string => resolve(process.env.INIT_CWD ?? '', file);

function parsePort(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text) || Number(text) > 65_535)
    throw new Error(`PORT is a number from 1 to 65535, not ${text}`);
  return Number(text);
}

function regionsToCall(aws: boolean): readonly [string, ...string[]] {
  const { REGIONS, AWS_REGION = 'us-east-1' } = process.env;
  const [first, ...others] = REGIONS === undefined ? (aws ? [AWS_REGION] : seedRegions) : REGIONS.split(/[\s,]+/);
  if (!first) throw new Error('REGIONS is empty. Give the regions to call, separated by commas');
  const invalid = [first, ...others].find((region) => !/^[a-z]{2}(-[a-z]+)+-\d$/.test(region));
  if (invalid !== undefined)
    throw new Error(`REGIONS are names such as eu-west-1, separated by commas, not ${invalid}`);
  return [first, ...others];
}
