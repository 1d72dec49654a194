import { config } from '../config.ts';
import { Problem } from '../problems/problem.ts';
import { type ProblemType, problemType } from '../problems/problemTypes.ts';
import { executeStep } from './executeStep.ts';
import { asTeardown, type Goal } from './goal.ts';
import { nextStep, type Step } from './nextStep.ts';
import { observe } from './observe.ts';
import { describeStep } from './plan.ts';
import { findRetainedResources, type RetainedResources } from './retainedResources.ts';
import { noGuard, type StepGuard } from './stepGuard.ts';

/** How far a run is: the state of the durable function. All of it is for people; what to do next is seen from AWS alone. */
export interface Progress {
  /** The version of the stored state. A later version reads this one. */
  readonly v: 1;
  /** When the run began, or began to take apart what it had made. */
  readonly Begun?: string;
  /** What it is at, in words. */
  readonly Step: string;
  /** Since when. */
  readonly Since?: string;
  /** How often it has looked since then. */
  readonly Attempts: number;
  readonly LastRefusal?: Refusal;
  /** A reason to give up; it is believed when the next look gives it again. */
  readonly UnconfirmedFailure?: string;
  /** Set: nothing is left to do but to take apart what was made, where that is wished for. */
  readonly Failure?: Failure;
  readonly Ended?: true;
  readonly Result?: RetainedResources;
}

/** The last word of AWS that held a run up. */
export interface Refusal {
  readonly At: string;
  readonly Code: string;
  readonly Detail: string;
  readonly Region?: string;
  readonly RequestId?: string;
}

/** Why a run cannot reach its goal, and what the caller can do. */
export interface Failure {
  readonly Reason: string;
  readonly Advice: string;
}

/** The progress of a run that has not looked yet. */
export const initialProgress: Progress = { v: 1, Step: 'Begin.', Attempts: 0 };

/**
 * Looks once, and asks AWS for one change at most; to be called until `Ended`. Never throws: a busy datastore, a limit on
 * calls, an answer that was lost and a name that exists already all mean to look again. `warn` hears what only a log may show;
 * `guard` stands around each change.
 */
export async function reconcileOnce(
  signal: AbortSignal,
  goal: Goal,
  before: Progress,
  { warn = () => {}, guard = noGuard, now = Date.now() }: ReconcileOptions = {},
): Promise<Progress> {
  const wish = before.Failure ? asTeardown(goal) : goal;
  const { step, problem } = await takeStep(signal, wish, guard, before.Begun);
  if (problem) warn(problem);
  const progress = updateProgress(before, step && describeStep(step, wish), problem, now);

  if (step?.Do === 'done') return endReconcile(signal, goal, progress);
  const failure = finalFailure(step, problem);
  if (failure && failure.Reason !== before.UnconfirmedFailure)
    return { ...progress, UnconfirmedFailure: failure.Reason };
  const reason = failure ?? timeoutFailure(progress, now);
  if (!reason) return progress;
  const tearsDown = goal.OnFailure === 'teardown' && !before.Failure && !(step?.Do === 'stop' && step.Foreign);
  return tearsDown ? startTeardown(progress, reason, now) : endReconcile(signal, goal, progress, reason);
}

interface ReconcileOptions {
  readonly warn?: (problem: Problem) => void;
  readonly guard?: StepGuard;
  /** In epoch milliseconds. */
  readonly now?: number;
}

interface StepResult {
  readonly step?: Step;
  readonly problem?: Problem;
}

async function takeStep(
  signal: AbortSignal,
  goal: Goal,
  guard: StepGuard,
  begun: string | undefined,
): Promise<StepResult> {
  let step: Step | undefined;
  try {
    const actual = await observe(signal, goal);
    step = nextStep(goal, actual);
    if (step.Do === 'wait' || step.Do === 'done' || step.Do === 'stop') return { step };
    const change = step;
    step = (await guard.reasonToStop(change, begun)) ?? change;
    if (step.Do === 'stop') return { step };
    const region = actual.datastore?.Region ?? config.region;
    await guard.run(signal, change, actual.datastore, () => executeStep(signal, change, goal, region));
    return { step };
  } catch (error) {
    return { step, problem: toStepProblem(error) };
  }
}

function updateProgress(
  { UnconfirmedFailure: _, ...before }: Progress,
  Step: string = before.Step,
  problem: Problem | undefined,
  now: number,
): Progress {
  const At = new Date(now).toISOString();
  return {
    ...before,
    Begun: before.Begun ?? At,
    ...(Step === before.Step && before.Since ? { Attempts: before.Attempts + 1 } : { Step, Since: At, Attempts: 1 }),
    ...(problem && { LastRefusal: refusalOf(problem, At) }),
  };
}

const refusalOf = (problem: Problem, At: string): Refusal => ({
  At,
  Code: problem.code,
  Detail: publicMessage(problem),
  Region: problem.upstream?.region,
  RequestId: problem.upstream?.requestId,
});

/** The words of a failure at AWS or here may hold names of the inside; its title does not. */
const publicMessage = ({ code, status, message }: Problem): string =>
  status < 500 ? message : `${problemType(code).title}.`;

/** Why no further look is worth it, if so. */
function finalFailure(step: Step | undefined, problem: Problem | undefined): Failure | undefined {
  if (step?.Do === 'stop') return step;
  if (!problem || isRetryable(problem)) return undefined;
  return { Reason: `AWS refuses: ${publicMessage(problem)}`, Advice: problemType(problem.code).advice };
}

/** Whether a refusal is of the moment, or may mean that what was asked for is there already: the next look tells. */
function isRetryable({ code, status }: Problem): boolean {
  const { retry }: ProblemType = problemType(code);
  const maybeDone = code === 'ReplicationGroupAlreadyExistsFault' || code === 'GlobalReplicationGroupNotFoundFault';
  return retry || status > 500 || maybeDone;
}

function timeoutFailure({ Begun = '', Since = '', Step }: Progress, now: number): Failure | undefined {
  const stuck = now - Date.parse(Since) > config.noProgressMs;
  if (!stuck && now - Date.parse(Begun) <= config.operationTimeoutMs) return undefined;
  return {
    Reason: `No progress since ${Since}: ${Step}`,
    Advice:
      'Look at the members and their events in the ElastiCache console; send the topology again to go on from there.',
  };
}

const startTeardown = (progress: Progress, Failure: Failure, now: number): Progress => ({
  ...progress,
  Failure,
  Begun: new Date(now).toISOString(),
  Since: new Date(now).toISOString(),
});

async function endReconcile(signal: AbortSignal, goal: Goal, progress: Progress, failure?: Failure): Promise<Progress> {
  const { Failure = failure } = progress;
  const also = progress.Failure && failure ? ` To take it apart failed as well: ${failure.Reason}` : '';
  const Result = await findRetainedResources(signal, goal);
  return {
    ...progress,
    ...(Failure && { Failure: { ...Failure, Reason: `${Failure.Reason}${also}` } }),
    Ended: true,
    Result,
  };
}

function toStepProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem('InternalError', error instanceof Error ? error.message : String(error), { cause: error });
}
