import type { DecreaseReplicaCountMessage, DecreaseReplicaCountResult } from '@aws-sdk/client-elasticache';
import { invalidValue } from '../protocol/fault.ts';
import { viewReplicationGroup } from '../responses/replicationGroup.ts';
import {
  assertReplicaParameters,
  assertReplicasChange,
  readWantedReplicas,
  removeReplicas,
  replicasOf,
  startReplicaChange,
} from '../rules/replicas.ts';
import { assertAvailable, memberClustersOf } from '../rules/replicationGroup.ts';
import type { Store } from '../state/store.ts';
import type { StoredReplicationGroup } from '../state/types.ts';

/**
 * Removes replicas from a replication group or from some of its shards. The zones of the remaining nodes do not select the
 * nodes to remove (simplified). The response shows the nodes before the change, as in the sample of awscli.
 */
export function DecreaseReplicaCount(store: Store, input: DecreaseReplicaCountMessage): DecreaseReplicaCountResult {
  assertReplicaParameters(store, input);
  const group = store.getReplicationGroup(input.ReplicationGroupId);
  assertAvailable(group);
  const wanted = readWantedReplicas(group, input);
  for (const { shard, replicas } of wanted)
    if (replicas > replicasOf(shard))
      throw invalidValue(`Node group ${shard.id} has ${replicasOf(shard)} replicas, fewer than ${replicas}.`); // unverified
  assertReplicasChange(wanted);
  const shards = wanted.map(removeReplicas);
  assertEnoughNodes({ ...group, shards });

  forgetSnapshottingCluster(group, { ...group, shards });
  startReplicaChange(store, group, shards);
  return { ReplicationGroup: viewReplicationGroup(store, group) };
}

/** Asserts a replica in each shard for Multi-AZ, and for automatic failover without cluster mode. */
function assertEnoughNodes({ multiAz, automaticFailover, clusterEnabled, shards }: StoredReplicationGroup): void {
  if (shards.every((shard) => replicasOf(shard) > 0)) return;
  if (multiAz) throw invalidValue('Must have at least 1 replica for Multi-AZ enabled Replication Group'); // seen in terraform-provider-aws#34819
  if (automaticFailover !== 'disabled' && !clusterEnabled)
    throw invalidValue('Must have at least 1 replica for automatic failover enabled Replication Group'); // unverified
}

/** Ends the snapshots of a node that is removed (unverified). */
function forgetSnapshottingCluster(group: StoredReplicationGroup, reduced: StoredReplicationGroup): void {
  const { snapshottingClusterId: id } = group;
  if (id && !memberClustersOf(reduced).includes(id.toLowerCase())) group.snapshottingClusterId = undefined;
}
