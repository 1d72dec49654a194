import type { GetDurableExecutionCommandOutput } from '@aws-sdk/client-lambda';
import { findExecution, getExecution, lastProgress } from '../../aws/durableExecutions.ts';
import { isUnanswered } from '../../aws/lambdaClient.ts';
import { config } from '../../config.ts';
import { redactPrincipals } from '../../lib/redactPrincipals.ts';
import { Problem } from '../../problems/problem.ts';
import type { Progress } from '../reconcile.ts';
import { isTemporary, refusalOf, toStepProblem } from '../stepProblem.ts';
import type { Evacuation, EvacuationProgress, Evacuee, EvacueeProgress } from './evacuation.ts';
import { startEvacuee } from './startEvacuee.ts';

interface EvacuationOptions {
  readonly warn?: (problem: Problem) => void;
  /** In epoch milliseconds. */
  readonly now?: number;
}

/**
 * Reads the operations in progress and starts the next ones. The caller repeats it until `Ended`. It never throws: the next
 * call retries what failed, and a refusal delays no other datastore.
 */
export async function evacuateOnce(
  signal: AbortSignal,
  evacuation: Evacuation,
  previous: EvacuationProgress,
  { warn = () => {}, now = Date.now() }: EvacuationOptions = {},
): Promise<EvacuationProgress> {
  const Begun = previous.Begun ?? new Date(now).toISOString();
  const read = await readUnderWay(signal, previous);
  const started = await startNext(signal, evacuation, { ...previous.Datastores, ...read }, { warn, now });
  const progress = { ...previous, Begun, Datastores: { ...previous.Datastores, ...read, ...started } };
  const ids = evacuation.Datastores.map(({ GlobalReplicationGroupId }) => GlobalReplicationGroupId);
  return endIfDone(progress, ids, now);
}

/** Returns the progress of the datastores whose operation was `UNDER_WAY`. */
async function readUnderWay(
  signal: AbortSignal,
  { Datastores }: EvacuationProgress,
): Promise<Record<string, EvacueeProgress>> {
  const underWay = Object.entries(Datastores).filter(([, { Status }]) => Status === 'UNDER_WAY');
  const read = await Promise.all(underWay.map(async ([id, one]) => [id, await readOperation(signal, one)] as const));
  return Object.fromEntries(read);
}

/** Returns the progress after a read of the operation. An operation of another region that does not respond is replaced. */
async function readOperation(signal: AbortSignal, one: EvacueeProgress): Promise<EvacueeProgress> {
  const { OperationId = '', OperationRegion } = one;
  try {
    const execution = await findExecution(signal, OperationId, OperationRegion);
    if (!execution || execution.Status === 'RUNNING') return one;
    return { ...one, ...outcomeOfOperation(await getExecution(signal, execution.DurableExecutionArn)) };
  } catch (problem) {
    const isOut = OperationRegion !== undefined && problem instanceof Problem && isUnanswered(problem);
    return isOut ? { Status: 'WAITING' } : one;
  }
}

function outcomeOfOperation(execution: GetDurableExecutionCommandOutput): Partial<EvacueeProgress> {
  const { Failure, Result } = lastProgress<Progress>(execution) ?? {};
  if (execution.Status === 'SUCCEEDED') return { Status: 'DONE', ...Result?.Evacuated };
  const ended = redactPrincipals(execution.Error?.ErrorMessage ?? `The execution ended with ${execution.Status}.`);
  const { Reason = ended, Advice = '' } = Failure ?? {};
  return { Status: 'REFUSED', Reason: `${Reason} ${Advice}`.trim() };
}

/** Starts waiting datastores up to `MaxAtOnce`, those with the fewest tries first. */
async function startNext(
  signal: AbortSignal,
  evacuation: Evacuation,
  progress: Readonly<Record<string, EvacueeProgress>>,
  { warn, now }: Required<EvacuationOptions>,
): Promise<Record<string, EvacueeProgress>> {
  const room = evacuation.MaxAtOnce - Object.values(progress).filter((one) => holdsPlace(one, now)).length;
  const waiting = evacuation.Datastores.filter(({ GlobalReplicationGroupId: id }) => isWaiting(progress[id]))
    .sort((a, b) => triesOf(progress, a) - triesOf(progress, b))
    .slice(0, Math.max(0, room));
  const started = await Promise.all(
    waiting.map(async (evacuee) => {
      const Tries = triesOf(progress, evacuee) + 1;
      const next = await startEvacuee(signal, evacuation, evacuee).catch((error) => toNotStarted(error, Tries, warn));
      return [evacuee.GlobalReplicationGroupId, next] as const;
    }),
  );
  return Object.fromEntries(started);
}

/** Returns whether an operation counts against `MaxAtOnce`. One that takes long delays no other datastore. */
const holdsPlace = ({ Status, StartedAt = '' }: EvacueeProgress, now: number): boolean =>
  Status === 'UNDER_WAY' && now - Date.parse(StartedAt) < config.evacuationPlaceMs;

const isWaiting = (one: EvacueeProgress | undefined): boolean => one === undefined || one.Status === 'WAITING';

const triesOf = (progress: Readonly<Record<string, EvacueeProgress>>, { GlobalReplicationGroupId }: Evacuee): number =>
  progress[GlobalReplicationGroupId]?.Tries ?? 0;

/** Returns the progress of a datastore whose operation did not start: it waits for a retry, or is refused. */
function toNotStarted(error: unknown, Tries: number, warn: (problem: Problem) => void): EvacueeProgress {
  const problem = toStepProblem(error);
  warn(problem);
  const LastRefusal = refusalOf(problem, new Date().toISOString());
  if (isTemporary(problem)) return { Status: 'WAITING', Tries, LastRefusal };
  return { Status: 'REFUSED', Code: LastRefusal.Code, Reason: LastRefusal.Detail };
}

/** Returns the progress with its end, once no datastore is `WAITING` or `UNDER_WAY`, or after the timeout of an operation. */
function endIfDone(progress: EvacuationProgress, ids: readonly string[], now: number): EvacuationProgress {
  const all = ids.map((id) => progress.Datastores[id]?.Status ?? 'WAITING');
  const isOpen = all.some((status) => status === 'WAITING' || status === 'UNDER_WAY');
  const isTimedOut = now - Date.parse(progress.Begun ?? '') > config.operationTimeoutMs;
  if (isOpen && !isTimedOut) return progress;
  const left = all.filter((status) => status !== 'DONE').length;
  if (left === 0) return { ...progress, Ended: true };
  const Reason = `${left} of ${all.length} datastores were not moved.`;
  return {
    ...progress,
    Ended: true,
    Failure: { Reason, Advice: 'Read the Reason of each datastore that is not DONE.' },
  };
}
