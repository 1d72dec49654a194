import type { CreateReplicationGroupMessage, NodeGroupConfiguration } from '@aws-sdk/client-elasticache';
import { invalidCombination, invalidValue } from '../protocol/fault.ts';
import type { Store } from '../state/store.ts';
import type { Shard, Slots, StoredReplicationGroup } from '../state/types.ts';
import { assertAvailabilityZone, assertInRange } from './parameterValidation.ts';
import { divideSlots, isFullCoverage, parseSlots } from './slots.ts';

type Input = CreateReplicationGroupMessage;

/** The settings of the primary that a secondary follows. */
type Base = Partial<Pick<StoredReplicationGroup, 'shards' | 'automaticFailover'>>;

/**
 * Returns the shards of a new replication group. A secondary inherits the shards of its primary and selects only its
 * replicas and zones. unverified: without a count, a secondary gets as many replicas as the primary has, and the one that
 * failover needs.
 */
export function readShards(store: Store, input: Input, { shards: inherited, automaticFailover }: Base = {}): Shard[] {
  const configuration = input.NodeGroupConfiguration ?? [];
  const count = inherited?.length ?? input.NumNodeGroups ?? Math.max(1, configuration.length);
  assertCounts(input, count, inherited);
  if (configuration.length > 0 && configuration.length !== count)
    throw invalidCombination(`NodeGroupConfiguration has ${configuration.length} node groups, not ${count}.`); // unverified
  const least = inherited && automaticFailover === 'enabled' ? 2 : 1;
  const slots = inherited?.map((shard) => shard.slots) ?? readSlots(configuration) ?? divideSlots(count);
  return slots.map((range, i) => ({
    id: inherited?.[i]?.id ?? formatNodeGroupId(i + 1),
    slots: range,
    zones: readZones(store, input, configuration[i] ?? {}, i, Math.max(least, inherited?.[i]?.zones.length ?? 1)),
  }));
}

/** Returns a node group id, for example `0001`. */
export function formatNodeGroupId(number: number): string {
  return String(number).padStart(4, '0');
}

/** Returns the zone of the next node: a, b, c in turn. On AWS it depends on the subnets. */
export function chooseZone(region: string, i: number): string {
  return `${region}${'abc'.charAt(i % 3)}`;
}

/** Asserts the rules of the API reference for numbers of nodes and shards. unverified: texts without a source. */
function assertCounts(input: Input, count: number, inherited: Shard[] | undefined): void {
  assertInRange(input.NumNodeGroups, 1, 500, 'NumNodeGroups');
  assertInRange(input.ReplicasPerNodeGroup, 0, 5, 'ReplicasPerNodeGroup');
  assertInRange(input.NumCacheClusters, 1, 6, 'NumCacheClusters');
  if (input.NumCacheClusters !== undefined && input.ReplicasPerNodeGroup !== undefined)
    throw invalidCombination('NumCacheClusters and ReplicasPerNodeGroup cannot be given together.');
  if (input.NumCacheClusters !== undefined && count > 1)
    throw invalidCombination(
      'NumCacheClusters cannot be given with more than one node group; use ReplicasPerNodeGroup.',
    );
  if (input.PreferredCacheClusterAZs?.length && count > 1)
    throw invalidCombination('PreferredCacheClusterAZs can only be specified for one node group.'); // seen on AWS
  if (inherited && input.NodeGroupConfiguration?.some(({ Slots }) => Slots !== undefined))
    throw invalidCombination('The slots of a secondary are those of its primary.');
}

function readSlots(configuration: NodeGroupConfiguration[]): Slots[] | undefined {
  if (configuration.every(({ Slots }) => Slots === undefined)) return undefined;
  const slots = configuration.map(({ Slots = '' }) => {
    const parsed = parseSlots(Slots);
    if (!parsed) throw invalidValue(`Invalid slots: ${Slots}`);
    return parsed;
  });
  if (!isFullCoverage(slots)) throw invalidValue('The slots of all node groups must cover 0-16383 without overlap.');
  return slots;
}

function readZones(
  store: Store,
  input: Input,
  configuration: NodeGroupConfiguration,
  shard: number,
  inheritedNodes: number,
): string[] {
  assertInRange(configuration.ReplicaCount, 0, 5, 'ReplicaCount');
  const replicas = configuration.ReplicaCount ?? input.ReplicasPerNodeGroup;
  const nodes = replicas === undefined ? (input.NumCacheClusters ?? inheritedNodes) : replicas + 1;
  const preferred = input.PreferredCacheClusterAZs ?? [];
  if (preferred.length > 0 && preferred.length !== nodes)
    throw invalidValue(`PreferredCacheClusterAZs has ${preferred.length} zones for ${nodes} nodes.`);
  const given = [configuration.PrimaryAvailabilityZone, ...(configuration.ReplicaAvailabilityZones ?? [])];
  if (given.length - 1 > nodes - 1) throw invalidValue(`Too many ReplicaAvailabilityZones for ${nodes - 1} replicas.`);
  return Array.from({ length: nodes }, (_, i) => {
    const zone = preferred[i] ?? given[i];
    assertAvailabilityZone(store, zone);
    return zone ?? chooseZone(store.region, shard + i);
  });
}
