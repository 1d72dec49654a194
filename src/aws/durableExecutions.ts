import {
  CallbackTimeoutException,
  DurableExecutionAlreadyStartedException,
  type Execution,
  type ExecutionStatus,
  GetDurableExecutionCommand,
  type GetDurableExecutionCommandOutput,
  GetDurableExecutionHistoryCommand,
  InvokeCommand,
  ListDurableExecutionsByFunctionCommand,
  SendDurableExecutionCallbackSuccessCommand,
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
  region = config.region,
): Promise<Page> {
  const { DurableExecutions = [], NextMarker } = await lambda(region)
    .send(
      new ListDurableExecutionsByFunctionCommand({
        FunctionName: config.reconcileFunction,
        DurableExecutionName: filter.name,
        Statuses: filter.statuses,
        Marker: filter.marker,
        MaxItems: filter.limit ?? 1000,
      }),
      { abortSignal: limitPeer(signal, region) },
    )
    .catch(throwEngineProblem(region));
  return { executions: DurableExecutions, marker: NextMarker };
}

/** Returns the execution of this name in a region. Undefined if there is none. */
export async function findExecution(
  signal: AbortSignal,
  name: string,
  region = config.region,
): Promise<Execution | undefined> {
  const { executions } = await listExecutions(signal, { name, limit: 1 }, region);
  return executions.find(({ DurableExecutionName }) => DurableExecutionName === name);
}

/**
 * Starts an execution with the code of the alias and returns its ARN. An earlier execution with the same name and the same input
 * is returned instead. Returns undefined if the name is used with another input.
 */
export async function startExecution(signal: AbortSignal, name: string, input: object): Promise<string | undefined> {
  try {
    const { DurableExecutionArn } = await lambda(config.region).send(
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
    throw toEngineProblem(error, config.region);
  }
}

/** Returns an execution with its input and its result. */
export const getExecution = (signal: AbortSignal, arn: string | undefined): Promise<GetDurableExecutionCommandOutput> =>
  lambda(regionOf(arn))
    .send(new GetDurableExecutionCommand({ DurableExecutionArn: arn }), {
      abortSignal: limitPeer(signal, regionOf(arn)),
    })
    .catch(throwEngineProblem(regionOf(arn)));

/** Returns the last progress of an execution that has ended. Undefined if the engine itself has ended it. */
export function lastProgress<Progress>({
  Result,
  Error: error,
}: GetDurableExecutionCommandOutput): Progress | undefined {
  try {
    return JSON.parse(Result ?? error?.ErrorData ?? '');
  } catch {
    return undefined;
  }
}

/** Stops an execution. A reconcile in progress may still make its one change. */
export async function stopExecution(signal: AbortSignal, arn: string | undefined, reason: string): Promise<void> {
  await lambda(regionOf(arn))
    .send(
      new StopDurableExecutionCommand({
        DurableExecutionArn: arn,
        Error: { ErrorType: 'Stopped', ErrorMessage: reason },
      }),
      { abortSignal: limitPeer(signal, regionOf(arn)) },
    )
    .catch(throwEngineProblem(regionOf(arn)));
}

/**
 * Ends a callback of an execution, unless it has ended. unverified: the right to this action is that to the ARN of the function with
 * any qualifier; AWS's examples have it so.
 */
export async function endCallback(signal: AbortSignal, arn: string | undefined, CallbackId: string): Promise<void> {
  await lambda(regionOf(arn))
    .send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId }), {
      abortSignal: limitPeer(signal, regionOf(arn)),
    })
    .catch((error) => {
      if (!(error instanceof CallbackTimeoutException)) throw toEngineProblem(error, regionOf(arn));
    });
}

/** Returns whether an execution runs in the region of this API. */
export const isInOwnRegion = (arn: string | undefined): boolean => regionOf(arn) === config.region;

/**
 * Returns the progress of a running execution: the state of its condition in the newest events. Undefined before its first iteration.
 * unverified: each iteration of the condition is an event with the state. AWS's own test runner does so.
 * @throws Problem `OperationsUnavailable` if the history cannot be read
 */
export async function requireProgress<Progress>(
  signal: AbortSignal,
  arn: string | undefined,
): Promise<Progress | undefined> {
  const region = regionOf(arn);
  const history = new GetDurableExecutionHistoryCommand({ DurableExecutionArn: arn, ReverseOrder: true, MaxItems: 20 });
  const { Events = [] } = await lambda(region)
    .send(history, { abortSignal: limitPeer(signal, region) })
    .catch(throwEngineProblem(region));
  const payload = Events.map(({ StepSucceededDetails }) => StepSucceededDetails?.Result?.Payload).find(Boolean);
  return payload && JSON.parse(payload);
}

/** Returns the region in the ARN of an execution. */
const regionOf = (arn = ''): string => arn.split(':')[3] || config.region;

/** Returns a signal that limits what a region costs that does not respond, unless it is the region of this API. */
const limitPeer = (signal: AbortSignal, region: string): AbortSignal =>
  region === config.region ? signal : AbortSignal.any([signal, AbortSignal.timeout(config.regionMs)]);

const throwEngineProblem = (region: string) => (error: unknown) => {
  throw toEngineProblem(error, region);
};
