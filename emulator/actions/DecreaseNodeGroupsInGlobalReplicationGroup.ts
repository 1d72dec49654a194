import type {
  DecreaseNodeGroupsInGlobalReplicationGroupMessage,
  DecreaseNodeGroupsInGlobalReplicationGroupResult,
} from '@aws-sdk/client-elasticache';
import { invalidCombination, invalidValue } from '../protocol/fault.ts';
import { viewGlobalGroup } from '../responses/globalReplicationGroup.ts';
import { assertApplyImmediately, globalNodeGroupIdOf } from '../rules/globalReplicationGroup.ts';
import { assertNoKeysLost, getReshardableShards, startResharding } from '../rules/resharding.ts';
import { rebalanceSlots } from '../rules/slots.ts';
import type { Store } from '../state/store.ts';
import type { Shard, StoredGlobalGroup } from '../state/types.ts';

type Input = DecreaseNodeGroupsInGlobalReplicationGroupMessage;

/** Removes shards until NodeGroupCount is reached. The remaining shards get their slots. */
export function DecreaseNodeGroupsInGlobalReplicationGroup(
  store: Store,
  input: Input,
): DecreaseNodeGroupsInGlobalReplicationGroupResult {
  assertApplyImmediately(input);
  const { GlobalNodeGroupsToRemove: remove = [], GlobalNodeGroupsToRetain: retain = [] } = input;
  if (remove.length > 0 === retain.length > 0)
    throw invalidCombination('Give either GlobalNodeGroupsToRemove or GlobalNodeGroupsToRetain.'); // unverified
  const datastore = store.getGlobalGroup(input.GlobalReplicationGroupId);
  const shards = getReshardableShards(store, datastore);
  const remaining = selectRetainedShards(datastore, shards, input);

  const removed = shards.filter((shard) => !remaining.includes(shard));
  assertNoKeysLost(store, datastore, removed);
  const slots = rebalanceSlots(
    remaining.map((shard) => shard.slots),
    removed.flatMap((shard) => shard.slots),
  );
  startResharding(
    store,
    datastore,
    remaining.map(({ id }, i) => ({ id, slots: slots[i] ?? [] })),
  );
  return { GlobalReplicationGroup: viewGlobalGroup(store, datastore) };
}

/** Returns the shards that remain. unverified: texts. */
function selectRetainedShards(datastore: StoredGlobalGroup, shards: Shard[], input: Input): Shard[] {
  const {
    NodeGroupCount: wanted = 0,
    GlobalNodeGroupsToRemove: remove = [],
    GlobalNodeGroupsToRetain: retain = [],
  } = input;
  const idOf = (shard: Shard) => globalNodeGroupIdOf(datastore, shard.id);
  const unknown = [...remove, ...retain].find((id) => !shards.some((shard) => idOf(shard) === id));
  if (unknown) throw invalidValue(`${unknown} is not a node group of Global Replication Group ${datastore.id}.`);
  if (wanted < 1 || wanted >= shards.length)
    throw invalidValue(`NodeGroupCount must be from 1 to ${shards.length - 1}, not ${wanted}.`);
  const remaining = shards.filter((shard) =>
    retain.length > 0 ? retain.includes(idOf(shard)) : !remove.includes(idOf(shard)),
  );
  if (remaining.length !== wanted)
    throw invalidValue(`${remaining.length} node groups would stay, but NodeGroupCount is ${wanted}.`);
  return remaining;
}
