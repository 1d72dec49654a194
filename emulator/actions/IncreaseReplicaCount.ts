import type { IncreaseReplicaCountMessage, IncreaseReplicaCountResult } from '@aws-sdk/client-elasticache';
import { invalidValue } from '../protocol/fault.ts';
import { viewReplicationGroup } from '../responses/replicationGroup.ts';
import { assertWithinNodeQuotas } from '../rules/quotas.ts';
import {
  addReplicas,
  assertReplicaParameters,
  assertReplicasChange,
  readWantedReplicas,
  replicasOf,
  startReplicaChange,
} from '../rules/replicas.ts';
import { assertAvailable } from '../rules/replicationGroup.ts';
import { assertCapacity } from '../rules/settingCompatibility.ts';
import type { Store } from '../state/store.ts';

/**
 * Adds replicas to a replication group or to some of its shards. A member of a global datastore may have as many as it
 * chooses (ElastiCache user guide; terraform-provider-aws#20111). The response shows the nodes before the change.
 */
export function IncreaseReplicaCount(store: Store, input: IncreaseReplicaCountMessage): IncreaseReplicaCountResult {
  assertReplicaParameters(store, input);
  const group = store.getReplicationGroup(input.ReplicationGroupId);
  assertAvailable(group);
  const wanted = readWantedReplicas(group, input);
  for (const { shard, replicas } of wanted)
    if (replicas < replicasOf(shard))
      throw invalidValue(`Node group ${shard.id} has ${replicasOf(shard)} replicas, more than ${replicas}.`); // unverified
  assertReplicasChange(wanted);
  const shards = wanted.map((replicas) => addReplicas(group.region, replicas));
  assertCapacity(store, group.nodeType);
  assertWithinNodeQuotas(store, { ...group, shards });

  startReplicaChange(store, group, shards);
  return { ReplicationGroup: viewReplicationGroup(store, group) };
}
