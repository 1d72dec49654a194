import { ListTagsForResourceCommand } from '@aws-sdk/client-elasticache';
import { isUpstreamFailure } from '../aws/classifyError.ts';
import { getItem, isTableUnavailable, type Key, putItem } from '../aws/dynamoDbTable.ts';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { withRegionTimeout } from '../aws/multiRegion.ts';
import { config } from '../config.ts';
import { Problem } from '../problems/problem.ts';
import { policy } from './policy.ts';

/** The owner of a resource, as far as it can be read from AWS. */
export type OwnerLookup =
  | { readonly is: 'known'; readonly owner: string }
  /** The resource has no owner: no tag, or members that name different ones. `named` are the owners in the tags. */
  | { readonly is: 'none'; readonly named: readonly string[] }
  /** AWS did not return the tags, and the owner of this resource is not stored. */
  | { readonly is: 'unknown'; readonly problem: Problem };

/** Returns the lookup of an owner that is known, or of none. */
export const toOwnerLookup = (owner: string | undefined): OwnerLookup =>
  owner ? { is: 'known', owner } : { is: 'none', named: [] };

/**
 * Returns the problem of a request that needs an owner which cannot be determined. A failure that only operators resolve stays
 * as it is.
 */
export const ownerUnknown = (cause: Problem): Problem =>
  cause.status === 500 ? cause : new Problem('OwnerUnknown', 'The tags with the owner could not be read.', { cause });

/** A replication group as AWS describes it. An earlier group may have had its ARN, but not its creation time. */
export interface DescribedGroup {
  readonly ARN?: string;
  readonly ReplicationGroupCreateTime?: Date | string;
}

/**
 * Returns the owner by the tag of a replication group. AWS does not return the tags of a group that is changing. The stored
 * owner of the same group counts then: the same ARN and the same creation time. The group is described before its tags are
 * read, so that the tags of an earlier group are never stored for its successor.
 */
export async function findOwnerOfGroup(signal: AbortSignal, group: DescribedGroup): Promise<OwnerLookup> {
  const identity = uniqueNameOf(group);
  const cached = identity === undefined ? undefined : cachedOwners.get(identity);
  if (cached && cached.until > Date.now()) return toOwnerLookup(cached.owner);
  try {
    const owner = await readOwnerTag(signal, group.ARN ?? '');
    if (identity !== undefined) await rememberOwner(identity, owner);
    return toOwnerLookup(owner);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    const owner = identity !== undefined && isTransient(problem) ? await recallOwner(identity) : undefined;
    return owner === undefined ? { is: 'unknown', problem } : toOwnerLookup(owner);
  }
}

/** Returns the value of the owner tag. An empty text means that the group has none. */
async function readOwnerTag(signal: AbortSignal, ResourceName: string): Promise<string> {
  const [, , , region] = ResourceName.split(':');
  const { TagList = [] } = await elastiCache(withRegionTimeout(signal), region ?? '').send(
    new ListTagsForResourceCommand({ ResourceName }),
  );
  return TagList.find(({ Key }) => Key === policy.OwnerTag)?.Value ?? '';
}

/** Returns whether the tags may be readable later. */
const isTransient = (problem: Problem): boolean =>
  isUpstreamFailure(problem) || problem.code === 'InvalidReplicationGroupStateFault';

/** Returns a name that no other replication group has, now or later. Undefined if AWS did not return a part of it. */
function uniqueNameOf({ ARN, ReplicationGroupCreateTime }: DescribedGroup): string | undefined {
  if (!ARN || !ReplicationGroupCreateTime) return undefined;
  return `${ARN}#${new Date(ReplicationGroupCreateTime).toISOString()}`;
}

/** Owners by the identity of their group. An empty text means none. */
const cachedOwners = new Map<string, { readonly owner: string; readonly until: number }>();

const maxCachedOwners = 10_000;

/** Stores an owner by the identity of its group: in memory for `config.ownerCacheMs`, in the table for 30 days. */
async function rememberOwner(identity: string, owner: string): Promise<void> {
  if (cachedOwners.size >= maxCachedOwners) cachedOwners.clear();
  cachedOwners.set(identity, { owner, until: Date.now() + config.ownerCacheMs });
  if (isTableUnavailable()) return;
  const expires = Math.ceil(Date.now() / 1000) + 30 * 86_400;
  await putItem({ v: 2, ...ownerKey(identity), owner, expires }).catch(() => {});
}

/** Returns the last known owner from the table, or from memory if the table does not respond. */
async function recallOwner(identity: string): Promise<string | undefined> {
  const inMemory = cachedOwners.get(identity)?.owner;
  if (isTableUnavailable()) return inMemory;
  const item = await getItem(ownerKey(identity)).catch(() => undefined);
  return item ? String(item.owner) : inMemory;
}

const ownerKey = (identity: string): Key => ({ pk: `OWNER#${identity}`, sk: 'owner' });
