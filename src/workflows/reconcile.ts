import { DurableOperationError, withDurableExecution } from '@aws/durable-execution-sdk-js';
import { config } from '../config.ts';
import type { Goal } from './goal.ts';
import { type Progress, tick, unbegun } from './tick.ts';

/**
 * The durable function that brings a datastore to its goal. The engine is a timer and no script: one condition, looked at
 * until it ends, so a run goes on from any crash, and a replay has nothing to repeat.
 */
export const handler = withDurableExecution<Goal, Progress>(async (goal, context) => {
  const end = await context.waitForCondition<Progress>(
    'reconcile',
    (progress, { logger }) =>
      tick(AbortSignal.timeout(config.tickMs), goal, progress, {
        warn: ({ code, message, upstream }) => logger.warn('refused', { code, message, upstream, step: progress.Step }),
      }),
    {
      initialState: unbegun,
      waitStrategy: ({ Ended }) =>
        // the end of the condition is never an error: thrown within, it would break the invocation instead
        Ended ? { shouldContinue: false } : { shouldContinue: true, delay: { seconds: config.lookSeconds } },
    },
  );
  if (end.Failure) throw new NotReached(end);
  return end;
});

/** Ends an execution as FAILED, with the whole of its progress. */
class NotReached extends DurableOperationError {
  readonly errorType = 'NotReached';

  constructor(end: Progress) {
    super(end.Failure?.Reason ?? '', undefined, JSON.stringify(end));
  }
}
