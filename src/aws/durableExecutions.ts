import {
  DurableExecutionAlreadyStartedException,
  type Execution,
  type ExecutionStatus,
  GetDurableExecutionCommand,
  type GetDurableExecutionCommandOutput,
  GetDurableExecutionHistoryCommand,
  InvokeCommand,
  ListDurableExecutionsByFunctionCommand,
  StopDurableExecutionCommand,
} from '@aws-sdk/client-lambda';
import { config } from '../config.ts';
import { lambda, toEngineProblem } from './lambdaClient.ts';

/** A page of the executions of the durable function. */
export interface Page {
  readonly executions: readonly Execution[];
  readonly marker?: string;
}

/**
 * Lists executions by name or status. Without a qualifier the list has the executions of all versions. AWS rejects an alias.
 * Both are seen in public code that runs against AWS. The API reference says otherwise.
 */
export async function listExecutions(
  signal: AbortSignal,
  filter: { name?: string; statuses?: ExecutionStatus[]; marker?: string; limit?: number },
): Promise<Page> {
  const { DurableExecutions = [], NextMarker } = await lambda()
    .send(
      new ListDurableExecutionsByFunctionCommand({
        FunctionName: config.reconcileFunction,
        DurableExecutionName: filter.name,
        Statuses: filter.statuses,
        Marker: filter.marker,
        MaxItems: filter.limit ?? 1000,
      }),
      { abortSignal: signal },
    )
    .catch(throwEngineProblem);
  return { executions: DurableExecutions, marker: NextMarker };
}

/**
 * Starts an execution with the code of the alias and returns its ARN. An earlier execution with the same name and the same input
 * is returned instead. Returns undefined if the name is used with another input.
 */
export async function startExecution(signal: AbortSignal, name: string, input: object): Promise<string | undefined> {
  try {
    const { DurableExecutionArn } = await lambda().send(
      new InvokeCommand({
        FunctionName: config.reconcileFunction,
        Qualifier: 'durable', // Lambda rejects an unqualified call of a durable function
        InvocationType: 'Event',
        DurableExecutionName: name,
        Payload: Buffer.from(JSON.stringify(input)),
      }),
      { abortSignal: signal },
    );
    return DurableExecutionArn ?? '';
  } catch (error) {
    if (error instanceof DurableExecutionAlreadyStartedException) return undefined;
    throw toEngineProblem(error, input);
  }
}

/** Returns an execution with its input and its result. */
export const getExecution = (signal: AbortSignal, arn: string | undefined): Promise<GetDurableExecutionCommandOutput> =>
  lambda()
    .send(new GetDurableExecutionCommand({ DurableExecutionArn: arn }), { abortSignal: signal })
    .catch(throwEngineProblem);

/** Stops an execution. A reconcile in progress may still make its one change. */
export async function stopExecution(signal: AbortSignal, arn: string | undefined, reason: string): Promise<void> {
  await lambda()
    .send(
      new StopDurableExecutionCommand({
        DurableExecutionArn: arn,
        Error: { ErrorType: 'Stopped', ErrorMessage: reason },
      }),
      { abortSignal: signal },
    )
    .catch(throwEngineProblem);
}

/**
 * Returns the progress of a running execution: the state of its condition in the newest events. Returns undefined if the
 * history cannot be read: AWS allows only about 15 reads of histories per second, so no caller may depend on it.
 * unverified: each iteration of the condition is an event with the state. AWS's own test runner does so.
 */
export async function readProgress<Progress>(
  signal: AbortSignal,
  arn: string | undefined,
): Promise<Progress | undefined> {
  try {
    const { Events = [] } = await lambda().send(
      new GetDurableExecutionHistoryCommand({ DurableExecutionArn: arn, ReverseOrder: true, MaxItems: 20 }),
      { abortSignal: signal },
    );
    const payload = Events.map(({ StepSucceededDetails }) => StepSucceededDetails?.Result?.Payload).find(Boolean);
    return payload && JSON.parse(payload);
  } catch {
    return undefined;
  }
}

function throwEngineProblem(error: unknown): never {
  throw toEngineProblem(error);
}
