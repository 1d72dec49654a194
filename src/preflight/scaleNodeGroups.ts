import type { GlobalDatastore } from '../datastores/globalDatastore.ts';
import { nodeGroupIds, planScaling, type Scaling } from '../datastores/nodeGroupScaling.ts';
import { STABLE_STATUSES } from '../datastores/status.ts';
import { type Check, checkRule } from '../problems/check.ts';
import type { ApiRequest } from '../schemas/apiRequest.ts';
import type { scaleNodeGroups } from '../schemas/scaleNodeGroups.ts';
import { checkExists, checkStatus } from './commonChecks.ts';
import type { DryRunResult } from './dryRunResult.ts';

type Request = ApiRequest<typeof scaleNodeGroups>;

/** Checks that the datastore can be scaled to this number of node groups. */
export async function preflight({ path, body, signal }: Request): Promise<DryRunResult> {
  const { group, exists } = await checkExists(signal, path.GlobalReplicationGroupId);
  return {
    Checks: [exists, ...(group ? checkScaling(group, body) : [])],
    Plan: group ? [planScaling(body, nodeGroupIds(group)).summary] : [],
  };
}

function checkScaling(group: GlobalDatastore, body: Request['body']): Check[] {
  const present = nodeGroupIds(group);
  const { direction, selection } = planScaling(body, present);
  const clusterMode = checkRule('cluster-mode', group.ClusterEnabled, {
    pass: 'Cluster mode is enabled.',
    fail: 'Cluster mode is disabled. The datastore has no node groups to scale.',
  });
  return [
    checkStatus(group, STABLE_STATUSES),
    clusterMode,
    ...(direction === 'decrease' ? checkSelection(selection, body, present) : []),
  ];
}

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
