// Pruned at build time by build/plugins/schemaPruning.ts.
import { withDryRun } from './dryRun.ts';
import { operationAnswer } from './operation.ts';

/** The contract of cancelOperation. */
export const cancelOperation = withDryRun({
  method: 'POST',
  path: '/operations/{OperationId}/cancel',
  subject: 'operation',
  tag: 'Operations',
  summary: 'Stop an operation in its current state',
  description:
    'Nothing is undone. AWS continues the changes that it has started, and a call that is being sent at this moment can still take effect. A second cancellation changes nothing. A drill that has promoted its secondary is not stopped: it ends its hold and promotes the former primary.',
  awsActions: [],
  optionalAwsActions: ['DescribeGlobalReplicationGroups', 'DescribeReplicationGroups', 'DescribeCacheClusters'],
  problems: ['OperationNotFound', 'OperationEnded', 'OperationsUnavailable'],
  headers: ['Idempotency-Key'],
  responses: { 200: operationAnswer },
});
