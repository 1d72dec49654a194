import type { Execution, GetDurableExecutionCommandOutput } from '@aws-sdk/client-lambda';
import { readProgress } from '../aws/durableExecutions.ts';
import { foundValue, lookup } from '../datastores/lookup.ts';
import { type ActualState, asTeardown, type Goal } from './goal.ts';
import { nextStep } from './nextStep.ts';
import { observe } from './observe.ts';
import { datastoreIdOf, parseGoal, withoutSecrets } from './operations.ts';
import { describeStep, plan } from './plan.ts';
import type { Progress } from './reconcile.ts';

const statuses = { RUNNING: 'RUNNING', SUCCEEDED: 'SUCCEEDED', STOPPED: 'STOPPED' } as const;

/** An operation as a list shows it; what the engine calls TIMED_OUT has failed. */
export const toOperationSummary = ({ DurableExecutionName = '', Status, StartTimestamp, EndTimestamp }: Execution) => ({
  OperationId: DurableExecutionName,
  GlobalReplicationGroupId: datastoreIdOf(DurableExecutionName),
  Status: statuses[Status as keyof typeof statuses] ?? 'FAILED',
  StartedAt: (StartTimestamp ?? new Date(0)).toISOString(),
  EndedAt: EndTimestamp?.toISOString(),
});

/**
 * All there is to say of an operation. Nothing of it is stored for this: the goal is the input of the execution, what is there
 * is seen in ElastiCache, what remains is worked out from both, and how far the run is stands in its own state.
 */
export async function toOperation(signal: AbortSignal, execution: GetDurableExecutionCommandOutput) {
  const goal = parseGoal(execution);
  const summary = toOperationSummary(execution);
  const [actual, progress] = await Promise.all([lookup(observe(signal, goal)), findProgress(signal, execution)]);
  const seen = foundValue(actual);
  return {
    ...summary,
    Kind: goal.Kind,
    RequestedBy: goal.RequestedBy,
    Wanted: { Members: [...withoutSecrets(goal).Members], OnFailure: goal.OnFailure },
    ...(seen && { Actual: { Status: seen.datastore?.Status, Members: [...(seen.datastore?.Members ?? [])] } }),
    ...(summary.Status === 'RUNNING' && stepOf(goal, progress, seen)),
    ...(summary.Status !== 'SUCCEEDED' && seen && { Remaining: remainingSteps(goal, progress, seen) }),
    LastRefusal: progress?.LastRefusal,
    ...reasonOfEnd(execution, progress),
    ...(progress?.Result && { Result: toResult(progress.Result) }),
  };
}

/** How far it is, or was: in the history while it runs, in the result when it has ended. */
async function findProgress(
  signal: AbortSignal,
  { Status, Result, Error: error, DurableExecutionArn }: GetDurableExecutionCommandOutput,
): Promise<Progress | undefined> {
  if (Status === 'RUNNING') return readProgress(signal, DurableExecutionArn);
  return parseProgress(Result ?? error?.ErrorData);
}

/** The last state of a run that ended by its own word; what the engine itself says of an end is none. */
function parseProgress(text: string | undefined): Progress | undefined {
  try {
    return text ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

function stepOf(goal: Goal, progress: Progress | undefined, seen: ActualState | undefined) {
  if (progress) return { Step: progress.Step, Since: progress.Since, Attempts: progress.Attempts };
  return seen && { Step: describeStep(nextStep(goal, seen), goal) };
}

function remainingSteps(goal: Goal, progress: Progress | undefined, seen: ActualState): string[] {
  const wish = progress?.Failure && goal.OnFailure === 'teardown' ? asTeardown(goal) : goal;
  return plan(wish, seen).steps.map((step) => describeStep(step, wish));
}

/** Why it ended otherwise than wished. */
function reasonOfEnd({ Status, Error: error }: GetDurableExecutionCommandOutput, progress: Progress | undefined) {
  if (progress?.Failure) return { Reason: progress.Failure.Reason, Advice: progress.Failure.Advice };
  if (Status === 'RUNNING' || Status === 'SUCCEEDED') return {};
  return {
    Reason: error?.ErrorMessage ?? `The run ended as ${Status}.`,
    Advice: 'What AWS had begun goes on. Send the topology that is wanted to go on from what is there.',
  };
}

/** The result with lists that may be answered. */
const toResult = ({ Standalone, ParameterGroups }: NonNullable<Progress['Result']>) => ({
  Standalone: [...Standalone],
  ParameterGroups: [...ParameterGroups],
});
