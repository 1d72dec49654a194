import type {
  AllowedNodeTypeModificationsMessage,
  ListAllowedNodeTypeModificationsMessage,
} from '@aws-sdk/client-elasticache';
import { Fault, invalidCombination } from '../protocol/fault.ts';
import { listNodeTypeModifications } from '../rules/nodeTypeModifications.ts';
import { memberClustersOf } from '../rules/replicationGroup.ts';
import type { Store } from '../state/store.ts';
import type { StoredReplicationGroup } from '../state/types.ts';

/**
 * Returns the node types that ModifyReplicationGroup accepts for a replication group, or ModifyGlobalReplicationGroup for a
 * member of a global datastore (unverified for members). The status of the group is of no account (unverified).
 */
export function ListAllowedNodeTypeModifications(
  store: Store,
  input: ListAllowedNodeTypeModificationsMessage,
): AllowedNodeTypeModificationsMessage {
  const { up, down } = listNodeTypeModifications(getGroup(store, input));
  return { ScaleUpModifications: up, ScaleDownModifications: down };
}

function getGroup(
  store: Store,
  { CacheClusterId: node, ReplicationGroupId: id }: ListAllowedNodeTypeModificationsMessage,
): StoredReplicationGroup {
  if ((node === undefined) === (id === undefined))
    throw invalidCombination('Either CacheClusterId or ReplicationGroupId must be given.'); // unverified
  return node === undefined ? store.getReplicationGroup(id) : getGroupOfNode(store, node);
}

function getGroupOfNode(store: Store, node: string): StoredReplicationGroup {
  const found = store.listReplicationGroups().find((group) => memberClustersOf(group).includes(node.toLowerCase()));
  if (found) return found;
  throw new Fault('CacheClusterNotFoundFault', `CacheCluster not found: ${node}`);
}
