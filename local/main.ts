import { createEmulator } from '../emulator/server.ts';
import { createApiServer } from './apiServer.ts';
import { startDynamoDB } from './dynamoDb.ts';
import { durableFunction, environmentOf, setEnvironment, stackName } from './environment.ts';
import type { Functions } from './functions.ts';
import { createDurableApi } from './lambdaDurableApi.ts';
import { createLocalGateway } from './localGateway.ts';
import { type Options, readOptions, usage } from './options.ts';
import { findFreePort, listen } from './ports.ts';
import { describeSeeds, seed } from './seed.ts';

/** How long a transition takes that takes AWS minutes. Short, but long enough to observe each status. */
const transitionMs = 400;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(0));

try {
  const options = readOptions();
  if (options.help) console.log(usage);
  else await start(options);
} catch (error) {
  console.error(`npm start failed: ${(error as Error).message.split('\n')[0]}`);
  process.exit(1);
}

/**
 * Starts the API with everything that it calls, in this process: the emulator, DynamoDB, the engine of operations. A function
 * is loaded by its first request, as on Lambda: it reads the environment when it is loaded, and all functions take 34 MB.
 */
async function start(options: Options): Promise<void> {
  const { aws, regions, stateFile } = options;
  const functions = Promise.withResolvers<Functions>();
  const table = process.env.AWS_ENDPOINT_URL_DYNAMODB ?? startTable(stateFile);
  if (stateFile) await table; // it refuses a state that another process uses, before anything is written
  const [emulator, dynamoDb, lambda, port] = await Promise.all([
    aws || process.env.AWS_ENDPOINT_URL_ELASTICACHE ? undefined : startEmulator(stateFile),
    table,
    startDurableApi(functions.promise, stateFile),
    findFreePort(options.port),
  ]);
  const url = `http://localhost:${port}`;
  const elastiCache = emulator ?? process.env.AWS_ENDPOINT_URL_ELASTICACHE;
  setEnvironment(environmentOf({ url, regions, lambda, dynamoDb, elastiCache, aws }));
  const loaded = await loadFunctions(options);
  functions.resolve(loaded);
  const { routes } = await import('../src/schemas/routes.ts');
  await listen(createApiServer({ gateway: createLocalGateway({ routes, invoke: loaded.invoke }) }), port, {
    hasPages: true,
  });
  console.log(welcome(url, emulator, dynamoDb));
}

async function loadFunctions({ bundles, aws }: Options): Promise<Functions> {
  const { functionsFromBundles, functionsFromSources } = await import('./functions.ts');
  return bundles ? functionsFromBundles(aws) : functionsFromSources();
}

async function startEmulator(stateFile: string | undefined): Promise<string> {
  const emulator = createEmulator({ transitionMs, ...(stateFile && { stateFile }) });
  const url = await listen(emulator, await findFreePort(4599));
  await seed(url, emulator.store);
  return url;
}

async function startTable(stateFile: string | undefined): Promise<string> {
  const { url, createTable } = await startDynamoDB(0, stateFile && `${stateFile}.records`);
  await createTable(stackName);
  return url;
}

/** Starts the API of durable executions. An execution that the state file has as running waits for the functions. */
async function startDurableApi(functions: Promise<Functions>, stateFile: string | undefined): Promise<string> {
  const reconcile: Functions['reconcile'] = async (event, context) => (await functions).reconcile(event, context);
  return listen(
    createDurableApi({
      functions: { [`${stackName}-${durableFunction}`]: reconcile },
      ...(stateFile && { stateFile: `${stateFile}.operations` }),
    }),
  );
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
