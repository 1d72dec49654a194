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
import { engineProblem, lambda } from './lambdaClient.ts';

/** A page of the executions of the durable function. */
export interface Page {
  readonly executions: readonly Execution[];
  readonly marker?: string;
}

/**
 * Executions by name or status. The list is of all versions as long as no qualifier is named; an alias is refused (both seen
 * in public code that runs against AWS; the API reference says otherwise).
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
    .catch(rethrown);
  return { executions: DurableExecutions, marker: NextMarker };
}

/**
 * Starts an execution under a name, with the code of the alias; gives its ARN, of an older execution too if it has this name
 * and this very input. Undefined when the name stands for another input.
 */
export async function startExecution(signal: AbortSignal, name: string, input: object): Promise<string | undefined> {
  try {
    const { DurableExecutionArn } = await lambda().send(
      new InvokeCommand({
        FunctionName: config.reconcileFunction,
        Qualifier: 'durable', // Lambda takes no unqualified call of a durable function
        InvocationType: 'Event',
        DurableExecutionName: name,
        Payload: Buffer.from(JSON.stringify(input)),
      }),
      { abortSignal: signal },
    );
    return DurableExecutionArn ?? '';
  } catch (error) {
    if (error instanceof DurableExecutionAlreadyStartedException) return undefined;
    throw engineProblem(error);
  }
}

/** An execution with its input and how it ended. */
export const getExecution = (signal: AbortSignal, arn: string | undefined): Promise<GetDurableExecutionCommandOutput> =>
  lambda()
    .send(new GetDurableExecutionCommand({ DurableExecutionArn: arn }), { abortSignal: signal })
    .catch(rethrown);

/** Stops an execution; a look that is under way may still make its one change. */
export async function stopExecution(signal: AbortSignal, arn: string | undefined, reason: string): Promise<void> {
  await lambda()
    .send(
      new StopDurableExecutionCommand({
        DurableExecutionArn: arn,
        Error: { ErrorType: 'Stopped', ErrorMessage: reason },
      }),
      { abortSignal: signal },
    )
    .catch(rethrown);
}

/**
 * How far a running execution is: the state of its condition, out of the newest events. AWS lets only some 15 histories a
 * second be read, so nobody may depend on it: undefined when it is not to be had. That each look is an event with the state
 * in it is so in AWS's own test runner (UNV).
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

function rethrown(error: unknown): never {
  throw engineProblem(error);
}
