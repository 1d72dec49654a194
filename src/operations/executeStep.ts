import {
  CreateReplicationGroupCommand,
  DeleteGlobalReplicationGroupCommand,
  DisassociateGlobalReplicationGroupCommand,
  FailoverGlobalReplicationGroupCommand,
} from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { withAuthToken } from '../datastores/authToken.ts';
import { sendMemberChange } from '../datastores/sendMemberChange.ts';
import { sendEvacuationStep } from './evacuation/sendEvacuationStep.ts';
import type { DesiredMember, Goal } from './goal.ts';
import type { ChangeStep } from './plan.ts';
import { rotateMember } from './rotateMember.ts';

/**
 * Sends the AWS call of one step, without a retry: the next reconcile reads the result. `region` is a region that returned the
 * datastore.
 * @throws Problem if AWS rejects the call or does not respond.
 */
export async function executeStep(signal: AbortSignal, step: ChangeStep, goal: Goal, region: string): Promise<void> {
  const { GlobalReplicationGroupId, TokenRotation, Evacuation } = goal;
  if (Evacuation && (step.Do === 'promote' || step.Do === 'detach'))
    return sendEvacuationStep(signal, step, goal, Evacuation);
  if (step.Do === 'rotate' && TokenRotation) return rotateMember(signal, step.Member, TokenRotation);
  if (step.Do === 'delete') {
    await elastiCache(signal, region, { retry: false }).send(
      new DeleteGlobalReplicationGroupCommand({ GlobalReplicationGroupId, RetainPrimaryReplicationGroup: true }),
    );
    return;
  }
  const { ReplicationGroupId, ReplicationGroupRegion } = step.Member;
  switch (step.Do) {
    case 'add':
      await elastiCache(signal, ReplicationGroupRegion, { retry: false }).send(
        new CreateReplicationGroupCommand(
          await withAuthToken(signal, toCreateInput(GlobalReplicationGroupId, step.Member)),
        ),
      );
      return;
    case 'modify':
      await sendMemberChange(signal, ReplicationGroupRegion, step.Change, { retry: false });
      return;
    case 'promote': // sent in the region of the new primary: an outage of the old one may be the reason for the failover
      await elastiCache(signal, ReplicationGroupRegion, { retry: false }).send(
        new FailoverGlobalReplicationGroupCommand({
          GlobalReplicationGroupId,
          PrimaryReplicationGroupId: ReplicationGroupId,
          PrimaryRegion: ReplicationGroupRegion,
        }),
      );
      return;
    case 'detach':
      await elastiCache(signal, region, { retry: false }).send(
        new DisassociateGlobalReplicationGroupCommand({
          GlobalReplicationGroupId,
          ReplicationGroupId,
          ReplicationGroupRegion,
        }),
      );
  }
}

function toCreateInput(GlobalReplicationGroupId: string, member: DesiredMember) {
  const {
    Role: _,
    ReplicationGroupRegion: __,
    ReplicationGroupDescription = `Secondary of ${GlobalReplicationGroupId}`,
    ...settings
  } = member;
  return { ...settings, GlobalReplicationGroupId, ReplicationGroupDescription };
}
