import { type DurableContext, DurableOperationError, withDurableExecution } from '@aws/durable-execution-sdk-js';
import { config } from '../config.ts';
import { logger } from '../observability/logger.ts';
import { releaseAdmission } from './admission.ts';
import { type ReconcileLoop, runDrill } from './drill/runDrill.ts';
import { evacuate, secondsUntilNextLook } from './evacuation/evacuate.ts';
import { type Evacuation, type EvacuationProgress, isEvacuation } from './evacuation/evacuation.ts';
import type { Goal } from './goal.ts';
import { initialProgress, type Progress, reconcileOnce } from './reconcile.ts';
import { createStepGuard } from './stepGuard.ts';

/**
 * The durable function that reconciles a datastore with its goal, or evacuates a region. It is one condition that is polled until it
 * ends, with no other steps. A run therefore continues after any crash, and a replay has nothing to repeat. A drill is two of these
 * conditions, with a wait between them.
 */
export const handler = withDurableExecution<Goal | Evacuation, Progress | EvacuationProgress>(async (goal, context) => {
  if (isEvacuation(goal)) return evacuate(context, goal);
  const loop = createLoop(context);
  const final = goal.Drill
    ? await runDrill(context, loop, goal, goal.Drill)
    : await loop('reconcile', goal, {
        initial: initialProgress,
        delaySeconds: ({ Begun }) => secondsUntilNextLook(goal, Begun),
        onEnd: () => releaseAdmission(goal),
      });
  if (final.Failure) throw new GoalNotReached(final);
  return final;
});

const createLoop =
  (context: DurableContext): ReconcileLoop =>
  (name, goal, { initial, delaySeconds, onEnd }) => {
    const logFields = logFieldsOf(goal, context.executionContext.durableExecutionArn);
    const guard = createStepGuard(goal);
    return context.waitForCondition<Progress>(
      name,
      async (previous) => {
        const progress = await reconcileOnce(AbortSignal.timeout(config.reconcileTimeoutMs), goal, previous, {
          guard,
          warn: ({ code, message, upstream }) =>
            logger.warn('step rejected', { ...logFields, code, message, upstream }),
        });
        const { Step: step, Failure: failure, Ended: ended } = progress;
        if (ended) await onEnd?.();
        if (step !== previous.Step || ended) logger.info('step', { ...logFields, step, failure, ended });
        return progress;
      },
      {
        initialState: initial,
        waitStrategy: (progress) =>
          // The condition never throws: an error inside it would fail the invocation instead of the execution.
          progress.Ended
            ? { shouldContinue: false }
            : { shouldContinue: true, delay: { seconds: delaySeconds(progress) } },
      },
    );
  };

/** Returns the fields of every log line of a run. */
const logFieldsOf = ({ GlobalReplicationGroupId, RequestedBy }: Goal, execution: string) => ({
  execution,
  target: { GlobalReplicationGroupId },
  caller: RequestedBy,
});

/** Ends an execution as FAILED and stores its progress as the error data. */
class GoalNotReached extends DurableOperationError {
  readonly errorType = 'GoalNotReached';

  constructor(progress: Progress) {
    super(progress.Failure?.Reason ?? '', undefined, JSON.stringify(progress));
  }
}
