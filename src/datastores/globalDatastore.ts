import {
  type CreateGlobalReplicationGroupCommandInput as CreateInput,
  DescribeGlobalReplicationGroupsCommand,
  DescribeReplicationGroupsCommand,
  type GlobalReplicationGroup,
  type GlobalReplicationGroupMember,
} from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { findInAnyRegion, isNotFound, regionsFrom } from '../aws/multiRegion.ts';
import { config } from '../config.ts';
import { Problem, undefinedIfNotFound } from '../problems/problem.ts';

/** A datastore that is surely one: it has an id and a status. */
export type GlobalDatastore = GlobalReplicationGroup & { GlobalReplicationGroupId: string; Status: string };

/** `GlobalReplicationGroup`, when AWS did answer one. Throws `UpstreamAnswerInvalid`. */
export function requireGlobalDatastore(group: GlobalReplicationGroup | undefined): GlobalDatastore {
  if (group?.GlobalReplicationGroupId && group.Status) return group as GlobalDatastore;
  throw new Problem('UpstreamAnswerInvalid', 'An answer without GlobalReplicationGroup, its id or its status');
}

/** A datastore with its members, and a region that knows it, where calls about it can go. */
export interface LocatedDatastore {
  readonly GlobalReplicationGroup: GlobalDatastore;
  readonly region: string;
}

/**
 * The datastore of that id, from whichever region knows it: `first` is asked first (the API's own unless given), then the
 * others at once. Which regions know a datastore is not documented, hence the search. Throws the not-found fault only when
 * every region said so; a region that could not be asked leaves the question open.
 */
export async function findGlobalDatastore(
  signal: AbortSignal,
  GlobalReplicationGroupId: string,
  first = config.region,
): Promise<LocatedDatastore> {
  return findInAnyRegion(signal, regionsFrom(first), async (region, brief): Promise<LocatedDatastore> => {
    const { GlobalReplicationGroups } = await elastiCache(brief, region).send(
      new DescribeGlobalReplicationGroupsCommand({ GlobalReplicationGroupId, ShowMemberInfo: true }),
    );
    return { GlobalReplicationGroup: requireGlobalDatastore(GlobalReplicationGroups?.[0]), region };
  }).catch(({ errors }: AggregateError) => {
    throw errors.find((error) => !isNotFound(error)) ?? errors[0];
  });
}

/** The members that only read. */
export const secondariesOf = ({ Members = [] }: GlobalReplicationGroup): GlobalReplicationGroupMember[] =>
  Members.filter(({ Role }) => Role !== 'PRIMARY');

/** The region of the primary. */
export const primaryRegionOf = ({ Members = [] }: GlobalReplicationGroup): string | undefined =>
  Members.find(({ Role }) => Role === 'PRIMARY')?.ReplicationGroupRegion;

/** The member that takes writes, as `region/id`. */
export function primaryOf({ Members = [] }: GlobalReplicationGroup): string | undefined {
  const primary = Members.find(({ Role }) => Role === 'PRIMARY');
  return primary && `${primary.ReplicationGroupRegion}/${primary.ReplicationGroupId}`;
}

/** The members in words, such as `us-east-1/orders-use1 (PRIMARY, associated)`. */
export const formatMembers = ({ Members = [] }: GlobalReplicationGroup): string =>
  Members.map(
    ({ ReplicationGroupRegion, ReplicationGroupId, Role, Status }) =>
      `${ReplicationGroupRegion}/${ReplicationGroupId} (${Role}, ${Status})`,
  ).join(', ');

/** The members of a region. Throws when there is none, and says which there are. */
export function membersIn(group: GlobalReplicationGroup, region: string): GlobalReplicationGroupMember[] {
  const members = (group.Members ?? []).filter((member) => member.ReplicationGroupRegion === region);
  if (members.length > 0) return members;
  throw new Problem('MemberNotFound', `No member in ${region}; members are ${formatMembers(group)}.`);
}

/** Where a member stands in this API. */
export const memberPath = (
  { GlobalReplicationGroupId }: GlobalReplicationGroup,
  { ReplicationGroupRegion, ReplicationGroupId }: GlobalReplicationGroupMember,
): string => `/global-datastores/${GlobalReplicationGroupId}/members/${ReplicationGroupRegion}/${ReplicationGroupId}`;

/**
 * The datastore that `input` asks for, if it stands with that very primary: what a create made whose answer was lost.
 * The id's prefix is AWS's to choose, so the way leads over the replication group, which names its datastore.
 */
export async function findDatastoreCreatedFrom(
  signal: AbortSignal,
  {
    PrimaryReplicationGroupRegion: region,
    ...input
  }: CreateInput & { readonly PrimaryReplicationGroupRegion?: string },
): Promise<GlobalReplicationGroup | undefined> {
  const home = elastiCache(signal, region);
  const primary = await home
    .send(new DescribeReplicationGroupsCommand({ ReplicationGroupId: input.PrimaryReplicationGroupId }))
    .catch(undefinedIfNotFound);
  const { GlobalReplicationGroupId, GlobalReplicationGroupMemberRole } =
    primary?.ReplicationGroups?.[0]?.GlobalReplicationGroupInfo ?? {};
  const suffix = GlobalReplicationGroupId?.slice(GlobalReplicationGroupId.indexOf('-') + 1);
  const wanted = input.GlobalReplicationGroupIdSuffix?.toLowerCase();
  if (suffix !== wanted || GlobalReplicationGroupMemberRole !== 'PRIMARY') return undefined;

  const { GlobalReplicationGroups } = await home.send(
    new DescribeGlobalReplicationGroupsCommand({ GlobalReplicationGroupId, ShowMemberInfo: true }),
  );
  return GlobalReplicationGroups?.[0];
}
