import { Fault } from '../protocol/fault.ts';
import type { Store } from '../state/store.ts';
import type { StoredReplicationGroup } from '../state/types.ts';
import { replicationGroupStatusOf } from './replicationGroup.ts';

/**
 * The replication group with this ARN, which must be of the caller's partition, region and account. Throws InvalidARN,
 * also for global datastores: they cannot be tagged; and ReplicationGroupNotFound. Texts are UNV unless said.
 */
export function getTaggableGroup(store: Store, arn: string | undefined): StoredReplicationGroup {
  const [prefix, partition, service, region, account, type, id, ...rest] = arn?.split(':') ?? [];
  const fits = prefix === 'arn' && partition === store.partition && service === 'elasticache' && rest.length === 0;
  if (!fits || region !== store.region || account !== store.account || type !== 'replicationgroup')
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
