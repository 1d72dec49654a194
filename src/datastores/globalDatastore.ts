import {
  DescribeGlobalReplicationGroupsCommand,
  type GlobalReplicationGroup,
  type GlobalReplicationGroupMember,
} from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { findInAnyRegion, isNotFound, regionsFrom } from '../aws/multiRegion.ts';
import { config } from '../config.ts';
import { Problem } from '../problems/problem.ts';

/** A datastore of which AWS returned the id and the status. */
export type GlobalDatastore = GlobalReplicationGroup & { GlobalReplicationGroupId: string; Status: string };

/** Returns the datastore in a response of AWS. Throws `UpstreamAnswerInvalid` if it or its id or status is missing. */
export function requireGlobalDatastore(group: GlobalReplicationGroup | undefined): GlobalDatastore {
  if (group?.GlobalReplicationGroupId && group.Status) return group as GlobalDatastore;
  throw new Problem('UpstreamAnswerInvalid', 'The response has no GlobalReplicationGroup with an id and a status.');
}

/** A datastore with its members, and a region that returned it and accepts calls about it. */
export interface LocatedDatastore {
  readonly GlobalReplicationGroup: GlobalDatastore;
  readonly region: string;
}

/**
 * Returns the datastore with its members. It reads the region `first` (by default the region of the API), then the others in
 * parallel, because AWS does not document in which regions a datastore is visible.
 * @throws Problem `GlobalReplicationGroupNotFoundFault` only if every region responds so. If a region fails, its problem.
 */
export const findGlobalDatastore = (
  signal: AbortSignal,
  GlobalReplicationGroupId: string,
  first = config.region,
): Promise<LocatedDatastore> => findGlobalDatastoreIn(signal, GlobalReplicationGroupId, regionsFrom(first));

/** Returns the datastore with its members as `findGlobalDatastore` does, from these regions only. */
export async function findGlobalDatastoreIn(
  signal: AbortSignal,
  GlobalReplicationGroupId: string,
  regions: readonly string[],
): Promise<LocatedDatastore> {
  return findInAnyRegion(signal, regions, async (region, regionSignal): Promise<LocatedDatastore> => {
    const { GlobalReplicationGroups } = await elastiCache(regionSignal, region).send(
      new DescribeGlobalReplicationGroupsCommand({ GlobalReplicationGroupId, ShowMemberInfo: true }),
    );
    return { GlobalReplicationGroup: requireGlobalDatastore(GlobalReplicationGroups?.[0]), region };
  }).catch(({ errors }: AggregateError) => {
    throw errors.find((error) => !isNotFound(error)) ?? errors[0];
  });
}

/** Returns the secondaries of a datastore. */
export const secondariesOf = ({ Members = [] }: GlobalReplicationGroup): GlobalReplicationGroupMember[] =>
  Members.filter(({ Role }) => Role !== 'PRIMARY');

/** Returns the region of the primary. */
export const primaryRegionOf = ({ Members = [] }: GlobalReplicationGroup): string | undefined =>
  Members.find(({ Role }) => Role === 'PRIMARY')?.ReplicationGroupRegion;

/** Returns the primary as `region/id`. */
export function primaryOf({ Members = [] }: GlobalReplicationGroup): string | undefined {
  const primary = Members.find(({ Role }) => Role === 'PRIMARY');
  return primary && `${primary.ReplicationGroupRegion}/${primary.ReplicationGroupId}`;
}

/** Formats the members, such as `us-east-1/orders-use1 (PRIMARY, associated)`. */
export const formatMembers = ({ Members = [] }: GlobalReplicationGroup): string =>
  Members.map(
    ({ ReplicationGroupRegion, ReplicationGroupId, Role, Status }) =>
      `${ReplicationGroupRegion}/${ReplicationGroupId} (${Role}, ${Status})`,
  ).join(', ');

/** Returns the members in a region. Throws `MemberNotFound` with all members if there is none. */
export function membersIn(group: GlobalReplicationGroup, region: string): GlobalReplicationGroupMember[] {
  const members = (group.Members ?? []).filter((member) => member.ReplicationGroupRegion === region);
  if (members.length > 0) return members;
  throw new Problem('MemberNotFound', `No member in ${region}. Members are ${formatMembers(group)}.`);
}

/** Returns the path of a member in this API. */
export const memberPath = (
  { GlobalReplicationGroupId }: GlobalReplicationGroup,
  { ReplicationGroupRegion, ReplicationGroupId }: GlobalReplicationGroupMember,
): string => `/global-datastores/${GlobalReplicationGroupId}/members/${ReplicationGroupRegion}/${ReplicationGroupId}`;
