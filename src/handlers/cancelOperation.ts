import { stopExecution } from '../aws/durableExecutions.ts';
import { defineChange } from '../http/defineChange.ts';
import { ok } from '../http/responses.ts';
import { releaseAdmission } from '../operations/admission.ts';
import { cancelDrill } from '../operations/drill/cancelDrill.ts';
import { findOperation } from '../operations/findOperation.ts';
import { parseGoal } from '../operations/goal.ts';
import { viewOperation } from '../operations/operationView.ts';
import { ownsDatastore } from '../policy/owners.ts';
import { preflight } from '../preflight/cancelOperation.ts';
import { Problem } from '../problems/problem.ts';
import { cancelOperation } from '../schemas/cancelOperation.ts';

export const handler = defineChange(cancelOperation, {
  preflight,
  isRepeatable: true,
  load: ({ path, signal }) => findOperation(signal, path.OperationId),
  assertAllowed: ({ Status }, { path }) => {
    if (Status === 'RUNNING' || Status === 'STOPPED') return;
    throw new Problem('OperationEnded', `Operation ${path.OperationId} has already ended with status ${Status}.`);
  },
  execute: async ({ path, signal }, execution) => {
    if (execution.Status === 'STOPPED') return execution;
    const goal = parseGoal(execution);
    if (await cancelDrill(signal, execution.DurableExecutionArn, goal)) return findOperation(signal, path.OperationId);
    await stopExecution(signal, execution.DurableExecutionArn, 'The operation was cancelled.');
    await releaseAdmission({
      GlobalReplicationGroupId: goal.GlobalReplicationGroupId,
      OperationId: path.OperationId,
    });
    return findOperation(signal, path.OperationId);
  },
  respond: async (execution, { signal, event }) =>
    ok({ Operation: (await viewOperation(signal, execution, (id) => ownsDatastore(signal, event, id))).Operation }),
});
