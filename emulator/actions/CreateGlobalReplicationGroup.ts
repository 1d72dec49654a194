import type {
  CreateGlobalReplicationGroupMessage,
  CreateGlobalReplicationGroupResult,
} from '@aws-sdk/client-elasticache';
import { Fault, invalidValue } from '../protocol/fault.ts';
import { idPrefixOf } from '../protocol/regions.ts';
import { viewGlobalGroup } from '../responses/globalReplicationGroup.ts';
import { findByFullVersion } from '../rules/engines.ts';
import * as nodeTypes from '../rules/nodeTypes.ts';
import { readIdentifier } from '../rules/parameterValidation.ts';
import { assertAvailable } from '../rules/replicationGroup.ts';
import { addPending } from '../state/pendingChanges.ts';
import type { Store } from '../state/store.ts';
import type { StoredGlobalGroup, StoredReplicationGroup } from '../state/types.ts';

/** Makes a replication group of the caller's region the primary of a new global datastore. */
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
    description: input.GlobalReplicationGroupDescription || ' ', // a blank when there is none, as in the samples of awscli
    members: [{ id: primary.id, region: primary.region, role: 'PRIMARY', status: 'associating' }],
    changes: [],
  };
  store.addGlobalGroup(datastore);
  primary.globalId = id;
  addPending(datastore, 'create');
  const change = addPending(primary, 'associate'); // UNV: the primary is `modifying` meanwhile
  store.schedule('primaryAssociated', { globalId: id, id: primary.id, change });
  return { GlobalReplicationGroup: viewGlobalGroup(store, datastore) };
}

/** Suffix rules are not published; those of a replication group id are taken (UNV). */
function buildId(store: Store, input: CreateGlobalReplicationGroupMessage): string {
  const suffix = readIdentifier(input.GlobalReplicationGroupIdSuffix ?? '', 'GlobalReplicationGroupIdSuffix');
  const prefix = idPrefixOf(store.region);
  if (!prefix) throw invalidValue(`Global replication group is not supported in region ${store.region}.`); // UNV
  return `${prefix}-${suffix}`;
}

function assertServiceLinkedRole(store: Store): void {
  if (!store.accountState.serviceLinkedRole)
    throw new Fault('ServiceLinkedRoleNotFoundFault', 'The specified service linked role (SLR) was not found.');
}

function assertIdUnused(store: Store, id: string): void {
  if (Object.hasOwn(store.accountState.globalGroups, id))
    throw new Fault('GlobalReplicationGroupAlreadyExistsFault', `Global Replication Group ${id} already exists.`); // UNV
}

/** ElastiCache user guide, prerequisites and limitations; the text for node types seen in terraform-provider-aws#17768. */
function assertEligible(primary: StoredReplicationGroup): void {
  if (primary.globalId)
    throw invalidValue(`Cluster [${primary.id}] is part of a global cluster [${primary.globalId}]. Request rejected.`); // UNV
  if (!nodeTypes.isGlobalDatastoreNodeType(primary.nodeType))
    throw invalidValue('Global replication group is not supported for the node type.');
  if (!findByFullVersion(primary.engine, primary.engineVersion)?.global)
    throw invalidValue('Global replication group is not supported for the engine version.'); // UNV
  if (primary.networkType !== 'ipv4')
    throw invalidValue('Global replication group is not supported for the network type.'); // UNV
  if (primary.durability === 'sync' || primary.durability === 'async')
    throw invalidValue('Global replication group is not supported for durability-enabled clusters.'); // UNV
}
