import {
  DisassociateGlobalReplicationGroupCommand,
  FailoverGlobalReplicationGroupCommand,
} from '@aws-sdk/client-elasticache';
import { elastiCache } from '../../aws/elastiCacheClient.ts';
import { callWithRegionFallback, survivingRegions } from '../../aws/multiRegion.ts';
import type { EvacuationPart, Goal } from '../goal.ts';
import type { ChangeStep } from '../plan.ts';

/**
 * Sends the promotion or the detach of an evacuation to the region of the new primary, and to the other surviving regions if it does
 * not respond. unverified: which region AWS accepts them in.
 * @throws Problem if AWS rejects the call or no region responds
 */
export async function sendEvacuationStep(
  signal: AbortSignal,
  { Do, Member }: Extract<ChangeStep, { Do: 'promote' | 'detach' }>,
  { GlobalReplicationGroupId }: Goal,
  { FromRegion }: EvacuationPart,
): Promise<void> {
  const { ReplicationGroupId, ReplicationGroupRegion } = Member;
  await callWithRegionFallback(signal, survivingRegions(FromRegion, ReplicationGroupRegion), (region, regionSignal) => {
    const client = elastiCache(regionSignal, region, { retry: false });
    return Do === 'promote'
      ? client.send(
          new FailoverGlobalReplicationGroupCommand({
            GlobalReplicationGroupId,
            PrimaryReplicationGroupId: ReplicationGroupId,
            PrimaryRegion: ReplicationGroupRegion,
          }),
        )
      : client.send(
          new DisassociateGlobalReplicationGroupCommand({
            GlobalReplicationGroupId,
            ReplicationGroupId,
            ReplicationGroupRegion,
          }),
        );
  });
}
