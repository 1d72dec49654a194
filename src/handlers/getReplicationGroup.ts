import { findReplicationGroup } from '../datastores/replicationGroup.ts';
import { api, ok } from '../http/defineHandler.ts';
import { getReplicationGroup } from '../schemas/getReplicationGroup.ts';

export const handler = api(getReplicationGroup, async ({ path, signal }) =>
  ok({ ReplicationGroup: await findReplicationGroup(signal, path.Region, path.ReplicationGroupId) }),
);
