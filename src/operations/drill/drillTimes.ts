import { readDrillLease } from '../../datastores/failoverLease.ts';
import { type MeasuredFailover, readMeasuredFailover } from '../../datastores/localDataPlane.ts';
import { isStable } from '../../datastores/status.ts';
import { type ActualState, type Drill, type Goal, isSameMember, memberName, type ObservedDatastore } from '../goal.ts';

/** The measurement of a drill so far. It is a part of the stored state of a run. */
export interface DrillTimes {
  /** The lag of the target before its promotion. `null` if it was not known. */
  readonly LagSecondsBefore?: number | null;
  readonly There?: WayTimes;
  readonly Back?: WayTimes;
  /** True if a cancellation has ended the hold, or has left it out. */
  readonly Cancelled?: true;
  /** The time of the last reconcile. */
  readonly LookedAt?: string;
  /** The longest time between two reconciles while a failover was measured, in milliseconds. */
  readonly LongestGapMs?: number;
}

/** The times of one failover of a drill. */
export interface WayTimes extends Partial<MeasuredFailover> {
  /** When AWS accepted the failover. */
  readonly AcceptedAt?: string;
  /** The first read that showed the new primary. */
  readonly PrimaryAt?: string;
  /** The first read that also showed the datastore as available. */
  readonly AvailableAt?: string;
}

/** The result of one reconcile of a run. */
interface DrillLook {
  readonly actual?: ActualState;
  readonly observedAt?: number;
  readonly step?: { readonly Do: string };
  readonly problem?: unknown;
}

/** Returns the measurement of a drill after one more reconcile. Never throws. */
export async function measureDrill(
  goal: Goal,
  drill: Drill,
  before: DrillTimes = {},
  look: DrillLook,
): Promise<DrillTimes> {
  const way = drill.IsReturn ? 'Back' : 'There';
  const times = await timesAfter(goal, drill, before[way] ?? {}, look);
  const lookedAt = look.observedAt ?? Date.now();
  const isMeasuring = before[way]?.AvailableAt === undefined && times.AcceptedAt !== undefined;
  const gap = look.step?.Do === 'promote' ? 0 : lookedAt - Date.parse(before.LookedAt ?? toTime(lookedAt));
  return {
    ...before,
    ...(Object.keys(times).length > 0 && { [way]: times }),
    LookedAt: toTime(lookedAt),
    ...(isMeasuring && { LongestGapMs: Math.max(before.LongestGapMs ?? 0, gap) }),
  };
}

async function timesAfter(goal: Goal, drill: Drill, before: WayTimes, look: DrillLook): Promise<WayTimes> {
  const { actual, observedAt = Date.now(), step, problem } = look;
  if (step?.Do === 'promote' && !problem) return { AcceptedAt: toTime(Date.now()), ...before };
  if (!actual?.datastore || !isPrimaryIn(actual.datastore, drill)) return before;
  const AcceptedAt = before.AcceptedAt ?? (await readAcceptedAt(goal, drill));
  return {
    ...before,
    ...(AcceptedAt && { AcceptedAt }),
    PrimaryAt: before.PrimaryAt ?? toTime(observedAt),
    ...(isAvailable(actual.datastore) && !before.AvailableAt && (await completionOf(goal, AcceptedAt, observedAt))),
  };
}

async function completionOf(
  { GlobalReplicationGroupId }: Goal,
  acceptedAt: string | undefined,
  observedAt: number,
): Promise<WayTimes> {
  const measured = acceptedAt
    ? await readMeasuredFailover(AbortSignal.timeout(1_000), GlobalReplicationGroupId, acceptedAt)
    : {};
  return { AvailableAt: toTime(observedAt), ...measured };
}

const isPrimaryIn = ({ Members }: ObservedDatastore, { Target, Origin, IsReturn }: Drill): boolean =>
  Members.some((member) => member.Role === 'PRIMARY' && isSameMember(member, IsReturn ? Origin : Target));

const isAvailable = ({ Status, Members }: ObservedDatastore): boolean => isStable({ Status, Members: [...Members] });

/**
 * Returns when the failover was accepted, from the lease: the reconcile that sent it did not store its time. Without the record
 * of the acceptance it is the time just before the call.
 */
async function readAcceptedAt(
  { GlobalReplicationGroupId, OperationId }: Goal,
  { Target, Origin, IsReturn }: Drill,
): Promise<string | undefined> {
  const lease = await readDrillLease(GlobalReplicationGroupId).catch(() => undefined);
  if (!lease || lease.drill !== OperationId) return undefined;
  const { accepted, since } = lease;
  const isOwn = accepted?.OperationId === OperationId && accepted?.target === memberName(IsReturn ? Origin : Target);
  const time = isOwn ? accepted.acceptedAt : since;
  return time === undefined ? undefined : toTime(time);
}

const toTime = (ms: number): string => new Date(ms).toISOString();
