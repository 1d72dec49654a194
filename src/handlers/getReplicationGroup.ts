import { findReplicationGroup } from '../datastores/replicationGroup.ts';
import { defineHandler } from '../http/defineHandler.ts';
import { ok } from '../http/responses.ts';
import { getReplicationGroup } from '../schemas/getReplicationGroup.ts';

export const handler = defineHandler(getReplicationGroup, async ({ path, signal }) =>
  ok({ ReplicationGroup: await findReplicationGroup(signal, path.Region, path.ReplicationGroupId) }),
);
