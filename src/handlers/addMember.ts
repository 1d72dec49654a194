import { CreateReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { findReplicationGroup, toReplicationGroup } from '../datastores/replicationGroup.ts';
import { defineChange } from '../http/defineChange.ts';
import { acceptedAt } from '../http/defineHandler.ts';
import { resolveLostResponse, undefinedIfNotFound } from '../idempotency/lostResponse.ts';
import { preflight } from '../preflight/addMember.ts';
import { addMember } from '../schemas/addMember.ts';

export const handler = defineChange(
  addMember,
  async ({ path, body, signal, resumed }) => {
    const { GlobalReplicationGroupId } = path;
    const {
      ReplicationGroupRegion: region,
      ReplicationGroupDescription = `Secondary of ${GlobalReplicationGroupId}`,
      ...chosen
    } = body;
    const input = { ...chosen, GlobalReplicationGroupId, ReplicationGroupDescription };

    const ReplicationGroup = await elastiCache(signal, region)
      .send(new CreateReplicationGroupCommand(input))
      .then((output) => toReplicationGroup(output.ReplicationGroup))
      .catch((problem) => resolveLostResponse(problem, () => findMade(signal, region, input), resumed));
    return acceptedAt(GlobalReplicationGroupId, { ReplicationGroup });
  },
  {
    preflight,
    show: async ({ body, signal }, GlobalReplicationGroup) => ({
      GlobalReplicationGroup,
      ReplicationGroup: await findReplicationGroup(signal, body.ReplicationGroupRegion, body.ReplicationGroupId),
    }),
  },
);

interface Wanted {
  readonly ReplicationGroupId: string;
  readonly GlobalReplicationGroupId: string;
}

/** The replication group that `wanted` asks for, if it stands as a member of that datastore: what a lost answer was about. */
async function findMade(signal: AbortSignal, region: string, wanted: Wanted) {
  const made = await findReplicationGroup(signal, region, wanted.ReplicationGroupId).catch(undefinedIfNotFound);
  const datastore = made?.GlobalReplicationGroupInfo?.GlobalReplicationGroupId;
  return datastore === wanted.GlobalReplicationGroupId.toLowerCase() ? made : undefined;
}
