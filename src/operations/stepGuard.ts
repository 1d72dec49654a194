import { type ChangeOutcome, putAsked, putOutcome, summarizeDatastore } from '../audit/auditTrail.ts';
import { forgetFailovers, recordAcceptedFailover, withFailoverLease } from '../datastores/failoverLease.ts';
import { findGlobalDatastore } from '../datastores/globalDatastore.ts';
import { assertLagWithinLimit } from '../datastores/lagLimit.ts';
import { translateStoreError } from '../idempotency/idempotencyRecord.ts';
import { failureOutcomeOf } from '../idempotency/lostResponse.ts';
import { startRequestContext } from '../observability/requestContext.ts';
import { Problem } from '../problems/problem.ts';
import { problemType } from '../problems/problemTypes.ts';
import { describeStep } from './describeStep.ts';
import { drillClaimOf } from './drill/drillRecord.ts';
import {
  changeIdOf,
  type DesiredMember,
  type Goal,
  memberName,
  type ObservedDatastore,
  type ObservedMember,
} from './goal.ts';
import type { Step, StopStep } from './nextStep.ts';
import type { ChangeStep } from './plan.ts';
import { findReasonToStop } from './reasonToStop.ts';

/** The coordination of a run's changes with requests of callers. */
export interface StepGuard {
  /** Returns a stop if the run must not execute this step. `startedAt` is the start of the run. */
  readonly findReasonToStop: (step: Step, startedAt: string | undefined) => Promise<StopStep | undefined>;
  /** Executes a change. Throws the errors of `execute`, and `FailoverUnderWay`. */
  readonly run: (
    signal: AbortSignal,
    step: ChangeStep,
    before: ObservedDatastore | undefined,
    execute: () => Promise<void>,
  ) => Promise<void>;
  /** Puts the audit entry of an addition that AWS accepted and that has ended without the member. */
  readonly recordNotApplied: (member: DesiredMember) => Promise<void>;
}

/** A guard that does nothing, for tests of the reconcile loop alone. */
export const noGuard: StepGuard = {
  findReasonToStop: async () => undefined,
  run: (_signal, _step, _before, execute) => execute(),
  recordNotApplied: async () => {},
};

/** Creates the guard of an operation: the failover lease, the record of the latest change and the audit entry. */
export function createStepGuard(goal: Goal): StepGuard {
  const { GlobalReplicationGroupId, RequestedBy = 'an unnamed caller', OperationId = 'unnamed' } = goal;
  const caller = `operation ${OperationId} of ${RequestedBy}`;
  return {
    findReasonToStop: (step, startedAt) => findReasonToStop(goal, step, startedAt),

    async run(signal, step, before, execute) {
      startRequestContext();
      if (step.Do === 'promote') await assertLag(signal, step.Member);
      const change = auditedStep(goal, step, before);
      await translateStoreError(putAsked(change));
      const record = (outcome: ChangeOutcome) => putOutcome(change, outcome);
      try {
        await (step.Do === 'promote' ? promote(signal, step.Member, execute) : execute());
        if (step.Do === 'delete') await forgetFailovers(GlobalReplicationGroupId);
        await record({ Outcome: 'accepted', Status: 202 });
      } catch (problem) {
        await record(outcomeOf(problem));
        throw problem;
      }
    },

    async recordNotApplied(Member) {
      startRequestContext(); // the call of the addition is in the entry of its own
      const { status } = problemType('ChangeNotApplied');
      await putOutcome(auditedStep(goal, { Do: 'add', Member }, undefined), {
        Outcome: 'notApplied',
        Status: status,
        Code: 'ChangeNotApplied',
      });
    },
  };

  /** Throws if the goal has a limit and the member is further behind. The next reconcile reads it again. */
  async function assertLag(signal: AbortSignal, member: ObservedMember): Promise<void> {
    const { MaxLagSeconds: maxLagSeconds } = goal;
    if (maxLagSeconds !== undefined)
      await assertLagWithinLimit(signal, { GlobalReplicationGroupId, member, maxLagSeconds });
  }

  async function promote(signal: AbortSignal, member: ObservedMember, execute: () => Promise<void>): Promise<void> {
    const failover = { target: memberName(member), caller, owner: goal.Owner, OperationId };
    const find = () => findGlobalDatastore(signal, GlobalReplicationGroupId, member.ReplicationGroupRegion);
    await withFailoverLease({ ...failover, GlobalReplicationGroupId, find, drill: drillClaimOf(goal) }, execute);
    await recordAcceptedFailover(GlobalReplicationGroupId, { ...failover, isDrill: goal.Drill && true });
  }
}

/** Returns a step as the audit trail records it. The deletion of a datastore is in the trail of its primary, too. */
function auditedStep(goal: Goal, step: ChangeStep, before: ObservedDatastore | undefined) {
  const { GlobalReplicationGroupId, RequestedBy = 'an unnamed caller', OperationId = 'unnamed' } = goal;
  const primaries = (before?.Members ?? []).filter(({ Role }) => Role === 'PRIMARY').map(memberName);
  return {
    id: changeIdOf(OperationId),
    subjects: [GlobalReplicationGroupId, ...(step.Do === 'delete' ? primaries : [])],
    owner: goal.Owner,
    facts: {
      Time: new Date().toISOString(),
      Caller: RequestedBy,
      Route: 'operation',
      RequestId: OperationId,
      Request: {
        step: describeStep(step, goal),
        EvacuationId: goal.Evacuation?.EvacuationId,
        Reason: goal.Evacuation?.Reason,
      },
      Before: before && summarizeDatastore({ Status: before.Status, Members: [...before.Members] }),
    },
  };
}

/** Returns the outcome of a step that failed. A refused call changes nothing and is repeated. */
function outcomeOf(problem: unknown): ChangeOutcome {
  if (!(problem instanceof Problem)) return { Outcome: 'unknown', Status: 500, Code: 'InternalError' };
  return { Outcome: failureOutcomeOf(problem, true), Status: problem.status, Code: problem.code };
}
