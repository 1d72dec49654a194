import { api, ok } from '../api.ts';
import { config } from '../config.ts';
import { findOperation } from '../operations.ts';
import { viewOf } from '../operationView.ts';
import type { Route } from '../route.ts';
import { operationAnswer } from '../schemas/operation.ts';

export const route = {
  method: 'GET',
  path: '/operations/{OperationId}',
  summary: 'Show an operation: what is wanted, what is there, and what it is at',
  description:
    'A run that brings a datastore to a topology by itself. What it is at can be some seconds old; Since, Attempts and LastRefusal are left out when AWS does not let them be read just now.',
  calls: [],
  asks: ['DescribeGlobalReplicationGroups', 'DescribeReplicationGroups'],
  refuses: ['OperationNotFound', 'OperationsUnavailable'],
  responses: { 200: operationAnswer },
} as const satisfies Route;

export const handler = api(route, async ({ path, signal }) => {
  const Operation = await viewOf(signal, await findOperation(signal, path.OperationId));
  return ok(
    { Operation },
    Operation.Status === 'RUNNING' ? { 'retry-after': String(config.retryAfterSeconds) } : undefined,
  );
});
