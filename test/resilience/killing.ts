import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { afterAll } from 'vitest';
import { type Reply, startApi } from '../support/api.ts';
import { startDurable } from '../support/durable.ts';
import { until } from '../support/emulator.ts';
import { eventOf } from '../support/event.ts';
import { createRelay, type Passing } from '../support/relay.ts';

/** A moment in the life of a request: a call of AWS, by its action or its number, or the answer. */
export type Moment =
  | { readonly action: string; readonly phase: Passing['phase'] }
  | { readonly call: number; readonly phase: Passing['phase'] }
  | 'answered';

/** A change that a process is killed over. */
export interface Change {
  readonly name: string;
  /** The actions that make the change, the one that is killed over first. */
  readonly actions: readonly string[];
  /** Makes what is to be changed, of that name. */
  readonly prepare: (name: string) => Promise<void>;
  readonly request: (name: string) => { readonly request: string; readonly body?: object };
  /** What the resource shows of the change, once it rests. */
  readonly effect: (name: string) => Promise<unknown>;
  /** The status of its answer: 202 unless given. */
  readonly status?: number;
  /** How often AWS may accept it, from and to: once unless given. */
  readonly accepts?: readonly [number, number];
}

/** What came of it. */
export interface Outcome {
  /** The answer that the killed process gave, if it came so far. */
  readonly lost?: Reply;
  /** The answer to the same request with the same key, sent until it was not told to wait, and again if it was `isUnsure`. */
  readonly reply: Reply;
  /** From the kill to that answer. */
  readonly ms: number;
  /** How often AWS accepted the change. */
  readonly accepted: number;
  readonly effect: unknown;
  /** Whether the first answer was OutcomeUnknown, since AWS had not completed the change. */
  readonly isUnsure: boolean;
  /** Sends the request once more. */
  readonly again: () => Promise<Reply>;
  /** What was called until the end of the process, in order. */
  readonly trace: readonly string[];
}

/** What happens between the kill and the next request. */
interface Then {
  /** Whether AWS comes to rest. */
  readonly rested?: boolean;
  readonly meanwhile?: (name: string) => Promise<void>;
}

/** How long a killed process keeps its key from the next one, in milliseconds. */
export const holdMs = 400;

/** Kills functions over their changes: real processes, over the wire, with SIGKILL. */
export async function startKilling() {
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

  /** Lets AWS come to rest. */
  const settle = () => until(async () => (await tick()) === 0);

  async function seed(...args: Parameters<typeof emulator.seed>): Promise<void> {
    const ticking = setInterval(tick, 5);
    await emulator.seed(...args).finally(() => clearInterval(ticking));
  }

  /** A datastore of that name, with a secondary in Europe if it is to have one. */
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

  /** A process that is ready to answer one request of that route. */
  async function processFor(route: string): Promise<ChildProcess> {
    const child = fork(new URL('../support/child.ts', import.meta.url), [route], { env: environment, stdio: 'ignore' });
    await once(child, 'message');
    return child;
  }

  /** Kills a process that makes the change, at that moment or not at all, and sends the same request until it is answered. */
  async function kill(
    change: Change,
    moment: Moment | undefined,
    { rested = false, meanwhile }: Then = {},
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
        if (!isMoment(moment, { action, phase }, trace)) return undefined;
        child.kill('SIGKILL');
        return new Promise(() => {}); // nothing goes on for this call
      });
    }
    const end = once(child, 'exit');
    child.send({ name: change.name, event: eventOf(request, options, routes).event });
    const [result] = await Promise.race([once(child, 'message'), end.then(() => [])]);
    child.kill('SIGKILL');
    await end;
    const since = Date.now();
    if (rested) await settle();
    await meanwhile?.(name);

    let reply = await call(request, options);
    await until(async () => {
      if (reply.body.code === 'IdempotencyKeyInProgress') reply = await call(request, options);
      return reply.body.code !== 'IdempotencyKeyInProgress';
    });
    const ms = Date.now() - since;
    await settle();
    const isUnsure = reply.body.code === 'OutcomeUnknown';
    if (isUnsure) reply = await call(request, options); // the change shows once AWS has completed it
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
      isUnsure,
      effect,
      again: () => call(request, options),
      trace,
    };
  }

  return { ...api, seed, settle, datastore, kill };
}

function isMoment(moment: Moment | undefined, { action, phase }: Passing, trace: readonly string[]): boolean {
  if (moment === undefined || moment === 'answered' || moment.phase !== phase) return false;
  return 'action' in moment ? moment.action === action : moment.call === trace.length;
}

function replyOf({ statusCode = 0, headers, body = '' }: APIGatewayProxyStructuredResultV2): Reply {
  return { status: statusCode, headers: headers as Reply['headers'], body: JSON.parse(body) };
}
