import {
  CreateReplicationGroupCommand,
  DeleteGlobalReplicationGroupCommand,
  DisassociateGlobalReplicationGroupCommand,
  FailoverGlobalReplicationGroupCommand,
} from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import type { Goal, WantedMember } from './goal.ts';
import type { ChangeStep } from './plan.ts';

/**
 * Asks AWS for one change, once: the next look tells what came of it. `region` knows the datastore. Throws a Problem when AWS
 * refuses, or did not answer.
 */
export async function executeStep(
  signal: AbortSignal,
  step: ChangeStep,
  { GlobalReplicationGroupId }: Goal,
  region: string,
): Promise<void> {
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
        new CreateReplicationGroupCommand(toCreateInput(GlobalReplicationGroupId, step.Member)),
      );
      return;
    case 'promote': // in the region that becomes primary: the old one may be why
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

function toCreateInput(GlobalReplicationGroupId: string, member: WantedMember) {
  const {
    Role: _,
    ReplicationGroupRegion: __,
    ReplicationGroupDescription = `Secondary of ${GlobalReplicationGroupId}`,
    ...chosen
  } = member;
  return { ...chosen, GlobalReplicationGroupId, ReplicationGroupDescription };
}
