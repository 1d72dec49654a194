import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { DurableLambdaHandler, ErrorObject } from '@aws/durable-execution-sdk-js';
import { LocalDurableTestRunner } from '@aws/durable-execution-sdk-js-testing';
import type { Event } from '@aws-sdk/client-lambda';

/** What the engine knows of one execution; all but `events` is kept over restarts. */
export interface Execution {
  readonly name: string;
  readonly arn: string;
  readonly functionName: string;
  readonly input: string;
  readonly started: number;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'STOPPED';
  ended?: number;
  result?: string;
  error?: ErrorObject;
  /** What has happened so far; of a run before a restart nothing is known. */
  events?: () => Event[];
}

export interface EngineOptions {
  /** The durable functions by their names. */
  functions: Readonly<Record<string, DurableLambdaHandler>>;
  /** Where executions are kept over restarts; those that were running begin anew, with the same input. */
  stateFile?: string;
}

/** Executions of durable functions, in real time, over AWS's own runner for tests. */
export interface Engine {
  readonly functions: EngineOptions['functions'];
  readonly executions: readonly Execution[];
  begin(functionName: string, name: string, input: string): Execution;
  stop(execution: Execution, error: ErrorObject | undefined): void;
  end(): Promise<void>;
}

export async function createEngine({ functions, stateFile }: EngineOptions): Promise<Engine> {
  await LocalDurableTestRunner.setupTestEnvironment();
  const executions: Execution[] = stateFile && existsSync(stateFile) ? read(stateFile) : [];
  const keep = () => stateFile && write(stateFile, executions);
  const go = (execution: Execution) => {
    const durable = functions[execution.functionName];
    if (durable) run(durable, execution).then(keep);
  };
  for (const execution of executions) if (execution.status === 'RUNNING') go(execution);

  return {
    functions,
    executions,

    begin(functionName, name, input) {
      const arn = `arn:aws:lambda:us-east-1:000000000000:function:${functionName}:1/durable-execution/${name}/${randomUUID()}`;
      const execution: Execution = { name, arn, functionName, input, started: Date.now(), status: 'RUNNING' };
      executions.push(execution);
      go(execution);
      keep();
      return execution;
    },

    stop(execution, error) {
      if (execution.status !== 'RUNNING') return;
      Object.assign(execution, { status: 'STOPPED', ended: Date.now(), error });
      keep();
    },

    end: () => LocalDurableTestRunner.teardownTestEnvironment(),
  };
}

/** A stopped execution is let go of at its next invocation: the runner itself cannot be stopped. */
async function run(durable: DurableLambdaHandler, execution: Execution): Promise<void> {
  const letGo = { Status: 'FAILED' } as Awaited<ReturnType<DurableLambdaHandler>>;
  const runner = new LocalDurableTestRunner({
    handlerFunction: async (event, context) => (execution.status === 'RUNNING' ? durable(event, context) : letGo),
  });
  const first = runner.getOperationByIndex(0);
  execution.events = () => first.getEvents() ?? [];

  const end = await runner.run({ payload: JSON.parse(execution.input) }).then(
    (result) =>
      result.getStatus() === 'SUCCEEDED'
        ? { status: 'SUCCEEDED' as const, result: JSON.stringify(result.getResult()) }
        : { status: 'FAILED' as const, error: asErrorObject(result.getError()) },
    (error: Error) => ({ status: 'FAILED' as const, error: { ErrorMessage: error.message } }),
  );
  if (execution.status === 'RUNNING') Object.assign(execution, end, { ended: Date.now() });
}

type Failure = ReturnType<Awaited<ReturnType<LocalDurableTestRunner['run']>>['getError']>;

const asErrorObject = ({ errorMessage, errorType, errorData }: Failure): ErrorObject => ({
  ErrorMessage: errorMessage,
  ErrorType: errorType,
  ErrorData: errorData,
});

const read = (file: string): Execution[] => JSON.parse(readFileSync(file, 'utf8')) as Execution[];

/** Writes the state so that the file is whole at any time. */
function write(file: string, executions: readonly Execution[]): void {
  writeFileSync(`${file}.new`, JSON.stringify(executions));
  renameSync(`${file}.new`, file);
}
