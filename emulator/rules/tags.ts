import type { Tag } from '@aws-sdk/client-elasticache';
import { Fault } from '../protocol/fault.ts';
import type { Store } from '../state/store.ts';
import type { StoredReplicationGroup } from '../state/types.ts';
import { findStoredParameterGroup, getParameterGroup } from './parameterGroups.ts';
import { replicationGroupStatusOf } from './replicationGroup.ts';
import { findStoredSubnetGroup, getSubnetGroup } from './subnetGroups.ts';

/** A resource with tags. Absent: none. */
export interface Taggable {
  tags?: Tag[];
}

/**
 * Returns the resource with an ARN of the caller's partition, region and account: an available replication group, a subnet
 * group or a parameter group. Global datastores cannot be tagged. unverified: texts without a source.
 * @throws Fault InvalidARNFault, or the fault of a resource that does not exist or is not available
 */
export function getTaggable(store: Store, arn: string | undefined): Taggable {
  const [prefix, partition, service, region, account, type = '', id = '', ...rest] = arn?.split(':') ?? [];
  const isElastiCacheArn =
    prefix === 'arn' && partition === store.partition && service === 'elasticache' && rest.length === 0;
  const find = Object.hasOwn(finders, type) ? finders[type] : undefined;
  if (!isElastiCacheArn || region !== store.region || account !== store.account || !find)
    throw new Fault('InvalidARNFault', `Invalid ARN for a replication group in ${store.region}: ${arn}`);
  return find(store, id);
}

/** One function for each type of resource. Groups of AWS and of the options have no tags and keep none (simplified). */
const finders: Record<string, (store: Store, id: string) => Taggable> = {
  replicationgroup: getAvailableGroup,
  parametergroup: (store, id) => findStoredParameterGroup(store, getParameterGroup(store, id).name) ?? {},
  subnetgroup: (store, id) => findStoredSubnetGroup(store, getSubnetGroup(store, id).name) ?? {},
};

function getAvailableGroup(store: Store, id: string): StoredReplicationGroup {
  const group = store.getReplicationGroup(id);
  if (replicationGroupStatusOf(group) !== 'available')
    // seen in terraform-provider-aws#44811
    throw new Fault(
      'InvalidReplicationGroupStateFault',
      'Cluster not in available state to perform tagging operations.',
    );
  return group;
}
