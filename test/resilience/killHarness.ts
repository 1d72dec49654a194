import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { afterAll } from 'vitest';
import { type Reply, startApi } from '../support/api.ts';
import { startDurable } from '../support/durable.ts';
import { until } from '../support/emulator.ts';
import { eventOf } from '../support/event.ts';
import { createRelay, type RelayedCall } from '../support/relay.ts';

/** The point at which the process of a request is killed: at a call of AWS, by its action or number, or after the response. */
export type KillPoint =
  | { readonly action: string; readonly phase: RelayedCall['phase'] }
  | { readonly call: number; readonly phase: RelayedCall['phase'] }
  | 'responded';

/** A change of the API whose process is killed. */
export interface Change {
  readonly name: string;
  /** The actions of AWS that make the change. Tests kill at the first. */
  readonly actions: readonly string[];
  /** Creates the resources that the change needs, under that name. */
  readonly prepare: (name: string) => Promise<void>;
  readonly request: (name: string) => { readonly request: string; readonly body?: object };
  /** Returns the effect of the change, once AWS has completed it. */
  readonly effect: (name: string) => Promise<unknown>;
  /** The status of the response. 202 by default. */
  readonly status?: number;
  /** The least and the most times that AWS may accept the change. Once by default. */
  readonly accepts?: readonly [number, number];
}

/** The result of a kill and its retries. */
export interface Outcome {
  /** The response of the killed process, if there is one. */
  readonly lost?: Reply;
  /** The last response to retries with the same key: until it is not IdempotencyKeyInProgress, and once more if `isUncertain`. */
  readonly reply: Reply;
  /** The time from the kill to the first response that is not IdempotencyKeyInProgress, in milliseconds. */
  readonly ms: number;
  /** The number of times that AWS accepted the change. */
  readonly accepted: number;
  readonly effect: unknown;
  /** Whether the response at the end of `ms` was OutcomeUnknown: AWS had not completed the change. */
  readonly isUncertain: boolean;
  /** Sends the request once more. */
  readonly again: () => Promise<Reply>;
  /** The actions that the process called, in order. */
  readonly trace: readonly string[];
}

/** The steps between the kill and the first retry. */
interface BeforeRetry {
  /** Whether AWS completes the changes in progress. */
  readonly completesChanges?: boolean;
  readonly meanwhile?: (name: string) => Promise<void>;
}

/** The time for which the key of a killed request stays locked, in milliseconds. */
export const holdMs = 400;

/** Starts the API and returns `kill`, which runs a request in a child process and ends that process with SIGKILL. */
export async function startKillHarness() {
  const durable = await startDurable();
  const api = await startApi({
    transitionMs: Number.POSITIVE_INFINITY,
    environment: { AWS_ENDPOINT_URL_LAMBDA: durable.url, RECONCILE_INTERVAL_SECONDS: '1' },
  });
  const { call, emulator, table, routes } = api;
  const relays = [createRelay(), createRelay(), createRelay()] as const;
  const environment = {
    ...process.env,
    AWS_ENDPOINT_URL_ELASTICACHE: await relays[0].listen(emulator.url),
    AWS_ENDPOINT_URL_DYNAMODB: await relays[1].listen(table.url),
    AWS_ENDPOINT_URL_LAMBDA: await relays[2].listen(durable.url),
    KEY_LEASE_MS: String(holdMs),
  };
  afterAll(() => relays.forEach((relay) => void relay.close()));

  const tick = async () => {
    const { Steps } = (await (await fetch(`${emulator.url}/_emulator/tick`, { method: 'POST' })).json()) as {
      Steps: number;
    };
    return Steps;
  };

  /** Runs the transitions of the emulator until none is left. */
  const settle = () => until(async () => (await tick()) === 0);

  async function seed(...args: Parameters<typeof emulator.seed>): Promise<void> {
    const ticking = setInterval(tick, 5);
    await emulator.seed(...args).finally(() => clearInterval(ticking));
  }

  /** Creates a datastore of that name, with a secondary in eu-west-1 on request. */
  async function datastore(
    name: string,
    { secondary = false, ...input }: { secondary?: boolean } & Parameters<typeof seed>[2] = {},
  ) {
    await seed(`${name}-use1`, 'us-east-1', input);
    const home = `/global-datastores/ldgnf-${name}`;
    const body = { GlobalReplicationGroupIdSuffix: name, PrimaryReplicationGroupId: `${name}-use1` };
    await call('POST /global-datastores', { body });
    await settle();
    if (!secondary) return;
    const member = { ReplicationGroupId: `${name}-euw1`, ReplicationGroupRegion: 'eu-west-1' };
    await call(`POST ${home}/members`, { body: member });
    await settle();
  }

  /** Starts a process that serves one request of that route, and waits until it is ready. */
  async function processFor(route: string): Promise<ChildProcess> {
    const child = fork(new URL('../support/child.ts', import.meta.url), [route], { env: environment, stdio: 'ignore' });
    await once(child, 'message');
    return child;
  }

  /** Runs the change in a process, kills it at `killPoint` or after its response, and retries the request with the same key. */
  async function kill(
    change: Change,
    killPoint: KillPoint | undefined,
    { completesChanges = false, meanwhile }: BeforeRetry = {},
  ): Promise<Outcome> {
    const name = `k${randomUUID().slice(0, 8)}`;
    await fetch(`${emulator.url}/_emulator/reset`, { method: 'POST' });
    const [child] = await Promise.all([processFor(change.name), change.prepare(name)]);
    await emulator.calls();

    const { request, body } = change.request(name);
    const options = { headers: { 'idempotency-key': randomUUID() }, ...(body && { body }) };
    const trace: string[] = [];
    for (const relay of relays) {
      relay.watch(({ action, phase }) => {
        if (phase === 'before') trace.push(action);
        if (!isKillPoint(killPoint, { action, phase }, trace)) return undefined;
        child.kill('SIGKILL');
        return new Promise(() => {}); // the call never returns
      });
    }
    const end = once(child, 'exit');
    child.send({ name: change.name, event: eventOf(request, options, routes).event });
    const [result] = await Promise.race([once(child, 'message'), end.then(() => [])]);
    child.kill('SIGKILL');
    await end;
    const since = Date.now();
    if (completesChanges) await settle();
    await meanwhile?.(name);

    let reply = await call(request, options);
    await until(async () => {
      if (reply.body.code === 'IdempotencyKeyInProgress') reply = await call(request, options);
      return reply.body.code !== 'IdempotencyKeyInProgress';
    });
    const ms = Date.now() - since;
    await settle();
    const isUncertain = reply.body.code === 'OutcomeUnknown';
    if (isUncertain) reply = await call(request, options); // the change shows once AWS has completed it
    await settle();
    const effect = await change.effect(name);
    const accepted = (await emulator.calls()).filter(
      ({ Action, Code }) => change.actions.includes(Action ?? '') && !Code,
    );
    return {
      ...(result && { lost: replyOf(result) }),
      reply,
      ms,
      accepted: accepted.length,
      isUncertain,
      effect,
      again: () => call(request, options),
      trace,
    };
  }

  return { ...api, seed, settle, datastore, kill };
}

function isKillPoint(
  killPoint: KillPoint | undefined,
  { action, phase }: RelayedCall,
  trace: readonly string[],
): boolean {
  if (killPoint === undefined || killPoint === 'responded' || killPoint.phase !== phase) return false;
  return 'action' in killPoint ? killPoint.action === action : killPoint.call === trace.length;
}

function replyOf({ statusCode = 0, headers, body = '' }: APIGatewayProxyStructuredResultV2): Reply {
  return { status: statusCode, headers: headers as Reply['headers'], body: JSON.parse(body) };
}
