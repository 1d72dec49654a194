import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism, platform } from 'node:os';
import { performance } from 'node:perf_hooks';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** A time, with the CPU time that a process has used until then. */
export interface Moment {
  /** Wall clock time in milliseconds, from an arbitrary origin. */
  readonly ms: number;
  /** CPU time of all threads in milliseconds, also of those that have ended. NaN without `/proc`. */
  readonly cpuMs: number;
}

/** Options of a start. */
export interface Start {
  /** The folder of the bundle. On Lambda this is the root of the package. */
  readonly root: string;
  /** The name of the bundle without its extension. The bundle exports `handler`. */
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMb?: number;
  /** A program with its arguments that starts Node. */
  readonly within?: readonly string[];
}

/** A function in its own process, started as on Lambda. It handles one request at a time. */
export interface RunningFunction {
  readonly pid: number;
  readonly spawned: Moment;
  /** The request for the first event, which Lambda calls the end of init. */
  readonly ready: Moment;
  /** Sends an event. `done` is the time at which the function posts the response. */
  invoke(event: APIGatewayProxyEventV2): Promise<{ response: APIGatewayProxyStructuredResultV2; done: Moment }>;
  /** Returns the largest resident size so far, in MiB. NaN without `/proc`. */
  peakMb(): number;
  /** Ends the process and returns its stderr. */
  end(): Promise<string>;
}

/** The path of AWS's runtime client. */
const ric = new URL('./node_modules/aws-lambda-ric/index.mjs', import.meta.url).pathname;

/** Returns whether AWS's runtime client is installed. Otherwise `bootstrap.mjs` is used. */
export const isRicInstalled = () => existsSync(ric);
const runtimeClient = () => (isRicInstalled() ? ric : new URL('./bootstrap.mjs', import.meta.url).pathname);

/** Returns the known flags of Lambda's nodejs24.x for a memory size. */
const flags = (memoryMb: number) => [
  '--expose-gc',
  '--max-http-header-size=81920',
  `--max-semi-space-size=${Math.round(memoryMb * 0.05)}`,
  `--max-old-space-size=${Math.round(memoryMb * 0.9)}`,
];

/** Returns a command that pins a process to a core, so that a function has one vCPU. Empty if this is not possible. */
export const pin = (core: 0 | 1): string[] => (canPin ? ['taskset', '-c', `${core}`] : []);
export const canPin = platform() === 'linux' && availableParallelism() > 1 && hasTaskset();

/** Starts a function and waits until the end of its init. Throws its stderr if the process ends. */
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
  const stderr = collectStderr(child);
  const pid = child.pid ?? 0;
  const cpu = createCpuMeter(pid);
  const closed = new Promise((resolve) => child.once('close', resolve));
  const failed = closed.then(() => {
    cpu.stop();
    runtime.close();
    throw new Error(`${name} ended:\n${stderr()}`);
  });
  failed.catch(() => {}); // the process also ends after a measurement
  await Promise.race([runtime.waiting(), failed]);

  return {
    pid,
    spawned,
    ready: { ms: performance.now(), cpuMs: cpu.read() },
    async invoke(event) {
      const response = await Promise.race([runtime.invoke(event), failed]);
      const done = { ms: performance.now(), cpuMs: cpu.read() };
      cpu.stop(); // warm requests end no threads
      return { response, done };
    },
    peakMb: () => peakMb(pid),
    async end() {
      child.kill('SIGTERM');
      await closed;
      return stderr();
    },
  };
}

/** Creates Lambda's Runtime API for one function. The function requests the next event and posts the response. */
function createRuntimeApi() {
  let onIdle: ((response: ServerResponse) => void) | undefined;
  let idle: ServerResponse | undefined;
  let onPosted: ((body: string, failed: boolean) => void) | undefined;
  let count = 0;

  const server = createServer(async (request, response) => {
    if (request.url?.endsWith('/next')) {
      idle = response;
      onIdle?.(response);
      return;
    }
    const body = await read(request);
    response.writeHead(202, { 'content-length': 0 }).end();
    onPosted?.(body, request.url?.endsWith('/error') ?? false);
  });
  server.keepAliveTimeout = 0;

  const waiting = () =>
    new Promise<ServerResponse>((resolve) => {
      if (idle) resolve(idle);
      else onIdle = resolve;
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
        onPosted = (body, failed) => (failed ? reject(new Error(`the function failed: ${body}`)) : resolve(body));
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

function collectStderr(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-20_000);
  });
  return () => text;
}

/**
 * Measures the CPU time of all threads in milliseconds, also of threads that have ended: until the first
 * response it reads them every 2 ms. The scheduler counts it in nanoseconds.
 */
function createCpuMeter(pid: number) {
  const spent = new Map<string, number>();
  const look = () => {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      try {
        spent.set(thread, Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]));
      } catch {} // the thread has just ended
    }
  };
  const timer = setInterval(() => existsSync(`/proc/${pid}/task`) && look(), 2).unref();
  return {
    read(): number {
      if (platform() !== 'linux') return Number.NaN;
      look();
      return [...spent.values()].reduce((sum, each) => sum + each, 0) / 1e6;
    },
    stop: () => clearInterval(timer),
  };
}

const peakMb = (pid: number): number => sizeMb(pid, 'VmHWM');

/** Returns the current resident size of a process in MiB. NaN without `/proc`. */
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
