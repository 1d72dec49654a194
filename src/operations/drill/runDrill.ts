import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { config } from '../../config.ts';
import { releaseDrillLease } from '../../datastores/failoverLease.ts';
import { describeLag, lagSecondsOf, lookupLag } from '../../datastores/lagLimit.ts';
import { releaseAdmission } from '../admission.ts';
import { adviceToReturn, type Drill, type Goal, memberName } from '../goal.ts';
import type { Failure, Progress } from '../reconcile.ts';
import { beginHold, recordDrill } from './drillRecord.ts';
import type { DrillTimes } from './drillTimes.ts';
import { toDrillEntry } from './drillView.ts';

/** Runs reconciles until they have ended, as one condition of the durable engine. */
export type ReconcileLoop = (name: string, goal: Goal, options: LoopOptions) => Promise<Progress>;

interface LoopOptions {
  readonly initial: Progress;
  /** Returns the seconds until the next reconcile. */
  readonly delaySeconds: (progress: Progress) => number;
  /** Called after the last reconcile. It may be called again after a crash. */
  readonly onEnd?: () => Promise<unknown>;
}

/**
 * Runs a drill: checks, promotes the target, holds, and promotes the former primary. Each part is one operation of the engine.
 * The hold is one callback with a timeout, which a cancellation ends early.
 */
export async function runDrill(
  context: DrillContext,
  loop: ReconcileLoop,
  goal: Goal,
  drill: Drill,
): Promise<Progress> {
  const last = await goThereAndBack(context, loop, goal, drill);
  return context.step('end', () => endDrill(goal, drill, last)); // after a crash the last reconcile would run without the lease
}

type DrillContext = Pick<DurableContext, 'step' | 'createCallback' | 'waitForCondition'>;

/** Runs a drill up to its last reconcile. Returns the progress of its last part. */
async function goThereAndBack(context: DrillContext, loop: ReconcileLoop, goal: Goal, drill: Drill): Promise<Progress> {
  const checked = await context.step('check', () => checkLagBefore(goal, drill));
  if (checked.Failure) return checked;
  const promoted = await loop('promote', goal, { initial: firstProgress('Start.', checked.Drill), delaySeconds });
  if (promoted.Failure) return promoted;
  const { LookedAt: _, ...held } = await hold(context, goal, drill, promoted);
  return loop('return', toReturnGoal(goal, drill), {
    initial: firstProgress('Start the way back.', held),
    delaySeconds,
  });
}

/** Returns the progress of a part of a drill before its first reconcile. */
const firstProgress = (Step: string, Drill: DrillTimes = {}): Progress => ({ v: 1, Step, Attempts: 0, Drill });

const toReturnGoal = (goal: Goal, drill: Drill): Goal => ({ ...goal, Drill: { ...drill, IsReturn: true } });

/** Reads the lag before the promotion, and compares it with the limit of the drill. Never throws. */
async function checkLagBefore(goal: Goal, drill: Drill): Promise<Progress> {
  const { Target, MaxLagSeconds = Number.POSITIVE_INFINITY } = drill;
  const lag = await lookupLag(AbortSignal.timeout(config.reconcileTimeoutMs), Target);
  const LagSecondsBefore = lagSecondsOf(lag) ?? null;
  const isWithin =
    drill.MaxLagSeconds === undefined || (LagSecondsBefore !== null && LagSecondsBefore <= MaxLagSeconds);
  const progress = firstProgress('Check the lag.', { LagSecondsBefore });
  await recordDrill(goal, 'CHECKING', toDrillEntry(goal, drill, progress)).catch(() => {});
  if (isWithin) return progress;
  const Failure = {
    Reason: `${describeLag(Target, lag)} The limit is ${MaxLagSeconds} s. Nothing was changed.`,
    Advice: 'Read the lag until it is within the limit. Then start the drill again.',
  };
  return { ...progress, Failure, Ended: true };
}

/** Returns the seconds until the next reconcile: after `config.drillMeasureMs` as for other operations. */
const delaySeconds = ({ Begun = '' }: Progress): number =>
  Date.now() - Date.parse(Begun) < config.drillMeasureMs
    ? config.drillIntervalSeconds
    : config.reconcileIntervalSeconds;

/** Waits until the hold is over or cancelled. Returns the measurement, with `Cancelled` if it was cancelled. */
async function hold(context: DrillContext, goal: Goal, drill: Drill, promoted: Progress): Promise<DrillTimes> {
  const { HoldSeconds } = drill;
  const { Drill: times = {} } = promoted;
  if (HoldSeconds === 0) return times;
  const [cancellation, callbackId] = await context.createCallback('hold', { timeout: { seconds: HoldSeconds } });
  const started = await context.waitForCondition<Progress>(
    'start of hold',
    () => startHold(goal, drill, promoted, callbackId),
    {
      initialState: promoted,
      waitStrategy: ({ Ended }, attempt) =>
        Ended || attempt * config.reconcileIntervalSeconds >= HoldSeconds
          ? { shouldContinue: false }
          : { shouldContinue: true, delay: { seconds: config.reconcileIntervalSeconds } },
    },
  );
  if (started.Drill?.Cancelled) return started.Drill;
  return cancellation.then(
    () => ({ ...times, Cancelled: true as const }),
    () => times, // the timeout of the callback is the end of the hold
  );
}

/** Records the callback of a hold, unless the drill is cancelled. Without `Ended` the table did not respond. Never throws. */
async function startHold(goal: Goal, drill: Drill, promoted: Progress, callbackId: string): Promise<Progress> {
  const { Ended: _, ...progress } = promoted;
  const entry = toDrillEntry(goal, drill, promoted);
  const isHeld = await beginHold(goal, callbackId, entry).catch(() => undefined);
  const now = Date.now();
  const until = new Date(now + drill.HoldSeconds * 1_000).toISOString();
  return {
    ...progress,
    Step: `Hold until ${until}: ${memberName(drill.Target)} is the primary. A cancellation ends the hold at once.`,
    Since: new Date(now).toISOString(),
    Attempts: 1,
    ...(isHeld !== undefined && { Ended: true }),
    ...(isHeld === false && { Drill: { ...progress.Drill, Cancelled: true } }),
  };
}

/**
 * Releases the admission and the lease of a drill, and records its end. Returns its last progress, with the primary if it has
 * failed. Never throws: readers recognize what remains as that of a drill that has ended.
 */
async function endDrill(goal: Goal, drill: Drill, progress: Progress): Promise<Progress> {
  const explained = explain(drill, progress);
  const Status = explained.Failure ? 'FAILED' : 'SUCCEEDED';
  const entry = toDrillEntry(goal, drill, explained, { Status, EndedAt: new Date().toISOString() });
  await Promise.all([
    releaseAdmission(goal),
    releaseDrillLease(goal.GlobalReplicationGroupId, goal.OperationId ?? ''),
    recordDrill(goal, 'ENDED', entry).catch(() => {}),
  ]);
  return explained;
}

/** Returns the progress of a drill that has ended, with the primary if it has failed. */
function explain(drill: Drill, progress: Progress): Progress {
  const { Failure, Result, Drill: times } = progress;
  if (!Failure) return progress;
  const primary = Result?.Datastore?.Members?.find(({ Role }) => Role === 'PRIMARY');
  const Reason = primary ? `${Failure.Reason} The primary is ${memberName(primary)}.` : Failure.Reason;
  return { ...progress, Failure: { Reason, Advice: adviceOf(drill, Failure, times) } };
}

/** Returns the advice for a drill that has failed: after its promotion, what to do about the primary. */
const adviceOf = (drill: Drill, { Advice }: Failure, { There }: DrillTimes = {}): string =>
  There?.AcceptedAt ? adviceToReturn(drill) : Advice;
