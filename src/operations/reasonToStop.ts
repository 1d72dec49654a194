import { lastFailover, readDrillLease } from '../datastores/failoverLease.ts';
import { Problem } from '../problems/problem.ts';
import { lastAdmission } from './admission.ts';
import { findReasonToEndDrill } from './drill/reasonToEndDrill.ts';
import { type Goal, memberName, type ObservedMember } from './goal.ts';
import { otherDatastore, type Step, type StopStep } from './nextStep.ts';
import { isNewLife } from './rival.ts';

/**
 * Returns a stop if another request has superseded the operation since its acceptance, replaced its datastore, or requested a
 * failover that the next step would undo.
 * @throws Problem `OperationsUnavailable` if the table does not respond. The next reconcile reads again.
 */
export async function findReasonToStop(
  goal: Goal,
  step: Step,
  startedAt: string | undefined,
): Promise<StopStep | undefined> {
  const since = goal.AcceptedAt ?? startedAt;
  try {
    if (await isSuperseded(goal)) return superseded(goal);
    if (since === undefined) return undefined;
    if (await isNewLife(goal, since, goal.Known)) return otherDatastore(goal);
    if (goal.Drill)
      return await findReasonToEndDrill(goal, goal.Drill, await readDrillLease(goal.GlobalReplicationGroupId), step.Do);
    return step.Do === 'promote' ? await findLaterFailover(goal, step.Member, since) : undefined;
  } catch (cause) {
    throw new Problem('OperationsUnavailable', 'The table of operations does not respond.', { cause });
  }
}

/** Returns whether the datastore has admitted another operation since. Operations of version 1 have no admission. */
async function isSuperseded({ GlobalReplicationGroupId, OperationId }: Goal): Promise<boolean> {
  const admission = await lastAdmission(GlobalReplicationGroupId);
  return admission !== undefined && admission.OperationId !== OperationId;
}

const superseded = ({ GlobalReplicationGroupId }: Goal): StopStep => ({
  Do: 'stop',
  Code: 'Superseded',
  Reason: `Another operation on ${GlobalReplicationGroupId} has superseded this one.`,
  Advice: 'List the operations of the datastore to find it.',
});

/** Returns a stop if AWS has accepted a failover to another member since: the promotion would undo it. */
async function findLaterFailover(goal: Goal, member: ObservedMember, since: string): Promise<StopStep | undefined> {
  const last = await lastFailover(goal.GlobalReplicationGroupId);
  if (!last || last.OperationId || last.acceptedAt < Date.parse(since)) return undefined;
  if (last.target === memberName(member)) return undefined;
  const at = new Date(last.acceptedAt).toISOString();
  return {
    Do: 'stop',
    Code: 'LaterFailover',
    Reason: `${last.caller} requested a failover to ${last.target} at ${at}, after this operation was accepted. The promotion of ${memberName(member)} would undo it.`,
    Advice: 'Send the topology again with the desired primary.',
  };
}
