import type { CreateReplicationGroupMessage, CreateReplicationGroupResult } from '@aws-sdk/client-elasticache';
import { Fault, invalidCombination, invalidValue } from '../protocol/fault.ts';
import { isGlobalDatastoreRegion } from '../protocol/regions.ts';
import { viewReplicationGroup } from '../responses/replicationGroup.ts';
import { buildReplicationGroup, buildSecondary, readOwnSettings } from '../rules/createReplicationGroup.ts';
import { globalStatusOf, primaryOf, replicationGroupOf } from '../rules/globalReplicationGroup.ts';
import { assertWithinQuotas } from '../rules/quotas.ts';
import { addPending } from '../state/pendingChanges.ts';
import type { Store } from '../state/store.ts';
import type { StoredGlobalGroup, StoredReplicationGroup } from '../state/types.ts';

type Input = CreateReplicationGroupMessage;

/** Creates a replication group in the caller's region. With GlobalReplicationGroupId it is a secondary. */
export function CreateReplicationGroup(store: Store, input: Input): CreateReplicationGroupResult {
  const group =
    input.GlobalReplicationGroupId === undefined ? createStandalone(store, input) : createSecondary(store, input);
  store.addReplicationGroup(group);
  return { ReplicationGroup: viewReplicationGroup(store, group) };
}

function createStandalone(store: Store, input: Input): StoredReplicationGroup {
  const group = buildReplicationGroup(store, input);
  assertIdUnused(store, group.id);
  assertWithinQuotas(store, group);

  addPending(group, 'create');
  store.schedule('replicationGroupCreated', { id: group.id });
  return group;
}

function createSecondary(store: Store, input: Input): StoredReplicationGroup {
  assertNoInheritedParameters(input);
  const own = readOwnSettings(store, input);
  const { id } = own;
  const datastore = store.getGlobalGroup(input.GlobalReplicationGroupId, { anywhere: true });
  assertIdUnused(store, id);
  assertJoinable(datastore);
  assertRegion(store, datastore);
  const group = buildSecondary(store, input, own, replicationGroupOf(store, primaryOf(datastore)));
  assertWithinQuotas(store, group);

  group.globalId = datastore.id;
  addPending(group, 'create');
  datastore.members.unshift({ id, region: store.region, role: 'SECONDARY', status: 'associating' });
  store.schedule('secondaryCreated', { globalId: datastore.id, id, change: addPending(datastore, 'associate') });
  return group;
}

function assertIdUnused(store: Store, id: string): void {
  if (store.findReplicationGroup(id))
    // seen in crossplane-contrib/provider-jet-aws#195
    throw new Fault('ReplicationGroupAlreadyExistsFault', 'Replication group with specified name already exists.');
}

/**
 * Parameters that a secondary inherits and a request must not have (ElastiCache user guide; text seen in
 * terraform-provider-aws#24854). CacheParameterGroupName is accepted and ignored (seen in terraform-provider-aws#20893).
 * unverified: TransitEncryptionMode, ClusterMode, DataTieringEnabled, NetworkType, IpDiscovery, Durability and
 * ServerlessCacheSnapshotName. AWS does not list them.
 */
const inheritedParameters = [
  'PrimaryClusterId',
  'AutomaticFailoverEnabled',
  'NumNodeGroups',
  'CacheNodeType',
  'Engine',
  'EngineVersion',
  'CacheSecurityGroupNames',
  'TransitEncryptionEnabled',
  'AtRestEncryptionEnabled',
  'SnapshotArns',
  'SnapshotName',
  'TransitEncryptionMode',
  'ClusterMode',
  'DataTieringEnabled',
  'Durability',
  'ServerlessCacheSnapshotName',
] as const;

function assertNoInheritedParameters(input: Input): void {
  if (inheritedParameters.some((name) => isGiven(input[name])))
    throw invalidCombination(
      'Cannot use the given parameters when creating new replication group in an existing global replication group.',
    );
  if ((input.NetworkType ?? 'ipv4') !== 'ipv4' || (input.IpDiscovery ?? 'ipv4') !== 'ipv4')
    throw invalidValue('Global replication group is not supported for the network type.'); // unverified
}

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined;
}

/** Asserts that only other secondaries are being added. unverified: terraform-provider-aws tests it so. */
function assertJoinable(datastore: StoredGlobalGroup): void {
  if (datastore.changes.every(({ kind }) => kind === 'associate')) return;
  throw new Fault(
    'InvalidGlobalReplicationGroupStateFault',
    `Global Replication Group ${datastore.id} is in ${globalStatusOf(datastore)} state; it must be available or primary-only.`,
  );
}

/**
 * Asserts one member per region and at most two secondaries (ElastiCache user guide). unverified: texts.
 */
function assertRegion(store: Store, datastore: StoredGlobalGroup): void {
  if (!isGlobalDatastoreRegion(store.region))
    throw invalidValue(`Global replication group is not supported in region ${store.region}.`);
  if (datastore.members.some(({ region }) => region === store.region))
    throw invalidValue(`Global Replication Group ${datastore.id} already has a member in region ${store.region}.`);
  if (datastore.members.length > 2)
    throw invalidValue(`Global Replication Group ${datastore.id} already has two secondary replication groups.`);
}
