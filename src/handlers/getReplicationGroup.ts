import { findReplicationGroup } from '../datastores/replicationGroup.ts';
import { defineHandler, ok } from '../http/defineHandler.ts';
import { getReplicationGroup } from '../schemas/getReplicationGroup.ts';

export const handler = defineHandler(getReplicationGroup, async ({ path, signal }) =>
  ok({ ReplicationGroup: await findReplicationGroup(signal, path.Region, path.ReplicationGroupId) }),
);
