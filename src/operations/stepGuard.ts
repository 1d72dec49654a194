import { createHash } from 'node:crypto';
import { type ChangeOutcome, putAsked, putOutcome, summarizeDatastore } from '../audit/auditTrail.ts';
import { lastFailover, recordAcceptedFailover, withFailoverLease } from '../datastores/failoverLease.ts';
import { findGlobalDatastore } from '../datastores/globalDatastore.ts';
import { translateStoreError } from '../idempotency/idempotencyRecord.ts';
import { startRequestContext } from '../observability/requestContext.ts';
import { Problem } from '../problems/problem.ts';
import { describeStep } from './describeStep.ts';
import { type Goal, memberName, type ObservedDatastore, type ObservedMember } from './goal.ts';
import type { Step } from './nextStep.ts';
import type { ChangeStep } from './plan.ts';

/** The coordination of a run's changes with requests of callers. */
export interface StepGuard {
  /** Returns a stop if the change must not be made. `startedAt` is the start of the run. */
  readonly findReasonToStop: (
    step: ChangeStep,
    startedAt: string | undefined,
  ) => Promise<Extract<Step, { Do: 'stop' }> | undefined>;
  /** Executes a change. Throws the errors of `execute`, and `FailoverUnderWay`. */
  readonly run: (
    signal: AbortSignal,
    step: ChangeStep,
    before: ObservedDatastore | undefined,
    execute: () => Promise<void>,
  ) => Promise<void>;
}

/** A guard that does nothing, for tests of the reconcile loop alone. */
export const noGuard: StepGuard = {
  findReasonToStop: async () => undefined,
  run: (_signal, _step, _before, execute) => execute(),
};

/** Creates the guard of an operation: the failover lease, the record of the latest change and the audit entry. */
export function createStepGuard(goal: Goal): StepGuard {
  const { GlobalReplicationGroupId, RequestedBy = 'an unnamed caller', OperationId = 'unnamed' } = goal;
  const caller = `operation ${OperationId} of ${RequestedBy}`;
  return {
    findReasonToStop: async (step, startedAt) =>
      step.Do === 'promote' && startedAt
        ? findLaterFailover(GlobalReplicationGroupId, step.Member, startedAt)
        : undefined,

    async run(signal, step, before, execute) {
      startRequestContext();
      const change = auditedStep(goal, step, before);
      await translateStoreError(putAsked(change));
      const record = (outcome: ChangeOutcome) => putOutcome(change, outcome);
      try {
        await (step.Do === 'promote' ? promote(signal, step.Member, execute) : execute());
        await record({ Outcome: 'accepted', Status: 202 });
      } catch (problem) {
        await record(outcomeOf(problem));
        throw problem;
      }
    },
  };

  async function promote(signal: AbortSignal, member: ObservedMember, execute: () => Promise<void>): Promise<void> {
    const failover = { target: memberName(member), caller, OperationId };
    const find = () => findGlobalDatastore(signal, GlobalReplicationGroupId, member.ReplicationGroupRegion);
    await withFailoverLease({ ...failover, GlobalReplicationGroupId, find }, execute);
    await recordAcceptedFailover(GlobalReplicationGroupId, failover);
  }
}

/** Returns a step as the audit trail records it. The deletion of a datastore is in the trail of its primary, too. */
function auditedStep(goal: Goal, step: ChangeStep, before: ObservedDatastore | undefined) {
  const { GlobalReplicationGroupId, RequestedBy = 'an unnamed caller', OperationId = 'unnamed' } = goal;
  const primaries = (before?.Members ?? []).filter(({ Role }) => Role === 'PRIMARY').map(memberName);
  return {
    id: createHash('sha256').update(OperationId).digest('hex').slice(0, 16),
    subjects: [GlobalReplicationGroupId, ...(step.Do === 'delete' ? primaries : [])],
    facts: {
      Time: new Date().toISOString(),
      Caller: RequestedBy,
      Route: 'operation',
      RequestId: OperationId,
      Request: { step: describeStep(step, goal) },
      Before: before && summarizeDatastore({ Status: before.Status, Members: [...before.Members] }),
    },
  };
}

/** Returns the outcome of a step that failed. A refused call changes nothing and is repeated. */
function outcomeOf(problem: unknown): ChangeOutcome {
  if (!(problem instanceof Problem)) return { Outcome: 'unknown', Status: 500, Code: 'InternalError' };
  const { status: Status, code: Code } = problem;
  return { Outcome: Status < 500 ? 'refused' : 'unknown', Status, Code };
}

/**
 * Returns a stop if a caller has requested another primary since the run started: the promotion would undo that failover.
 * Fails open if the table does not respond.
 */
async function findLaterFailover(id: string, member: ObservedMember, startedAt: string) {
  const last = await lastFailover(id).catch(() => undefined);
  if (!last || last.OperationId || last.acceptedAt < Date.parse(startedAt)) return undefined;
  if (last.target === memberName(member)) return undefined;
  const at = new Date(last.acceptedAt).toISOString();
  return {
    Do: 'stop',
    Reason: `${last.caller} requested a failover to ${last.target} at ${at}, after this operation started. The promotion of ${memberName(member)} would undo it.`,
    Advice: 'Send the topology again with the desired primary.',
  } as const;
}
