import { Fault, invalidValue } from '../protocol/fault.ts';
import type { Store } from '../state/store.ts';
import type { StoredReplicationGroup } from '../state/types.ts';
import { countNodes } from './replicationGroup.ts';

/**
 * Asserts that one more replication group is within all quotas. unverified: texts.
 * @throws Fault of the first exceeded quota.
 */
export function assertWithinQuotas(store: Store, group: StoredReplicationGroup): void {
  const { quotas } = store.options;
  const others = store.listReplicationGroups();
  const nodes = countNodes(group);
  if (others.length >= quotas.replicationGroups)
    throw new Fault('ClusterQuotaForCustomerExceededFault', `At most ${quotas.replicationGroups} clusters per region.`);
  if (group.shards.length > quotas.nodeGroups)
    throw new Fault('NodeGroupsPerReplicationGroupQuotaExceededFault', `At most ${quotas.nodeGroups} node groups.`);
  if (nodes > quotas.nodesPerCluster)
    throw new Fault('NodeQuotaForClusterExceededFault', `At most ${quotas.nodesPerCluster} nodes per cluster.`);
  assertWithinRegionQuota(store, group);
}

/**
 * Asserts that a replication group with more nodes is within the quotas of nodes.
 * unverified: texts, and InvalidParameterValueException, because IncreaseReplicaCount does not model a quota of nodes in a
 * cluster.
 * @throws Fault of the first exceeded quota.
 */
export function assertWithinNodeQuotas(store: Store, group: StoredReplicationGroup): void {
  const { nodesPerCluster } = store.options.quotas;
  if (countNodes(group) > nodesPerCluster) throw invalidValue(`At most ${nodesPerCluster} nodes per cluster.`);
  assertWithinRegionQuota(store, group);
}

function assertWithinRegionQuota(store: Store, group: StoredReplicationGroup): void {
  const { nodes } = store.options.quotas;
  const others = store.listReplicationGroups().filter(({ id }) => id !== group.id);
  if (countNodes(group) + others.reduce((sum, other) => sum + countNodes(other), 0) > nodes)
    throw new Fault('NodeQuotaForCustomerExceededFault', `At most ${nodes} nodes per region.`);
}
