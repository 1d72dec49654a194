import { findGlobalDatastore, type GlobalDatastore } from '../datastores/globalDatastore.ts';
import { assertLagWithinLimit } from '../datastores/lagLimit.ts';
import { type ChangeRequest, defineChange } from '../http/defineChange.ts';
import { publicUrl } from '../http/publicUrl.ts';
import { acceptedWithOperation, ok } from '../http/responses.ts';
import { describePlan } from '../operations/describePlan.ts';
import type { Goal } from '../operations/goal.ts';
import { assertValidMembers, topologyGoal } from '../operations/goals.ts';
import { observeSettings } from '../operations/observe.ts';
import { toObservedDatastore } from '../operations/observedDatastore.ts';
import { findPlace, startOperation, withOwnOperation } from '../operations/operations.ts';
import type { Plan } from '../operations/plan.ts';
import { isReached, planFor, promotedMembers } from '../operations/plan.ts';
import { hasPolicyLimit, maxLagSecondsOf } from '../policy/failoverLag.ts';
import { checkPlan, preflight } from '../preflight/applyTopology.ts';
import { assertChecksPass } from '../preflight/dryRunResult.ts';
import { checkExistingMembers } from '../preflight/existingMemberChecks.ts';
import type { Remedy } from '../problems/problem.ts';
import { applyTopology } from '../schemas/applyTopology.ts';

/** A datastore, its goal and the plan of the steps to it. */
interface Planned {
  readonly GlobalReplicationGroup: GlobalDatastore;
  readonly goal: Goal;
  readonly plan: Plan;
}

export const handler = defineChange(applyTopology, {
  preflight: (request) => preflight(request, maxLagSecondsOf(request.body)),
  load: async ({ path, body, signal }) => {
    assertValidMembers(body.Members);
    const AcceptedAt = new Date().toISOString();
    const { GlobalReplicationGroup } = await findGlobalDatastore(signal, path.GlobalReplicationGroupId);
    const goal = topologyGoal(GlobalReplicationGroup, body.Members, {
      AcceptedAt,
      MaxLagSeconds: maxLagSecondsOf(body),
    });
    const observed = await observeSettings(signal, goal, toObservedDatastore(GlobalReplicationGroup, ''));
    return { GlobalReplicationGroup, goal, observed, plan: planFor(goal, GlobalReplicationGroup, observed) };
  },
  findOwnResult: (request, current) => withOwnOperation(request, current),
  execute: async (request, current) => {
    const { signal, query, event } = request;
    const { GlobalReplicationGroup, goal, plan, observed } = current;
    const place = await findPlace(request, goal, query.Supersede);
    if (place.existing) return { ...current, OperationId: place.existing };
    assertChecksPass(checkExistingMembers(goal, observed));
    if (isReached(plan, observed) && !place.replaces?.isRunning) return current;
    assertChecksPass(await checkPlan(signal, goal, GlobalReplicationGroup, plan, observed));
    await assertLagOfPromotions(request, current);
    return { ...current, OperationId: await startOperation(request, goal, place, publicUrl(event)) };
  },
  respond: (result) => {
    const { GlobalReplicationGroup, goal, plan, observed } = result;
    const body = { GlobalReplicationGroup, Plan: describePlan(plan, goal, observed) };
    return 'OperationId' in result ? acceptedWithOperation(result.OperationId, body) : ok(body);
  },
});

/**
 * Throws if there is a limit and a member that the plan promotes is further behind. A member that the operation creates is
 * checked only by the operation, before its promotion.
 */
async function assertLagOfPromotions(
  { path, body, signal }: ChangeRequest<typeof applyTopology>,
  { plan, GlobalReplicationGroup, goal: { MaxLagSeconds: maxLagSeconds } }: Planned,
): Promise<void> {
  if (maxLagSeconds === undefined) return;
  const withoutLimit = hasPolicyLimit(body) ? undefined : withoutLag(path.GlobalReplicationGroupId);
  for (const member of promotedMembers(plan, GlobalReplicationGroup))
    await assertLagWithinLimit(signal, { ...path, member, maxLagSeconds, withoutLimit });
}

/** Returns the same request without the limit. It has no body, because that of the caller can have a password. */
const withoutLag = (id: string): Remedy => ({
  method: 'PUT',
  href: `/global-datastores/${id}/topology`,
  detail: 'Send the same members without MaxLagSeconds. Writes that the new primary does not have yet are lost.',
});
