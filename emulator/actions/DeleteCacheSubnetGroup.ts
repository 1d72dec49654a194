import type { DeleteCacheSubnetGroupMessage } from '@aws-sdk/client-elasticache';
import { Fault } from '../protocol/fault.ts';
import { findStoredSubnetGroup, getSubnetGroup } from '../rules/subnetGroups.ts';
import type { Store } from '../state/store.ts';

/**
 * Deletes a subnet group that no replication group uses. The default one is not deleted (ElastiCache API reference;
 * unverified: the error). Those of the options are not deleted either (simplified).
 */
export function DeleteCacheSubnetGroup(store: Store, input: DeleteCacheSubnetGroupMessage): object {
  const group = getSubnetGroup(store, input.CacheSubnetGroupName ?? '');
  if (store.listReplicationGroups().some(({ subnetGroup }) => subnetGroup === group.name))
    // seen in terraform-aws-modules/terraform-aws-elasticache#29
    throw new Fault(
      'CacheSubnetGroupInUse',
      `Cache subnet group ${group.name} is currently in use by a cache cluster.`,
    );
  if (!findStoredSubnetGroup(store, group.name))
    throw new Fault('CacheSubnetGroupInUse', `Cache subnet group ${group.name} cannot be deleted.`);

  delete store.accountState.subnetGroups[`${store.region}/${group.name}`];
  return {};
}
