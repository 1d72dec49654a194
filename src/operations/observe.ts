import { isNotFound } from '../aws/multiRegion.ts';
import { findGlobalDatastore, type GlobalDatastore } from '../datastores/globalDatastore.ts';
import { findReplicationGroup } from '../datastores/replicationGroup.ts';
import { Problem } from '../problems/problem.ts';
import {
  type ActualState,
  type Goal,
  isSameMember,
  type MemberKey,
  memberName,
  type ObservedDatastore,
  type ObservedGroup,
  type ObservedMember,
} from './goal.ts';

/** What is there of what a goal is about. Throws a Problem when AWS does not tell: nothing is taken for missing by mistake. */
export async function observe(signal: AbortSignal, goal: Goal): Promise<ActualState> {
  const datastore = await observeDatastore(signal, goal);
  const unjoined = goal.Members.filter(
    (wanted) => !datastore?.Members.some((member) => isSameMember(member, wanted) && member.Status === 'associated'),
  );
  const groups = await Promise.all(
    unjoined.map(async (member) => [memberName(member), await observeGroup(signal, member)] as const),
  );
  return {
    datastore,
    groups: Object.fromEntries(groups.filter((found): found is [string, ObservedGroup] => !!found[1])),
  };
}

async function observeDatastore(signal: AbortSignal, goal: Goal): Promise<ObservedDatastore | undefined> {
  try {
    const { GlobalReplicationGroup: group, region } = await findGlobalDatastore(
      signal,
      goal.GlobalReplicationGroupId,
      firstRegion(goal),
    );
    return toObservedDatastore(group, region);
  } catch (problem) {
    if (isNotFound(problem)) return undefined;
    throw problem;
  }
}

/** The region that counts most: where the primary is wanted, else where it was. */
const firstRegion = ({ Members, Known }: Goal): string | undefined =>
  (Members.find(({ Role }) => Role === 'PRIMARY') ?? Known[0])?.ReplicationGroupRegion;

/** A datastore as a goal is measured by it. */
export const toObservedDatastore = ({ Status, Members = [] }: GlobalDatastore, Region: string): ObservedDatastore => ({
  Status,
  Region,
  Members: Members.map(
    ({ ReplicationGroupId = '', ReplicationGroupRegion = '', Role, Status }): ObservedMember => ({
      ReplicationGroupId,
      ReplicationGroupRegion,
      Role,
      Status,
    }),
  ),
});

async function observeGroup(signal: AbortSignal, member: MemberKey): Promise<ObservedGroup | undefined> {
  try {
    const group = await findReplicationGroup(signal, member.ReplicationGroupRegion, member.ReplicationGroupId);
    const { GlobalReplicationGroupId } = group.GlobalReplicationGroupInfo ?? {};
    return { Status: group.Status, ...(GlobalReplicationGroupId && { GlobalReplicationGroupId }) };
  } catch (problem) {
    if (problem instanceof Problem && problem.code === 'ReplicationGroupNotFoundFault') return undefined;
    throw problem;
  }
}
