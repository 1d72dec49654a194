import { Fault } from '../protocol/fault.ts';
import { isPending } from '../state/pendingChanges.ts';
import type { Store } from '../state/store.ts';
import type { Shard, StoredReplicationGroup } from '../state/types.ts';

export function replicationGroupStatusOf(
  group: StoredReplicationGroup,
): 'creating' | 'create-failed' | 'deleting' | 'modifying' | 'available' {
  if (isPending(group, 'failed') && !isPending(group, 'delete')) return 'create-failed';
  if (isPending(group, 'create')) return 'creating';
  if (isPending(group, 'delete')) return 'deleting';
  return group.changes.length > 0 ? 'modifying' : 'available';
}

/**
 * Asserts that a replication group is `available`. unverified: the text without a purpose.
 * @throws Fault InvalidReplicationGroupStateFault
 */
export function assertAvailable(group: StoredReplicationGroup, purpose: keyof typeof refusals = 'use'): void {
  if (group.changes.length > 0)
    throw new Fault('InvalidReplicationGroupStateFault', refusals[purpose](group.id, replicationGroupStatusOf(group)));
}

/** The texts for groups that are not available. Those for a modification and a deletion were seen on AWS. */
const refusals = {
  use: (id: string, status: string) => `Replication group ${id} is in ${status} state; it must be available.`,
  modification: () => 'Replication group must be in available state to modify.',
  deletion: (id: string, status: string) =>
    `Replication group ${id} has status ${status} which is not valid for deletion.`,
};

/**
 * Asserts that a replication group is not a member of a global datastore. Members are modified through the datastore and
 * deleted after their disassociation. The text was seen in terraform-provider-aws#27875.
 * unverified: the same text for a deletion.
 * @throws Fault InvalidParameterValueException
 */
export function assertNotMember(group: StoredReplicationGroup): void {
  if (group.globalId)
    throw new Fault(
      'InvalidParameterValueException',
      `Cluster [${group.id}] is part of a global cluster [${group.globalId}]. Request rejected.`,
    );
}

export function countNodes(group: { shards: Shard[] }): number {
  return group.shards.reduce((sum, { zones }) => sum + zones.length, 0);
}

/** Returns the cache cluster id of each node. */
export function memberClustersOf(group: StoredReplicationGroup): string[] {
  return group.shards.flatMap((shard) => shard.zones.map((_, i) => cacheClusterIdOf(group, shard, i)));
}

export function replicationGroupArnOf(store: Store, group: StoredReplicationGroup): string {
  return `arn:${store.partition}:elasticache:${group.region}:${store.account}:replicationgroup:${group.id}`;
}

/** Returns `rg-001`, or `rg-0001-001` with cluster mode. */
export function cacheClusterIdOf(group: StoredReplicationGroup, shard: Shard, i: number): string {
  const node = String(shard.numbers?.[i] ?? i + 1).padStart(3, '0');
  return group.clusterEnabled ? `${group.id}-${shard.id}-${node}` : `${group.id}-${node}`;
}
