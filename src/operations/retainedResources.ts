import {
  DescribeCacheParameterGroupsCommand,
  type DescribeCacheParameterGroupsCommandOutput,
} from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { foundValue, lookup } from '../datastores/lookup.ts';
import { findReplicationGroup } from '../datastores/replicationGroup.ts';
import { type Goal, type MemberKey, memberName } from './goal.ts';

/** What a run leaves behind outside of the datastore, since it goes on costing money or is in the way of a name. */
export interface RetainedResources {
  /** Replication groups on their own: members that were detached, a former primary, secondaries that failed. */
  readonly Standalone: readonly Standalone[];
  /** The parameter groups that ElastiCache made for them; nobody deletes those. */
  readonly ParameterGroups: readonly ParameterGroup[];
}

interface Standalone extends MemberKey {
  readonly Status?: string;
}

interface ParameterGroup {
  /** Ends in `*` where AWS did not tell: the last letters are AWS's own. */
  readonly CacheParameterGroupName: string;
  readonly Region: string;
}

/** What became of those who were members or were to be, as far as AWS tells. Never throws. */
export async function findRetainedResources(signal: AbortSignal, goal: Goal): Promise<RetainedResources> {
  const concerned = new Map([...goal.Known, ...goal.Members].map((member) => [memberName(member), member]));
  const found = await Promise.all([...concerned.values()].map((member) => standing(signal, member)));
  const Standalone = found.filter((group) => group !== undefined);
  const groups = await Promise.all(Standalone.map((group) => parameterGroups(signal, group, goal)));
  return { Standalone, ParameterGroups: groups.flat() };
}

/** The replication group, where it stands on its own; without its status where AWS did not tell. */
async function standing(signal: AbortSignal, member: MemberKey): Promise<Standalone | undefined> {
  const { ReplicationGroupId, ReplicationGroupRegion } = member;
  const group = await lookup(findReplicationGroup(signal, ReplicationGroupRegion, ReplicationGroupId));
  if (group.is === 'missing') return undefined;
  const { Status, GlobalReplicationGroupInfo } = foundValue(group) ?? {};
  if (GlobalReplicationGroupInfo?.GlobalReplicationGroupId) return undefined;
  return { ReplicationGroupId, ReplicationGroupRegion, ...(Status && { Status }) };
}

/**
 * The parameter groups made for a former member: `global-datastore-`, its id and four letters (terraform-provider-aws#49110;
 * the letters are inferred from public Terraform state).
 */
async function parameterGroups(
  signal: AbortSignal,
  { ReplicationGroupId, ReplicationGroupRegion: Region }: MemberKey,
  { GlobalReplicationGroupId }: Goal,
): Promise<ParameterGroup[]> {
  const stem = `global-datastore-${ReplicationGroupId}`;
  try {
    const found: ParameterGroup[] = [];
    let Marker: string | undefined;
    do {
      const page: DescribeCacheParameterGroupsCommandOutput = await elastiCache(signal, Region).send(
        new DescribeCacheParameterGroupsCommand({ Marker }),
      );
      for (const { CacheParameterGroupName = '', Description } of page.CacheParameterGroups ?? []) {
        const ours =
          CacheParameterGroupName.slice(0, -4) === stem && Description?.endsWith(` ${GlobalReplicationGroupId}`);
        if (ours) found.push({ CacheParameterGroupName, Region });
      }
      Marker = page.Marker;
    } while (Marker);
    return found;
  } catch {
    return [{ CacheParameterGroupName: `${stem}*`, Region }];
  }
}
