import { describeMemberChange } from '../datastores/memberChanges.ts';
import { type Goal, memberName } from './goal.ts';
import type { Step } from './nextStep.ts';
import { describeRotation } from './tokenRotation.ts';

/** Formats a step for callers, with the AWS action of a change and whether it can be undone. */
export function describeStep(step: Step, goal: Goal): string {
  switch (step.Do) {
    case 'add':
      return `Create ${memberName(step.Member)} as a secondary (CreateReplicationGroup in ${step.Member.ReplicationGroupRegion}).`;
    case 'promote':
      return `Promote ${memberName(step.Member)} to primary${step.Temporary ? ' temporarily' : ''} (FailoverGlobalReplicationGroup). The current primary becomes a secondary and takes no writes. Another failover reverses it.`;
    case 'detach':
      return `Detach ${memberName(step.Member)} (DisassociateGlobalReplicationGroup). It remains as a standalone replication group and continues to incur cost. This cannot be undone: a replication group that exists cannot become a secondary.`;
    case 'delete':
      return `Delete ${goal.GlobalReplicationGroupId} (DeleteGlobalReplicationGroup). Its primary remains as a standalone replication group and continues to incur cost. This cannot be undone: a new datastore over the primary starts without secondaries.`;
    case 'modify':
      return describeMemberChange(step.Member.ReplicationGroupRegion, step.Member.ReplicationGroupId, step.Change);
    case 'rotate':
      return describeRotation(step.Member, goal);
    case 'wait':
      return `Wait for ${step.For}.`;
    case 'stop':
      return step.Reason;
    case 'done':
      return 'Nothing to do. The desired state is reached.';
  }
}
