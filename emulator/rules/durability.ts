import { invalidCombination } from '../protocol/fault.ts';
import type { StoredReplicationGroup } from '../state/types.ts';
import { findByFullVersion, isAtLeast } from './engines.ts';
import { isDurabilityNodeType } from './nodeTypes.ts';

type Durability = Pick<StoredReplicationGroup, 'durability'>;

/** Returns the durability in effect. `default` is `disabled` in all versions (ElastiCache user guide, durability). */
export function effectiveDurabilityOf({ durability }: Durability): 'sync' | 'async' | 'disabled' {
  return durability === 'sync' || durability === 'async' ? durability : 'disabled';
}

export function isDurable(group: Durability): boolean {
  return effectiveDurabilityOf(group) !== 'disabled';
}

/** The requirements of a durable cluster (ElastiCache user guide, limitations of durability, October 2026). */
const requirements: Record<string, (group: StoredReplicationGroup) => boolean> = {
  'Valkey 9.0 or later': (group) => {
    const version = findByFullVersion(group.engine, group.engineVersion);
    return group.engine === 'valkey' && version !== undefined && isAtLeast(version, '9.0');
  },
  'cluster mode enabled': ({ clusterEnabled }) => clusterEnabled,
  'Multi-AZ with at least one replica in each node group': ({ multiAz, shards }) =>
    multiAz && shards.every(({ zones }) => zones.length > 1),
  'encryption in transit': ({ transitEncryption }) => transitEncryption,
  'a node type of the families R8g, R7g, R6g, M8g, M7g, M6g, C8gn or C7gn': ({ nodeType }) =>
    isDurabilityNodeType(nodeType),
};

/** Asserts that a durable group has what it needs. unverified: code. */
export function assertDurabilitySupported(group: StoredReplicationGroup): void {
  const conflict = findDurabilityConflict(group);
  if (conflict) throw invalidCombination(conflict);
}

/** Returns what a durable group needs and does not have, as a text (unverified), or undefined. */
export function findDurabilityConflict(group: StoredReplicationGroup): string | undefined {
  if (!isDurable(group)) return undefined;
  const missing = Object.keys(requirements).find((name) => !requirements[name]?.(group));
  return missing && `Durability ${group.durability} needs ${missing}.`;
}
