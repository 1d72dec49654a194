import {
  AddTagsToResourceCommand,
  DecreaseReplicaCountCommand,
  IncreaseReplicaCountCommand,
  ModifyReplicationGroupCommand,
  RemoveTagsFromResourceCommand,
  type ReplicationGroup,
} from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import type { MemberChange } from './memberChanges.ts';

/** Sends the call of a change in the region of the member. Returns the replication group unless the call is about its tags. */
export async function sendMemberChange(
  signal: AbortSignal,
  region: string,
  change: MemberChange,
  options: { readonly retry?: boolean } = {},
): Promise<ReplicationGroup | undefined> {
  const { send } = elastiCache(signal, region, options);
  switch (change.Action) {
    case 'IncreaseReplicaCount':
      return (await send(new IncreaseReplicaCountCommand(change.Input))).ReplicationGroup;
    case 'DecreaseReplicaCount':
      return (await send(new DecreaseReplicaCountCommand(change.Input))).ReplicationGroup;
    case 'ModifyReplicationGroup':
      return (await send(new ModifyReplicationGroupCommand(change.Input))).ReplicationGroup;
    case 'AddTagsToResource':
      await send(new AddTagsToResourceCommand(change.Input));
      return undefined;
    case 'RemoveTagsFromResource':
      await send(new RemoveTagsFromResourceCommand(change.Input));
      return undefined;
  }
}
