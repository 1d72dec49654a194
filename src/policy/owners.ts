import { type GlobalReplicationGroupMember, ListTagsForResourceCommand } from '@aws-sdk/client-elasticache';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { isUpstreamFailure } from '../aws/classifyError.ts';
import { getItem, type Key, putItem } from '../aws/dynamoDbTable.ts';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { withRegionTimeout } from '../aws/multiRegion.ts';
import { isUnresponsive } from '../aws/regionHealth.ts';
import { config } from '../config.ts';
import { findGlobalDatastore, type GlobalDatastore } from '../datastores/globalDatastore.ts';
import { callerOf, claimsOf } from '../lib/caller.ts';
import { Problem } from '../problems/problem.ts';
import { policy } from './policy.ts';

/** The owner of callers that may read and change everything. */
export const ANY_OWNER = '*';

/** Returns the datastores of the caller's owner. */
export const filterOwnedDatastores = async (
  signal: AbortSignal,
  event: APIGatewayProxyEventV2,
  groups: readonly GlobalDatastore[],
): Promise<readonly GlobalDatastore[]> => filterOwned(event, groups, (group) => findOwnerOfDatastore(signal, group));

/** Returns the replication groups of the caller's owner. */
export const filterOwnedGroups = async <G extends { readonly ARN?: string }>(
  signal: AbortSignal,
  event: APIGatewayProxyEventV2,
  groups: readonly G[],
): Promise<readonly G[]> => filterOwned(event, groups, ({ ARN = '' }) => findOwnerOfGroup(signal, ARN));

/** Returns the operations on datastores of the caller's owner. */
export const filterOwnedOperations = async <O extends { readonly GlobalReplicationGroupId: string }>(
  signal: AbortSignal,
  event: APIGatewayProxyEventV2,
  operations: readonly O[],
): Promise<readonly O[]> =>
  filterOwned(event, operations, ({ GlobalReplicationGroupId }) => findOwnerById(signal, GlobalReplicationGroupId));

/** Returns the owner that a caller acts for, by the claim of a token or by the list in the policy. Undefined if neither has one. */
export function ownerOfCaller(event: APIGatewayProxyEventV2): string | undefined {
  const { principal } = callerOf(event);
  const claims = claimsOf(event);
  const { OwnerTag = '', OwnerClaim = OwnerTag, Owners = {} } = policy;
  if (!claims) return Object.hasOwn(Owners, principal) ? Owners[principal] : undefined;
  const claim = claims[OwnerClaim];
  return typeof claim === 'string' && claim !== '' && claim !== ANY_OWNER ? claim : undefined;
}

const maxConcurrentLookups = 10;

/** Returns the resources of the caller's owner. A resource whose owner is unknown is left out. */
async function filterOwned<T>(
  event: APIGatewayProxyEventV2,
  all: readonly T[],
  findOwner: (resource: T) => Promise<string | undefined>,
): Promise<readonly T[]> {
  const caller = policy.OwnerTag ? ownerOfCaller(event) : ANY_OWNER;
  if (caller === ANY_OWNER) return all;
  const owners: (string | undefined)[] = [];
  for (let from = 0; from < all.length; from += maxConcurrentLookups) {
    const batch = all.slice(from, from + maxConcurrentLookups);
    owners.push(...(await Promise.all(batch.map((resource) => findOwner(resource).catch(() => undefined)))));
  }
  return all.filter((_, index) => caller !== undefined && owners[index] === caller);
}

/** Returns the owner of a datastore by its id. If the datastore is deleted or cannot be read, returns its last known owner. */
export async function findOwnerById(signal: AbortSignal, id: string): Promise<string | undefined> {
  try {
    return await findOwnerOfDatastore(signal, (await findGlobalDatastore(signal, id)).GlobalReplicationGroup);
  } catch (problem) {
    const owner = await recallOwner(id);
    if (owner === undefined) throw problem;
    return owner;
  }
}

/**
 * Returns the owner of a datastore: the owner of the first member whose tags can be read, the primary first. All members have the
 * same owner. AWS does not return the tags of a member that is changing. The last known owner counts then.
 */
export async function findOwnerOfDatastore(
  signal: AbortSignal,
  { GlobalReplicationGroupId: id, ARN = '', Members = [] }: GlobalDatastore,
): Promise<string | undefined> {
  const members = Members.toSorted((a, b) => queryOrder(a) - queryOrder(b));
  const problems: unknown[] = [];
  for (const member of members) {
    try {
      const owner = await findOwnerOfGroup(signal, memberArn(ARN, member));
      await rememberOwner(id, owner);
      return owner;
    } catch (problem) {
      problems.push(problem);
    }
  }
  const owner = await recallOwner(id);
  if (owner === undefined && problems.length > 0) throw problems[0];
  return owner;
}

/** Returns the order in which members are read: primaries first, members in unresponsive regions last. */
const queryOrder = ({ Role, ReplicationGroupRegion = '' }: GlobalReplicationGroupMember): number =>
  Number(Role !== 'PRIMARY') + 2 * Number(isUnresponsive(ReplicationGroupRegion));

/** Returns the ARN of a member. Partition and account are those of the datastore's ARN. */
function memberArn(
  datastore: string,
  { ReplicationGroupRegion, ReplicationGroupId }: GlobalReplicationGroupMember,
): string {
  const [, partition, , , account] = datastore.split(':');
  return `arn:${partition}:elasticache:${ReplicationGroupRegion}:${account}:replicationgroup:${ReplicationGroupId}`;
}

const cachedOwners = new Map<string, { readonly owner: string | undefined; readonly until: number }>();

/** Returns the owner by the tag of a replication group. Throws if AWS does not return the tags and no owner is known. */
export async function findOwnerOfGroup(signal: AbortSignal, arn: string): Promise<string | undefined> {
  const cached = cachedOwners.get(arn);
  if (cached && cached.until > Date.now()) return cached.owner;
  const [, , , region] = arn.split(':');
  try {
    const { TagList = [] } = await elastiCache(withRegionTimeout(signal), region).send(
      new ListTagsForResourceCommand({ ResourceName: arn }),
    );
    const owner = TagList.find(({ Key }) => Key === policy.OwnerTag)?.Value;
    await rememberOwner(arn, owner);
    return owner;
  } catch (problem) {
    if (!(problem instanceof Problem) || !isTransient(problem)) throw problem;
    const owner = await recallOwner(arn);
    if (owner === undefined) throw problem;
    return owner;
  }
}

/** Returns whether the tags may be readable later. */
const isTransient = (problem: Problem) =>
  isUpstreamFailure(problem) || problem.code === 'InvalidReplicationGroupStateFault';

/** Stores an owner by the id or ARN of its resource: in memory for `config.ownerCacheMs`, in the table for 30 days. */
async function rememberOwner(name: string, owner: string | undefined): Promise<void> {
  const isKnown = cachedOwners.get(name)?.owner === owner;
  cachedOwners.set(name, { owner, until: Date.now() + config.ownerCacheMs });
  if (isKnown || owner === undefined) return;
  await putItem({ v: 1, ...ownerKey(name), owner, expires: Math.ceil(Date.now() / 1000) + 30 * 86_400 }).catch(
    () => {},
  );
}

async function recallOwner(name: string): Promise<string | undefined> {
  const owner = cachedOwners.get(name)?.owner ?? (await getItem(ownerKey(name)).catch(() => undefined))?.owner;
  return owner === undefined ? undefined : String(owner);
}

const ownerKey = (name: string): Key => ({ pk: `OWNER#${name.toLowerCase()}`, sk: 'owner' });

/**
 * Returns a predicate for the owners whose audit entries a caller may read: its own, or all for `*`. An entry without an owner was
 * made while its owner was unknown, or before there were owners. Only `*` reads it.
 */
export function readableOwners(event: APIGatewayProxyEventV2): (owner: string | undefined) => boolean {
  const caller = policy.OwnerTag ? ownerOfCaller(event) : ANY_OWNER;
  return (owner) => caller === ANY_OWNER || (caller !== undefined && owner === caller);
}
