// Pruned at build time by build/plugins/schemaPruning.ts.
import { operationAnswer } from './operation.ts';
import type { Route } from './route.ts';

/** The contract of getOperation. */
export const getOperation = {
  method: 'GET',
  path: '/operations/{OperationId}',
  subject: 'operation',
  tag: 'Operations',
  summary: 'Show an operation: what is wanted, what is there, and what it is at',
  description:
    'A run that brings a datastore to a topology by itself. What it is at can be some seconds old; Since, Attempts and LastRefusal are left out when AWS does not let them be read just now. With Prefer: wait=N the answer waits until it has ended, N seconds at most.',
  awsActions: [],
  optionalAwsActions: ['DescribeGlobalReplicationGroups', 'DescribeReplicationGroups'],
  problems: ['OperationNotFound', 'OperationsUnavailable'],
  headers: ['Prefer'],
  responses: { 200: operationAnswer },
} as const satisfies Route;
