import { DurableOperationError, withDurableExecution } from '@aws/durable-execution-sdk-js';
import { config } from '../config.ts';
import { logger } from '../observability/logger.ts';
import type { Goal } from './goal.ts';
import { initialProgress, type Progress, reconcileOnce } from './reconcile.ts';
import { createStepGuard } from './stepGuard.ts';

/**
 * The durable function that brings a datastore to its goal. The engine is a timer and no script: one condition, looked at
 * until it ends, so a run goes on from any crash, and a replay has nothing to repeat.
 */
export const handler = withDurableExecution<Goal, Progress>(async (goal, context) => {
  const line = lineOf(goal, context.executionContext.durableExecutionArn);
  const guard = createStepGuard(goal);
  const end = await context.waitForCondition<Progress>(
    'reconcile',
    async (before) => {
      const progress = await reconcileOnce(AbortSignal.timeout(config.reconcileTimeoutMs), goal, before, {
        guard,
        warn: ({ code, message, upstream }) => logger.warn('refused', { ...line, code, message, upstream }),
      });
      const { Step: step, Failure: failure, Ended: ended } = progress;
      if (step !== before.Step || ended) logger.info('step', { ...line, step, failure, ended });
      return progress;
    },
    {
      initialState: initialProgress,
      waitStrategy: ({ Ended }) =>
        // the end of the condition is never an error: thrown within, it would break the invocation instead
        Ended
          ? { shouldContinue: false }
          : { shouldContinue: true, delay: { seconds: config.reconcileIntervalSeconds } },
    },
  );
  if (end.Failure) throw new NotReached(end);
  return end;
});

/** What every line of the log says of a run. */
const lineOf = ({ GlobalReplicationGroupId, RequestedBy }: Goal, execution: string) => ({
  execution,
  target: { GlobalReplicationGroupId },
  caller: RequestedBy,
});

/** Ends an execution as FAILED, with the whole of its progress. */
class NotReached extends DurableOperationError {
  readonly errorType = 'NotReached';

  constructor(end: Progress) {
    super(end.Failure?.Reason ?? '', undefined, JSON.stringify(end));
  }
}
