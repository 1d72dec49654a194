import type { SignInConfiguration } from '../console/src/signInConfiguration.ts';
import { createEmulator, type Emulator } from '../emulator/server.ts';
import { type ApiServerOptions, createApiServer } from './apiServer.ts';
import { type Confirmation, createConfirmation, findTerminal } from './confirmation.ts';
import { startDynamoDB } from './dynamoDb.ts';
import { durableFunction, environmentOf, setEnvironment, stackName, tableName } from './environment.ts';
import type { Functions } from './functions.ts';
import { createDurableApi } from './lambdaDurableApi.ts';
import { signInLocally } from './localCallers.ts';
import { createLocalGateway } from './localGateway.ts';
import { type Options, readOptions, usage } from './options.ts';
import { createOutput, type Output } from './output.ts';
import { forgetPages } from './pages.ts';
import { listen, listenFrom } from './ports.ts';
import { describeSeeds, seed } from './seed.ts';
import { onServed } from './servedRequests.ts';

type Gateway = ApiServerOptions['gateway'];

/** The duration of a transition, which takes minutes on AWS. Short, but long enough to observe each status. */
const transitionMs = 400;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(0));

try {
  const options = readOptions();
  if (options.help) console.log(usage);
  else await start(options);
} catch (error) {
  console.error(`npm start failed: ${explain(error as Error)}`);
  process.exit(1);
}

/** Returns the reason of a failed start in one line. */
function explain({ message, path }: NodeJS.ErrnoException): string {
  const [reason = ''] = message.split('\n');
  const isStateFile = path !== undefined && process.argv.includes('--state');
  return isStateFile ? `${reason}. Name another file with --state` : reason;
}

/**
 * Starts the API with everything that it calls, in this process: the emulator, DynamoDB, the engine of operations. A function
 * is loaded by its first request, as on Lambda: it reads the environment when it is loaded, and all functions take 34 MB.
 * Requests that come before everything is ready wait.
 */
async function start(options: Options): Promise<void> {
  const { aws, regions, stateFile, policyFile } = options;
  const output = createOutput(options.log);
  const confirmation = aws ? await confirmAccount(options, output) : undefined;
  const functions = Promise.withResolvers<Functions>();
  const api = createApiServer({
    gateway: createWaitingGateway(functions.promise, confirmation),
    signIn: () => functions.promise.then(readSignIn),
  });
  const table = process.env.AWS_ENDPOINT_URL_DYNAMODB ?? startTable(stateFile, output);
  if (stateFile) await table; // fails before anything is written if another process uses the state
  const [emulator, dynamoDb, lambda, port] = await Promise.all([
    aws || process.env.AWS_ENDPOINT_URL_ELASTICACHE ? undefined : startEmulator(options, output),
    table,
    startDurableApi(functions.promise, stateFile, confirmation, output),
    listenFrom(api, options.port, { hasPages: true }),
  ]);
  onServed(api, output.served);
  const url = `http://localhost:${port}`;
  const elastiCache = emulator?.url ?? process.env.AWS_ENDPOINT_URL_ELASTICACHE;
  setEnvironment(
    environmentOf({ url, regions, lambda, dynamoDb, elastiCache, policyFile, aws, dataPlane: emulator?.dataPlane }),
  );
  const loaded = await loadFunctions(options, output);
  functions.resolve(loaded);
  if (port !== options.port)
    output.tell(`Port ${options.port} is in use. The API has port ${port}; PORT selects another.`);
  output.ready('API', url);
  output.ready('Console', url);
  output.ready('Reference', `${url}/docs`);
  if (emulator) output.explain(`\nReplication groups to start with:\n${describeSeeds()}\n${tryIt(url)}`);
  output.explain('Ctrl-C ends everything.\n');
}

/** Reads the callers for the sign-in from the policy, which the functions have read. */
async function readSignIn(): Promise<SignInConfiguration> {
  const { policy } = await import('../src/policy/policy.ts');
  return signInLocally(policy.Owners);
}

/** Prints the account, and creates the confirmation of its changes. */
async function confirmAccount({ regions, yes }: Options, output: Output): Promise<Confirmation | undefined> {
  const { readAccount } = await import('./awsAccount.ts');
  const { account, arn } = await readAccount(regions[0]);
  output.ready('AWS', `account ${account}, as ${arn}: changes go to ${regions.join(', ')}`);
  return yes ? undefined : createConfirmation(`AWS account ${account} in ${regions.join(', ')}`, findTerminal());
}

/** Creates the gateway of the API. A request waits for the functions. */
function createWaitingGateway(functions: Promise<Functions>, confirmation: Confirmation | undefined): Gateway {
  return async (request) => {
    const { routes, invoke } = await functions;
    const beforeChange = confirmation?.require;
    return createLocalGateway({ routes, invoke: reportErrors(invoke), ...(beforeChange && { beforeChange }) })(request);
  };
}

/** Prints the error of a function that throws, as Lambda logs it. */
function reportErrors(invoke: Functions['invoke']): Functions['invoke'] {
  return async (name, event) => {
    try {
      return await invoke(name, event);
    } catch (error) {
      console.error(error);
      throw error;
    }
  };
}

async function loadFunctions({ bundles, watch, policyFile, aws }: Options, output: Output): Promise<Functions> {
  const { functionsFromBundles, functionsFromChangingSources, functionsFromSources } = await import('./functions.ts');
  if (bundles) return functionsFromBundles(aws);
  const functions = watch ? functionsFromChangingSources(policyFile, output.tell) : functionsFromSources();
  if (policyFile) await import('../src/policy/policy.ts'); // an invalid policy ends the start
  if (watch) await bundleChangingPages(output);
  return functions;
}

/** Bundles the pages again after a change of their sources. */
async function bundleChangingPages({ tell }: Output): Promise<void> {
  const { watchPages } = await import('./reload.ts');
  watchPages((file) => {
    forgetPages();
    tell(`${file} has changed. The next request bundles the pages again.`);
  });
}

async function startEmulator({ stateFile, dataPlane: program }: Options, output: Output) {
  const emulator = createEmulator({ transitionMs, ...(stateFile && { stateFile }) });
  const url = `http://127.0.0.1:${await listenFrom(emulator, 4599)}`;
  await seed(url, emulator.store);
  output.ready('ElastiCache', `emulator at ${url}`);
  return { url, dataPlane: program === undefined ? undefined : await startServers(emulator, program, output) };
}

/** Starts a server behind each node group. The code of the data plane is loaded only here. Returns the version of the servers. */
async function startServers({ store }: Emulator, program: string, output: Output): Promise<string | undefined> {
  const { startDataPlane } = await import('../emulator/dataPlane/start.ts');
  const dataPlane = await startDataPlane(store, program, output.tell);
  if (dataPlane) output.ready('Data plane', `${dataPlane.version} behind each node group, without TLS`);
  return dataPlane?.version;
}

async function startTable(stateFile: string | undefined, output: Output): Promise<string> {
  const { url, createTable } = await startDynamoDB(0, stateFile && `${stateFile}.records`);
  await createTable(tableName());
  output.ready('Records', `in DynamoDB at ${url}`);
  return url;
}

/** Starts the API of durable executions. An execution that the state file has as running waits for the functions. */
async function startDurableApi(
  functions: Promise<Functions>,
  stateFile: string | undefined,
  confirmation: Confirmation | undefined,
  output: Output,
): Promise<string> {
  const reconcile: Functions['reconcile'] = async (event, context) => {
    // it needs the confirmation, too, and waits for it
    await confirmation?.require('An operation of an earlier run').catch(({ message }: Error) => output.tell(message));
    await confirmation?.given;
    return (await functions).reconcile(event, context);
  };
  const url = await listen(
    createDurableApi({
      functions: { [`${stackName}-${durableFunction}`]: reconcile },
      ...(stateFile && { stateFile: `${stateFile}.operations` }),
    }),
  );
  output.ready('Operations', `run by Lambda's durable functions at ${url}`);
  return url;
}

function tryIt(url: string): string {
  return `
Try it:
  curl -i ${url}/global-datastores -H 'content-type: application/json' \\
    -d '{"GlobalReplicationGroupIdSuffix":"orders","PrimaryReplicationGroupId":"orders-use1"}'
  curl ${url}/global-datastores/ldgnf-orders
  curl "${url}/global-datastores?ShowMemberInfo=true"
`;
}
