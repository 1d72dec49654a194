import type { AcceptedFailover, DrillLease } from '../../datastores/failoverLease.ts';
import { adviceToReturn, type Drill, type Goal, memberName } from '../goal.ts';
import { beginPromotion } from './drillRecord.ts';

/** The early end of a drill. */
interface DrillStop {
  readonly Do: 'stop';
  readonly Code: 'LaterFailover' | 'Cancelled';
  readonly Reason: string;
  readonly Advice: string;
}

/**
 * Returns a stop if a failover has overtaken a drill, or if the drill was cancelled before its promotion. `next` is the step that the
 * drill would take. Throws if the table does not respond.
 */
export async function findReasonToEndDrill(
  goal: Goal,
  drill: Drill,
  lease: DrillLease,
  next: string,
): Promise<DrillStop | undefined> {
  const { OperationId = '' } = goal;
  const isHeld = lease.drill === OperationId;
  const overtaking = isHeld ? undefined : findOvertaking(goal, lease);
  if (overtaking) return overtakenBy(overtaking, drill);
  if (!isHeld && next !== 'stop' && (drill.IsReturn || next === 'done')) return leaseLost(drill);
  const isAccepted = isHeld && lease.accepted?.OperationId === OperationId;
  if (next !== 'promote' || drill.IsReturn || (await beginPromotion(goal)) || isAccepted) return undefined;
  return cancelled(drill);
}

interface Overtaking {
  readonly caller: string;
  readonly target: string;
  readonly at: number;
}

/** Returns the failover that ends a drill: it took the lease of the drill, or AWS accepted it after the drill was accepted. */
function findOvertaking(
  { OperationId = '', AcceptedAt = '' }: Goal,
  { overtaken, accepted }: DrillLease,
): Overtaking | undefined {
  if (overtaken?.drill === OperationId) return overtaken;
  const isLater = accepted && accepted.OperationId !== OperationId && accepted.acceptedAt >= Date.parse(AcceptedAt);
  return isLater ? toOvertaking(accepted) : undefined;
}

const toOvertaking = ({ caller, target, acceptedAt }: AcceptedFailover): Overtaking => ({
  caller,
  target,
  at: acceptedAt,
});

const overtakenBy = ({ caller, target, at }: Overtaking, drill: Drill): DrillStop => ({
  Do: 'stop',
  Code: 'LaterFailover',
  Reason: `${caller} requested a failover to ${target} at ${new Date(at).toISOString()}, after this drill was accepted. The drill has ended without a further failover.`,
  Advice: adviceToReturn(drill),
});

/** Returns the stop of a drill that lost its lease without a recorded failover: the primary was changed directly in AWS. */
const leaseLost = (drill: Drill): DrillStop => ({
  Do: 'stop',
  Code: 'LaterFailover',
  Reason: 'The drill does not hold the failover lease of the datastore. It has ended without a further failover.',
  Advice: adviceToReturn(drill),
});

const cancelled = ({ Target }: Drill): DrillStop => ({
  Do: 'stop',
  Code: 'Cancelled',
  Reason: `The drill was cancelled before AWS accepted the promotion of ${memberName(Target)}.`,
  Advice: 'Start another drill when it suits.',
});
