import type { ExecutionStatus } from '@aws-sdk/client-lambda';
import { listExecutions } from '../aws/durableExecutions.ts';
import { defineHandler } from '../http/defineHandler.ts';
import { ok } from '../http/responses.ts';
import { isForDatastore } from '../operations/operations.ts';
import { toOperationSummary } from '../operations/operationView.ts';
import { filterOwnedOperations } from '../policy/owners.ts';
import { listOperations } from '../schemas/listOperations.ts';

export const handler = defineHandler(listOperations, async ({ query, signal, event }) => {
  const { GlobalReplicationGroupId, Status, MaxRecords = 100, Marker } = query;
  const { executions, marker } = await listExecutions(signal, {
    statuses: Status && executionStatuses[Status],
    marker: Marker,
    limit: MaxRecords,
  });
  const operations = executions
    .filter(GlobalReplicationGroupId ? isForDatastore(GlobalReplicationGroupId) : () => true)
    .map(toOperationSummary)
    .sort((a, b) => (a.StartedAt < b.StartedAt ? 1 : -1));
  const owned =
    globalThis.POLICY_HAS_OWNERS === false ? operations : await filterOwnedOperations(signal, event, operations);
  return ok({ Operations: [...owned], Marker: marker });
});

const executionStatuses: Readonly<Record<string, ExecutionStatus[]>> = {
  RUNNING: ['RUNNING'],
  SUCCEEDED: ['SUCCEEDED'],
  FAILED: ['FAILED', 'TIMED_OUT'],
  STOPPED: ['STOPPED'],
};
