import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { DurableLambdaHandler, ErrorObject } from '@aws/durable-execution-sdk-js';
import { LocalDurableTestRunner } from '@aws/durable-execution-sdk-js-testing';
import type { Event } from '@aws-sdk/client-lambda';

/** The state of one execution. The state file keeps all members except `events`. */
export interface Execution {
  readonly name: string;
  readonly arn: string;
  readonly functionName: string;
  readonly input: string;
  /** Unix time in milliseconds. */
  readonly startedAt: number;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'STOPPED';
  endedAt?: number;
  result?: string;
  error?: ErrorObject;
  /** Returns the events so far. Undefined for an execution that ended before the last restart. */
  events?: () => Event[];
}

export interface EngineOptions {
  /** The durable functions by their names. */
  functions: Readonly<Record<string, DurableLambdaHandler>>;
  /** The file that keeps executions across restarts. A running execution starts again with the same input. */
  stateFile?: string;
  /** The region in the ARNs of executions, us-east-1 by default. */
  region?: string;
}

/** An engine that runs durable functions in real time, with AWS's local test runner. */
export interface Engine {
  readonly functions: EngineOptions['functions'];
  readonly executions: readonly Execution[];
  start(functionName: string, name: string, input: string): Execution;
  stop(execution: Execution, error: ErrorObject | undefined): void;
  close(): Promise<void>;
}

/** The number of open engines. They share the environment of AWS's runner, which a process has once, from the first execution on. */
let openEngines = 0;
let environment: Promise<void> | undefined;

/** Sets AWS's runner up: a worker thread that keeps checkpoints. It does not replace timers, because `skipTime` is not set. */
const setUpRunner = (): Promise<void> => {
  environment ??= LocalDurableTestRunner.setupTestEnvironment();
  return environment;
};

/** Creates an engine and restarts the executions that the state file has as running. */
export async function createEngine({ functions, stateFile, region = 'us-east-1' }: EngineOptions): Promise<Engine> {
  openEngines++;
  const executions: Execution[] = stateFile && existsSync(stateFile) ? readState(stateFile) : [];
  const save = () => stateFile && writeState(stateFile, executions);
  const launch = (execution: Execution) => {
    const handler = functions[execution.functionName];
    if (handler) run(handler, execution).then(save);
  };
  for (const execution of executions) if (execution.status === 'RUNNING') launch(execution);

  return {
    functions,
    executions,

    start(functionName, name, input) {
      const arn = `arn:aws:lambda:${region}:000000000000:function:${functionName}:1/durable-execution/${name}/${randomUUID()}`;
      const execution: Execution = { name, arn, functionName, input, startedAt: Date.now(), status: 'RUNNING' };
      executions.push(execution);
      launch(execution);
      save();
      return execution;
    },

    stop(execution, error) {
      if (execution.status !== 'RUNNING') return;
      Object.assign(execution, { status: 'STOPPED', endedAt: Date.now(), error });
      save();
    },

    close: async () => {
      if (--openEngines > 0 || !environment) return;
      environment = undefined;
      await LocalDurableTestRunner.teardownTestEnvironment();
    },
  };
}

/**
 * Runs an execution to its end. The runner has no way to stop an execution, so the next invocation of a stopped execution fails
 * at once.
 */
async function run(handler: DurableLambdaHandler, execution: Execution): Promise<void> {
  await setUpRunner();
  const stopped = { Status: 'FAILED' } as Awaited<ReturnType<DurableLambdaHandler>>;
  const runner = new LocalDurableTestRunner({
    handlerFunction: async (event, context) => (execution.status === 'RUNNING' ? handler(event, context) : stopped),
  });
  const firstOperation = runner.getOperationByIndex(0);
  execution.events = () => firstOperation.getEvents() ?? [];

  const outcome = await runner.run({ payload: JSON.parse(execution.input) }).then(
    (result) =>
      result.getStatus() === 'SUCCEEDED'
        ? { status: 'SUCCEEDED' as const, result: JSON.stringify(result.getResult()) }
        : { status: 'FAILED' as const, error: toErrorObject(result.getError()) },
    (error: Error) => ({ status: 'FAILED' as const, error: { ErrorMessage: error.message } }),
  );
  if (execution.status === 'RUNNING') Object.assign(execution, outcome, { endedAt: Date.now() });
}

type RunnerError = ReturnType<Awaited<ReturnType<LocalDurableTestRunner['run']>>['getError']>;

const toErrorObject = ({ errorMessage, errorType, errorData }: RunnerError): ErrorObject => ({
  ErrorMessage: errorMessage,
  ErrorType: errorType,
  ErrorData: errorData,
});

const readState = (file: string): Execution[] => JSON.parse(readFileSync(file, 'utf8')) as Execution[];

/** Replaces the state file atomically. */
function writeState(file: string, executions: readonly Execution[]): void {
  writeFileSync(`${file}.new`, JSON.stringify(executions));
  renameSync(`${file}.new`, file);
}
