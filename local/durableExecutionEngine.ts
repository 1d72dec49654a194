import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DurableExecutionInvocationInputWithClient,
  type DurableLambdaHandler,
  type ErrorObject,
  InvocationStatus,
} from '@aws/durable-execution-sdk-js';
import type { Context } from 'aws-lambda';
import { readJsonFile, writeJsonFile } from '../emulator/state/jsonFile.ts';

/** The state of one execution, as the state file stores it. */
export interface Execution {
  readonly name: string;
  readonly arn: string;
  readonly functionName: string;
  readonly input: string;
  /** Unix time in milliseconds. */
  readonly startedAt: number;
  /** The steps of the function, each with its latest checkpoint. */
  readonly steps: Step[];
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'STOPPED';
  endedAt?: number;
  result?: string;
  error?: ErrorObject;
}

type Client = DurableExecutionInvocationInputWithClient['durableExecutionClient'];
type Operation = DurableExecutionInvocationInputWithClient['InitialExecutionState']['Operations'][number];
/** A step, a condition, or a callback, which has a time at which it ends without a response. */
type Step = Operation & { readonly timeoutAt?: string };
type Update = NonNullable<Parameters<Client['checkpoint']>[0]['Updates']>[number];
type Outcome = Awaited<ReturnType<DurableLambdaHandler>>;

export interface EngineOptions {
  /** The durable functions by their names. */
  functions: Readonly<Record<string, DurableLambdaHandler>>;
  /** The file that keeps executions across restarts. A running execution continues from its checkpoint. */
  stateFile?: string;
  /** The region in the ARNs of executions, us-east-1 by default. */
  region?: string;
  /** The milliseconds that a second of a wait takes, 1000 by default. Tests use fewer. */
  secondMs?: number;
}

/** An engine that runs durable functions in real time. It supports steps, conditions and callbacks, and no other operations. */
export interface Engine {
  readonly functions: EngineOptions['functions'];
  readonly executions: readonly Execution[];
  start(functionName: string, name: string, input: string): Execution;
  stop(execution: Execution, error: ErrorObject | undefined): void;
  /** Ends the callback of this id with a result. Returns false if there is none, or if it has ended. */
  completeCallback(callbackId: string, result: string): boolean;
  /** Ends all runs in this process. The state file keeps their executions as running. */
  close(): void;
}

/** Creates an engine and continues the executions that the state file has as running. */
export function createEngine({ functions, stateFile, region = 'us-east-1', secondMs = 1000 }: EngineOptions): Engine {
  const saved = (stateFile && readJsonFile(stateFile, isState)) || [];
  const executions = saved.map((execution) => ({ ...execution, steps: execution.steps ?? [] }));
  const save = () => stateFile && writeJsonFile(stateFile, executions);
  const closed = new AbortController();
  const wakers = new Map<Execution, Waker>();
  const launch = (execution: Execution) => {
    const handler = functions[execution.functionName];
    if (!handler) return;
    const waker = createWaker(closed.signal);
    wakers.set(execution, waker);
    run(handler, execution, save, waker, secondMs).finally(() => wakers.delete(execution));
  };
  save();
  for (const execution of executions) if (execution.status === 'RUNNING') launch(execution);

  return {
    functions,
    executions,

    start(functionName, name, input) {
      const arn = `arn:aws:lambda:${region}:000000000000:function:${functionName}:1/durable-execution/${name}/${randomUUID()}`;
      const startedAt = Date.now();
      const execution: Execution = { name, arn, functionName, input, startedAt, steps: [], status: 'RUNNING' };
      executions.push(execution);
      save();
      launch(execution);
      return execution;
    },

    stop(execution, error) {
      if (execution.status !== 'RUNNING') return;
      Object.assign(execution, { status: 'STOPPED', endedAt: Date.now(), error });
      save();
      wakers.get(execution)?.wake();
    },

    completeCallback(callbackId, Result) {
      for (const execution of executions) {
        const step = execution.steps.find(({ CallbackDetails }) => CallbackDetails?.CallbackId === callbackId);
        if (!step) continue;
        if (execution.status !== 'RUNNING' || step.Status !== 'STARTED') return false;
        Object.assign(step, { Status: 'SUCCEEDED', CallbackDetails: { CallbackId: callbackId, Result } });
        save();
        wakers.get(execution)?.wake();
        return true;
      }
      return false;
    },

    close: () => closed.abort(),
  };
}

const isState = (content: unknown): content is Execution[] =>
  Array.isArray(content) && content.every((execution) => typeof execution?.arn === 'string');

/** The signals that end the waits of an execution early. */
interface Waker {
  readonly closed: AbortSignal;
  wake(): void;
  /** Returns a signal that is aborted by `wake` and by the end of the engine. */
  signal(): AbortSignal;
}

function createWaker(closed: AbortSignal): Waker {
  let woken = new AbortController();
  return {
    closed,
    wake: () => woken.abort(),
    signal: () => {
      if (woken.signal.aborted) woken = new AbortController();
      return AbortSignal.any([closed, woken.signal]);
    },
  };
}

/** Runs an execution to its end. An invocation ends when only waits are left, and the next one follows after the wait. */
async function run(
  handler: DurableLambdaHandler,
  execution: Execution,
  save: () => void,
  waker: Waker,
  secondMs: number,
) {
  while (execution.status === 'RUNNING' && !waker.closed.aborted) {
    const woken = waker.signal(); // from before the invocation: a callback may end during it
    const outcome = await invoke(handler, execution, save);
    if (outcome.Status === InvocationStatus.PENDING) await waitForSteps(execution.steps, woken, secondMs);
    else if (execution.status === 'RUNNING') end(execution, outcome, save);
  }
}

/** Invokes the function once, with a client that keeps its checkpoints in the execution. */
function invoke(handler: DurableLambdaHandler, execution: Execution, save: () => void): Promise<Outcome> {
  const { arn, steps } = execution;
  const client: Client = {
    async checkpoint({ Updates = [] }) {
      for (const update of Updates) applyUpdate(steps, update);
      save();
      return { CheckpointToken: randomUUID(), NewExecutionState: { Operations: steps } };
    },
    getExecutionState: async () => ({ Operations: steps }),
  };
  const InitialExecutionState = { Operations: [toOperation(execution), ...steps] };
  const event = { DurableExecutionArn: arn, CheckpointToken: randomUUID(), InitialExecutionState };
  const context = { awsRequestId: randomUUID(), getRemainingTimeInMillis: () => 900_000 } as Context;
  return handler(new DurableExecutionInvocationInputWithClient(event, client), context).catch((error: Error) => ({
    Status: InvocationStatus.FAILED,
    Error: { ErrorMessage: error.message, ErrorType: error.name },
  }));
}

/** Returns the operation that holds the input of an execution. */
const toOperation = ({ name, startedAt, input }: Execution): Step => ({
  Id: name,
  Type: 'EXECUTION',
  Status: 'STARTED',
  StartTimestamp: toTime(startedAt),
  ExecutionDetails: { InputPayload: input },
});

const statuses = { START: 'STARTED', RETRY: 'PENDING', SUCCEED: 'SUCCEEDED', FAIL: 'FAILED' } as const;

function applyUpdate(steps: Step[], { Id, Type, SubType, Name, Action, ...update }: Update): void {
  if (Type === 'CALLBACK' && Action === 'START') {
    steps.push({ Id, Type, SubType, Name, ...startedCallback(update) });
    return;
  }
  if (Type !== 'STEP' || !Action || Action === 'CANCEL')
    throw new Error(`The local engine has steps, conditions and callbacks only, not ${Type} ${Action}.`);
  const known = steps.find((step) => step.Id === Id);
  const { StartTimestamp = toTime(Date.now()), StepDetails = {} } = known ?? {};
  const step: Step = { Id, Type, SubType, Name, StartTimestamp, Status: statuses[Action], StepDetails };
  if (Action !== 'START') step.StepDetails = toDetails(StepDetails, update);
  if (known) Object.assign(known, step);
  else steps.push(step);
}

const startedCallback = ({ CallbackOptions: { TimeoutSeconds: seconds } = {} }: Partial<Update>) => ({
  Status: 'STARTED' as const,
  StartTimestamp: toTime(Date.now()),
  CallbackDetails: { CallbackId: Buffer.from(randomUUID()).toString('base64') }, // of the form that AWS documents
  ...(seconds && { timeoutAt: toTime(Date.now() + seconds * 1000) }),
});

/** Returns the details of a step after one more attempt. */
const toDetails = (
  { Attempt = 0 }: NonNullable<Step['StepDetails']>,
  { StepOptions: { NextAttemptDelaySeconds: delay } = {}, ...update }: Partial<Update>,
): Step['StepDetails'] => ({
  Attempt: Attempt + 1,
  Result: update.Payload,
  Error: update.Error,
  ...(delay !== undefined && { NextAttemptTimestamp: toTime(Date.now() + delay * 1000) }),
});

/** Waits until the next attempt of a step or the timeout of a callback is due, or until the execution is woken. */
async function waitForSteps(steps: readonly Step[], woken: AbortSignal, secondMs: number): Promise<void> {
  const waiting = steps.filter(
    ({ Type, Status }) => Status === 'PENDING' || (Type === 'CALLBACK' && Status === 'STARTED'),
  );
  const due = Math.min(...waiting.map(dueOf), Date.now() + longestWaitMs);
  await sleep(Math.max(0, (due - Date.now()) * (secondMs / 1000)), undefined, { signal: woken }).catch(() => {});
  if (woken.aborted) return;
  for (const step of waiting) if (dueOf(step) <= due) step.Status = step.Type === 'CALLBACK' ? 'TIMED_OUT' : 'READY';
}

/** The longest delay of a timer of Node.js. */
const longestWaitMs = 2 ** 31 - 1;

/** Returns when a step continues by itself, in epoch milliseconds. A callback without a timeout never does. */
function dueOf({ StepDetails, timeoutAt, Type }: Step): number {
  if (Type !== 'CALLBACK') return Date.parse(`${StepDetails?.NextAttemptTimestamp}`);
  return timeoutAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(timeoutAt);
}

function end(execution: Execution, outcome: Outcome, save: () => void): void {
  const { Status: status, Result: result, Error: error } = { Result: undefined, Error: undefined, ...outcome };
  Object.assign(execution, { status, result, error, endedAt: Date.now() });
  save();
}

/** Formats a time as in JSON. */
const toTime = (ms: number): string => new Date(ms).toISOString();
