import {
  DescribeCacheParameterGroupsCommand,
  type DescribeCacheParameterGroupsCommandOutput,
} from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { foundValue, lookup } from '../datastores/lookup.ts';
import { findReplicationGroup } from '../datastores/replicationGroup.ts';
import { type Goal, type MemberKey, memberName, type ObservedMember } from './goal.ts';
import { isOtherDatastore } from './nextStep.ts';
import { observe } from './observe.ts';

/** The resources that a run leaves. They continue to incur cost or block a name. */
export interface RetainedResources {
  /** The datastore with all of its members, if the run failed and the datastore still exists or could not be read. */
  readonly Datastore?: RetainedDatastore;
  /** Standalone replication groups: detached members, a former primary, secondaries that failed. */
  readonly Standalone: readonly StandaloneGroup[];
  /** The parameter groups that ElastiCache created for them. Nothing deletes them automatically. */
  readonly ParameterGroups: readonly RetainedParameterGroup[];
}

interface RetainedDatastore {
  readonly GlobalReplicationGroupId: string;
  /** Left out if the datastore could not be read, as are its members. */
  readonly Status?: string;
  readonly Members?: readonly ObservedMember[];
}

interface StandaloneGroup extends MemberKey {
  readonly Status?: string;
}

interface RetainedParameterGroup {
  /** Ends in `*` if it could not be read: AWS chooses the last letters. */
  readonly CacheParameterGroupName: string;
  readonly Region: string;
}

/**
 * Returns the retained resources of all former and desired members, and the datastore on request. Never throws: a failed read
 * leaves details out.
 */
export async function findRetainedResources(
  signal: AbortSignal,
  goal: Goal,
  { withDatastore }: { readonly withDatastore: boolean },
): Promise<RetainedResources> {
  const candidates = new Map([...goal.Known, ...goal.Members].map((member) => [memberName(member), member]));
  const results = await Promise.all([...candidates.values()].map((member) => findStandaloneGroup(signal, member)));
  const Standalone = results.filter((group) => group !== undefined);
  const groups = await Promise.all(Standalone.map((group) => findParameterGroups(signal, group, goal)));
  const Datastore = withDatastore ? await findRetainedDatastore(signal, goal) : undefined;
  return { ...(Datastore && { Datastore }), Standalone, ParameterGroups: groups.flat() };
}

/** Returns the datastore with its members. Undefined if it does not exist, or if it is another one of the same name. */
async function findRetainedDatastore(signal: AbortSignal, goal: Goal): Promise<RetainedDatastore | undefined> {
  const { GlobalReplicationGroupId } = goal;
  const found = await lookup(observe(signal, { ...goal, Members: [] }));
  if (found.is !== 'found') return { GlobalReplicationGroupId };
  const { datastore } = found.value;
  if (!datastore || datastore.Status === 'deleted' || isOtherDatastore(goal, datastore)) return undefined;
  return { GlobalReplicationGroupId, Status: datastore.Status, Members: datastore.Members };
}

/** Returns the replication group if it is standalone. Its status is left out if it could not be read. */
async function findStandaloneGroup(signal: AbortSignal, member: MemberKey): Promise<StandaloneGroup | undefined> {
  const { ReplicationGroupId, ReplicationGroupRegion } = member;
  const group = await lookup(findReplicationGroup(signal, ReplicationGroupRegion, ReplicationGroupId));
  if (group.is === 'missing') return undefined;
  const { Status, GlobalReplicationGroupInfo } = foundValue(group) ?? {};
  if (GlobalReplicationGroupInfo?.GlobalReplicationGroupId) return undefined;
  return { ReplicationGroupId, ReplicationGroupRegion, ...(Status && { Status }) };
}

/**
 * Returns the parameter groups that ElastiCache created for a former member. Their names are `global-datastore-`, the id of
 * the member and four letters (terraform-provider-aws#49110). unverified: the number of letters, which is inferred
 * from public Terraform state.
 */
async function findParameterGroups(
  signal: AbortSignal,
  { ReplicationGroupId, ReplicationGroupRegion: Region }: MemberKey,
  { GlobalReplicationGroupId }: Goal,
): Promise<RetainedParameterGroup[]> {
  const prefix = `global-datastore-${ReplicationGroupId}`;
  try {
    const groups: RetainedParameterGroup[] = [];
    let Marker: string | undefined;
    do {
      const page: DescribeCacheParameterGroupsCommandOutput = await elastiCache(signal, Region).send(
        new DescribeCacheParameterGroupsCommand({ Marker }),
      );
      for (const { CacheParameterGroupName = '', Description } of page.CacheParameterGroups ?? []) {
        const isRetained =
          CacheParameterGroupName.slice(0, -4) === prefix && Description?.endsWith(` ${GlobalReplicationGroupId}`);
        if (isRetained) groups.push({ CacheParameterGroupName, Region });
      }
      Marker = page.Marker;
    } while (Marker);
    return groups;
  } catch {
    return [{ CacheParameterGroupName: `${prefix}*`, Region }];
  }
}
