import { type GlobalReplicationGroupMember, ListTagsForResourceCommand } from '@aws-sdk/client-elasticache';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { isUpstreamFailure } from '../aws/classifyError.ts';
import { getItem, type Key, putItem } from '../aws/dynamoDbTable.ts';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { withRegionTimeout } from '../aws/multiRegion.ts';
import { isUnresponsive } from '../aws/regionHealth.ts';
import { config } from '../config.ts';
import { findGlobalDatastore, type GlobalDatastore } from '../datastores/globalDatastore.ts';
import { findReplicationGroup } from '../datastores/replicationGroup.ts';
import type { ApiRequest } from '../http/defineHandler.ts';
import { callerOf, claimsOf } from '../lib/caller.ts';
import { Problem } from '../problems/problem.ts';
import type { Route } from '../schemas/route.ts';
import { policy } from './policy.ts';

type Event = APIGatewayProxyEventV2;

/** Stands for all owners. */
const ANY_OWNER = '*';

/**
 * The request, if what it names is the caller's: the datastore, the replication group, the operation's datastore, or the
 * primary of a new datastore. New members get the owner's tag. Not his, and not there, are answered alike: 404.
 * Without OwnerTag in the policy everything is everybody's.
 */
export async function assertOwnership<R extends Route>(request: ApiRequest<R>): Promise<ApiRequest<R>> {
  if (!policy.OwnerTag) return request;
  const caller = ownerOfCaller(request.event);
  const owner = await ownerOfSubject(request, caller);
  return { ...request, body: tagNewMembers(request.body, owner) };
}

/** Those of the datastores that are the caller's. */
export const filterOwnedDatastores = async (
  signal: AbortSignal,
  event: Event,
  groups: readonly GlobalDatastore[],
): Promise<readonly GlobalDatastore[]> => filterOwned(event, groups, (group) => findOwnerOfDatastore(signal, group));

/** Those of the replication groups that are the caller's. */
export const filterOwnedGroups = async <G extends { readonly ARN?: string }>(
  signal: AbortSignal,
  event: Event,
  groups: readonly G[],
): Promise<readonly G[]> => filterOwned(event, groups, ({ ARN = '' }) => findOwnerOfGroup(signal, ARN));

/** Those of the operations that are about a datastore of the caller's. */
export const filterOwnedOperations = async <O extends { readonly GlobalReplicationGroupId: string }>(
  signal: AbortSignal,
  event: Event,
  operations: readonly O[],
): Promise<readonly O[]> =>
  filterOwned(event, operations, ({ GlobalReplicationGroupId }) => findOwnerById(signal, GlobalReplicationGroupId));

/** The owner that a caller speaks for, by his token or by the list of the policy; nobody's, when neither names one. */
function ownerOfCaller(event: Event): string | undefined {
  const { principal } = callerOf(event);
  const claims = claimsOf(event);
  const { OwnerTag = '', OwnerClaim = OwnerTag, Owners = {} } = policy;
  if (!claims) return Object.hasOwn(Owners, principal) ? Owners[principal] : undefined;
  const claimed = claims[OwnerClaim];
  return typeof claimed === 'string' && claimed !== '' && claimed !== ANY_OWNER ? claimed : undefined;
}

interface Named {
  readonly GlobalReplicationGroupId?: string;
  readonly OperationId?: string;
  readonly Region?: string;
  readonly ReplicationGroupId?: string;
}

interface Creation {
  readonly GlobalReplicationGroupIdSuffix?: string;
  readonly PrimaryReplicationGroupRegion?: string;
  readonly PrimaryReplicationGroupId?: string;
}

/** The owner of what a request names; the caller himself where it names nothing. */
async function ownerOfSubject<R extends Route>({ path, body, signal }: ApiRequest<R>, caller: string | undefined) {
  const { GlobalReplicationGroupId, OperationId, Region, ReplicationGroupId = '' } = path as Named;
  if (GlobalReplicationGroupId) {
    const refusal = new Problem(
      'GlobalReplicationGroupNotFoundFault',
      `There is no global datastore ${GlobalReplicationGroupId}.`,
    );
    const find = async () =>
      findOwnerOfDatastore(signal, (await findGlobalDatastore(signal, GlobalReplicationGroupId)).group);
    return requireOwner(caller, find, refusal);
  }
  if (OperationId) {
    const datastore = OperationId.slice(0, OperationId.indexOf('_'));
    const refusal = new Problem('OperationNotFound', `There is no operation ${OperationId}.`);
    return requireOwner(caller, () => findOwnerById(signal, datastore), refusal);
  }
  const creation = (body ?? {}) as Creation;
  const { PrimaryReplicationGroupRegion = config.region, PrimaryReplicationGroupId: primary } = creation;
  const group = Region
    ? { region: Region, id: ReplicationGroupId }
    : creation.GlobalReplicationGroupIdSuffix && primary && { region: PrimaryReplicationGroupRegion, id: primary };
  if (!group) return caller;

  const refusal = new Problem('ReplicationGroupNotFoundFault', `There is no replication group ${group.id}.`);
  const find = async () =>
    findOwnerOfGroup(signal, (await findReplicationGroup(signal, group.region, group.id)).ARN ?? '');
  return requireOwner(caller, find, refusal);
}

/** The owner, if the caller speaks for him. Throws `refusal` if not, and in place of AWS's own word that there is nothing. */
async function requireOwner(
  caller: string | undefined,
  find: () => Promise<string | undefined>,
  refusal: Problem,
): Promise<string | undefined> {
  const owner = await find().catch((problem) => {
    if (problem instanceof Problem && problem.status === 404) throw refusal;
    if (caller === ANY_OWNER) return undefined;
    throw problem;
  });
  if (caller === ANY_OWNER || (caller !== undefined && caller === owner)) return owner;
  throw refusal;
}

/** So many owners are looked up at a time, where a list needs them. */
const maxConcurrentLookups = 10;

/** What is the caller's; what cannot be told is left out. */
async function filterOwned<T>(event: Event, all: readonly T[], find: (one: T) => Promise<string | undefined>) {
  const caller = policy.OwnerTag ? ownerOfCaller(event) : ANY_OWNER;
  if (caller === ANY_OWNER) return all;
  const owners: (string | undefined)[] = [];
  for (let from = 0; from < all.length; from += maxConcurrentLookups) {
    owners.push(
      ...(await Promise.all(
        all.slice(from, from + maxConcurrentLookups).map((one) => find(one).catch(() => undefined)),
      )),
    );
  }
  return all.filter((_, index) => caller !== undefined && owners[index] === caller);
}

/** The owner of a datastore by its id; of one that is gone or cannot be asked for, the owner that it had. */
async function findOwnerById(signal: AbortSignal, id: string): Promise<string | undefined> {
  try {
    return await findOwnerOfDatastore(signal, (await findGlobalDatastore(signal, id)).group);
  } catch (problem) {
    const owner = await recallOwner(id);
    if (owner === undefined) throw problem;
    return owner;
  }
}

/**
 * The owner of a datastore: its primary's, or that of the first secondary that tells, for all members have the same one and the
 * region of the primary may be gone. AWS does not tell the tags of a member while it changes; then the owner that it had counts.
 */
async function findOwnerOfDatastore(
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

/** Primaries are asked first, and those in regions that lately did not answer last. */
const queryOrder = ({ Role, ReplicationGroupRegion = '' }: GlobalReplicationGroupMember): number =>
  Number(Role !== 'PRIMARY') + 2 * Number(isUnresponsive(ReplicationGroupRegion));

/** The ARN of a member, of which the datastore's has the partition and the account. */
function memberArn(
  datastore: string,
  { ReplicationGroupRegion, ReplicationGroupId }: GlobalReplicationGroupMember,
): string {
  const [, partition, , , account] = datastore.split(':');
  return `arn:${partition}:elasticache:${ReplicationGroupRegion}:${account}:replicationgroup:${ReplicationGroupId}`;
}

const cachedOwners = new Map<string, { readonly owner: string | undefined; readonly until: number }>();

/** The owner by the tag of a replication group. Throws when AWS does not tell, and it is not remembered either. */
async function findOwnerOfGroup(signal: AbortSignal, arn: string): Promise<string | undefined> {
  const known = cachedOwners.get(arn);
  if (known && known.until > Date.now()) return known.owner;
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

/** Whether another time the tags may be told. */
const isTransient = (problem: Problem) =>
  isUpstreamFailure(problem) || problem.code === 'InvalidReplicationGroupStateFault';

/** Keeps the owner of a datastore (by its id) or of a replication group (by its ARN): here briefly, in the table for a month. */
async function rememberOwner(name: string, owner: string | undefined): Promise<void> {
  const same = cachedOwners.get(name)?.owner === owner;
  cachedOwners.set(name, { owner, until: Date.now() + config.ownerCacheMs });
  if (same || owner === undefined) return;
  await putItem({ ...ownerKey(name), owner, expires: Math.ceil(Date.now() / 1000) + 30 * 86_400 }).catch(() => {});
}

async function recallOwner(name: string): Promise<string | undefined> {
  const owner = cachedOwners.get(name)?.owner ?? (await getItem(ownerKey(name)).catch(() => undefined))?.owner;
  return owner === undefined ? undefined : String(owner);
}

const ownerKey = (name: string): Key => ({ pk: `OWNER#${name.toLowerCase()}`, sk: 'owner' });

interface Tagged {
  readonly Tags?: readonly { readonly Key: string; readonly Value?: string }[];
}

interface Body extends Tagged {
  readonly ReplicationGroupRegion?: string;
  readonly Secondaries?: readonly Tagged[];
  readonly Members?: readonly Tagged[];
}

/** The body with the owner's tag at each member that it makes. */
function tagNewMembers<B>(body: B, owner: string | undefined): B {
  if (typeof body !== 'object' || body === null || owner === undefined) return body;
  const { Secondaries, Members, ReplicationGroupRegion } = body as Body;
  return {
    ...(ReplicationGroupRegion ? withOwnerTag(body, owner) : body),
    ...(Secondaries && { Secondaries: Secondaries.map((member) => withOwnerTag(member, owner)) }),
    ...(Members && { Members: Members.map((member) => withOwnerTag(member, owner)) }),
  };
}

function withOwnerTag<T extends Tagged>(member: T, owner: string): T {
  const { OwnerTag = '' } = policy;
  const others = (member.Tags ?? []).filter(({ Key }) => Key !== OwnerTag);
  return { ...member, Tags: [...others, { Key: OwnerTag, Value: owner }] };
}
