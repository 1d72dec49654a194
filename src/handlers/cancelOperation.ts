import { stopExecution } from '../aws/durableExecutions.ts';
import { change } from '../http/defineChange.ts';
import { ok } from '../http/defineHandler.ts';
import { findOperation } from '../operations/operations.ts';
import { viewOf } from '../operations/operationView.ts';
import { Problem } from '../problems/problem.ts';
import { operationAnswer } from '../schemas/operation.ts';
import type { Route } from '../schemas/route.ts';

export const route = {
  method: 'POST',
  path: '/operations/{OperationId}/cancel',
  summary: 'Stop an operation where it is',
  description:
    'Nothing is undone, and what AWS has begun goes on; a change that is being asked for at this moment may still be made. To cancel once more changes nothing.',
  calls: [],
  asks: ['DescribeGlobalReplicationGroups', 'DescribeReplicationGroups'],
  refuses: ['OperationNotFound', 'OperationEnded', 'OperationsUnavailable'],
  headers: ['Idempotency-Key'],
  responses: { 200: operationAnswer },
} as const satisfies Route;

export const handler = change(route, async ({ path, signal }) => {
  const operation = await findOperation(signal, path.OperationId);
  if (operation.Status === 'RUNNING') {
    await stopExecution(signal, operation.DurableExecutionArn, 'It was cancelled.');
    return ok({ Operation: await viewOf(signal, await findOperation(signal, path.OperationId)) });
  }
  if (operation.Status === 'STOPPED') return ok({ Operation: await viewOf(signal, operation) });
  throw new Problem('OperationEnded', `Operation ${path.OperationId} has ended as ${operation.Status}.`);
});
