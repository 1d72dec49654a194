import type { RegionalConfiguration } from '@aws-sdk/client-elasticache';
import { invalidValue } from '../protocol/fault.ts';
import type { Store } from '../state/store.ts';
import type { Shard, Slots, StoredGlobalGroup, StoredReplicationGroup } from '../state/types.ts';
import {
  addPendingToAll,
  assertStable,
  findMember,
  globalNodeGroupIdOf,
  primaryOf,
  replicationGroupOf,
} from './globalReplicationGroup.ts';
import { assertAvailabilityZone } from './parameterValidation.ts';
import { chooseZone, formatNodeGroupId } from './shards.ts';

/** A shard that all members get. */
export interface NewShard {
  id: string;
  slots: Slots;
}

/**
 * Returns the shards of the primary of a stable datastore with cluster mode.
 * @throws Fault InvalidGlobalReplicationGroupStateFault
 * @throws Fault InvalidParameterValueException without cluster mode (unverified)
 */
export function getReshardableShards(store: Store, datastore: StoredGlobalGroup): Shard[] {
  assertStable(datastore);
  const primary = replicationGroupOf(store, primaryOf(datastore));
  if (!primary.clusterEnabled)
    throw invalidValue(`Global Replication Group ${datastore.id} does not have cluster mode enabled.`);
  return primary.shards;
}

/** Asserts that the removed shards have no keys, if there is a data plane: it moves none. On AWS their slots move with their keys. */
export function assertNoKeysLost(store: Store, datastore: StoredGlobalGroup, removed: readonly Shard[]): void {
  const { dataPlane } = store;
  if (!dataPlane || dataPlane.isScaleInForced) return;
  const primary = replicationGroupOf(store, primaryOf(datastore));
  for (const { id } of removed) {
    const keys = dataPlane.countKeys(primary, id);
    if (keys > 0)
      throw invalidValue(
        `Node group ${globalNodeGroupIdOf(datastore, id)} has ${keys} keys, and the data plane of the emulator does not move keys. With POST /_emulator/scale-in {"Forced":true} a removal loses them.`,
      );
  }
}

/** Schedules the transition that sets the new shards of every member. */
export function startResharding(
  store: Store,
  datastore: StoredGlobalGroup,
  shards: NewShard[],
  configurations: RegionalConfiguration[] = [],
): void {
  const zones = readZones(store, datastore, shards, configurations);
  const groups = datastore.members.map((member) => replicationGroupOf(store, member));
  const layout = groups.map((group) => ({
    id: group.id,
    region: group.region,
    shards: shards.map((shard) => buildShard(group, shard, zones.get(`${group.region}/${group.id}/${shard.id}`))),
  }));
  assertWithinNodeQuotas(store, groups, shards.length);

  const change = addPendingToAll(store, datastore, 'reshard');
  store.schedule('resharded', { ...change, layout });
}

/** Returns a shard of a member. An existing shard keeps its nodes and a new one gets as many as the first shard. */
function buildShard(group: StoredReplicationGroup, { id, slots }: NewShard, preferred: string[] = []): Shard {
  const existing = group.shards.find((shard) => shard.id === id);
  if (existing) return { ...existing, slots };
  const nodes = group.shards[0]?.zones.length ?? 1;
  const zones = Array.from({ length: nodes }, (_, i) => preferred[i] ?? chooseZone(group.region, Number(id) - 1 + i));
  return { id, slots, zones };
}

/** Returns the preferred zones by region, replication group and shard. unverified: texts. */
function readZones(
  store: Store,
  datastore: StoredGlobalGroup,
  shards: NewShard[],
  configurations: RegionalConfiguration[],
): Map<string, string[]> {
  const zones = new Map<string, string[]>();
  for (const { ReplicationGroupId, ReplicationGroupRegion, ReshardingConfiguration = [] } of configurations) {
    const member = findMember(datastore, ReplicationGroupId, ReplicationGroupRegion);
    if (!member)
      throw invalidValue(
        `${ReplicationGroupId} in ${ReplicationGroupRegion} is not associated with Global Replication Group ${datastore.id}`,
      );
    for (const { NodeGroupId = '', PreferredAvailabilityZones = [] } of ReshardingConfiguration) {
      const id = /^\d{1,4}$/.test(NodeGroupId) ? formatNodeGroupId(Number(NodeGroupId)) : '';
      if (!shards.some((shard) => shard.id === id)) throw invalidValue(`Invalid NodeGroupId: ${NodeGroupId}`);
      for (const zone of PreferredAvailabilityZones) assertAvailabilityZone(store.viewFrom(member.region), zone);
      zones.set(`${member.region}/${member.id}/${id}`, PreferredAvailabilityZones);
    }
  }
  return zones;
}

/** Asserts the quotas of members that get more shards. unverified: InvalidParameterValueException, because these actions do not model quota faults. */
function assertWithinNodeQuotas(store: Store, groups: StoredReplicationGroup[], shards: number): void {
  const { nodeGroups, nodesPerCluster } = store.options.quotas;
  if (shards <= (groups[0]?.shards.length ?? 0)) return;
  if (shards > nodeGroups) throw invalidValue(`At most ${nodeGroups} node groups.`);
  for (const { id, region, shards: current } of groups)
    if (shards * (current[0]?.zones.length ?? 1) > nodesPerCluster)
      throw invalidValue(`At most ${nodesPerCluster} nodes per cluster; ${id} in ${region} would have more.`);
}
