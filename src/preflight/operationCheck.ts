import { findRunning } from '../operations/operations.ts';
import { type Check, checkRule, foundValue, lookup } from './check.ts';

/** Whether an operation could begin at a datastore: there is one at a time. */
export async function checkNoOperationRunning(signal: AbortSignal, id: string, supersede: boolean): Promise<Check> {
  const running = await lookup(findRunning(signal, id));
  const [other] = foundValue(running) ?? [];
  return checkRule('no-operation-running', running.is === 'unknown' ? undefined : !other || supersede, {
    pass: other ? `It takes the place of ${other.DurableExecutionName}.` : 'No operation is under way.',
    fail: `Operation ${other?.DurableExecutionName} is under way; with ?Supersede=true this takes its place.`,
    unknown: 'Whether an operation is under way could not be read.',
  });
}
