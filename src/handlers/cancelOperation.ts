import { stopExecution } from '../aws/durableExecutions.ts';
import { defineChange } from '../http/defineChange.ts';
import { ok } from '../http/defineHandler.ts';
import { findOperation } from '../operations/operations.ts';
import { toOperation } from '../operations/operationView.ts';
import { Problem } from '../problems/problem.ts';
import { cancelOperation } from '../schemas/cancelOperation.ts';

export const handler = defineChange(cancelOperation, async ({ path, signal }) => {
  const operation = await findOperation(signal, path.OperationId);
  if (operation.Status === 'RUNNING') {
    await stopExecution(signal, operation.DurableExecutionArn, 'It was cancelled.');
    return ok({ Operation: await toOperation(signal, await findOperation(signal, path.OperationId)) });
  }
  if (operation.Status === 'STOPPED') return ok({ Operation: await toOperation(signal, operation) });
  throw new Problem('OperationEnded', `Operation ${path.OperationId} has ended as ${operation.Status}.`);
});
