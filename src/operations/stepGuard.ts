import { putAuditEntry, summarizeDatastore } from '../audit/auditTrail.ts';
import { lastFailover, withFailoverLease } from '../datastores/failoverLease.ts';
import { findGlobalDatastore } from '../datastores/globalDatastore.ts';
import { recordChange } from '../datastores/lastChange.ts';
import { startRequestContext } from '../observability/requestContext.ts';
import { Problem } from '../problems/problem.ts';
import { type Goal, memberName, type ObservedDatastore, type ObservedMember } from './goal.ts';
import type { Step } from './nextStep.ts';
import { type ChangeStep, describeStep } from './plan.ts';

/** What stands around the changes of a run, so that it and the requests of callers heed each other. */
export interface StepGuard {
  /** Why a change is not to be made after all. */
  readonly reasonToStop: (
    step: ChangeStep,
    begun: string | undefined,
  ) => Promise<Extract<Step, { Do: 'stop' }> | undefined>;
  /** Makes a change. Throws what `make` throws, and `FailoverUnderWay`. */
  readonly run: (
    signal: AbortSignal,
    step: ChangeStep,
    before: ObservedDatastore | undefined,
    make: () => Promise<void>,
  ) => Promise<void>;
}

/** No guard: where nobody else is there. */
export const noGuard: StepGuard = {
  reasonToStop: async () => undefined,
  run: (_signal, _step, _before, make) => make(),
};

/** The guard of an operation: one failover at a time, word of each change at its datastore, and an entry in its trail. */
export function createStepGuard(goal: Goal): StepGuard {
  const { GlobalReplicationGroupId, RequestedBy = 'a caller without a name', OperationId = 'without an id' } = goal;
  const caller = `operation ${OperationId} of ${RequestedBy}`;
  return {
    reasonToStop: async (step, begun) =>
      step.Do === 'promote' && begun ? overruled(GlobalReplicationGroupId, step.Member, begun) : undefined,

    async run(signal, step, before, make) {
      startRequestContext();
      await recordChange(GlobalReplicationGroupId, { change: OperationId, caller, route: 'operation' });
      const Time = new Date().toISOString();
      const leave = ({ status, code }: { status: number; code?: Problem['code'] }) =>
        putAuditEntry(GlobalReplicationGroupId, {
          Time,
          Caller: RequestedBy,
          Route: 'operation',
          RequestId: OperationId,
          Request: { step: describeStep(step, goal) },
          Before: before && summarizeDatastore({ Status: before.Status, Members: [...before.Members] }),
          end: { status, code },
        });
      try {
        await (step.Do === 'promote' ? withFailoverLease(turnOf(signal, step.Member), make) : make());
        await leave({ status: 202 });
      } catch (problem) {
        // what AWS refuses changes nothing and is asked for again and again; the operation shows the last of it
        if (!(problem instanceof Problem) || problem.status >= 500) await leave(asEnd(problem));
        throw problem;
      }
    },
  };

  function turnOf(signal: AbortSignal, member: ObservedMember) {
    const find = () => findGlobalDatastore(signal, GlobalReplicationGroupId, member.ReplicationGroupRegion);
    return { GlobalReplicationGroupId, target: memberName(member), caller, OperationId, find };
  }
}

const asEnd = (problem: unknown) =>
  problem instanceof Problem ? problem : ({ status: 500, code: 'InternalError' } as const);

/**
 * A stop, where somebody has asked for another primary since the run began: to go on would take his failover back, on a day
 * on which he may have had good reason for it. A table that does not answer stops nobody.
 */
async function overruled(id: string, member: ObservedMember, begun: string) {
  const last = await lastFailover(id).catch(() => undefined);
  if (!last || last.OperationId || Number(last.since) < Date.parse(begun)) return undefined;
  if (last.target === memberName(member)) return undefined;
  const at = new Date(Number(last.since)).toISOString();
  return {
    Do: 'stop',
    Reason: `${last.caller} asked for a failover to ${last.target} at ${at}, after this operation had begun: to promote ${memberName(member)} would take that back.`,
    Advice: 'Send the topology again with the primary that is wanted now.',
  } as const;
}
