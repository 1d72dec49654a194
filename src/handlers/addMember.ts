import { CreateReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { findReplicationGroup, toReplicationGroup } from '../datastores/replicationGroup.ts';
import { type ChangeRequest, defineChange } from '../http/defineChange.ts';
import { acceptedAt } from '../http/responses.ts';
import { preflight } from '../preflight/addMember.ts';
import { undefinedIfNotFound } from '../problems/problem.ts';
import { addMember } from '../schemas/addMember.ts';

export const handler = defineChange(addMember, {
  preflight,
  load: async (request) => (request.previous ? findAddedMember(request) : undefined),
  isApplied: ({ ReplicationGroup }, { path }) =>
    ReplicationGroup.GlobalReplicationGroupInfo?.GlobalReplicationGroupId ===
    path.GlobalReplicationGroupId.toLowerCase(),
  execute: async ({ path, body, signal }) => {
    const {
      ReplicationGroupRegion: region,
      ReplicationGroupDescription = `Secondary of ${path.GlobalReplicationGroupId}`,
      ...settings
    } = body;
    const input = { ...settings, ...path, ReplicationGroupDescription };
    const { ReplicationGroup } = await elastiCache(signal, region).send(new CreateReplicationGroupCommand(input));
    return { ReplicationGroup: toReplicationGroup(ReplicationGroup) };
  },
  respond: ({ ReplicationGroup }, { path }) => acceptedAt(path.GlobalReplicationGroupId, { ReplicationGroup }),
  showCompleted: async (request, GlobalReplicationGroup) => ({
    GlobalReplicationGroup,
    ReplicationGroup: await readMember(request),
  }),
});

type Request = Pick<ChangeRequest<typeof addMember>, 'body' | 'signal'>;

/** Returns the replication group that the request names, if it exists. */
async function findAddedMember(request: Request) {
  const ReplicationGroup = await readMember(request).catch(undefinedIfNotFound);
  return ReplicationGroup && { ReplicationGroup };
}

const readMember = ({ body, signal }: Request) =>
  findReplicationGroup(signal, body.ReplicationGroupRegion, body.ReplicationGroupId);
