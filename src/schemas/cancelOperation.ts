// Pruned at build time by build/plugins/schemaPruning.ts.
import { operationAnswer } from './operation.ts';
import type { Route } from './route.ts';

/** The contract of cancelOperation. */
export const cancelOperation = {
  method: 'POST',
  path: '/operations/{OperationId}/cancel',
  subject: 'operation',
  tag: 'Operations',
  summary: 'Stop an operation where it is',
  description:
    'Nothing is undone, and what AWS has begun goes on; a change that is being asked for at this moment may still be made. To cancel once more changes nothing.',
  awsActions: [],
  optionalAwsActions: ['DescribeGlobalReplicationGroups', 'DescribeReplicationGroups'],
  problems: ['OperationNotFound', 'OperationEnded', 'OperationsUnavailable'],
  headers: ['Idempotency-Key'],
  responses: { 200: operationAnswer },
} as const satisfies Route;
