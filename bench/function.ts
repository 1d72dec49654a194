import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism, platform } from 'node:os';
import { performance } from 'node:perf_hooks';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** A moment of a process: when it was, and what the process had used by then. */
export interface Moment {
  /** Wall clock in milliseconds, since some point. */
  readonly ms: number;
  /** On CPU, of all threads, in milliseconds; NaN where no `/proc` tells it. */
  readonly cpuMs: number;
}

/** How a function is started. */
export interface Start {
  /** The folder with the bundle, which is what a package's root is on Lambda. */
  readonly root: string;
  /** The bundle's name without its ending; it exports `handler`. */
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMb?: number;
  /** A program, with its arguments, that Node is to run in. */
  readonly within?: readonly string[];
}

/** A function in a process of its own, started as Lambda starts it, with one request at a time. */
export interface RunningFunction {
  readonly pid: number;
  readonly spawned: Moment;
  /** When it asked for the first event: what Lambda calls the end of init. */
  readonly ready: Moment;
  /** Ends with the answer posted; `done` is that moment. */
  invoke(event: APIGatewayProxyEventV2): Promise<{ answer: APIGatewayProxyStructuredResultV2; done: Moment }>;
  /** The largest resident size so far, in MiB; NaN where no `/proc` tells it. */
  peakMb(): number;
  /** Ends the process and gives what it wrote to stderr. */
  end(): Promise<string>;
}

/** Whether AWS's own runtime client serves the functions, or ours. */
const ric = new URL('./node_modules/aws-lambda-ric/index.mjs', import.meta.url).pathname;
export const isRic = () => existsSync(ric);
const runtimeClient = () => (isRic() ? ric : new URL('./bootstrap.mjs', import.meta.url).pathname);

/** The flags of Lambda's nodejs24.x for a memory size, as far as can be told from outside. */
const flags = (memoryMb: number) => [
  '--expose-gc',
  '--max-http-header-size=81920',
  `--max-semi-space-size=${Math.round(memoryMb * 0.05)}`,
  `--max-old-space-size=${Math.round(memoryMb * 0.9)}`,
];

/** One core for the function and one for the rest, so that a function has exactly one vCPU; nothing where that cannot be. */
export const pin = (core: 0 | 1): string[] => (canPin ? ['taskset', '-c', `${core}`] : []);
export const canPin = platform() === 'linux' && availableParallelism() > 1 && hasTaskset();

/** Starts a function and waits until its init has ended. Throws what it said when it ends by itself. */
export async function start({
  root,
  name,
  environment,
  memoryMb = 1024,
  within = [],
}: Start): Promise<RunningFunction> {
  const runtime = createRuntimeApi();
  const port = await runtime.listen();
  const spawned = { ms: performance.now(), cpuMs: 0 };
  const [program = '', ...options] = [...pin(1), ...within, process.execPath, ...flags(memoryMb), runtimeClient()];
  const child = spawn(program, options, {
    env: {
      PATH: process.env.PATH,
      TZ: ':UTC',
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
      AWS_LAMBDA_LOG_STREAM_NAME: 'bench',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: `${memoryMb}`,
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      LAMBDA_TASK_ROOT: root,
      _HANDLER: `${name}.handler`,
      ...environment,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said = collect(child);
  const pid = child.pid ?? 0;
  const gone = new Promise((resolve) => child.once('close', resolve));
  const failed = gone.then(() => {
    runtime.close();
    throw new Error(`${name} ended:\n${said()}`);
  });
  failed.catch(() => {}); // it ends in any case
  await Promise.race([runtime.waiting(), failed]);

  return {
    pid,
    spawned,
    ready: { ms: performance.now(), cpuMs: cpuMs(pid) },
    async invoke(event) {
      const answer = await Promise.race([runtime.invoke(event), failed]);
      return { answer, done: { ms: performance.now(), cpuMs: cpuMs(pid) } };
    },
    peakMb: () => peakMb(pid),
    async end() {
      child.kill('SIGTERM');
      await gone;
      return said();
    },
  };
}

/** The Runtime API of Lambda for one function: it asks for the next event and posts the answer. */
function createRuntimeApi() {
  let next: ((response: ServerResponse) => void) | undefined;
  let idle: ServerResponse | undefined;
  let answered: ((body: string, failed: boolean) => void) | undefined;
  let count = 0;

  const server = createServer(async (request, response) => {
    if (request.url?.endsWith('/next')) {
      idle = response;
      next?.(response);
      return;
    }
    const body = await read(request);
    response.writeHead(202, { 'content-length': 0 }).end();
    answered?.(body, request.url?.endsWith('/error') ?? false);
  });
  server.keepAliveTimeout = 0;

  const waiting = () =>
    new Promise<ServerResponse>((resolve) => {
      if (idle) resolve(idle);
      else next = resolve;
    });

  return {
    listen: () =>
      new Promise<number>((resolve) => {
        server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
      }),
    waiting,
    async invoke(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
      const response = await waiting();
      idle = undefined;
      const posted = new Promise<string>((resolve, reject) => {
        answered = (body, failed) => (failed ? reject(new Error(`the function failed: ${body}`)) : resolve(body));
      });
      response.writeHead(200, {
        'content-type': 'application/json',
        'lambda-runtime-aws-request-id': `00000000-0000-4000-8000-${String(++count).padStart(12, '0')}`,
        'lambda-runtime-deadline-ms': Date.now() + 29_000,
        'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:us-east-1:000000000000:function:bench',
      });
      response.end(JSON.stringify(event));
      return JSON.parse(await posted);
    },
    close: () => server.close().closeAllConnections(),
  };
}

async function read(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  return body;
}

function collect(child: ChildProcess): () => string {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    said = (said + chunk).slice(-20_000);
  });
  return () => said;
}

/** Nanoseconds on CPU of each thread, as the scheduler counts them. */
function cpuMs(pid: number): number {
  if (platform() !== 'linux') return Number.NaN;
  const threads = readdirSync(`/proc/${pid}/task`);
  const spent = threads.map((thread) => {
    try {
      return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
    } catch {
      return 0; // it has ended just now
    }
  });
  return spent.reduce((sum, each) => sum + each, 0) / 1e6;
}

const peakMb = (pid: number): number => sizeMb(pid, 'VmHWM');

/** The resident size of a process now, in MiB; NaN where no `/proc` tells it. */
export const residentMb = (pid: number): number => sizeMb(pid, 'VmRSS');

function sizeMb(pid: number, which: string): number {
  if (platform() !== 'linux') return Number.NaN;
  const [, kb] = new RegExp(`${which}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kb) / 1024;
}

function hasTaskset(): boolean {
  try {
    execFileSync('taskset', ['-V']);
    return true;
  } catch {
    return false;
  }
}
