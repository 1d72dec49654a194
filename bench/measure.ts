import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { type RunningFunction, start } from './function.ts';
import { median, quantile } from './statistics.ts';
import type { Throttle } from './throttle.ts';
import type { Variant } from './variants.ts';
import type { World } from './world.ts';

/** A cold start, from the spawn of the process to the response of its first request. Milliseconds and MiB. */
export interface Cold {
  readonly init: number;
  readonly first: number;
  readonly total: number;
  readonly initCpu: number;
  readonly firstCpu: number;
  readonly cpu: number;
  readonly peakMb: number;
}

/** Requests to a process that has warmed up. Milliseconds. */
export interface Warm {
  readonly p50: number;
  readonly p99: number;
  readonly cpu: number;
}

/** Millions of user space instructions of all threads, counted by callgrind. Counts of two runs differ by up to 10 %. */
export interface Instructions {
  readonly init: number;
  readonly cold: number;
  readonly warm: number;
}

/** The conditions of a measurement. */
export interface Conditions {
  readonly environment: Readonly<Record<string, string>>;
  readonly event: APIGatewayProxyEventV2;
  readonly memoryMb?: number;
  /** Limits the CPU after the end of init. On Lambda the init has a whole core. */
  readonly throttle?: Throttle | undefined;
}

/** Returns the status with which a function responds to an event, and the calls that it makes. */
export async function callsOf(
  { root, bundle: name }: Variant,
  event: APIGatewayProxyEventV2,
  world: World,
): Promise<{ status: number | undefined; calls: string[] }> {
  const started = await start({ root, name, environment: world.environment });
  await world.calls();
  const { response } = await started.invoke(event);
  const calls = await world.calls();
  await started.end();
  return { status: response.statusCode, calls };
}

/** Starts a function and sends it one request. */
export async function coldStart(variant: Variant, { event, throttle, ...conditions }: Conditions): Promise<Cold> {
  return withFunction(variant, conditions, async (started) => {
    throttle?.add(started.pid);
    const sentAt = performance.now();
    const { spawned, ready } = started;
    const { response, done } = await started.invoke(event);
    if ((response.statusCode ?? 500) >= 500)
      throw new Error(`${variant.name} responds with ${response.statusCode}: ${response.body}`);
    const [init, first] = [ready.ms - spawned.ms, done.ms - sentAt];
    const firstCpu = done.cpuMs - ready.cpuMs;
    return {
      init,
      first,
      total: init + first,
      initCpu: ready.cpuMs,
      firstCpu,
      cpu: done.cpuMs,
      peakMb: started.peakMb(),
    };
  });
}

/** Sends requests to a function, one after the other. A quarter as many are sent before for warm-up and do not count. */
export async function warm(
  variant: Variant,
  { event, throttle, ...conditions }: Conditions,
  requests: number,
): Promise<Warm> {
  return withFunction(variant, conditions, async (started) => {
    throttle?.add(started.pid);
    for (let count = 0; count < requests / 4; count++) await started.invoke(event);
    const times: number[] = [];
    let { done } = await started.invoke(event);
    const cpuMsAtStart = done.cpuMs;
    for (let count = 0; count < requests; count++) {
      const sentAt = performance.now();
      ({ done } = await started.invoke(event));
      times.push(done.ms - sentAt);
    }
    return { p50: median(times), p99: quantile(times, 0.99), cpu: (done.cpuMs - cpuMsAtStart) / requests };
  });
}

const callgrind = ['valgrind', '--tool=callgrind', '--smc-check=all-non-file', '--callgrind-out-file=/dev/null'];

/** Counts the instructions of an init, of a cold start and, with `includeWarm`, of a warm request, which takes long. */
export async function countInstructions(
  variant: Variant,
  conditions: Conditions,
  includeWarm: boolean,
): Promise<Instructions> {
  const count = (requests: number) => countColdInstructions(variant, conditions, requests);
  const [init, cold] = [await count(0), await count(1)];
  if (!includeWarm) return { init, cold, warm: Number.NaN };
  const [few, many] = [await count(300), await count(600)];
  return { init, cold, warm: (many - few) / 300 };
}

/** Counts millions of instructions from the start of a process to the response of its last request. */
export async function countColdInstructions(
  { root, bundle: name }: Variant,
  { environment, event }: Conditions,
  requests = 1,
): Promise<number> {
  const started = await start({ root, name, environment, within: callgrind });
  for (let sent = 0; sent < requests; sent++) await started.invoke(event);
  return Number(/Collected : (\d+)/.exec(await started.end())?.[1]) / 1e6;
}

async function withFunction<T>(
  { root, bundle: name }: Variant,
  { environment, memoryMb }: Pick<Conditions, 'environment' | 'memoryMb'>,
  use: (started: RunningFunction) => Promise<T>,
): Promise<T> {
  const started = await start({ root, name, environment, ...(memoryMb && { memoryMb }) });
  try {
    return await use(started);
  } finally {
    await started.end();
  }
}
