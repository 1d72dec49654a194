import { Fault } from '../protocol/fault.ts';
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
  if (nodes + others.reduce((sum, other) => sum + countNodes(other), 0) > quotas.nodes)
    throw new Fault('NodeQuotaForCustomerExceededFault', `At most ${quotas.nodes} nodes per region.`);
}
