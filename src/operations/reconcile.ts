import { config } from '../config.ts';
import type { Problem } from '../problems/problem.ts';
import { problemType } from '../problems/problemTypes.ts';
import { describeStep } from './describeStep.ts';
import { type DrillTimes, measureDrill } from './drill/drillTimes.ts';
import { hasOtherWay, type Moved, withNextChange } from './evacuation/evacuationStep.ts';
import { executeStep } from './executeStep.ts';
import {
  type ActualState,
  adviceToContinue,
  type Goal,
  includesMember,
  isSameMember,
  type MemberKey,
  memberName,
  toTeardownGoal,
} from './goal.ts';
import { isCausedByOthers, nextStep, type Step } from './nextStep.ts';
import { observe } from './observe.ts';
import { findOperationResult, type OperationResult } from './operationResult.ts';
import { noGuard, type StepGuard } from './stepGuard.ts';
import { isTemporary, publicMessage, type Refusal, refusalOf, toStepProblem } from './stepProblem.ts';

/** The progress of a run: the state of the durable function. It is shown to callers. The next step depends on AWS alone. */
export interface Progress {
  /** The version of the stored state. A later version reads this one. */
  readonly v: 1;
  /** The start of the run, or of its teardown. */
  readonly Begun?: string;
  /** The current step, as `describeStep` formats it. */
  readonly Step: string;
  /** The start of the current step. */
  readonly Since?: string;
  /** The number of reconciles since then. */
  readonly Attempts: number;
  readonly LastRefusal?: Refusal;
  /** The failure that one reconcile found: its code and its step. It is final if the next reconcile finds the same. */
  readonly UnconfirmedFailure?: string;
  /** The last time at which AWS accepted the promotion of an evacuation. */
  readonly PromotedAt?: string;
  /** The members that the run has created, or may have created. A teardown detaches only these and those in `Known`. */
  readonly Made?: readonly MemberKey[];
  /** The measurement of a drill. */
  readonly Drill?: DrillTimes;
  /** The final failure. If it is set before the end, the run tears down what it created. */
  readonly Failure?: Failure;
  readonly Ended?: true;
  readonly Result?: OperationResult;
}

/** The reason why a run cannot reach its goal, and advice for the caller. */
export interface Failure {
  readonly Reason: string;
  readonly Advice: string;
}

/** The progress of a run before its first reconcile. */
export const initialProgress: Progress = { v: 1, Step: 'Start.', Attempts: 0 };

/**
 * Reads the actual state and sends at most one change. The caller repeats it until `Ended`. It never throws: after a busy
 * datastore, throttling, a lost response or a name that already exists, the next reconcile continues. `warn` receives problems
 * with details for the log only. `guard` wraps each change.
 */
export async function reconcileOnce(
  signal: AbortSignal,
  goal: Goal,
  previous: Progress,
  { warn = () => {}, guard = noGuard, now = Date.now() }: ReconcileOptions = {},
): Promise<Progress> {
  const currentGoal = previous.Failure ? toTeardownGoal(goal, previous.Made) : withNextChange(goal, previous, now);
  const taken = await takeStep(signal, currentGoal, guard, previous.Begun);
  const { step, problem } = taken;
  if (problem) warn(problem);
  const progress = {
    ...withMade(updateProgress(previous, step && describeStep(step, currentGoal), problem, now), step, problem),
    ...promotionOf(currentGoal, taken, now),
    ...(goal.Drill && { Drill: await measureDrill(goal, goal.Drill, previous.Drill, taken) }),
  };

  if (step?.Do === 'done') return endReconcile(signal, goal, progress, undefined, 'Moved' in step ? step : {});
  const failure = hasOtherWay(currentGoal) && problem ? undefined : finalFailure(step, problem);
  const finding = failure && findingOf(step, problem);
  if (finding !== previous.UnconfirmedFailure && failure) return { ...progress, UnconfirmedFailure: finding };
  const confirmed = failure ?? timeoutFailure(goal, progress, now);
  if (!confirmed) return progress;
  const stop = step?.Do === 'stop' ? step : undefined;
  if (stop?.Failed && includesMember(previous.Made ?? [], stop.Failed)) await guard.recordNotApplied(stop.Failed);
  const tearsDown = goal.OnFailure === 'teardown' && !previous.Failure && !(stop && isCausedByOthers(stop));
  if (tearsDown) return startTeardown(progress, confirmed, now);
  return endReconcile(signal, goal, progress, confirmed, { isOther: stop?.Code === 'OtherDatastore' });
}

interface ReconcileOptions {
  readonly warn?: (problem: Problem) => void;
  readonly guard?: StepGuard;
  /** In epoch milliseconds. */
  readonly now?: number;
}

interface StepResult {
  readonly actual?: ActualState;
  /** When the actual state was read, in epoch milliseconds. */
  readonly observedAt?: number;
  readonly step?: Step;
  readonly problem?: Problem;
}

async function takeStep(
  signal: AbortSignal,
  goal: Goal,
  guard: StepGuard,
  startedAt: string | undefined,
): Promise<StepResult> {
  let seen: Pick<StepResult, 'actual' | 'observedAt'> = {};
  let step: Step | undefined;
  try {
    const actual = await observe(signal, goal);
    seen = { actual, observedAt: Date.now() };
    step = nextStep(goal, actual);
    if (isEnd(step) && !goal.Drill) return { ...seen, step };
    const change = step;
    step = (await guard.findReasonToStop(change, startedAt)) ?? change; // names a failover that has overtaken a drill
    if (isEnd(step) || change.Do === 'wait' || isEnd(change)) return { ...seen, step };
    const region = actual.datastore?.Region ?? config.region;
    await guard.run(signal, change, actual.datastore, () => executeStep(signal, change, goal, region));
    return { ...seen, step };
  } catch (error) {
    return { ...seen, step, problem: toStepProblem(error) };
  }
}

const isEnd = (step: Step): step is Extract<Step, { Do: 'done' | 'stop' }> => step.Do === 'done' || step.Do === 'stop';

function updateProgress(
  { UnconfirmedFailure: _, ...previous }: Progress,
  Step: string = previous.Step,
  problem: Problem | undefined,
  now: number,
): Progress {
  const At = new Date(now).toISOString();
  return {
    ...previous,
    Begun: previous.Begun ?? At,
    ...(Step === previous.Step && previous.Since
      ? { Attempts: previous.Attempts + 1 }
      : { Step, Since: At, Attempts: 1 }),
    ...(problem && { LastRefusal: refusalOf(problem, At) }),
  };
}

/** Adds the member of an `add` step that was accepted or may have been. */
function withMade(progress: Progress, step: Step | undefined, problem: Problem | undefined): Progress {
  const isPossiblyMade = !problem || problem.code === 'OutcomeUnknown' || problem.possiblyApplied !== undefined;
  if (step?.Do !== 'add' || !isPossiblyMade) return progress;
  const { ReplicationGroupId, ReplicationGroupRegion } = step.Member;
  const made = { ReplicationGroupId, ReplicationGroupRegion };
  const others = (progress.Made ?? []).filter((other) => !isSameMember(other, made));
  return { ...progress, Made: [...others, made] };
}

/** Returns the time of a promotion that AWS has accepted, for the progress of an evacuation. */
const promotionOf = ({ Evacuation }: Goal, { step, problem }: StepResult, now: number): Pick<Progress, 'PromotedAt'> =>
  Evacuation && step?.Do === 'promote' && !problem ? { PromotedAt: new Date(now).toISOString() } : {};

/** Returns the failure if a further reconcile cannot succeed. */
function finalFailure(step: Step | undefined, problem: Problem | undefined): Failure | undefined {
  if (step?.Do === 'stop') return { Reason: step.Reason, Advice: step.Advice };
  if (!problem || isRetryable(problem)) return undefined;
  return { Reason: `AWS rejected the change: ${publicMessage(problem)}`, Advice: problemType(problem.code).advice };
}

/** Returns the identity of a failure: its code and its step. The message of AWS may vary from one refusal to the next. */
function findingOf(step: Step | undefined, problem: Problem | undefined): string {
  if (step?.Do === 'stop') return `stop ${step.Code}`;
  const member = step && 'Member' in step ? memberName(step.Member) : '';
  return `${step?.Do ?? 'observe'} ${member} ${problem?.code}`;
}

/** Returns whether the next reconcile may succeed: the error is temporary, or the change may already be applied. */
const isRetryable = (problem: Problem): boolean =>
  isTemporary(problem) ||
  ['ReplicationGroupAlreadyExistsFault', 'GlobalReplicationGroupNotFoundFault', 'NoOperationFault'].includes(
    problem.code,
  );

/** Returns the failure of a run, or of its teardown, that takes too long. Together they end before the engine ends them. */
function timeoutFailure(
  goal: Goal,
  { Begun = '', Since = '', Step, Failure }: Progress,
  now: number,
): Failure | undefined {
  const isStuck = now - Date.parse(Since) > config.noProgressMs;
  const limitMs = Failure || goal.Drill ? config.teardownTimeoutMs : config.operationTimeoutMs;
  if (!isStuck && now - Date.parse(Begun) <= limitMs) return undefined;
  return {
    Reason: `No progress since ${Since}. Current step: ${Step}`,
    Advice: `Read the members and their events in the ElastiCache console. ${adviceToContinue(goal)}`,
  };
}

const startTeardown = (progress: Progress, Failure: Failure, now: number): Progress => ({
  ...progress,
  Failure,
  Begun: new Date(now).toISOString(),
  Since: new Date(now).toISOString(),
});

async function endReconcile(
  signal: AbortSignal,
  goal: Goal,
  progress: Progress,
  failure?: Failure,
  { isOther = false, Moved }: { readonly isOther?: boolean; readonly Moved?: Moved } = {},
): Promise<Progress> {
  const { Failure = failure } = progress;
  const teardownFailure = progress.Failure && failure ? ` The teardown also failed: ${failure.Reason}` : '';
  const Result = await findOperationResult(signal, goal, {
    withDatastore: Failure !== undefined && !isOther,
    Moved,
  });
  return {
    ...progress,
    ...(Failure && { Failure: { ...Failure, Reason: `${Failure.Reason}${teardownFailure}` } }),
    Ended: true,
    Result,
  };
}
