import { describeStep } from '../describeStep.ts';
import { type ActualState, type Drill, type Goal, isSameMember, type MemberKey, memberName } from '../goal.ts';
import type { Failure } from '../reconcile.ts';
import type { DrillTimes, WayTimes } from './drillTimes.ts';

/** The figures of a drill so far. */
export interface DrillFigures {
  readonly LagSecondsBefore?: number | null;
  readonly FailoverAcceptedAt?: string;
  readonly PrimaryAt?: string;
  readonly AvailableAt?: string;
  readonly RtoSeconds?: number;
  readonly WritableAt?: string;
  readonly LostWrites?: number;
  readonly ReturnAcceptedAt?: string;
  readonly ReturnedAt?: string;
  readonly ReturnRtoSeconds?: number;
  readonly ResolutionSeconds?: number;
  readonly Cancelled?: true;
}

/** Returns the figures of a measurement. */
export function toDrillFigures(times: DrillTimes = {}): DrillFigures {
  const { LagSecondsBefore, There = {}, Back = {}, LongestGapMs, Cancelled } = times;
  return withoutUndefined({
    LagSecondsBefore,
    FailoverAcceptedAt: There.AcceptedAt,
    PrimaryAt: There.PrimaryAt,
    AvailableAt: There.AvailableAt,
    RtoSeconds: secondsOf(There),
    WritableAt: There.WritableAt,
    LostWrites: There.LostWrites,
    ReturnAcceptedAt: Back.AcceptedAt,
    ReturnedAt: Back.AvailableAt,
    ReturnRtoSeconds: secondsOf(Back),
    ResolutionSeconds: LongestGapMs === undefined ? undefined : Math.ceil(LongestGapMs / 100) / 10,
    Cancelled,
  });
}

/** Returns the seconds from the acceptance of a failover to the read that showed it complete. */
function secondsOf({ AcceptedAt, AvailableAt }: WayTimes): number | undefined {
  if (AcceptedAt === undefined || AvailableAt === undefined) return undefined;
  return Math.round((Date.parse(AvailableAt) - Date.parse(AcceptedAt)) / 100) / 10;
}

const withoutUndefined = (figures: { [Name in keyof DrillFigures]: DrillFigures[Name] | undefined }): DrillFigures =>
  JSON.parse(JSON.stringify(figures));

/** A drill as lists show it. */
export interface DrillEntry extends DrillFigures {
  readonly OperationId: string;
  readonly Status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'STOPPED';
  readonly AcceptedAt: string;
  readonly EndedAt?: string;
  readonly RequestedBy?: string;
  readonly PrimaryRegion: string;
  readonly PrimaryReplicationGroupId: string;
  readonly HoldSeconds: number;
  readonly MaxLagSeconds?: number;
  readonly Reason: string;
  /** Why the drill has failed. */
  readonly FailureReason?: string;
}

/** The part of the progress of a run that a list shows. */
interface DrillProgress {
  readonly Drill?: DrillTimes;
  readonly Failure?: Failure;
}

/** Returns a drill as lists show it. */
export function toDrillEntry(
  { OperationId = '', AcceptedAt = '', RequestedBy }: Goal,
  drill: Drill,
  { Drill: times, Failure }: DrillProgress,
  end: Pick<DrillEntry, 'Status' | 'EndedAt'> = { Status: 'RUNNING' },
): DrillEntry {
  return {
    OperationId,
    AcceptedAt,
    ...(RequestedBy !== undefined && { RequestedBy }),
    ...toRequestedDrill(drill),
    ...end,
    ...toDrillFigures(times),
    ...(Failure && { FailureReason: Failure.Reason }),
  };
}

/** Returns a drill as its request names it. */
export const toRequestedDrill = ({ Target, HoldSeconds, MaxLagSeconds, Reason }: Drill) => ({
  PrimaryRegion: Target.ReplicationGroupRegion,
  PrimaryReplicationGroupId: Target.ReplicationGroupId,
  HoldSeconds,
  ...(MaxLagSeconds !== undefined && { MaxLagSeconds }),
  Reason,
});

/** Returns the steps that remain of a drill that runs, or the way back of one that has ended without it. */
export function remainingDrillSteps(
  goal: Goal,
  drill: Drill,
  { There, Back }: DrillTimes = {},
  { isRunning, actual }: { readonly isRunning: boolean; readonly actual: ActualState },
): string[] {
  const [there, hold, back] = drillSteps(goal, drill);
  if (!isRunning) return There?.AcceptedAt && !hasPrimary(actual, drill.Origin) ? [back] : [];
  if (There?.AvailableAt) return Back?.AcceptedAt ? [] : [back];
  return There?.AcceptedAt ? [hold, back] : [there, hold, back];
}

const hasPrimary = ({ datastore }: ActualState, member: MemberKey): boolean =>
  datastore?.Members.some((each) => each.Role === 'PRIMARY' && isSameMember(each, member)) ?? false;

/** Formats the steps of a whole drill for callers. */
export function drillSteps(goal: Goal, { Target, Origin, HoldSeconds }: Drill): [string, string, string] {
  const promote = (Member: MemberKey, Temporary: boolean) =>
    describeStep({ Do: 'promote', Member: { ...Member, Role: 'SECONDARY', Status: 'associated' }, Temporary }, goal);
  return [
    promote(Target, true),
    `Hold for ${HoldSeconds} s: ${memberName(Target)} is the primary. A cancellation ends the hold at once.`,
    promote(Origin, false),
  ];
}
