import { foundValue, lookup } from '../datastores/lookup.ts';
import { digestOf, type Goal } from '../operations/goal.ts';
import { findRival, isReplaceable } from '../operations/rival.ts';
import { type Check, checkRule } from '../problems/check.ts';

/** Checks that an operation can start on a datastore: it has one at a time. A request with the same goal joins it. */
export async function checkNoOperationRunning(
  signal: AbortSignal,
  id: string,
  supersede: boolean,
  desired: Promise<Goal | undefined>,
): Promise<Check> {
  const [running, goal] = await Promise.all([lookup(findRival(signal, id)), desired]);
  const rival = foundValue(running);
  const { OperationId, url } = rival?.admission ?? {};
  const isJoined = rival?.isRunning && goal && rival.admission.goal === digestOf(goal);
  const isFree = !rival || isJoined || isReplaceable(rival, supersede);
  return checkRule('no-operation-running', running.is === 'unknown' ? undefined : isFree, {
    pass: rival?.isRunning
      ? `It ${isJoined ? 'joins' : 'supersedes'} operation ${OperationId}.`
      : 'No operation is running.',
    fail: `Operation ${OperationId} is running at ${url}. Wait for it, or supersede it there with ?Supersede=true.`,
    unknown: 'The running operations could not be read.',
  });
}
