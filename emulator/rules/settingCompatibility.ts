import { Fault, invalidCombination } from '../protocol/fault.ts';
import type { Store } from '../state/store.ts';
import type { StoredReplicationGroup } from '../state/types.ts';
import type { EngineVersion } from './engines.ts';
import { isSupportedBy } from './nodeTypes.ts';

// Rules between the settings of a replication group, for creations and modifications.

/** Asserts encryption in transit if there are user groups. Text seen in terraform-provider-aws#42966. */
export function assertUserGroupsEncrypted(group: StoredReplicationGroup): void {
  if (group.userGroupIds.length > 0 && !group.transitEncryption)
    throw invalidCombination(
      'User group based access control requires encryption-in-transit to be enabled on the replication group.',
    );
}

/**
 * Asserts that the engine version runs on the node type. unverified: text and code.
 * @throws the fault that `refuse` returns
 */
export function assertNodeTypeRuns(nodeType: string, version: EngineVersion, refuse = invalidCombination): void {
  if (!isSupportedBy(nodeType, version))
    throw refuse(`Cache node type ${nodeType} is not supported for ${version.engine} ${version.name}.`);
}

/**
 * Asserts that a node type is not configured as `withoutCapacity`.
 * @throws Fault InsufficientCacheClusterCapacityFault
 */
export function assertCapacity(store: Store, nodeType: string): void {
  if (store.options.existing.withoutCapacity.includes(nodeType))
    throw new Fault('InsufficientCacheClusterCapacityFault', `No capacity for ${nodeType} in ${store.region}.`);
}

/** Asserts the family of a parameter group. Texts seen in elasticache-controller#188 and dify-self-hosted-on-aws#24. */
export function assertFamily(family: string, version: EngineVersion): void {
  if (family === version.family) return;
  if (family.startsWith('valkey') && version.engine === 'redis')
    throw invalidCombination('valkey parameter group is not applicable to engine redis');
  throw invalidCombination(`Expected a parameter group of family ${version.family} but found one of family ${family}`);
}
