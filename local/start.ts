import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { build } from '../build.ts';
import { createEmulator } from '../emulator/server.ts';
import { createDocsProxy } from './docsProxy.ts';
import { startDynamoDB } from './dynamoDb.ts';
import { createDurableApi } from './lambdaDurableApi.ts';
import { regions, seed, seeded } from './seed.ts';

const options = { aws: { type: 'boolean' }, state: { type: 'string' }, help: { type: 'boolean' } } as const;

const usage = `npm start -- [--aws | --state FILE]

  --aws                          call the real ElastiCache, with your own credentials, in the regions of REGIONS
  --state FILE                   keep what the emulator holds in a file, over restarts, and the operations in FILE.operations
  PORT                           port of the API (3000; the next free one when it is taken)
  REGIONS                        the regions that may be called, separated by commas
  AWS_ENDPOINT_URL_ELASTICACHE   call the ElastiCache that stands there; no emulator is started
  AWS_ENDPOINT_URL_DYNAMODB      keep records in the DynamoDB that stands there, in memory otherwise`;

/** Short, yet long enough to see a status change: what takes AWS minutes. */
const transitionMs = 400;

/** Bundles of its own, so that nobody who builds meanwhile takes them away. */
const bundles = `dist-local/${process.pid}`;
process.once('exit', () => rmSync(bundles, { recursive: true, force: true }));

start().catch((error: Error) => {
  console.error(`npm start failed: ${error.message.split('\n')[0]}`);
  process.exit(1);
});

async function start(): Promise<void> {
  const { values } = parseArgs({ options });
  if (values.help) return console.log(usage);

  const { REGIONS, AWS_REGION, PORT = '3000' } = process.env;
  if (!/^[1-9]\d{0,4}$/.test(PORT) || Number(PORT) > 65_535)
    throw new Error(`PORT is a number from 1 to 65535, not ${PORT}`);
  const given = values.aws ? undefined : process.env.AWS_ENDPOINT_URL_ELASTICACHE;
  const [emulator, table] = await Promise.all([
    values.aws || given ? undefined : startEmulator(values.state),
    process.env.AWS_ENDPOINT_URL_DYNAMODB ?? startTable(),
    build({ outdir: bundles, anyCredentials: values.aws, codeCache: false }),
  ]);
  const port = await freePort(Number(PORT));
  const called = REGIONS ?? (values.aws ? (AWS_REGION ?? 'us-east-1') : regions.join(','));
  const behind = await anyPort();
  const environment = {
    PUBLIC_URL: `http://localhost:${port}`,
    AWS_ENDPOINT_URL_DYNAMODB: table,
    ...(!values.aws && onLaptop(emulator ?? given)),
  };
  const lambda = await startDurable(called, environment, values.state);
  endTogether(await startOffline(behind, called, { ...environment, AWS_ENDPOINT_URL_LAMBDA: lambda }));
  await once(createDocsProxy(behind).listen(port, '127.0.0.1'), 'listening');
  console.log(welcome(`http://localhost:${port}`, emulator, table));
}

async function startEmulator(stateFile: string | undefined): Promise<string> {
  const emulator = createEmulator({ transitionMs, ...(stateFile && { stateFile }) }).listen(
    await freePort(4599),
    '127.0.0.1',
  );
  await once(emulator, 'listening');
  const address = emulator.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address?.port}`;
  await seed(url, emulator.store);
  return url;
}

async function startTable(): Promise<string> {
  const { url, makeTable } = await startDynamoDB();
  await makeTable();
  return url;
}

/** Variables that the functions get in place of an account; whatever the caller has set for AWS itself stays out of it. */
const onLaptop = (endpoint: string | undefined) => ({
  AWS_ENDPOINT_URL_ELASTICACHE: endpoint,
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_SESSION_TOKEN: undefined,
  AWS_PROFILE: undefined,
  RETRY_AFTER_SECONDS: '1',
  RECONCILE_INTERVAL_SECONDS: '1',
  POLL_MS: '200',
});

/** Runs the durable function here, as it is bundled, next to the functions that serverless-offline runs. Gives its address. */
async function startDurable(
  called: string,
  environment: Record<string, string | undefined>,
  stateFile: string | undefined,
): Promise<string> {
  const own = { REGIONS: called, AWS_REGION: called.split(',')[0], TABLE_NAME: 'global-datastore-api-dev' };
  for (const [name, value] of Object.entries({ ...environment, ...own })) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  const { handler } = await import(new URL(`../${bundles}/reconcile.mjs`, import.meta.url).href);
  const functions = { 'global-datastore-api-dev-reconcile': handler };
  const durable = await createDurableApi({ functions, ...(stateFile && { stateFile: `${stateFile}.operations` }) });
  await once(durable.listen(0, '127.0.0.1'), 'listening');
  const address = durable.address();
  return `http://127.0.0.1:${typeof address === 'object' && address?.port}`;
}

/** Serves the routes of serverless.yml. Resolves when they answer; its output follows ours from then on. */
async function startOffline(
  port: number,
  called: string,
  environment: Record<string, string | undefined>,
): Promise<ChildProcess> {
  const child = spawn(
    'serverless',
    [
      'offline',
      ...['--host', '127.0.0.1', '--httpPort', `${port}`, '--lambdaPort', `${await anyPort()}`],
      ...['--param', `bundles=${bundles}`, '--param', `regions=${called}`, '--region', called.split(',')[0] ?? ''],
      ...['--noAuth', '--localEnvironment', '--disableCookieValidation', '--noSponsor'],
      ...['--terminateIdleLambdaTime', '3600'],
    ],
    {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    let ready = false;
    child.once('error', reject);
    child.once('exit', (code) =>
      reject(new Error(said.find((line) => /error/i.test(line)) ?? `serverless ended with ${code}`)),
    );
    for (const output of [child.stdout, child.stderr]) {
      createInterface({ input: output }).on('line', (line) => {
        if (ready) return console.log(line);
        said.push(line.trim());
        if (line.includes('Server ready')) {
          ready = true;
          resolve();
        }
      });
    }
  });
  return child;
}

function endTogether(child: ChildProcess): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  child.removeAllListeners('exit').once('exit', (code) => process.exit(code ?? 0));
}

/** A port that nobody asked for and nobody listens on. */
async function anyPort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

/** `port`, or the next one after it that nobody listens on. */
async function freePort(port: number): Promise<number> {
  for (let candidate = port; candidate < port + 100; candidate++) {
    const probe = createServer();
    const free = await new Promise<boolean>((resolve) =>
      probe
        .once('error', () => resolve(false))
        .once('listening', () => resolve(true))
        .listen(candidate, '127.0.0.1'),
    );
    await new Promise((resolve) => probe.close(resolve));
    if (free) return candidate;
  }
  throw new Error(`no free port between ${port} and ${port + 99}`);
}

function welcome(url: string, emulator: string | undefined, table: string): string {
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
Records    in DynamoDB at ${table}
${emulator ? `\nReplication groups to begin with:\n${seeded()}\n${tryIt}` : ''}
Ctrl-C ends everything.
`;
}
