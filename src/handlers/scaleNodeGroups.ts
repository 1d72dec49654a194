import {
  DecreaseNodeGroupsInGlobalReplicationGroupCommand,
  IncreaseNodeGroupsInGlobalReplicationGroupCommand,
} from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { findGlobalDatastore, type GlobalDatastore, requireGlobalDatastore } from '../datastores/globalDatastore.ts';
import { nodeGroupIds, planScaling } from '../datastores/nodeGroupScaling.ts';
import { isStable } from '../datastores/status.ts';
import { defineChange } from '../http/defineChange.ts';
import { acceptedAt, ok } from '../http/responses.ts';
import { preflight } from '../preflight/scaleNodeGroups.ts';
import { Problem } from '../problems/problem.ts';
import { scaleNodeGroups } from '../schemas/scaleNodeGroups.ts';

export const handler = defineChange(scaleNodeGroups, {
  preflight,
  load: ({ path, signal }) => findGlobalDatastore(signal, path.GlobalReplicationGroupId),
  isApplied: ({ GlobalReplicationGroup }, { body }, snapshot) =>
    hasCount(GlobalReplicationGroup, body) && !hasCount(snapshot?.GlobalReplicationGroup, body),
  findDeviation: ({ GlobalReplicationGroup }, { body }) =>
    hasCount(GlobalReplicationGroup, body)
      ? undefined
      : {
          detail: `The datastore has ${nodeGroupIds(GlobalReplicationGroup).length} node groups, not ${body.NodeGroupCount}.`,
        },
  execute: async ({ path, body, signal }, current) => {
    const { GlobalReplicationGroup, region } = current;
    const { direction, selection } = planScaling(body, nodeGroupIds(GlobalReplicationGroup));
    const { NodeGroupCount, RegionalConfigurations } = body;
    const input = { ...path, NodeGroupCount, ApplyImmediately: true };
    const { send } = elastiCache(signal, region);
    switch (direction) {
      case 'none':
        assertStable(GlobalReplicationGroup);
        return current;
      case 'increase':
        return send(new IncreaseNodeGroupsInGlobalReplicationGroupCommand({ ...input, RegionalConfigurations }));
      case 'decrease':
        return send(new DecreaseNodeGroupsInGlobalReplicationGroupCommand({ ...input, ...selection }));
    }
  },
  respond: (result, { path, body }, snapshot) => {
    const GlobalReplicationGroup = requireGlobalDatastore(result.GlobalReplicationGroup);
    const { direction, summary } = planScaling(
      body,
      nodeGroupIds(snapshot?.GlobalReplicationGroup ?? GlobalReplicationGroup),
    );
    const response = { GlobalReplicationGroup, Plan: [summary] };
    return direction === 'none' ? ok(response) : acceptedAt(path.GlobalReplicationGroupId, response);
  },
});

const hasCount = (
  datastore: GlobalDatastore | undefined,
  { NodeGroupCount }: { readonly NodeGroupCount: number },
): boolean => datastore !== undefined && nodeGroupIds(datastore).length === NodeGroupCount;

/** Throws while a change is in progress: AWS still shows the previous count, so the requested count may not last. */
function assertStable(datastore: GlobalDatastore): void {
  if (isStable(datastore)) return;
  throw new Problem(
    'InvalidGlobalReplicationGroupStateFault',
    `The datastore is ${datastore.Status}. Its node groups may be changing.`,
  );
}
