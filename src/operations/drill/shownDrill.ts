import type { GetDurableExecutionCommandOutput } from '@aws-sdk/client-lambda';
import { lastProgress } from '../../aws/durableExecutions.ts';
import { undefinedIfNotFound } from '../../problems/problem.ts';
import { findOperation } from '../findOperation.ts';
import { parseGoal } from '../goal.ts';
import { toOperationSummary } from '../operationView.ts';
import type { Progress } from '../reconcile.ts';
import type { DrillRecord } from './drillRecord.ts';
import { type DrillEntry, toDrillEntry } from './drillView.ts';

/**
 * Returns a drill as lists show it. Undefined if it was cancelled before its first step. A drill without a recorded end is read
 * from the engine: it can have been stopped, or its table did not respond.
 */
export async function toShownDrill(
  signal: AbortSignal,
  { entry: text, phase, OperationId }: DrillRecord,
): Promise<DrillEntry | undefined> {
  if (text === undefined) return undefined;
  const entry = JSON.parse(text) as DrillEntry;
  if (phase === 'ENDED') return entry;
  const execution = await findOperation(signal, OperationId).catch(undefinedIfNotFound);
  if (!execution) return { ...entry, Status: 'FAILED' }; // the engine no longer has it
  return execution.Status === 'RUNNING' ? entry : entryAfter(entry, execution);
}

/** Returns the entry of a drill that has ended without recording it. */
function entryAfter(entry: DrillEntry, execution: GetDurableExecutionCommandOutput): DrillEntry {
  const goal = parseGoal(execution);
  const progress = lastProgress<Progress>(execution);
  const { Status, EndedAt } = toOperationSummary(execution);
  const end = { Status, ...(EndedAt !== undefined && { EndedAt }) };
  return goal.Drill && progress ? toDrillEntry(goal, goal.Drill, progress, end) : { ...entry, ...end };
}
