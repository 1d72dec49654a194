import { CreateReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { withAuthToken } from '../datastores/authToken.ts';
import { findGlobalDatastore } from '../datastores/globalDatastore.ts';
import { findReplicationGroup, toReplicationGroup } from '../datastores/replicationGroup.ts';
import { type ChangeRequest, defineChange } from '../http/defineChange.ts';
import { acceptedAt } from '../http/responses.ts';
import { preflight } from '../preflight/addMember.ts';
import { undefinedIfNotFound } from '../problems/problem.ts';
import { addMember } from '../schemas/addMember.ts';

export const handler = defineChange(addMember, {
  preflight,
  load: async (request) => {
    const [{ GlobalReplicationGroup }, ReplicationGroup] = await Promise.all([
      findGlobalDatastore(request.signal, request.path.GlobalReplicationGroupId),
      readMember(request).catch(undefinedIfNotFound),
    ]);
    return { GlobalReplicationGroup, ReplicationGroup };
  },
  isApplied: ({ ReplicationGroup }, request, snapshot) =>
    snapshot !== undefined &&
    snapshot.ReplicationGroup === undefined &&
    ReplicationGroup !== undefined &&
    isRequestedMember(ReplicationGroup, request),
  execute: async ({ path, body, signal }) => {
    const { ReplicationGroupRegion: region, ...settings } = await withAuthToken(signal, body);
    const input = { ...settings, ...path, ReplicationGroupDescription: descriptionOf({ path, body }) };
    const { ReplicationGroup } = await elastiCache(signal, region).send(new CreateReplicationGroupCommand(input));
    return { ReplicationGroup: toReplicationGroup(ReplicationGroup) };
  },
  respond: ({ ReplicationGroup }, { path }) =>
    acceptedAt(path.GlobalReplicationGroupId, { ReplicationGroup: ReplicationGroup ?? toReplicationGroup(undefined) }),
  showCompleted: async (request, GlobalReplicationGroup) => ({
    GlobalReplicationGroup,
    ReplicationGroup: await readMember(request),
  }),
});

type Request = Pick<ChangeRequest<typeof addMember>, 'path' | 'body' | 'signal'>;

const readMember = ({ body, signal }: Request) =>
  findReplicationGroup(signal, body.ReplicationGroupRegion, body.ReplicationGroupId);

const descriptionOf = ({ path, body }: Omit<Request, 'signal'>): string =>
  body.ReplicationGroupDescription ?? `Secondary of ${path.GlobalReplicationGroupId}`;

/** Returns whether a replication group is a secondary of the datastore and has all that the request asks for and that AWS shows. */
function isRequestedMember(group: Awaited<ReturnType<typeof readMember>>, { path, body }: Request): boolean {
  const { GlobalReplicationGroupInfo: member, MemberClusters, MultiAZ } = group;
  const { NumCacheClusters, MultiAZEnabled, SnapshotRetentionLimit, SnapshotWindow } = body;
  const isEqual = (requested: unknown, actual: unknown) => requested === undefined || requested === actual;
  return (
    member?.GlobalReplicationGroupId === path.GlobalReplicationGroupId.toLowerCase() &&
    member.GlobalReplicationGroupMemberRole === 'SECONDARY' &&
    group.Description === descriptionOf({ path, body }) &&
    isEqual(NumCacheClusters, MemberClusters?.length) &&
    isEqual(MultiAZEnabled, MultiAZ === 'enabled') &&
    isEqual(SnapshotRetentionLimit, group.SnapshotRetentionLimit) &&
    isEqual(SnapshotWindow, group.SnapshotWindow)
  );
}
