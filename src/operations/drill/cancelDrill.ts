import { endCallback, isInOwnRegion } from '../../aws/durableExecutions.ts';
import { fromTable } from '../admission.ts';
import type { Goal } from '../goal.ts';
import { markCancelled } from './drillRecord.ts';

/**
 * Cancels a drill. Returns true if the drill ends by itself: it ends its hold, or does not begin it, and promotes the former primary.
 * Returns false for an operation that the caller has to stop: it is no drill, or it has promoted nothing and will not.
 *
 * The table of another region may be some seconds late, so that a drill which runs there is never stopped from here. Such a drill reads
 * that it is cancelled before its promotion.
 * @throws Problem `OperationsUnavailable` if the table or the engine does not respond
 */
export async function cancelDrill(signal: AbortSignal, arn: string | undefined, goal: Goal): Promise<boolean> {
  if (!goal.Drill) return false;
  const { phase, callbackId } = await fromTable(markCancelled(goal));
  if (phase === 'CHECKING') return !isInOwnRegion(arn);
  if (callbackId !== undefined) await endCallback(signal, arn, callbackId);
  return true;
}
