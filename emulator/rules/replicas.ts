import type { ConfigureShard } from '@aws-sdk/client-elasticache';
import { Fault, invalidCombination, invalidValue } from '../protocol/fault.ts';
import { addPending } from '../state/pendingChanges.ts';
import type { Store } from '../state/store.ts';
import type { Shard, StoredReplicationGroup } from '../state/types.ts';
import { assertAvailabilityZone, assertInRange } from './parameterValidation.ts';
import { cacheClusterIdOf, memberClustersOf } from './replicationGroup.ts';
import { chooseZone } from './shards.ts';

interface Input {
  NewReplicaCount?: number | undefined;
  ReplicaConfiguration?: ConfigureShard[] | undefined;
  ReplicasToRemove?: string[] | undefined;
  ApplyImmediately?: boolean | undefined;
}

/** The wanted replicas of one shard. */
export interface WantedReplicas {
  shard: Shard;
  replicas: number;
  /** The zones of all nodes, or none if ElastiCache chooses. */
  zones: string[];
  /** Indexes of the nodes to remove, or none if ElastiCache chooses. */
  removed: number[];
}

/** Asserts the parameters of a change of replicas (ElastiCache API reference). unverified: texts. */
export function assertReplicaParameters(store: Store, input: Input): void {
  const { NewReplicaCount: count, ReplicaConfiguration: configurations = [], ReplicasToRemove: removed = [] } = input;
  if (!input.ApplyImmediately) throw invalidValue('ApplyImmediately must be true.');
  if (count === undefined && configurations.length === 0 && removed.length === 0)
    throw invalidCombination('A number of replicas must be given.');
  if (count !== undefined && configurations.length > 0)
    throw invalidCombination('NewReplicaCount and ReplicaConfiguration cannot be given together.');
  assertInRange(count, 0, 5, 'NewReplicaCount');
  for (const configuration of configurations) assertConfiguration(store, configuration);
}

function assertConfiguration(
  store: Store,
  { NewReplicaCount = 0, PreferredAvailabilityZones: zones = [] }: ConfigureShard,
) {
  assertInRange(NewReplicaCount, 0, 5, 'NewReplicaCount');
  if (zones.length > 0 && zones.length !== NewReplicaCount + 1)
    throw invalidValue(`PreferredAvailabilityZones must have ${NewReplicaCount + 1} zones, not ${zones.length}.`);
  for (const zone of zones) assertAvailabilityZone(store, zone);
}

/**
 * Returns the wanted replicas of each shard. A shard that the request does not name keeps its replicas.
 * @throws Fault InvalidParameterValueException, InvalidParameterCombinationException (unverified)
 */
export function readWantedReplicas(group: StoredReplicationGroup, input: Input): WantedReplicas[] {
  const { NewReplicaCount: count, ReplicaConfiguration: configurations = [], ReplicasToRemove = [] } = input;
  for (const { NodeGroupId } of configurations) assertShard(group, NodeGroupId);
  for (const id of ReplicasToRemove) assertReplica(group, id);
  return group.shards.map((shard) => {
    const configuration = configurations.find(({ NodeGroupId }) => NodeGroupId === shard.id);
    const removed = indexesOf(group, shard, ReplicasToRemove);
    const remaining = replicasOf(shard) - removed.length;
    const replicas = configuration?.NewReplicaCount ?? count ?? remaining;
    if (removed.length > 0 && replicas !== remaining)
      throw invalidCombination(
        `Without ReplicasToRemove, node group ${shard.id} has ${remaining} replicas, not ${replicas}.`,
      );
    return { shard, replicas, zones: configuration?.PreferredAvailabilityZones ?? [], removed };
  });
}

/** Returns the number of replicas of a shard. */
export function replicasOf(shard: Shard): number {
  return shard.zones.length - 1;
}

/** Returns a shard with more replicas. A new node has the lowest free number (unverified). */
export function addReplicas(region: string, { shard, replicas, zones: preferred }: WantedReplicas): Shard {
  const free = withoutEach(preferred, shard.zones);
  const zones = Array.from(
    { length: replicas + 1 },
    (_, i) => shard.zones[i] ?? free[i - shard.zones.length] ?? chooseZone(region, Number(shard.id) - 1 + i),
  );
  return { ...shard, zones, numbers: addNumbers(numbersOf(shard), zones.length) };
}

/** Returns a shard with fewer replicas: without the given nodes, or without its last replicas (unverified). */
export function removeReplicas({ shard, replicas, removed }: WantedReplicas): Shard {
  const primary = shard.primary ?? 0;
  const last = [...shard.zones.keys()].filter((i) => i !== primary).slice(replicas);
  const gone = removed.length > 0 ? removed : last;
  const kept = [...shard.zones.keys()].filter((i) => !gone.includes(i));
  const numbers = numbersOf(shard);
  return {
    ...shard,
    zones: kept.map((i) => shard.zones[i] as string),
    numbers: kept.map((i) => numbers[i] as number),
    primary: kept.indexOf(primary),
  };
}

/**
 * Schedules the transition that gives a replication group its new shards. The datastore of a member is `modifying`, too,
 * so that no other change of the same nodes starts (unverified).
 */
export function startReplicaChange(store: Store, group: StoredReplicationGroup, shards: Shard[]): void {
  const { globalId = '' } = group;
  const datastore = store.accountState.globalGroups[globalId];
  store.schedule('replicasChanged', {
    id: group.id,
    change: addPending(group, 'modify'),
    shards,
    datastore: datastore && { globalId, change: addPending(datastore, 'modify') },
  });
}

/** Asserts that a change of replicas changes a shard. Text seen in aws-controllers-k8s/community#378. */
export function assertReplicasChange(wanted: WantedReplicas[]): void {
  if (wanted.every(({ shard, replicas }) => replicas === replicasOf(shard)))
    throw new Fault('NoOperationFault', 'Requested new replica count already matches current number of replicas.');
}

function assertShard(group: StoredReplicationGroup, id: string | undefined): void {
  if (!group.shards.some((shard) => shard.id === id))
    throw invalidValue(
      `${group.id} has no node group ${id}. It has ${group.shards.map((shard) => shard.id).join(', ')}.`,
    );
}

/** Asserts that a node is a replica. unverified: InvalidParameterValueException, because no other error is modeled. */
function assertReplica(group: StoredReplicationGroup, id: string): void {
  if (!memberClustersOf(group).includes(id.toLowerCase())) throw invalidValue(`CacheCluster not found: ${id}`);
  const primaries = group.shards.map((shard) => cacheClusterIdOf(group, shard, shard.primary ?? 0));
  if (primaries.includes(id.toLowerCase())) throw invalidValue(`${id} is a primary node, which cannot be removed.`);
}

function indexesOf(group: StoredReplicationGroup, shard: Shard, nodes: string[]): number[] {
  const ids = nodes.map((id) => id.toLowerCase());
  return [...shard.zones.keys()].filter((i) => ids.includes(cacheClusterIdOf(group, shard, i)));
}

function numbersOf(shard: Shard): number[] {
  return shard.numbers ?? [...shard.zones.keys()].map((i) => i + 1);
}

function addNumbers(numbers: number[], length: number): number[] {
  const free = Array.from({ length }, (_, i) => i + 1).filter((number) => !numbers.includes(number));
  return [...numbers, ...free].slice(0, length);
}

/** Returns `items` without one item for each of `others`. */
function withoutEach(items: string[], others: string[]): string[] {
  const rest = [...items];
  for (const other of others) {
    const index = rest.indexOf(other);
    if (index >= 0) rest.splice(index, 1);
  }
  return rest;
}
