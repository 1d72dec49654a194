import { lookup } from '../datastores/lookup.ts';
import { findNodeConfiguration } from '../datastores/nodeConfiguration.ts';
import { findReplicationGroup } from '../datastores/replicationGroup.ts';
import { defineHandler } from '../http/defineHandler.ts';
import { ok } from '../http/responses.ts';
import { getReplicationGroup } from '../schemas/getReplicationGroup.ts';

export const handler = defineHandler(getReplicationGroup, async ({ path, signal }) => {
  const ReplicationGroup = await findReplicationGroup(signal, path.Region, path.ReplicationGroupId);
  return ok({ ReplicationGroup, ...(await readConfiguration(signal, path.Region, ReplicationGroup.MemberClusters)) });
});

/** Returns the configuration of the first node, or a warning. A group that is being created has no nodes. */
async function readConfiguration(signal: AbortSignal, Region: string, [node]: readonly string[] = []) {
  if (node === undefined) return {};
  const found = await lookup(findNodeConfiguration(signal, Region, node));
  if (found.is === 'found') return { Configuration: found.value };
  return { Warnings: [{ Region, Detail: `The configuration of ${node} could not be read. ${found.detail}` }] };
}
