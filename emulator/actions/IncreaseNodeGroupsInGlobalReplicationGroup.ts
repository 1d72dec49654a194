import type {
  IncreaseNodeGroupsInGlobalReplicationGroupMessage,
  IncreaseNodeGroupsInGlobalReplicationGroupResult,
} from '@aws-sdk/client-elasticache';
import { invalidValue } from '../protocol/fault.ts';
import { viewGlobalGroup } from '../responses/globalReplicationGroup.ts';
import { assertApplyImmediately } from '../rules/globalReplicationGroup.ts';
import { getReshardableShards, startResharding } from '../rules/resharding.ts';
import { formatNodeGroupId } from '../rules/shards.ts';
import { rebalanceSlots } from '../rules/slots.ts';
import type { Store } from '../state/store.ts';

/** Adds shards with the next ids until NodeGroupCount is reached, and moves slots to them. */
export function IncreaseNodeGroupsInGlobalReplicationGroup(
  store: Store,
  input: IncreaseNodeGroupsInGlobalReplicationGroupMessage,
): IncreaseNodeGroupsInGlobalReplicationGroupResult {
  assertApplyImmediately(input);
  const { NodeGroupCount: wanted = 0, RegionalConfigurations } = input;
  const datastore = store.getGlobalGroup(input.GlobalReplicationGroupId);
  const shards = getReshardableShards(store, datastore);
  if (wanted <= shards.length)
    throw invalidValue(`NodeGroupCount must be more than the ${shards.length} node groups there are, not ${wanted}.`); // unverified
  if (wanted > MAX_NODE_GROUPS) throw invalidValue(`NodeGroupCount must be at most ${MAX_NODE_GROUPS}.`);

  const last = Math.max(...shards.map(({ id }) => Number(id)));
  const added = Array.from({ length: wanted - shards.length }, (_, i) => formatNodeGroupId(last + 1 + i));
  const ids = [...shards.map(({ id }) => id), ...added];
  const slots = rebalanceSlots(ids.map((_, i) => shards[i]?.slots ?? []));
  startResharding(
    store,
    datastore,
    ids.map((id, i) => ({ id, slots: slots[i] ?? [] })),
    RegionalConfigurations,
  );
  return { GlobalReplicationGroup: viewGlobalGroup(store, datastore) };
}

/** The maximum after a quota increase for nodes in a cluster (AWS General Reference, ElastiCache quotas). */
const MAX_NODE_GROUPS = 500;
