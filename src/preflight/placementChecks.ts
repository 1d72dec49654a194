import type { InheritedSettings } from '../datastores/inheritedSettings.ts';
import type { MemberRequest } from '../operations/goals.ts';
import { atMostWarning, type Check, checkRule } from '../problems/check.ts';

/** Checks the numbers of nodes and node groups of a new member, and their availability zones. */
export const checkPlacement = (member: MemberRequest, inherited: InheritedSettings, pointer: string): Check[] => [
  checkNodeCounts(member, inherited, pointer),
  checkReplicas(member, inherited, pointer),
  checkMultiAz(member, inherited, pointer),
  ...(member.NodeGroupConfiguration?.length ? checkNodeGroups(member, inherited, pointer) : []),
  ...(member.PreferredCacheClusterAZs ? checkPreferredZones(member, inherited, pointer) : []),
  ...checkZonesInRegion(member, pointer),
  ...(member.Port === undefined ? [] : [checkPort(member.Port, `${pointer}/Port`)]),
];

/**
 * Returns the number of nodes in each node group of a new member. Undefined where it depends on a primary that was not read.
 * unverified: without a number, a node group gets as many nodes as in the primary, and the replica that failover needs.
 */
export function nodesOf(member: MemberRequest, inherited: InheritedSettings): (number | undefined)[] | undefined {
  const least = hasFailover(inherited) ? 2 : 1;
  return inherited.nodeGroups?.map(({ nodes }, index) => {
    const replicas = member.NodeGroupConfiguration?.[index]?.ReplicaCount ?? member.ReplicasPerNodeGroup;
    if (replicas !== undefined) return replicas + 1;
    return member.NumCacheClusters ?? (nodes === undefined ? undefined : Math.max(least, nodes));
  });
}

const hasFailover = ({ AutomaticFailover }: InheritedSettings): boolean | undefined =>
  AutomaticFailover?.startsWith('enabl');

/** Returns whether a new member has Multi-AZ. unverified: MultiAZEnabled replaces the inherited value. */
const hasMultiAz = ({ MultiAZEnabled }: MemberRequest, { MultiAZ }: InheritedSettings): boolean | undefined =>
  MultiAZEnabled ?? (MultiAZ === undefined ? undefined : MultiAZ === 'enabled');

/** Checks that the number of nodes is given in one way, and in that of the node groups (API reference, CreateReplicationGroup). */
function checkNodeCounts(
  { NumCacheClusters, ReplicasPerNodeGroup }: MemberRequest,
  { nodeGroups }: InheritedSettings,
  pointer: string,
): Check {
  const isTwice = NumCacheClusters !== undefined && ReplicasPerNodeGroup !== undefined;
  const count = nodeGroups?.length;
  const fits = NumCacheClusters === undefined || (count === undefined ? undefined : count === 1);
  return checkRule(
    'nodes-fit-cluster-mode',
    !isTwice && fits,
    {
      pass: 'The number of nodes is given in the form that the node groups require.',
      fail: isTwice
        ? 'NumCacheClusters and ReplicasPerNodeGroup cannot be given together. Use one of them.'
        : `The datastore has ${count} node groups. Use ReplicasPerNodeGroup instead of NumCacheClusters.`,
      unknown: 'The node groups of the datastore could not be read.',
    },
    `${pointer}/NumCacheClusters`,
  );
}

/**
 * Checks that each node group has a replica if failover needs one. A secondary inherits automatic failover and Multi-AZ
 * (ElastiCache user guide, prerequisites of global datastores).
 */
function checkReplicas(member: MemberRequest, inherited: InheritedSettings, pointer: string): Check {
  const needsReplica = hasFailover(inherited) || hasMultiAz(member, inherited);
  const counts = nodesOf(member, inherited)?.map((nodes = NaN) => nodes) ?? [NaN];
  const least = Math.min(...counts);
  const isEnough = Number.isNaN(least) ? undefined : least >= 2;
  const details = {
    pass: needsReplica ? `Each node group has at least ${least} nodes.` : 'The member needs no replica.',
    fail: `The member inherits automatic failover or has Multi-AZ. Each node group then needs at least 2 nodes, and one would have ${least}. ${howToAddNodes(inherited)}`,
    unknown: 'The number of nodes of the primary could not be read.',
  };
  const holds = needsReplica === false || isEnough || (needsReplica && isEnough);
  return checkRule('enough-nodes', holds, details, `${pointer}/${nameOfCount(member)}`);
}

/** Checks that Multi-AZ comes with automatic failover (ElastiCache user guide, Multi-AZ). */
function checkMultiAz(member: MemberRequest, inherited: InheritedSettings, pointer: string): Check {
  const isOn = hasMultiAz(member, inherited);
  const details = {
    pass: isOn ? 'Automatic failover is enabled in the datastore.' : 'The member has no Multi-AZ.',
    fail: 'Multi-AZ requires automatic failover, which is disabled in the datastore. Set MultiAZEnabled to false, or enable AutomaticFailoverEnabled for the datastore first.',
    unknown: 'It could not be read whether the primary has automatic failover and Multi-AZ.',
  };
  const holds = isOn === false || hasFailover(inherited) || (isOn && hasFailover(inherited));
  return checkRule('multi-az-with-failover', holds, details, `${pointer}/MultiAZEnabled`);
}

const howToAddNodes = ({ nodeGroups }: InheritedSettings): string =>
  nodeGroups && nodeGroups.length > 1 ? 'Set ReplicasPerNodeGroup to 1 or more.' : 'Set NumCacheClusters to 2 or more.';

/** Returns the pointer, within the member, to the setting that decides on the number of nodes. */
function nameOfCount(member: MemberRequest): string {
  if (member.NodeGroupConfiguration?.some(({ ReplicaCount }) => ReplicaCount !== undefined))
    return 'NodeGroupConfiguration';
  return member.ReplicasPerNodeGroup === undefined ? 'NumCacheClusters' : 'ReplicasPerNodeGroup';
}

/** Checks that node groups that are listed are those of the primary, and that their zones fit. */
function checkNodeGroups(member: MemberRequest, inherited: InheritedSettings, pointer: string): Check[] {
  const count = checkNodeGroupCount(member, inherited, pointer);
  return [
    count,
    ...checkListedIds(member, inherited, pointer),
    ...(count.Outcome === 'pass' ? checkReplicaZones(member, inherited, pointer) : []),
  ];
}

function checkNodeGroupCount(
  { NodeGroupConfiguration: { length } = [] }: MemberRequest,
  { nodeGroups }: InheritedSettings,
  pointer: string,
): Check {
  return checkRule(
    'node-groups-match-primary',
    nodeGroups && nodeGroups.length === length,
    {
      pass: 'NodeGroupConfiguration has as many node groups as the primary.',
      fail: `NodeGroupConfiguration has ${length} node groups, and the primary has ${nodeGroups?.length}. List each of them.`,
      unknown: 'The node groups of the primary could not be read.',
    },
    `${pointer}/NodeGroupConfiguration`,
  );
}

/** Checks the ids of node groups. unverified: AWS may go by their order. */
function checkListedIds(
  { NodeGroupConfiguration = [] }: MemberRequest,
  { nodeGroups = [] }: InheritedSettings,
  pointer: string,
): Check[] {
  const ids = NodeGroupConfiguration.flatMap(({ NodeGroupId }) => NodeGroupId ?? []);
  const known = nodeGroups.flatMap(({ id }) => id ?? []);
  if (ids.length === 0 || known.length === 0) return [];
  const wrong = ids.filter((id, index) => ids.indexOf(id) !== index || !known.includes(id));
  const details = {
    pass: 'The ids are those of the node groups of the primary.',
    fail: `NodeGroupId ${wrong.join(', ')} is listed twice, or is no node group of the primary. Those are ${known.join(', ')}.`,
  };
  return [atMostWarning(checkRule('node-group-ids', wrong.length === 0, details, `${pointer}/NodeGroupConfiguration`))];
}

/** Checks that no node group lists more zones than it has replicas. */
function checkReplicaZones(member: MemberRequest, inherited: InheritedSettings, pointer: string): Check[] {
  const counts = nodesOf(member, inherited) ?? [];
  return (member.NodeGroupConfiguration ?? []).flatMap(({ ReplicaAvailabilityZones: zones }, index) => {
    const nodes = counts[index];
    if (!zones) return [];
    const details = {
      pass: 'The node group has a replica for each zone.',
      fail: `The node group has ${zones.length} zones for ${(nodes ?? 1) - 1} replicas. List at most one zone for each replica.`,
      unknown: 'The number of nodes of the primary could not be read.',
    };
    const place = `${pointer}/NodeGroupConfiguration/${index}/ReplicaAvailabilityZones`;
    return [checkRule('zones-match-nodes', nodes === undefined ? undefined : zones.length < nodes, details, place)];
  });
}

/** Checks the list of zones: one node group, and one zone for each node (API reference, CreateReplicationGroup). */
function checkPreferredZones(member: MemberRequest, inherited: InheritedSettings, pointer: string): Check[] {
  const place = `${pointer}/PreferredCacheClusterAZs`;
  const { length = 0 } = member.PreferredCacheClusterAZs ?? [];
  const { nodeGroups } = inherited;
  const [nodes] = nodesOf(member, inherited) ?? [];
  const groups = {
    pass: 'The datastore has one node group.',
    fail: `PreferredCacheClusterAZs can only be specified for one node group. The datastore has ${nodeGroups?.length}. Use NodeGroupConfiguration.`,
    unknown: 'The node groups of the datastore could not be read.',
  };
  const zones = {
    pass: 'PreferredCacheClusterAZs has one zone for each node.',
    fail: `PreferredCacheClusterAZs has ${length} zones for ${nodes} nodes. List one zone for each node.`,
    unknown: 'The number of nodes of the primary could not be read.',
  };
  const fits = checkRule('zones-fit-node-groups', nodeGroups && nodeGroups.length === 1, groups, place);
  if (fits.Outcome !== 'pass') return [fits];
  return [fits, checkRule('zones-match-nodes', nodes === undefined ? undefined : length === nodes, zones, place)];
}

type PlacedMember = Pick<
  MemberRequest,
  'ReplicationGroupRegion' | 'PreferredCacheClusterAZs' | 'NodeGroupConfiguration'
>;

/** Checks that each zone that a member names is one of its region. unverified: no region has more than six. */
export function checkZonesInRegion(member: PlacedMember, pointer: string): Check[] {
  const { ReplicationGroupRegion: region } = member;
  const zones = namedZonesOf(member);
  const isInRegion = (zone: string) => zone.startsWith(region) && /^[a-f]$/.test(zone.slice(region.length));
  const wrong = zones.find(({ zone }) => !isInRegion(zone));
  const at = (wrong ?? zones[0])?.at;
  if (at === undefined) return [];
  const details = {
    pass: `The availability zones are in ${region}.`,
    fail: `${wrong?.zone} is not an availability zone of ${region}. Use zones such as ${region}a.`,
  };
  return [checkRule('zones-in-region', wrong === undefined, details, `${pointer}/${at}`)];
}

/** Returns the zones that a member names, each with its place. */
function namedZonesOf({ PreferredCacheClusterAZs = [], NodeGroupConfiguration = [] }: PlacedMember) {
  const placed = (zones: readonly string[], place: string) =>
    zones.map((zone, index) => ({ zone, at: `${place}/${index}` }));
  return [
    ...placed(PreferredCacheClusterAZs, 'PreferredCacheClusterAZs'),
    ...NodeGroupConfiguration.flatMap(({ PrimaryAvailabilityZone: zone, ReplicaAvailabilityZones = [] }, index) => {
      const place = `NodeGroupConfiguration/${index}`;
      return [
        ...(zone === undefined ? [] : [{ zone, at: `${place}/PrimaryAvailabilityZone` }]),
        ...placed(ReplicaAvailabilityZones, `${place}/ReplicaAvailabilityZones`),
      ];
    }),
  ];
}

/** The first port that ElastiCache takes. unverified: AWS publishes no bounds for Port. */
const firstPort = 1150;

const checkPort = (port: number, pointer: string): Check =>
  checkRule(
    'port-allowed',
    port >= firstPort,
    { pass: `Port ${port} is allowed.`, fail: `Port ${port} is too low. Use ${firstPort} to 65535, such as 6379.` },
    pointer,
  );
