import {
  DescribeCacheParameterGroupsCommand,
  type DescribeCacheParameterGroupsCommandOutput,
} from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { foundValue, lookup } from './lookup.ts';
import { findReplicationGroup } from './replicationGroup.ts';

/** The resources that a detached member or a deleted datastore leaves. They continue to incur cost or block a name. */
export interface RetainedResources {
  /** Standalone replication groups: detached members, a former primary, secondaries that failed. */
  readonly Standalone: StandaloneGroup[];
  /** The parameter groups that ElastiCache created for them. Nothing deletes them automatically. */
  readonly ParameterGroups: RetainedParameterGroup[];
}

interface StandaloneGroup {
  readonly ReplicationGroupId: string;
  readonly ReplicationGroupRegion: string;
  readonly Status?: string;
}

interface RetainedParameterGroup {
  /** Ends in `*` if it could not be read: AWS chooses the last letters. */
  readonly CacheParameterGroupName: string;
  readonly Region: string;
}

/** The limit on the time that a change which has been accepted spends on the names of parameter groups, in milliseconds. */
const maxReadMs = 1_000;

/**
 * Returns what members leave that a change has just detached from a datastore. They are standalone when the change is complete.
 * Never throws: a failed read leaves details out.
 */
export async function retainedResourcesOf(
  signal: AbortSignal,
  members: readonly Partial<StandaloneGroup>[],
  GlobalReplicationGroupId: string,
): Promise<RetainedResources> {
  const Standalone = members.map(({ ReplicationGroupId = '', ReplicationGroupRegion = '' }) => ({
    ReplicationGroupId,
    ReplicationGroupRegion,
  }));
  const limited = AbortSignal.any([signal, AbortSignal.timeout(maxReadMs)]);
  return { Standalone, ParameterGroups: await findParameterGroups(limited, Standalone, GlobalReplicationGroupId) };
}

/** Returns what those of the members leave that are standalone now. Never throws: a failed read leaves details out. */
export async function findRetainedResources(
  signal: AbortSignal,
  members: readonly StandaloneGroup[],
  GlobalReplicationGroupId: string,
): Promise<RetainedResources> {
  const results = await Promise.all(members.map((member) => findStandaloneGroup(signal, member)));
  const Standalone = results.filter((group) => group !== undefined);
  return { Standalone, ParameterGroups: await findParameterGroups(signal, Standalone, GlobalReplicationGroupId) };
}

/** Returns the replication group if it is standalone. Its status is left out if it could not be read. */
async function findStandaloneGroup(signal: AbortSignal, member: StandaloneGroup): Promise<StandaloneGroup | undefined> {
  const { ReplicationGroupId, ReplicationGroupRegion } = member;
  const group = await lookup(findReplicationGroup(signal, ReplicationGroupRegion, ReplicationGroupId));
  if (group.is === 'missing') return undefined;
  const { Status, GlobalReplicationGroupInfo } = foundValue(group) ?? {};
  if (GlobalReplicationGroupInfo?.GlobalReplicationGroupId) return undefined;
  return { ReplicationGroupId, ReplicationGroupRegion, ...(Status && { Status }) };
}

async function findParameterGroups(
  signal: AbortSignal,
  groups: readonly StandaloneGroup[],
  GlobalReplicationGroupId: string,
): Promise<RetainedParameterGroup[]> {
  return (
    await Promise.all(groups.map((group) => findParameterGroupsOf(signal, group, GlobalReplicationGroupId)))
  ).flat();
}

/**
 * Returns the parameter groups that ElastiCache created for a former member. Their names are `global-datastore-`, the id of
 * the member and four letters (terraform-provider-aws#49110). unverified: the number of letters, which is inferred
 * from public Terraform state.
 */
async function findParameterGroupsOf(
  signal: AbortSignal,
  { ReplicationGroupId, ReplicationGroupRegion: Region }: StandaloneGroup,
  GlobalReplicationGroupId: string,
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
