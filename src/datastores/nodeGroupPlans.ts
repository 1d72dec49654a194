import type { ConfigureShard } from '@aws-sdk/client-elasticache';
import type { DesiredSettings, MemberSettings, NodeGroupSettings } from './memberSettings.ts';

/** A node group with the number of nodes and the zones that are desired for it, if any. */
export interface NodeGroupPlan {
  readonly group: NodeGroupSettings;
  readonly nodes: number;
  readonly zones: readonly string[];
  /** The place of the zones in the settings. */
  readonly pointer: string;
  /** The name of the nodes in texts. */
  readonly name: string;
}

/** Returns the plan of each node group of a member. */
export function nodeGroupPlans(
  desired: DesiredSettings,
  { NodeGroups, ClusterEnabled }: MemberSettings,
): NodeGroupPlan[] {
  const { NumCacheClusters, ReplicasPerNodeGroup, PreferredCacheClusterAZs, NodeGroupConfiguration = [] } = desired;
  return NodeGroups.map((group, index) => {
    const isOwn = ({ NodeGroupId }: { NodeGroupId?: string }, place: number) =>
      NodeGroupId === undefined ? place === index : NodeGroupId === group.NodeGroupId;
    const at = NodeGroupConfiguration.findIndex(isOwn);
    const { ReplicaCount = ReplicasPerNodeGroup, ...zones } = NodeGroupConfiguration[at] ?? {};
    const nodes = ReplicaCount === undefined ? (ClusterEnabled ? undefined : NumCacheClusters) : ReplicaCount + 1;
    return {
      group,
      nodes: nodes ?? group.Zones.length,
      zones: at < 0 ? (PreferredCacheClusterAZs ?? []) : zonesOf(zones),
      pointer: at < 0 ? '/PreferredCacheClusterAZs' : `/NodeGroupConfiguration/${at}`,
      name: ClusterEnabled ? `the nodes of node group ${group.NodeGroupId}` : 'the nodes',
    };
  });
}

const zonesOf = ({
  PrimaryAvailabilityZone,
  ReplicaAvailabilityZones = [],
}: {
  readonly PrimaryAvailabilityZone?: string;
  readonly ReplicaAvailabilityZones?: readonly string[];
}): string[] => [
  ...(PrimaryAvailabilityZone === undefined ? [] : [PrimaryAvailabilityZone]),
  ...ReplicaAvailabilityZones,
];

/**
 * Returns whether AWS cannot set the zones of a node group: it places only nodes that it adds, and chooses the nodes that it
 * removes.
 */
export function hasFixedZones({ group, nodes, zones }: NodeGroupPlan): boolean {
  if (zones.length === 0 || placesNodes({ group, nodes, zones })) return false;
  return nodes < group.Zones.length || !isPartOf(zones, group.Zones);
}

/** Returns whether the zones are those of the nodes that are there and of those that are added. */
const placesNodes = ({ group, nodes, zones }: Pick<NodeGroupPlan, 'group' | 'nodes' | 'zones'>): boolean =>
  nodes > group.Zones.length && zones.length === nodes && isPartOf(group.Zones, zones);

/** Returns whether a list has all items of another, each as often. */
function isPartOf(part: readonly string[], whole: readonly string[]): boolean {
  const rest = [...whole];
  return part.every((item) => rest.includes(item) && rest.splice(rest.indexOf(item), 1));
}

/** Returns the difference of the zones of a node group, with its place. */
export const toZoneDifference = ({ group, zones, pointer, name }: NodeGroupPlan) => ({
  Setting: `the zones of ${name}`,
  From: group.Zones.toSorted().join(' and '),
  To: zones.toSorted().join(' and '),
  Pointer: pointer,
});

/** Returns one count if all node groups get the same and AWS chooses the zones, else the count of each that changes. */
export function replicaCounts(plans: readonly NodeGroupPlan[], changed: readonly NodeGroupPlan[]) {
  const [first] = changed;
  const isUniform =
    changed.length === plans.length && changed.every((plan) => plan.nodes === first?.nodes && !placesNodes(plan));
  if (isUniform) return { NewReplicaCount: (first?.nodes ?? 1) - 1 };
  return { ReplicaConfiguration: changed.map(toReplicaConfiguration) };
}

const toReplicaConfiguration = (plan: NodeGroupPlan): ConfigureShard => ({
  NodeGroupId: plan.group.NodeGroupId,
  NewReplicaCount: plan.nodes - 1,
  ...(placesNodes(plan) && { PreferredAvailabilityZones: [...plan.zones] }),
});

/** Returns a node group after the change of its nodes. AWS chooses the zones unless they are named. */
export function nodeGroupAfter(plan: NodeGroupPlan): NodeGroupSettings {
  const { group, nodes } = plan;
  const Zones = Array.from({ length: nodes }, (_, index) => group.Zones[index] ?? '');
  return { ...group, Zones: placesNodes(plan) ? plan.zones : Zones };
}
