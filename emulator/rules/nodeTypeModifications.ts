import type { StoredReplicationGroup } from '../state/types.ts';
import { findDurabilityConflict } from './durability.ts';
import { type EngineVersion, findByFullVersion } from './engines.ts';
import { hasDataTiering, isGlobalDatastoreNodeType, isSupportedBy, listNodeTypes, memoryOf } from './nodeTypes.ts';

/**
 * Returns why a replication group cannot have another node type with its engine version, or with the given one. Returns
 * undefined if it can. unverified: texts without a source.
 */
export function findNodeTypeConflict(
  group: StoredReplicationGroup,
  nodeType: string,
  version: EngineVersion | undefined = findByFullVersion(group.engine, group.engineVersion),
): string | undefined {
  if (group.globalId && !isGlobalDatastoreNodeType(nodeType))
    return 'Global replication group is not supported for the node type.'; // seen in terraform-provider-aws#17768
  if (version && !isSupportedBy(nodeType, version))
    return `Cache node type ${nodeType} is not supported for ${version.engine} ${version.name}.`;
  if (hasDataTiering(nodeType) !== hasDataTiering(group.nodeType))
    return 'Data tiering cannot be switched by a change of the node type.';
  return findDurabilityConflict({ ...group, nodeType });
}

/**
 * Returns the node types that a modification of the replication group accepts, by name. A type with less memory is a
 * scale-down, as in the sample of awscli. unverified: one with the same memory is a scale-up.
 */
export function listNodeTypeModifications(group: StoredReplicationGroup): { up: string[]; down: string[] } {
  const allowed = listNodeTypes()
    .filter((nodeType) => nodeType !== group.nodeType && !findNodeTypeConflict(group, nodeType))
    .toSorted();
  const isSmaller = (nodeType: string) => memoryOf(nodeType) < memoryOf(group.nodeType);
  return { up: allowed.filter((nodeType) => !isSmaller(nodeType)), down: allowed.filter(isSmaller) };
}
