import { config } from '../../config.ts';
import type { WriterGroup } from '../../datastores/endpoints.ts';
import type { MeasuredFailover } from '../../datastores/localDataPlane.ts';
import {
  type ActualState,
  type DesiredMember,
  type EvacuationPart,
  type Goal,
  includesMember,
  isSameMember,
  type MemberKey,
  memberName,
  type ObservedDatastore,
  type ObservedMember,
} from '../goal.ts';

/** A step of an evacuation in one datastore. */
export type EvacuationStep =
  | { readonly Do: 'wait'; readonly For: string }
  | { readonly Do: 'promote'; readonly Member: ObservedMember; readonly Temporary: false }
  | { readonly Do: 'detach'; readonly Member: ObservedMember }
  | { readonly Do: 'done'; readonly Moved: Moved }
  | { readonly Do: 'stop'; readonly Code: 'NoSecondary'; readonly Reason: string; readonly Advice: string };

/** The new writer of a datastore, and how its writes were moved. */
export interface Moved {
  readonly Way: 'FAILOVER' | 'DETACH' | 'NONE';
  readonly To: MemberKey;
}

/** How an evacuation has moved the writes of a datastore, and the replication group that takes them. */
export interface EvacuationOutcome extends Partial<MeasuredFailover> {
  readonly Way: Moved['Way'];
  readonly Writer: WriterGroup;
}

/** The part of the progress of a run that decides its next change. */
interface EvacuationAttempts {
  /** The start of the run. */
  readonly Begun?: string;
  /** The last time at which AWS accepted the promotion. */
  readonly PromotedAt?: string;
}

/** Returns the member that becomes the primary. */
export const newPrimaryOf = ({ Members }: Goal): DesiredMember => Members[0] as DesiredMember;

/**
 * Returns the goal with the next change of a run. The failover comes first. A promotion that AWS has accepted is sent again
 * only after the time of a failover lease. The detach comes once `DetachAfterSeconds` have passed.
 */
export function withNextChange(goal: Goal, { Begun, PromotedAt }: EvacuationAttempts, now: number): Goal {
  const { Evacuation } = goal;
  if (!Evacuation) return goal;
  const { DetachAfterSeconds = Number.POSITIVE_INFINITY } = Evacuation;
  const isPassed = Begun !== undefined && now >= Date.parse(Begun) + DetachAfterSeconds * 1000;
  const isAccepted = PromotedAt !== undefined && now < Date.parse(PromotedAt) + config.failoverLeaseMs;
  return {
    ...goal,
    Evacuation: { ...Evacuation, Next: isPassed ? 'detach' : isAccepted ? 'awaitFailover' : 'promote' },
  };
}

/** Returns whether a run continues after a final refusal, because the detach comes later. */
export const hasOtherWay = ({ Evacuation }: Goal): boolean =>
  Evacuation?.DetachAfterSeconds !== undefined && Evacuation.Next !== 'detach';

/**
 * Returns the end of an evacuation whose new primary is a standalone replication group: its region returns it without a
 * datastore, and the datastore, if it could be read, does not list it as a member.
 */
export function afterDetach(goal: Goal, { groups, datastore }: ActualState): EvacuationStep | undefined {
  const target = newPrimaryOf(goal);
  const group = groups[memberName(target)];
  const isMember = group?.GlobalReplicationGroupId || includesMember(datastore?.Members ?? [], target);
  return group && !isMember ? { Do: 'done', Moved: { Way: 'DETACH', To: toMemberKey(target) } } : undefined;
}

/**
 * Returns the next step of an evacuation in a datastore. No status of the lost region or of the datastore holds it up: AWS decides
 * whether it accepts the change. unverified: AWS accepts a failover of a datastore whose primary's region is down.
 */
export function nextEvacuationStep(
  goal: Goal,
  { FromRegion, Next }: EvacuationPart,
  { Status, Members }: ObservedDatastore,
): EvacuationStep {
  const target = newPrimaryOf(goal);
  const name = memberName(target);
  const primary = Members.find(({ Role }) => Role === 'PRIMARY');
  if (primary && primary.ReplicationGroupRegion !== FromRegion)
    return {
      Do: 'done',
      Moved: { Way: isSameMember(primary, target) ? 'FAILOVER' : 'NONE', To: toMemberKey(primary) },
    };
  const member = Members.find((other) => isSameMember(other, target));
  if (!member) return noSecondary(name, goal);
  if (member.Status !== 'associated') return { Do: 'wait', For: `${name} (${member.Status}) to settle` };
  if (Next === 'detach') return { Do: 'detach', Member: member };
  if (Next === 'awaitFailover') return { Do: 'wait', For: `${name} to become the primary (${Status})` };
  return { Do: 'promote', Member: member, Temporary: false };
}

const toMemberKey = ({ ReplicationGroupId, ReplicationGroupRegion }: MemberKey): MemberKey => ({
  ReplicationGroupId,
  ReplicationGroupRegion,
});

const noSecondary = (name: string, { GlobalReplicationGroupId }: Goal): EvacuationStep => ({
  Do: 'stop',
  Code: 'NoSecondary',
  Reason: `${name} is no longer a member of ${GlobalReplicationGroupId}.`,
  Advice: 'Read the datastore, and send the evacuation again if it has another secondary.',
});
