import {
  adviceToReturn,
  type Drill,
  isSameMember,
  memberName,
  type ObservedDatastore,
  type ObservedMember,
} from '../goal.ts';

/** A step of a drill in a datastore in which no change is in progress. */
type DrillStep =
  | { readonly Do: 'promote'; readonly Member: ObservedMember; readonly Temporary: boolean }
  | { readonly Do: 'done' }
  | {
      readonly Do: 'stop';
      readonly Code: 'Unreachable' | 'LaterFailover';
      readonly Reason: string;
      readonly Advice: string;
    };

/** Returns the step of one way of a drill: to its target, or back to the former primary. A drill changes nothing but roles. */
export function nextDrillStep(drill: Drill, { Members }: ObservedDatastore): DrillStep {
  const { Target, Origin, IsReturn = false } = drill;
  const [wanted, other] = IsReturn ? [Origin, Target] : [Target, Origin];
  const member = Members.find((each) => isSameMember(each, wanted));
  if (!member) return notMember(memberName(wanted), Members);
  const primary = Members.find(({ Role }) => Role === 'PRIMARY') ?? other;
  if (isSameMember(primary, wanted)) return { Do: 'done' };
  if (!isSameMember(primary, other)) return otherPrimary(memberName(primary), drill);
  return { Do: 'promote', Member: member, Temporary: !IsReturn };
}

const notMember = (name: string, Members: readonly ObservedMember[]): DrillStep => ({
  Do: 'stop',
  Code: 'Unreachable',
  Reason: `${name} is no longer a member. Members are ${Members.map(memberName).join(', ')}.`,
  Advice: 'Decide which member is to be the primary, and promote it if it is not.',
});

const otherPrimary = (name: string, drill: Drill): DrillStep => ({
  Do: 'stop',
  Code: 'LaterFailover',
  Reason: `${name} is the primary, and the drill has not promoted it. The drill has ended without a further failover.`,
  Advice: adviceToReturn(drill),
});
