import type { ExecutionStatus } from '@aws-sdk/client-lambda';
import { listExecutions } from '../aws/durableExecutions.ts';
import { api, ok } from '../http/defineHandler.ts';
import { nextPage } from '../http/paginationLink.ts';
import { isAt } from '../operations/operations.ts';
import { summaryOf } from '../operations/operationView.ts';
import { onlyOwnedOperations } from '../policy/ownership.ts';
import { listOperationsQuery, operationsAnswer } from '../schemas/operation.ts';
import type { Route } from '../schemas/route.ts';

export const route = {
  method: 'GET',
  path: '/operations',
  summary: 'List the operations of the last 30 days, page by page',
  description:
    'The latest first on each page. With GlobalReplicationGroupId a page may have fewer entries than MaxRecords, or none, and still a Marker.',
  calls: [],
  refuses: ['OperationsUnavailable'],
  query: listOperationsQuery,
  responses: { 200: operationsAnswer },
} as const satisfies Route;

export const handler = api(route, async ({ query, signal, event }) => {
  const { GlobalReplicationGroupId, Status, MaxRecords = 100, Marker } = query;
  const { executions, marker } = await listExecutions(signal, {
    statuses: Status && inTheEngine[Status],
    marker: Marker,
    most: MaxRecords,
  });
  const Operations = executions
    .filter(GlobalReplicationGroupId ? isAt(GlobalReplicationGroupId) : () => true)
    .map(summaryOf)
    .sort((a, b) => (a.StartedAt < b.StartedAt ? 1 : -1));
  const owned = await onlyOwnedOperations(signal, event, Operations);
  return ok({ Operations: [...owned], Marker: marker }, nextPage(route.path, query, marker));
});

const inTheEngine: Readonly<Record<string, ExecutionStatus[]>> = {
  RUNNING: ['RUNNING'],
  SUCCEEDED: ['SUCCEEDED'],
  FAILED: ['FAILED', 'TIMED_OUT'],
  STOPPED: ['STOPPED'],
};
