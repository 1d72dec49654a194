import { isNotFound } from '../aws/multiRegion.ts';
import { describeMember } from '../datastores/describeMember.ts';
import { findGlobalDatastore } from '../datastores/globalDatastore.ts';
import { foundValue, lookup } from '../datastores/lookup.ts';
import { findReplicationGroup } from '../datastores/replicationGroup.ts';
import { Problem } from '../problems/problem.ts';
import { observeEvacuation } from './evacuation/observeEvacuation.ts';
import {
  type ActualState,
  type Goal,
  includesMember,
  isSameMember,
  type MemberKey,
  memberName,
  type ObservedDatastore,
  type ObservedGroup,
} from './goal.ts';
import { comparedMembers } from './memberSteps.ts';
import { toObservedDatastore, toObservedGroup } from './observedDatastore.ts';
import { observeTokens } from './observeTokens.ts';

/**
 * Returns the actual state that a goal is compared with.
 * @throws Problem if a read fails, so that a resource is never taken as missing by mistake.
 */
export async function observe(signal: AbortSignal, goal: Goal): Promise<ActualState> {
  if (goal.Evacuation) return observeEvacuation(signal, goal, goal.Evacuation);
  const datastore = await observeDatastore(signal, goal);
  if (goal.Drill) return { datastore, groups: {} };
  if (goal.TokenRotation && datastore)
    return { datastore, groups: {}, tokens: await observeTokens(signal, datastore.Members) };
  const notAssociated = goal.Members.filter(
    (desired) => !datastore?.Members.some((member) => isSameMember(member, desired) && member.Status === 'associated'),
  );
  const [groups, settings] = await Promise.all([
    Promise.all(notAssociated.map(async (member) => [memberName(member), await observeGroup(signal, member)] as const)),
    observeSettings(signal, goal, datastore),
  ]);
  return {
    ...settings,
    datastore,
    groups: Object.fromEntries(groups.filter((entry): entry is [string, ObservedGroup] => entry[1] !== undefined)),
  };
}

/**
 * Returns the settings of the members that a goal compares. It never fails: a region that does not respond must not delay the
 * promotion of a member in another one.
 */
export async function observeSettings(
  signal: AbortSignal,
  goal: Goal,
  datastore: Pick<ObservedDatastore, 'Members'> | undefined,
): Promise<Required<Pick<ActualState, 'settings' | 'unreadable'>>> {
  const compared = comparedMembers(goal).filter((member) => includesMember(datastore?.Members ?? [], member));
  const entries = await Promise.all(
    compared.map(async (member) => {
      const { ReplicationGroupRegion: region, ReplicationGroupId: id } = member;
      return [memberName(member), foundValue(await lookup(describeMember(signal, region, id, member)))] as const;
    }),
  );
  return {
    settings: Object.fromEntries(entries.flatMap(([name, found]) => (found ? [[name, found.Settings]] : []))),
    unreadable: entries.flatMap(([name, found]) => (found ? [] : [name])),
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

/** Returns the region to read first: the region of the desired primary, or of the former one. */
const firstRegion = ({ Members, Known }: Goal): string | undefined =>
  (Members.find(({ Role }) => Role === 'PRIMARY') ?? Known[0])?.ReplicationGroupRegion;

async function observeGroup(signal: AbortSignal, member: MemberKey): Promise<ObservedGroup | undefined> {
  try {
    return toObservedGroup(
      await findReplicationGroup(signal, member.ReplicationGroupRegion, member.ReplicationGroupId),
    );
  } catch (problem) {
    if (problem instanceof Problem && problem.code === 'ReplicationGroupNotFoundFault') return undefined;
    throw problem;
  }
}
