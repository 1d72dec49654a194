import { foundValue, isFound, lookup } from '../datastores/lookup.ts';
import { findOperation } from '../operations/findOperation.ts';
import { type Goal, memberName, parseGoal } from '../operations/goal.ts';
import { type Check, checkRule } from '../problems/check.ts';
import type { ApiRequest } from '../schemas/apiRequest.ts';
import type { cancelOperation } from '../schemas/cancelOperation.ts';
import type { DryRunResult } from './dryRunResult.ts';

/** Checks that the operation can be stopped. */
export async function preflight({ path, signal }: ApiRequest<typeof cancelOperation>): Promise<DryRunResult> {
  const { OperationId } = path;
  const found = await lookup(findOperation(signal, OperationId));
  const exists = checkRule('operation-exists', isFound(found), {
    pass: `Operation ${OperationId} exists.`,
    fail: `Operation ${OperationId} does not exist.`,
    unknown: 'The operation could not be read.',
  });
  const { Status } = foundValue(found) ?? {};
  return {
    Checks: [exists, ...(Status ? [checkRunning(Status)] : [])],
    Plan: [planOf(OperationId, Status, parseGoal(foundValue(found) ?? {}))],
  };
}

function planOf(OperationId: string, status: string | undefined, { Drill }: Goal): string {
  if (status === 'STOPPED') return 'Nothing to do. The operation is stopped.';
  if (!Drill) return `Stop operation ${OperationId} in its current state. Nothing is undone.`;
  return `Stop drill ${OperationId} before its promotion. After it, end the hold and promote ${memberName(Drill.Origin)} at once.`;
}

const checkRunning = (status: string): Check =>
  checkRule('operation-running', status === 'RUNNING' || status === 'STOPPED', {
    pass: status === 'RUNNING' ? 'The operation is running.' : 'The operation is stopped already.',
    fail: `The operation has ended with status ${status}.`,
  });
