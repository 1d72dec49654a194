import {
  DecreaseNodeGroupsInGlobalReplicationGroupCommand,
  IncreaseNodeGroupsInGlobalReplicationGroupCommand,
} from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { findGlobalDatastore, type GlobalDatastore, requireGlobalDatastore } from '../datastores/globalDatastore.ts';
import { nodeGroupIds, planScaling } from '../datastores/nodeGroupScaling.ts';
import { defineChange } from '../http/defineChange.ts';
import { acceptedAt, ok } from '../http/defineHandler.ts';
import { isStable } from '../http/preferHeader.ts';
import { acceptOwnChangeInProgress } from '../idempotency/ownChangeInProgress.ts';
import { preflight } from '../preflight/scaleNodeGroups.ts';
import { Problem } from '../problems/problem.ts';
import { scaleNodeGroups } from '../schemas/scaleNodeGroups.ts';

export const handler = defineChange(
  scaleNodeGroups,
  async ({ path, body, signal, resumed, before }) => {
    const { GlobalReplicationGroupId } = path;
    const { group, region } = await findGlobalDatastore(signal, GlobalReplicationGroupId);
    const done = nodeGroupIds(group).length === body.NodeGroupCount ? resumed?.before : undefined;
    const { direction, selection, summary } = planScaling(body, nodeGroupIds(done ?? group));
    if (direction === 'none') {
      refuseUnlessStable(group);
      return ok({ GlobalReplicationGroup: group, Plan: [summary] });
    }
    if (done) return acceptedAt(GlobalReplicationGroupId, { GlobalReplicationGroup: group, Plan: [summary] });
    await before(group);

    const { NodeGroupCount, RegionalConfigurations } = body;
    const shared = { GlobalReplicationGroupId, NodeGroupCount, ApplyImmediately: true };
    const { send } = elastiCache(signal, region);
    const sent =
      direction === 'increase'
        ? send(new IncreaseNodeGroupsInGlobalReplicationGroupCommand({ ...shared, RegionalConfigurations }))
        : send(new DecreaseNodeGroupsInGlobalReplicationGroupCommand({ ...shared, ...selection }));
    const { GlobalReplicationGroup } = await sent.catch(acceptOwnChangeInProgress(group, resumed));
    const answer = { GlobalReplicationGroup: requireGlobalDatastore(GlobalReplicationGroup), Plan: [summary] };
    return acceptedAt(GlobalReplicationGroupId, answer);
  },
  { preflight },
);

/** While AWS is at another count it still answers the one of before: nobody can promise that this one will stay. */
function refuseUnlessStable(group: GlobalDatastore): void {
  if (isStable(group)) return;
  throw new Problem(
    'InvalidGlobalReplicationGroupStateFault',
    `The datastore is ${group.Status}: its node groups may be about to change.`,
  );
}
