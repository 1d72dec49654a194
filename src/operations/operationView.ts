import type { Execution, GetDurableExecutionCommandOutput } from '@aws-sdk/client-lambda';
import { lastProgress, requireProgress } from '../aws/durableExecutions.ts';
import { foundValue, lookup } from '../datastores/lookup.ts';
import { redactPrincipals } from '../lib/redactPrincipals.ts';
import { describeStep } from './describeStep.ts';
import { remainingDrillSteps, toDrillFigures, toRequestedDrill } from './drill/drillView.ts';
import { type ActualState, adviceToContinue, type Goal, parseGoal, toTeardownGoal, withoutSecrets } from './goal.ts';
import { nextStep } from './nextStep.ts';
import { observe } from './observe.ts';
import { datastoreIdOf } from './operations.ts';
import { plan } from './plan.ts';
import type { Progress } from './reconcile.ts';

const statuses = { RUNNING: 'RUNNING', SUCCEEDED: 'SUCCEEDED', STOPPED: 'STOPPED' } as const;

/** Returns an operation as lists show it. An execution that TIMED_OUT is shown as FAILED. */
export const toOperationSummary = ({ DurableExecutionName = '', Status, StartTimestamp, EndTimestamp }: Execution) => ({
  OperationId: DurableExecutionName,
  GlobalReplicationGroupId: datastoreIdOf(DurableExecutionName),
  Status: statuses[Status as keyof typeof statuses] ?? 'FAILED',
  StartedAt: (StartTimestamp ?? new Date(0)).toISOString(),
  EndedAt: EndTimestamp?.toISOString(),
});

/**
 * Returns everything that callers can read about an operation, and whether all parts of it could be read. Nothing is stored for it. The
 * desired state is the input of the execution, the actual state is read from ElastiCache, the remaining steps are planned from both,
 * and the progress is the state of the execution. The actual state is left out unless the caller may read the present datastore of
 * that id.
 */
export async function viewOperation(
  signal: AbortSignal,
  execution: GetDurableExecutionCommandOutput,
  mayRead: (GlobalReplicationGroupId: string) => Promise<boolean>,
) {
  const goal = parseGoal(execution);
  const summary = toOperationSummary(execution);
  const [observed, read] = await Promise.all([lookup(observe(signal, goal)), readProgress(signal, execution)]);
  const { progress } = read;
  const isReadable = !foundValue(observed)?.datastore || (await mayRead(goal.GlobalReplicationGroupId));
  const actual = isReadable ? foundValue(observed) : undefined;
  const Operation = {
    ...summary,
    Kind: goal.Kind,
    RequestedBy: goal.RequestedBy,
    Owner: goal.Owner,
    EvacuationId: goal.Evacuation?.EvacuationId,
    AcceptedAt: goal.AcceptedAt,
    Wanted: toWanted(goal),
    ...(actual && { Actual: { Status: actual.datastore?.Status, Members: [...(actual.datastore?.Members ?? [])] } }),
    ...(summary.Status === 'RUNNING' && currentStepOf(goal, progress, actual)),
    ...(summary.Status !== 'SUCCEEDED' &&
      actual && { Remaining: remainingSteps(goal, progress, actual, summary.Status === 'RUNNING') }),
    LastRefusal: progress?.LastRefusal,
    ...failureReasonOf(goal, execution, progress),
    ...resultOf(goal, progress),
  };
  return { Operation, isWhole: observed.is !== 'unknown' && read.isKnown };
}

/** Returns the goal as callers read it. */
function toWanted({ OnFailure, TokenRotation, MaxLagSeconds, Drill, ...goal }: Goal) {
  const { AuthTokenSecretArn, AuthTokenUpdateStrategy } = TokenRotation ?? {};
  return {
    Members: [...withoutSecrets(goal).Members],
    OnFailure,
    MaxLagSeconds,
    AuthTokenSecretArn,
    AuthTokenUpdateStrategy,
    ...(Drill && { Drill: toRequestedDrill(Drill) }),
  };
}

/** The progress of an operation, and whether it is known. A known one is undefined before the first reconcile. */
interface ReadProgress {
  readonly progress: Progress | undefined;
  readonly isKnown: boolean;
}

/**
 * Reads the progress: from the history of a running execution, from the result of one that has ended. AWS allows only about 15 reads
 * of histories per second, so the progress of a running execution may stay unknown.
 */
function readProgress(signal: AbortSignal, execution: GetDurableExecutionCommandOutput): Promise<ReadProgress> {
  if (execution.Status !== 'RUNNING')
    return Promise.resolve({ progress: lastProgress<Progress>(execution), isKnown: true });
  return requireProgress<Progress>(signal, execution.DurableExecutionArn).then(
    (progress) => ({ progress, isKnown: true }),
    () => ({ progress: undefined, isKnown: false }),
  );
}

function currentStepOf(goal: Goal, progress: Progress | undefined, actual: ActualState | undefined) {
  if (progress) return { Step: progress.Step, Since: progress.Since, Attempts: progress.Attempts };
  return actual && { Step: describeStep(nextStep(goal, actual), goal) };
}

function remainingSteps(goal: Goal, progress: Progress | undefined, actual: ActualState, isRunning: boolean): string[] {
  if (goal.Drill) return remainingDrillSteps(goal, goal.Drill, progress?.Drill, { isRunning, actual });
  const currentGoal = progress?.Failure && goal.OnFailure === 'teardown' ? toTeardownGoal(goal, progress.Made) : goal;
  return plan(currentGoal, actual).steps.map((step) => describeStep(step, currentGoal));
}

/** Returns the reason and the advice of an operation that failed or was stopped. */
function failureReasonOf(
  goal: Goal,
  { Status, Error: error }: GetDurableExecutionCommandOutput,
  progress: Progress | undefined,
) {
  if (progress?.Failure) return { Reason: progress.Failure.Reason, Advice: progress.Failure.Advice };
  if (Status === 'RUNNING' || Status === 'SUCCEEDED') return {};
  return {
    Reason: redactPrincipals(error?.ErrorMessage ?? `The execution ended with status ${Status}.`),
    Advice: `Changes that AWS has started continue. ${adviceToContinue(goal)}`,
  };
}

/** Returns the result of an operation. That of a drill has its figures, also while it runs. */
function resultOf({ Drill }: Goal, progress: Progress | undefined) {
  if (Drill && progress)
    return { Result: { ...toResult(progress.Result ?? nothingLeft), ...toDrillFigures(progress.Drill) } };
  return progress?.Result && { Result: toResult(progress.Result) };
}

const nothingLeft = { Standalone: [], ParameterGroups: [] };

/** Copies the result with mutable lists, as the type of the response needs them. */
const toResult = ({ Datastore, Standalone, ParameterGroups, Evacuated }: NonNullable<Progress['Result']>) => ({
  ...(Datastore && { Datastore: { ...Datastore, Members: Datastore.Members && [...Datastore.Members] } }),
  Standalone: [...Standalone],
  ParameterGroups: [...ParameterGroups],
  ...(Evacuated && { Evacuated }),
});
