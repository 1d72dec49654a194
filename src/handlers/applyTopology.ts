import { findGlobalDatastore } from '../datastores/globalDatastore.ts';
import { defineChange } from '../http/defineChange.ts';
import { publicUrl } from '../http/publicUrl.ts';
import { acceptedWithOperation, ok } from '../http/responses.ts';
import { describePlan } from '../operations/describePlan.ts';
import type { ActualState } from '../operations/goal.ts';
import { assertValidMembers, topologyGoal } from '../operations/goals.ts';
import { observeSettings } from '../operations/observe.ts';
import { toObservedDatastore } from '../operations/observedDatastore.ts';
import { findOwnOperation, findPlace, startOperation } from '../operations/operations.ts';
import type { Plan } from '../operations/plan.ts';
import { planFor } from '../operations/plan.ts';
import { checkPlan, preflight } from '../preflight/applyTopology.ts';
import { assertChecksPass } from '../preflight/dryRunResult.ts';
import { checkExistingMembers } from '../preflight/existingMemberChecks.ts';
import { applyTopology } from '../schemas/applyTopology.ts';

export const handler = defineChange(applyTopology, {
  preflight,
  load: async ({ path, body, signal }) => {
    assertValidMembers(body.Members);
    const acceptedAt = new Date().toISOString();
    const { GlobalReplicationGroup } = await findGlobalDatastore(signal, path.GlobalReplicationGroupId);
    const goal = topologyGoal(GlobalReplicationGroup, body.Members, acceptedAt);
    const observed = await observeSettings(signal, goal, toObservedDatastore(GlobalReplicationGroup, ''));
    return { GlobalReplicationGroup, goal, observed, plan: planFor(goal, GlobalReplicationGroup, observed) };
  },
  findOwnResult: async (request, current) => {
    const OperationId = await findOwnOperation(request, current.GlobalReplicationGroup);
    return OperationId === undefined ? undefined : { ...current, OperationId };
  },
  execute: async (request, current) => {
    const { signal, query, event } = request;
    const { GlobalReplicationGroup, goal, plan, observed } = current;
    const place = await findPlace(request, goal, query.Supersede);
    if (place.existing) return { ...current, OperationId: place.existing };
    assertChecksPass(checkExistingMembers(goal, observed));
    if (isReached(current) && !place.replaces?.isRunning) return current;
    assertChecksPass(await checkPlan(signal, goal, GlobalReplicationGroup, plan, observed));
    return { ...current, OperationId: await startOperation(request, goal, place, publicUrl(event)) };
  },
  respond: (result) => {
    const { GlobalReplicationGroup, goal, plan, observed } = result;
    const body = { GlobalReplicationGroup, Plan: describePlan(plan, goal, observed) };
    return 'OperationId' in result ? acceptedWithOperation(result.OperationId, body) : ok(body);
  },
});

/** Returns whether a plan shows that the datastore is as it is wanted: settings that could not be read may differ. */
const isReached = ({ plan, observed }: { readonly plan: Plan; readonly observed: Pick<ActualState, 'unreadable'> }) =>
  plan.steps.length === 0 && !plan.stop && observed.unreadable?.length === 0;
