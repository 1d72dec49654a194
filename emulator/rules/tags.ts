import { Fault } from '../protocol/fault.ts';
import type { Store } from '../state/store.ts';
import type { StoredReplicationGroup } from '../state/types.ts';
import { replicationGroupStatusOf } from './replicationGroup.ts';

/**
 * Returns the available replication group with an ARN of the caller's partition, region and account. Global datastores
 * cannot be tagged. unverified: texts without a source.
 * @throws Fault InvalidARNFault, ReplicationGroupNotFoundFault, InvalidReplicationGroupStateFault
 */
export function getTaggableGroup(store: Store, arn: string | undefined): StoredReplicationGroup {
  const [prefix, partition, service, region, account, type, id, ...rest] = arn?.split(':') ?? [];
  const isElastiCacheArn =
    prefix === 'arn' && partition === store.partition && service === 'elasticache' && rest.length === 0;
  if (!isElastiCacheArn || region !== store.region || account !== store.account || type !== 'replicationgroup')
    throw new Fault('InvalidARNFault', `Invalid ARN for a replication group in ${store.region}: ${arn}`);
  const group = store.getReplicationGroup(id);
  if (replicationGroupStatusOf(group) !== 'available')
    // seen in terraform-provider-aws#44811
    throw new Fault(
      'InvalidReplicationGroupStateFault',
      'Cluster not in available state to perform tagging operations.',
    );
  return group;
}
