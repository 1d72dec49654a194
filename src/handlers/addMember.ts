import { CreateReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { withAuthToken } from '../datastores/authToken.ts';
import { findGlobalDatastore } from '../datastores/globalDatastore.ts';
import { findReplicationGroup, toReplicationGroup } from '../datastores/replicationGroup.ts';
import { hasFailed } from '../datastores/status.ts';
import { defineChange } from '../http/defineChange.ts';
import type { Deviation } from '../http/middleware/preferWait.ts';
import { acceptedAt } from '../http/responses.ts';
import { preflight } from '../preflight/addMember.ts';
import { undefinedIfNotFound } from '../problems/problem.ts';
import { addMember } from '../schemas/addMember.ts';
import type { ApiRequest } from '../schemas/apiRequest.ts';

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
  showCompleted: async (request, GlobalReplicationGroup) => {
    const ReplicationGroup = await readMember(request).catch(undefinedIfNotFound);
    return { GlobalReplicationGroup, ...(ReplicationGroup && { ReplicationGroup }) };
  },
  findDeviation: ({ ReplicationGroup }, request) => findDeviation(ReplicationGroup, request),
});

type Request = Pick<ApiRequest<typeof addMember>, 'path' | 'body' | 'signal'>;

const readMember = ({ body, signal }: Request) =>
  findReplicationGroup(signal, body.ReplicationGroupRegion, body.ReplicationGroupId);

const descriptionOf = ({ path, body }: Omit<Request, 'signal'>): string =>
  body.ReplicationGroupDescription ?? `Secondary of ${path.GlobalReplicationGroupId}`;

type AddedGroup = Awaited<ReturnType<typeof readMember>>;

/** Returns whether a replication group is a secondary of the datastore and has all requested settings that AWS shows. */
const isRequestedMember = (group: AddedGroup, request: Request): boolean =>
  isMember(group, request) && findDeviatingSettings(group, request).length === 0;

const isMember = ({ GlobalReplicationGroupInfo: member }: AddedGroup, { path }: Request): boolean =>
  member?.GlobalReplicationGroupId === path.GlobalReplicationGroupId.toLowerCase() &&
  member.GlobalReplicationGroupMemberRole === 'SECONDARY';

/**
 * Returns the requested settings that a replication group does not have, each with its value. unverified: a secondary inherits
 * Multi-AZ of the primary although the request turns it off.
 */
function findDeviatingSettings(group: AddedGroup, { path, body }: Request): string[] {
  const { NumCacheClusters, MultiAZEnabled, SnapshotRetentionLimit, SnapshotWindow } = body;
  const settings = {
    ReplicationGroupDescription: [descriptionOf({ path, body }), group.Description],
    NumCacheClusters: [NumCacheClusters, group.MemberClusters?.length],
    MultiAZEnabled: [MultiAZEnabled || undefined, group.MultiAZ === 'enabled'],
    SnapshotRetentionLimit: [SnapshotRetentionLimit, group.SnapshotRetentionLimit],
    SnapshotWindow: [SnapshotWindow, group.SnapshotWindow],
  };
  return Object.entries(settings)
    .filter(([, [requested, actual]]) => requested !== undefined && requested !== actual)
    .map(([name, [requested, actual]]) => `${name} is ${actual}, not ${requested}`);
}

/** Returns what deviates from the requested member. A group that could not be created or could not join blocks its id. */
function findDeviation(group: AddedGroup | undefined, request: Request): Deviation | undefined {
  const { ReplicationGroupRegion: region } = request.body;
  const id = request.body.ReplicationGroupId.toLowerCase();
  if (!group) return { detail: `The replication group ${region}/${id} does not exist.` };
  if (isMember(group, request) && !hasFailed(group)) {
    const settings = findDeviatingSettings(group, request);
    return settings.length === 0 ? undefined : { detail: `${region}/${id} is a member, but ${settings.join(', ')}.` };
  }
  return {
    detail: `The replication group ${region}/${id} is ${group.Status} and no member of the datastore. Its events in the ElastiCache console tell the cause. Delete it with: aws elasticache delete-replication-group --replication-group-id ${id} --region ${region}`,
    remedies: [{ method: 'GET', href: `/replication-groups/${region}/${id}` }],
  };
}
