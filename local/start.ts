import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { build } from '../build.ts';
import { createEmulator } from '../emulator/server.ts';
import { createDocsProxy } from './docsProxy.ts';
import { startDynamoDB } from './dynamoDb.ts';
import { createDurableApi } from './lambdaDurableApi.ts';
import { forwardSignals, startOffline } from './offline.ts';
import { findAnyFreePort, findFreePort, listen } from './ports.ts';
import { describeSeeds, seed, seedRegions } from './seed.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const options = { aws: { type: 'boolean' }, state: { type: 'string' }, help: { type: 'boolean' } } as const;

const usage = `npm start -- [--aws | --state FILE]

  --aws                          call the real ElastiCache, with your own credentials, in the regions of REGIONS
  --state FILE                   keep the emulator's state in FILE and the operations in FILE.operations, across restarts
  PORT                           port of the API (3000; the next free one if it is in use)
  REGIONS                        the regions that may be called, separated by commas
  AWS_ENDPOINT_URL_ELASTICACHE   call the ElastiCache at this URL; no emulator is started
  AWS_ENDPOINT_URL_SECRETS_MANAGER  read secrets of Secrets Manager at this URL; otherwise of the emulator
  AWS_ENDPOINT_URL_DYNAMODB      keep records in the DynamoDB at this URL; otherwise in memory`;

/** How long a transition takes that takes AWS minutes. Short, but long enough to observe each status. */
const transitionMs = 400;

/** The name that serverless.yml gives the stack in the default stage. */
const stackName = 'global-datastore-api-dev';

/** A folder of this process alone, so that another build does not replace the bundles in use. */
const bundles = `dist-local/${process.pid}`;
process.once('exit', () => rmSync(bundles, { recursive: true, force: true }));

start().catch((error: Error) => {
  console.error(`npm start failed: ${error.message.split('\n')[0]}`);
  process.exit(1);
});

async function start(): Promise<void> {
  const { values } = parseArgs({ options });
  if (values.help) return console.log(usage);

  const preferredPort = parsePort(process.env.PORT ?? '3000');
  const endpoint = values.aws ? undefined : process.env.AWS_ENDPOINT_URL_ELASTICACHE;
  const [emulator, dynamoDb] = await Promise.all([
    values.aws || endpoint ? undefined : startEmulator(values.state),
    process.env.AWS_ENDPOINT_URL_DYNAMODB ?? startTable(),
    build({ outdir: bundles, anyCredentials: values.aws, codeCache: false }),
  ]);
  const port = await findFreePort(preferredPort);
  const apiPort = await findAnyFreePort();
  const url = `http://localhost:${port}`;
  const regions = regionsToCall(values.aws);
  const environment = {
    PUBLIC_URL: url,
    LOCAL_CALLER: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDb,
    ...(!values.aws && localEnvironment(emulator ?? endpoint)),
  };
  const lambda = await startDurableApi(regions, environment, values.state);
  const functionEnvironment = { ...environment, AWS_ENDPOINT_URL_LAMBDA: lambda };
  forwardSignals(await startOffline({ port: apiPort, bundles, regions, environment: functionEnvironment }));
  await listen(createDocsProxy(apiPort), port);
  console.log(welcome(url, emulator, dynamoDb));
}

function parsePort(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text) || Number(text) > 65_535)
    throw new Error(`PORT is a number from 1 to 65535, not ${text}`);
  return Number(text);
}

function regionsToCall(aws = false): string[] {
  const { REGIONS, AWS_REGION = 'us-east-1' } = process.env;
  if (REGIONS !== undefined) return REGIONS.split(',');
  return aws ? [AWS_REGION] : [...seedRegions];
}

async function startEmulator(stateFile: string | undefined): Promise<string> {
  const emulator = createEmulator({ transitionMs, ...(stateFile && { stateFile }) });
  const url = await listen(emulator, await findFreePort(4599));
  await seed(url, emulator.store);
  return url;
}

async function startTable(): Promise<string> {
  const { url, createTable } = await startDynamoDB();
  await createTable(stackName);
  return url;
}

/** Variables of functions that call no AWS account. They hide what the caller has set for AWS. */
const localEnvironment = (endpoint: string | undefined): Environment => ({
  AWS_ENDPOINT_URL_ELASTICACHE: endpoint,
  AWS_ENDPOINT_URL_SECRETS_MANAGER: process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER ?? endpoint,
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_SESSION_TOKEN: undefined,
  AWS_PROFILE: undefined,
  RETRY_AFTER_SECONDS: '1',
  RECONCILE_INTERVAL_SECONDS: '1',
  POLL_MS: '200',
});

/**
 * Runs the bundle of the durable function in this process, because serverless-offline runs no durable functions. Sets the
 * variables that the bundle reads. Returns the URL of the API that starts and reads its executions.
 */
async function startDurableApi(
  regions: readonly string[],
  environment: Environment,
  stateFile: string | undefined,
): Promise<string> {
  setEnvironment({ ...environment, REGIONS: regions.join(','), AWS_REGION: regions[0], TABLE_NAME: stackName });
  const { handler } = await import(new URL(`../${bundles}/reconcile.mjs`, import.meta.url).href);
  const functions = { [`${stackName}-reconcile`]: handler };
  return listen(await createDurableApi({ functions, ...(stateFile && { stateFile: `${stateFile}.operations` }) }));
}

function setEnvironment(variables: Environment): void {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

function welcome(url: string, emulator: string | undefined, dynamoDb: string): string {
  const tryIt = `
Try it:
  curl -i ${url}/global-datastores -H 'content-type: application/json' \\
    -d '{"GlobalReplicationGroupIdSuffix":"orders","PrimaryReplicationGroupId":"orders-use1"}'
  curl ${url}/global-datastores/ldgnf-orders
  curl "${url}/global-datastores?ShowMemberInfo=true"
`;
  return `
API        ${url}
Reference  ${url}/docs
ElastiCache ${emulator ? `emulator at ${emulator}` : 'as configured'}
Records    in DynamoDB at ${dynamoDb}
${emulator ? `\nReplication groups to start with:\n${describeSeeds()}\n${tryIt}` : ''}
Ctrl-C ends everything.
`;
}
