import type {
  RebalanceSlotsInGlobalReplicationGroupMessage,
  RebalanceSlotsInGlobalReplicationGroupResult,
} from '@aws-sdk/client-elasticache';
import { refuseDeferral } from '../rules/globalReplicationGroup.ts';
import { reshard, shardsOf } from '../rules/resharding.ts';
import { rebalanced } from '../rules/slots.ts';
import type { Store } from '../state/store.ts';

/** Spreads the slots evenly over the shards there are. */
export function RebalanceSlotsInGlobalReplicationGroup(
  store: Store,
  input: RebalanceSlotsInGlobalReplicationGroupMessage,
): RebalanceSlotsInGlobalReplicationGroupResult {
  refuseDeferral(input);
  const datastore = store.getGlobalGroup(input.GlobalReplicationGroupId);
  const shards = shardsOf(store, datastore);

  const slots = rebalanced(shards.map((shard) => shard.slots));
  return reshard(
    store,
    datastore,
    shards.map(({ id }, i) => ({ id, slots: slots[i] ?? [] })),
  );
}
