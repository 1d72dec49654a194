// Pruned at build time by build/plugins/schemaPruning.ts.
import { operationAnswer } from './operation.ts';
import type { Route } from './route.ts';

/** The contract of getOperation. */
export const getOperation = {
  method: 'GET',
  path: '/operations/{OperationId}',
  subject: 'operation',
  tag: 'Operations',
  summary: 'Read an operation: its goal, the actual state and the current step',
  description:
    'An operation changes a datastore until it has the desired members. The current step can be some seconds old. Since, Attempts and LastRefusal are left out if AWS does not provide them at the moment. With Prefer: wait=N the response waits up to N seconds until the operation has ended. With If-None-Match as well, it waits until the operation has another entity tag: for its next step, attempt or change. 304 says that there was none.',
  awsActions: [],
  optionalAwsActions: ['DescribeGlobalReplicationGroups', 'DescribeReplicationGroups', 'DescribeCacheClusters'],
  problems: ['OperationNotFound', 'OperationsUnavailable'],
  headers: ['If-None-Match', 'Prefer'],
  responses: { 200: operationAnswer },
} as const satisfies Route;
