import type {
  CreateGlobalReplicationGroupMessage,
  CreateGlobalReplicationGroupResult,
} from '@aws-sdk/client-elasticache';
import { Fault, invalidValue } from '../protocol/fault.ts';
import { idPrefixOf } from '../protocol/regions.ts';
import { viewGlobalGroup } from '../responses/globalReplicationGroup.ts';
import { isDurable } from '../rules/durability.ts';
import { findByFullVersion } from '../rules/engines.ts';
import * as nodeTypes from '../rules/nodeTypes.ts';
import { readIdentifier } from '../rules/parameterValidation.ts';
import { assertAvailable } from '../rules/replicationGroup.ts';
import { addPending } from '../state/pendingChanges.ts';
import type { Store } from '../state/store.ts';
import type { StoredGlobalGroup, StoredReplicationGroup } from '../state/types.ts';

/** Creates a global datastore whose primary is a replication group of the caller's region. */
export function CreateGlobalReplicationGroup(
  store: Store,
  input: CreateGlobalReplicationGroupMessage,
): CreateGlobalReplicationGroupResult {
  const id = buildId(store, input);
  assertServiceLinkedRole(store);
  const primary = store.getReplicationGroup(input.PrimaryReplicationGroupId);
  assertIdUnused(store, id);
  assertAvailable(primary);
  assertEligible(primary);

  const datastore: StoredGlobalGroup = {
    id,
    description: input.GlobalReplicationGroupDescription || ' ', // a blank by default, as in the samples of awscli
    members: [{ id: primary.id, region: primary.region, role: 'PRIMARY', status: 'associating' }],
    changes: [],
  };
  store.addGlobalGroup(datastore);
  primary.globalId = id;
  addPending(datastore, 'create');
  const change = addPending(primary, 'associate'); // unverified: the primary is `modifying`
  store.schedule('primaryAssociated', { globalId: id, id: primary.id, change });
  return { GlobalReplicationGroup: viewGlobalGroup(store, datastore) };
}

/** Returns the id of the new datastore. unverified: the suffix follows the rules of a replication group id. */
function buildId(store: Store, input: CreateGlobalReplicationGroupMessage): string {
  const suffix = readIdentifier(input.GlobalReplicationGroupIdSuffix ?? '', 'GlobalReplicationGroupIdSuffix');
  const prefix = idPrefixOf(store.region);
  if (!prefix) throw invalidValue(`Global replication group is not supported in region ${store.region}.`); // unverified
  return `${prefix}-${suffix}`;
}

function assertServiceLinkedRole(store: Store): void {
  if (!store.accountState.serviceLinkedRole)
    throw new Fault('ServiceLinkedRoleNotFoundFault', 'The specified service linked role (SLR) was not found.');
}

function assertIdUnused(store: Store, id: string): void {
  if (Object.hasOwn(store.accountState.globalGroups, id))
    throw new Fault('GlobalReplicationGroupAlreadyExistsFault', `Global Replication Group ${id} already exists.`); // unverified
}

/**
 * Asserts the prerequisites of a primary (ElastiCache user guide, prerequisites and limitations). The text for node types
 * was seen in terraform-provider-aws#17768.
 */
function assertEligible(primary: StoredReplicationGroup): void {
  if (primary.globalId)
    throw invalidValue(`Cluster [${primary.id}] is part of a global cluster [${primary.globalId}]. Request rejected.`); // unverified
  if (!nodeTypes.isGlobalDatastoreNodeType(primary.nodeType))
    throw invalidValue('Global replication group is not supported for the node type.');
  if (!findByFullVersion(primary.engine, primary.engineVersion)?.global)
    throw invalidValue('Global replication group is not supported for the engine version.'); // unverified
  if (primary.networkType !== 'ipv4')
    throw invalidValue('Global replication group is not supported for the network type.'); // unverified
  if (isDurable(primary))
    throw invalidValue('Global replication group is not supported for durability-enabled clusters.'); // unverified
}
