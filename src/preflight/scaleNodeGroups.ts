import type { ReplicationGroup } from '@aws-sdk/client-elasticache';
import { describeGroups } from '../datastores/describeGroups.ts';
import type { GlobalDatastore } from '../datastores/globalDatastore.ts';
import { nodeGroupIds, planScaling, type Scaling } from '../datastores/nodeGroupScaling.ts';
import { STABLE_STATUSES } from '../datastores/status.ts';
import { type Check, checkRule } from '../problems/check.ts';
import { Problem } from '../problems/problem.ts';
import type { ApiRequest } from '../schemas/apiRequest.ts';
import type { scaleNodeGroups } from '../schemas/scaleNodeGroups.ts';
import { checkClusterMode, checkExists, checkIsMember, checkStatus } from './commonChecks.ts';
import type { DryRunResult } from './dryRunResult.ts';

type Request = ApiRequest<typeof scaleNodeGroups>;

/** Checks that the datastore can be scaled to this number of node groups. */
export async function preflight({ path, body, signal }: Request): Promise<DryRunResult> {
  const { group, exists } = await checkExists(signal, path.GlobalReplicationGroupId);
  if (!group) return { Checks: [exists], Plan: [] };
  const { direction, summary } = planScaling(body, nodeGroupIds(group));
  return {
    Checks: [exists, ...(await checkScaling(signal, group, body))],
    Plan: [summary],
    ChangesNothing: direction === 'none',
  };
}

async function checkScaling(signal: AbortSignal, group: GlobalDatastore, body: Request['body']): Promise<Check[]> {
  const present = nodeGroupIds(group);
  const { direction, selection } = planScaling(body, present);
  const checks = [checkStatus(group, STABLE_STATUSES), checkClusterMode(group)];
  if (!group.ClusterEnabled || direction === 'none') return checks;
  if (direction === 'decrease') return [...checks, ...checkSelection(selection, body, present)];
  return [...checks, await checkNodeQuota(signal, group, body), ...checkConfigurations(group, body, present)];
}

/**
 * The quota of nodes of a replication group: by default, and at most after an increase (AWS General Reference, ElastiCache
 * quotas).
 */
const nodeQuota = { usual: 90, most: 500 };

/** Checks the number of nodes that each member gets. A number that requires a higher quota is a warning. */
async function checkNodeQuota(signal: AbortSignal, group: GlobalDatastore, { NodeGroupCount }: Request['body']) {
  const groups = [...(await describeGroups(signal, group.Members ?? [])).values()];
  const perNodeGroup = groups.map((member) => (member instanceof Problem ? undefined : largestNodeGroup(member)));
  const nodes = NodeGroupCount * Math.max(1, ...perNodeGroup.map((count = 1) => count));
  const isKnown = nodes > nodeQuota.usual || !perNodeGroup.includes(undefined);
  return checkRule(
    'node-quota',
    nodes > nodeQuota.most ? false : isKnown && nodes <= nodeQuota.usual ? true : undefined,
    {
      pass: `Each member has at most ${nodes} nodes then.`,
      fail: `A member would have ${nodes} nodes. The highest quota is ${nodeQuota.most} nodes for a cluster.`,
      unknown: isKnown
        ? `A member would have ${nodes} nodes. The default quota is ${nodeQuota.usual} nodes for a cluster.`
        : 'The numbers of nodes of the members could not be read.',
    },
    '#/NodeGroupCount',
  );
}

/** Returns the number of nodes in the largest node group of a member. */
const largestNodeGroup = ({ NodeGroups = [] }: ReplicationGroup): number =>
  Math.max(1, ...NodeGroups.map(({ NodeGroupMembers = [] }) => NodeGroupMembers.length));

/** Checks the zones of new node groups: each is for a member, for one of its node groups, and in its region. */
function checkConfigurations(group: GlobalDatastore, body: Request['body'], present: readonly string[]): Check[] {
  const { RegionalConfigurations: configurations = [], NodeGroupCount } = body;
  const numbers = present.map((id) => Number(id.slice(id.lastIndexOf('-') + 1)));
  const next = Math.max(...numbers) + 1;
  const added = Array.from({ length: NodeGroupCount - present.length }, (_, index) => next + index);
  const possible = [...numbers, ...added];
  return configurations.flatMap((configuration, index) => {
    const { ReplicationGroupRegion: region, ReshardingConfiguration } = configuration;
    const pointer = `#/RegionalConfigurations/${index}`;
    const ids = ReshardingConfiguration.map(({ NodeGroupId }) => NodeGroupId);
    const zones = ReshardingConfiguration.flatMap(({ PreferredAvailabilityZones = [] }) => PreferredAvailabilityZones);
    const unknownIds = ids.filter((id) => !possible.includes(Number(id ?? Number.NaN)));
    const otherZones = zones.filter((zone) => !zone.startsWith(region));
    return [
      { ...checkIsMember(group, configuration), Pointer: `${pointer}/ReplicationGroupId` },
      checkRule(
        'node-groups-of-count',
        unknownIds.length === 0,
        {
          pass: 'The zones are for node groups of the datastore.',
          fail: `NodeGroupId ${unknownIds.map((id) => id ?? '(missing)').join(', ')} is not among the node groups then: ${formatIds(possible)}.`,
        },
        `${pointer}/ReshardingConfiguration`,
      ),
      checkRule(
        'zones-in-region',
        otherZones.length === 0,
        { pass: `The zones are in ${region}.`, fail: `${otherZones.join(', ')} is not in ${region}.` },
        `${pointer}/ReshardingConfiguration`,
      ),
    ];
  });
}

const formatIds = (numbers: readonly number[]): string =>
  numbers.map((number) => String(number).padStart(4, '0')).join(', ');

function checkSelection(
  selection: Scaling['selection'],
  { NodeGroupCount }: Request['body'],
  present: readonly string[],
): Check[] {
  const [name, ids] = selection.GlobalNodeGroupsToRemove
    ? (['GlobalNodeGroupsToRemove', selection.GlobalNodeGroupsToRemove] as const)
    : (['GlobalNodeGroupsToRetain', selection.GlobalNodeGroupsToRetain ?? []] as const);
  const missing = ids.filter((id) => !present.includes(id));
  const required = name === 'GlobalNodeGroupsToRemove' ? present.length - NodeGroupCount : NodeGroupCount;
  return [
    checkRule(
      'node-groups-exist',
      missing.length === 0,
      {
        pass: 'The node groups exist.',
        fail: `${missing.join(', ')} does not exist. The node groups are ${present.join(', ')}.`,
      },
      `#/${name}`,
    ),
    checkRule(
      'node-groups-match-count',
      ids.length === required,
      {
        pass: 'The number of node groups matches the count.',
        fail: `${name} has ${ids.length} node groups. A change from ${present.length} to ${NodeGroupCount} requires ${required}.`,
      },
      `#/${name}`,
    ),
  ];
}
