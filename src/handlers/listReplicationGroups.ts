import { DescribeReplicationGroupsCommand } from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { toReplicationGroup } from '../datastores/replicationGroup.ts';
import { defineHandler } from '../http/defineHandler.ts';
import { ok } from '../http/responses.ts';
import { filterOwnedGroups } from '../policy/owners.ts';
import { listReplicationGroups } from '../schemas/listReplicationGroups.ts';

export const handler = defineHandler(listReplicationGroups, async ({ query, signal, event }) => {
  const { Region, ...page } = query;
  const { ReplicationGroups = [], Marker } = await elastiCache(signal, Region).send(
    new DescribeReplicationGroupsCommand(page),
  );
  const owned =
    globalThis.POLICY_HAS_OWNERS === false
      ? ReplicationGroups
      : await filterOwnedGroups(signal, event, ReplicationGroups);
  return ok({ ReplicationGroups: owned.map(toReplicationGroup), Marker });
});
