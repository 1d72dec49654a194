import { RebalanceSlotsInGlobalReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { findGlobalDatastore, type GlobalDatastore } from '../datastores/globalDatastore.ts';
import { defineChange } from '../http/defineChange.ts';
import { preflight } from '../preflight/rebalanceSlots.ts';
import { rebalanceSlots } from '../schemas/rebalanceSlots.ts';

export const handler = defineChange(rebalanceSlots, {
  preflight,
  load: ({ path, signal }) => findGlobalDatastore(signal, path.GlobalReplicationGroupId),
  isApplied: ({ GlobalReplicationGroup }, _, snapshot) =>
    snapshot?.GlobalReplicationGroup !== undefined &&
    slotsOf(GlobalReplicationGroup) !== slotsOf(snapshot.GlobalReplicationGroup),
  execute: ({ path, signal }, { region }) =>
    elastiCache(signal, region).send(
      new RebalanceSlotsInGlobalReplicationGroupCommand({ ...path, ApplyImmediately: true }),
    ),
});

/** Returns the slots of each node group as one text that can be compared. */
const slotsOf = ({ GlobalNodeGroups = [] }: GlobalDatastore): string =>
  GlobalNodeGroups.map(({ GlobalNodeGroupId, Slots }) => `${GlobalNodeGroupId}: ${Slots}`)
    .sort()
    .join();
