import { type MemberChange, planMemberChanges } from '../datastores/memberChanges.ts';
import { namesSettings } from '../datastores/memberSettings.ts';
import { type ActualState, type DesiredMember, type Goal, includesMember, type MemberKey, memberName } from './goal.ts';

/** A step that changes the settings of a member that exists. */
export interface ModifyStep {
  readonly Do: 'modify';
  readonly Member: MemberKey;
  readonly Change: MemberChange;
}

/** A step that waits until a member can be compared or changed. */
interface MemberWaitStep {
  readonly Do: 'wait';
  readonly For: string;
}

/**
 * Returns the members whose settings a goal compares: those that existed when it was accepted. A member that the run creates
 * has its settings from the start. Operations of version 1 compare none.
 */
export const comparedMembers = ({ ComparesSettings, Members, Known }: Goal): DesiredMember[] =>
  ComparesSettings ? Members.filter((member) => includesMember(Known, member) && namesSettings(member)) : [];

/** Returns the step that adds nodes to a member. It comes before promotions and detachments: capacity is added before it moves. */
export const addNodesStep = (goal: Goal, actual: ActualState): ModifyStep | MemberWaitStep | undefined =>
  firstStep(goal, actual, ({ Action }) => Action === 'IncreaseReplicaCount');

/** Returns the next change of a member, or the wait for a member that cannot be compared yet. */
export function changeSettingsStep(goal: Goal, actual: ActualState): ModifyStep | MemberWaitStep | undefined {
  const [unreadable] = actual.unreadable ?? [];
  const step = firstStep(goal, actual, () => true);
  return (
    step ?? (unreadable === undefined ? undefined : { Do: 'wait', For: `the settings of ${unreadable} to be readable` })
  );
}

function firstStep(
  goal: Goal,
  { settings = {} }: ActualState,
  isWanted: (change: MemberChange) => boolean,
): ModifyStep | MemberWaitStep | undefined {
  for (const member of comparedMembers(goal)) {
    const { ReplicationGroupId, ReplicationGroupRegion } = member;
    const name = memberName(member);
    const present = settings[name];
    const change = present && planMemberChanges(member, present).find(isWanted);
    if (!change) continue;
    if (present.Status !== 'available') return { Do: 'wait', For: `${name} (${present.Status}) to be available` };
    return { Do: 'modify', Member: { ReplicationGroupId, ReplicationGroupRegion }, Change: change };
  }
  return undefined;
}
