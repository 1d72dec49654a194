import { parseArgs } from 'node:util';
import { seedRegions } from './seed.ts';

/** What `npm start` is asked to do. */
export interface Options {
  readonly help: boolean;
  /** Whether to call the real ElastiCache. */
  readonly aws: boolean;
  /** Whether to run the bundles instead of the sources. */
  readonly bundles: boolean;
  /** The file that keeps the state of the emulator. Operations and records are in files with its name and a suffix. */
  readonly stateFile: string | undefined;
  readonly port: number;
  /** The regions that may be called. The first is the region of the API. */
  readonly regions: readonly [string, ...string[]];
}

export const usage = `npm start -- [--aws] [--state FILE] [--bundles]

  --aws                          call the real ElastiCache, with your own credentials, in the regions of REGIONS
  --state FILE                   keep everything over restarts: the emulator's state in FILE, operations in FILE.operations,
                                 records and audit entries in the folder FILE.records
  --bundles                      run the bundles that are deployed, instead of the sources
  PORT                           port of the API (3000; the next free one if it is in use)
  REGIONS                        the regions that may be called, separated by commas
  AWS_ENDPOINT_URL_ELASTICACHE   call the ElastiCache at this URL; no emulator is started
  AWS_ENDPOINT_URL_SECRETS_MANAGER  read secrets of Secrets Manager at this URL; otherwise of the emulator
  AWS_ENDPOINT_URL_DYNAMODB      keep records in the DynamoDB at this URL; otherwise in memory`;

/** Reads the arguments and the environment. @throws Error that says what to correct. */
export function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      aws: { type: 'boolean', default: false },
      bundles: { type: 'boolean', default: false },
      state: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const { state: stateFile, ...flags } = values;
  return { ...flags, stateFile, port: parsePort(process.env.PORT ?? '3000'), regions: regionsToCall(flags.aws) };
}

function parsePort(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text) || Number(text) > 65_535)
    throw new Error(`PORT is a number from 1 to 65535, not ${text}`);
  return Number(text);
}

function regionsToCall(aws: boolean): readonly [string, ...string[]] {
  const { REGIONS, AWS_REGION = 'us-east-1' } = process.env;
  const [first, ...others] = REGIONS === undefined ? (aws ? [AWS_REGION] : seedRegions) : REGIONS.split(',');
  if (!first) throw new Error('REGIONS is empty. Give the regions to call, separated by commas');
  return [first, ...others];
}
