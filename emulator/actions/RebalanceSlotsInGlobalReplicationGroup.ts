import type {
  RebalanceSlotsInGlobalReplicationGroupMessage,
  RebalanceSlotsInGlobalReplicationGroupResult,
} from '@aws-sdk/client-elasticache';
import { viewGlobalGroup } from '../responses/globalReplicationGroup.ts';
import { assertApplyImmediately } from '../rules/globalReplicationGroup.ts';
import { getReshardableShards, startResharding } from '../rules/resharding.ts';
import { rebalanceSlots } from '../rules/slots.ts';
import type { Store } from '../state/store.ts';

/** Distributes the slots evenly over the existing shards. */
export function RebalanceSlotsInGlobalReplicationGroup(
  store: Store,
  input: RebalanceSlotsInGlobalReplicationGroupMessage,
): RebalanceSlotsInGlobalReplicationGroupResult {
  assertApplyImmediately(input);
  const datastore = store.getGlobalGroup(input.GlobalReplicationGroupId);
  const shards = getReshardableShards(store, datastore);

  const slots = rebalanceSlots(shards.map((shard) => shard.slots));
  startResharding(
    store,
    datastore,
    shards.map(({ id }, i) => ({ id, slots: slots[i] ?? [] })),
  );
  return { GlobalReplicationGroup: viewGlobalGroup(store, datastore) };
}
