import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { DurableLambdaHandler } from '@aws/durable-execution-sdk-js';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import type { Route } from '../src/schemas/route.ts';
import { durableFunction } from './environment.ts';
import { createLimiter } from './limiter.ts';
import { createSourceReloader, watchSources } from './reload.ts';

/** The functions of the API, in this process. */
export interface Functions {
  /** Calls a function with an event of API Gateway. */
  invoke(name: string, event: APIGatewayProxyEventV2): Promise<unknown>;
  /** The function that runs operations. */
  readonly reconcile: DurableLambdaHandler;
  /** The contracts by the names of their functions. */
  readonly routes: Readonly<Record<string, Route>>;
}

/** Functions that can be loaded before their first request. */
interface LoadableFunctions extends Functions {
  /** Loads every function. Throws the error of one that cannot be loaded. */
  loadAll(): Promise<void>;
}

type Handler = (event: APIGatewayProxyEventV2, context: Context) => Promise<unknown>;

/** Runs the functions from their sources, without a build: Node removes the types. */
export const functionsFromSources = (): Promise<LoadableFunctions> =>
  createFunctions((name) => {
    const file = name === durableFunction ? `operations/${name}Function` : `handlers/${name}`;
    return import(`../src/${file}.ts`);
  });

/** Builds the bundles and runs them, as they are deployed. */
export async function functionsFromBundles(anyCredentials: boolean): Promise<Functions> {
  const { build } = await import('../build.ts');
  const outdir = `dist-local/${process.pid}`; // of this process alone, so that another build does not replace bundles in use
  process.once('exit', () => rmSync(outdir, { recursive: true, force: true }));
  await build({ outdir, anyCredentials, codeCache: false });
  return createFunctions((name) => import(new URL(`../${outdir}/${name}.mjs`, import.meta.url).href));
}

/** Runs the functions from their sources, and loads them again when a source or the policy changes. */
export async function functionsFromChangingSources(
  policyFile: string | undefined,
  tell: (message: string) => void,
): Promise<Functions> {
  const reloadSources = createSourceReloader();
  let current: Functions = await functionsFromSources();
  watchSources(policyFile, async (file) => {
    reloadSources();
    try {
      const next = await functionsFromSources();
      await next.loadAll();
      current = next;
      tell(`${file} has changed. The functions are loaded again.`);
    } catch (error) {
      tell(`${file} has changed. The former functions stay, because it cannot be loaded: ${(error as Error).stack}`);
    }
  });
  return {
    invoke: (name, event) => current.invoke(name, event),
    reconcile: (event, context) => current.reconcile(event, context),
    get routes() {
      return current.routes;
    },
  };
}

async function createFunctions(load: (name: string) => Promise<{ handler: unknown }>): Promise<LoadableFunctions> {
  const handlers = new Map<string, Promise<unknown>>();
  const handlerOf = <T>(name: string): Promise<T> => {
    const handler = handlers.get(name) ?? load(name).then((module) => module.handler);
    handlers.set(name, handler);
    return handler as Promise<T>;
  };

  const limited = createLimiter();
  const { routes } = await import('../src/schemas/routes.ts');

  return {
    routes,

    async invoke(name, event) {
      const handler = await handlerOf<Handler>(name);
      return limited(() => handler(event, createContext(name)));
    },
    reconcile: async (event, context) => (await handlerOf<DurableLambdaHandler>(durableFunction))(event, context),
    async loadAll() {
      for (const name of [...Object.keys(routes), 'notFound', durableFunction]) await handlerOf(name);
    },
  };
}

/** The timeout of the functions in serverless.yml. */
const timeoutMs = 29_000;

/** Returns the context of an invocation that starts now. */
function createContext(functionName: string): Context {
  const end = Date.now() + timeoutMs;
  return {
    awsRequestId: randomUUID(),
    callbackWaitsForEmptyEventLoop: false,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:123456789012:function:${functionName}`,
    logGroupName: 'local',
    logStreamName: 'local',
    memoryLimitInMB: '512',
    getRemainingTimeInMillis: () => end - Date.now(),
    done: () => {},
    fail: () => {},
    succeed: () => {},
  };
}
