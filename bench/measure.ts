import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { type RunningFunction, start } from './function.ts';
import { median, quantile } from './statistics.ts';
import type { Throttle } from './throttle.ts';
import type { Variant } from './variants.ts';

/** One cold start: from the spawn of the process to the answer of its first request. Milliseconds, and MiB. */
export interface Cold {
  readonly init: number;
  readonly first: number;
  readonly total: number;
  readonly initCpu: number;
  readonly firstCpu: number;
  readonly cpu: number;
  readonly peakMb: number;
}

/** Many requests to one process, after it has warmed up. Milliseconds. */
export interface Warm {
  readonly p50: number;
  readonly p99: number;
  readonly cpu: number;
}

/** Instructions in user space of all threads, in millions, as callgrind counts them: the same each time, within 1 %. */
export interface Instructions {
  readonly init: number;
  readonly cold: number;
  readonly warm: number;
}

/** What a function is measured with. */
export interface Conditions {
  readonly environment: Readonly<Record<string, string>>;
  readonly event: APIGatewayProxyEventV2;
  readonly memoryMb?: number;
  /** What it is throttled by from the end of its init on: Lambda gives init a whole core. */
  readonly throttle?: Throttle | undefined;
}

/** Starts a function and sends it one request. */
export async function coldStart(variant: Variant, { event, throttle, ...conditions }: Conditions): Promise<Cold> {
  return running(variant, conditions, async (started) => {
    throttle?.add(started.pid);
    const begun = performance.now();
    const { spawned, ready } = started;
    const { answer, done } = await started.invoke(event);
    if ((answer.statusCode ?? 500) >= 500)
      throw new Error(`${variant.name} answers ${answer.statusCode}: ${answer.body}`);
    const [init, first] = [ready.ms - spawned.ms, done.ms - begun];
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

/** Sends a function so many requests, one after the other; those of the first quarter do not count. */
export async function warm(
  variant: Variant,
  { event, throttle, ...conditions }: Conditions,
  requests: number,
): Promise<Warm> {
  return running(variant, conditions, async (started) => {
    throttle?.add(started.pid);
    for (let count = 0; count < requests / 4; count++) await started.invoke(event);
    const times: number[] = [];
    let { done } = await started.invoke(event);
    const before = done.cpuMs;
    for (let count = 0; count < requests; count++) {
      const begun = performance.now();
      ({ done } = await started.invoke(event));
      times.push(done.ms - begun);
    }
    return { p50: median(times), p99: quantile(times, 0.99), cpu: (done.cpuMs - before) / requests };
  });
}

const callgrind = ['valgrind', '--tool=callgrind', '--smc-check=all-non-file', '--callgrind-out-file=/dev/null'];

/** Counts the instructions of an init, of a cold start, and of a warm request; for the last it takes the long way only if asked. */
export async function instructions(variant: Variant, conditions: Conditions, alsoWarm: boolean): Promise<Instructions> {
  const count = async (requests: number) => {
    const { root, bundle: name } = variant;
    const started = await start({ root, name, environment: conditions.environment, within: callgrind });
    for (let sent = 0; sent < requests; sent++) await started.invoke(conditions.event);
    return Number(/Collected : (\d+)/.exec(await started.end())?.[1]) / 1e6;
  };
  const [init, cold] = [await count(0), await count(1)];
  if (!alsoWarm) return { init, cold, warm: Number.NaN };
  const [some, more] = [await count(300), await count(600)];
  return { init, cold, warm: (more - some) / 300 };
}

async function running<T>(
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
