import {
  type GlobalReplicationGroup,
  RebalanceSlotsInGlobalReplicationGroupCommand,
} from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { findGlobalDatastore } from '../datastores/globalDatastore.ts';
import { defineChange } from '../http/defineChange.ts';
import { acceptedDatastore } from '../http/defineHandler.ts';
import { acceptOwnChangeInProgress } from '../idempotency/ownChangeInProgress.ts';
import { rebalanceSlots } from '../schemas/rebalanceSlots.ts';

export const handler = defineChange(rebalanceSlots, async ({ path, signal, resumed, before }) => {
  const { group, region } = await findGlobalDatastore(signal, path.GlobalReplicationGroupId);
  if (resumed?.before && !haveSameSlots(group, resumed.before)) return acceptedDatastore(group);
  await before(group);

  const { GlobalReplicationGroup } = await elastiCache(signal, region)
    .send(new RebalanceSlotsInGlobalReplicationGroupCommand({ ...path, ApplyImmediately: true }))
    .catch(acceptOwnChangeInProgress(group, resumed));
  return acceptedDatastore(GlobalReplicationGroup);
});

const haveSameSlots = (one: GlobalReplicationGroup, other: GlobalReplicationGroup): boolean =>
  slotsOf(one) === slotsOf(other);

const slotsOf = ({ GlobalNodeGroups = [] }: GlobalReplicationGroup): string =>
  GlobalNodeGroups.map(({ GlobalNodeGroupId, Slots }) => `${GlobalNodeGroupId}: ${Slots}`)
    .sort()
    .join();
