import { type DurableContext, DurableOperationError } from '@aws/durable-execution-sdk-js';
import { config } from '../../config.ts';
import { logger } from '../../observability/logger.ts';
import type { Goal } from '../goal.ts';
import { evacuateOnce } from './evacuateOnce.ts';
import { type Evacuation, type EvacuationProgress, initialEvacuationProgress } from './evacuation.ts';

/**
 * Runs an evacuation in the durable function: one condition that starts the operations of its datastores. Its state has ids and
 * outcomes only, and each operation has the same id in each attempt. A replay therefore starts nothing twice.
 */
export async function evacuate(context: DurableContext, evacuation: Evacuation): Promise<EvacuationProgress> {
  const { EvacuationId, RequestedBy } = evacuation;
  const logFields = { evacuation: EvacuationId, caller: RequestedBy };
  const final = await context.waitForCondition<EvacuationProgress>(
    'evacuate',
    async (previous) => {
      const progress = await evacuateOnce(AbortSignal.timeout(config.reconcileTimeoutMs), evacuation, previous, {
        warn: ({ code, message, upstream }) =>
          logger.warn('datastore not started', { ...logFields, code, message, upstream }),
      });
      if (progress.Ended) logger.info('evacuation ended', { ...logFields, failure: progress.Failure });
      return progress;
    },
    {
      initialState: initialEvacuationProgress(evacuation),
      waitStrategy: ({ Ended, Begun }) =>
        Ended ? { shouldContinue: false } : { shouldContinue: true, delay: { seconds: secondsSince(Begun) } },
    },
  );
  if (final.Failure) throw new NotAllMoved(final);
  return final;
}

/**
 * Returns the seconds until the next reconcile of a run that began at a time. The interval of an evacuation is short at first,
 * because its datastores have no writer. Later it is that of other operations: an execution has at most 3,000 reconciles (AWS
 * Lambda quotas).
 */
export const secondsUntilNextLook = ({ Evacuation }: Pick<Goal, 'Evacuation'>, begun?: string): number =>
  Evacuation ? secondsSince(begun) : config.reconcileIntervalSeconds;

const secondsSince = (begun = ''): number =>
  Date.now() - Date.parse(begun) < config.evacuationPlaceMs
    ? config.evacuationIntervalSeconds
    : config.reconcileIntervalSeconds;

/** Ends an execution as FAILED and stores its progress as the error data. */
class NotAllMoved extends DurableOperationError {
  readonly errorType = 'NotAllMoved';

  constructor(progress: EvacuationProgress) {
    super(progress.Failure?.Reason ?? '', undefined, JSON.stringify(progress));
  }
}
