import {
  type GlobalReplicationGroupMember,
  ListAllowedNodeTypeModificationsCommand,
} from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { withRegionTimeout } from '../aws/multiRegion.ts';

/** Returns the node types that a member can change to, in either direction. */
export async function listAllowedNodeTypes(
  signal: AbortSignal,
  { ReplicationGroupRegion: region, ReplicationGroupId }: GlobalReplicationGroupMember,
): Promise<string[]> {
  const { ScaleUpModifications = [], ScaleDownModifications = [] } = await elastiCache(
    withRegionTimeout(signal),
    region,
  ).send(new ListAllowedNodeTypeModificationsCommand({ ReplicationGroupId }));
  return [...ScaleUpModifications, ...ScaleDownModifications];
}
