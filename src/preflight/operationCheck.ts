import { foundValue, lookup } from '../datastores/lookup.ts';
import { findRival, isReplaceable } from '../operations/rival.ts';
import { type Check, checkRule } from '../problems/check.ts';

/** Checks that an operation can start on a datastore: it has one at a time. */
export async function checkNoOperationRunning(signal: AbortSignal, id: string, supersede: boolean): Promise<Check> {
  const running = await lookup(findRival(signal, id));
  const rival = foundValue(running);
  const { OperationId, url } = rival?.admission ?? {};
  const isFree = !rival || isReplaceable(rival, supersede);
  return checkRule('no-operation-running', running.is === 'unknown' ? undefined : isFree, {
    pass: rival?.isRunning ? `It supersedes operation ${OperationId}.` : 'No operation is running.',
    fail: `Operation ${OperationId} is running at ${url}. Wait for it, or supersede it there with ?Supersede=true.`,
    unknown: 'The running operations could not be read.',
  });
}
