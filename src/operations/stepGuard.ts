import { putAuditEntry, summarizeDatastore } from '../audit/auditTrail.ts';
import { lastFailover, withFailoverLease } from '../datastores/failoverLease.ts';
import { findGlobalDatastore } from '../datastores/globalDatastore.ts';
import { recordChange } from '../datastores/lastChange.ts';
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
      await recordChange(GlobalReplicationGroupId, { change: OperationId, caller, route: 'operation' });
      const Time = new Date().toISOString();
      const recordAudit = ({ status, code }: { status: number; code?: Problem['code'] }) =>
        putAuditEntry(GlobalReplicationGroupId, {
          Time,
          Caller: RequestedBy,
          Route: 'operation',
          RequestId: OperationId,
          Request: { step: describeStep(step, goal) },
          Before: before && summarizeDatastore({ Status: before.Status, Members: [...before.Members] }),
          outcome: { status, code },
        });
      try {
        await (step.Do === 'promote' ? withFailoverLease(leaseFor(signal, step.Member), execute) : execute());
        await recordAudit({ status: 202 });
      } catch (problem) {
        // A rejected call changes nothing and is repeated. The operation shows the last rejection.
        if (!(problem instanceof Problem) || problem.status >= 500) await recordAudit(toOutcome(problem));
        throw problem;
      }
    },
  };

  function leaseFor(signal: AbortSignal, member: ObservedMember) {
    const find = () => findGlobalDatastore(signal, GlobalReplicationGroupId, member.ReplicationGroupRegion);
    return { GlobalReplicationGroupId, target: memberName(member), caller, OperationId, find };
  }
}

const toOutcome = (problem: unknown) =>
  problem instanceof Problem ? problem : ({ status: 500, code: 'InternalError' } as const);

/**
 * Returns a stop if a caller has requested another primary since the run started: the promotion would undo that failover.
 * Fails open if the table does not respond.
 */
async function findLaterFailover(id: string, member: ObservedMember, startedAt: string) {
  const last = await lastFailover(id).catch(() => undefined);
  if (!last || last.OperationId || Number(last.since) < Date.parse(startedAt)) return undefined;
  if (last.target === memberName(member)) return undefined;
  const at = new Date(Number(last.since)).toISOString();
  return {
    Do: 'stop',
    Reason: `${last.caller} requested a failover to ${last.target} at ${at}, after this operation started. The promotion of ${memberName(member)} would undo it.`,
    Advice: 'Send the topology again with the desired primary.',
  } as const;
}
