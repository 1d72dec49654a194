import { findGlobalDatastore } from '../datastores/globalDatastore.ts';
import { defineChange } from '../http/defineChange.ts';
import { publicUrl } from '../http/publicUrl.ts';
import { acceptedWithOperation, ok } from '../http/responses.ts';
import { assertValidMembers, topologyGoal } from '../operations/goals.ts';
import { findOwnOperation, findPlace, startOperation } from '../operations/operations.ts';
import { checkPlan, describePlan, planFor, preflight } from '../preflight/applyTopology.ts';
import { assertChecksPass } from '../preflight/dryRunResult.ts';
import { applyTopology } from '../schemas/applyTopology.ts';

export const handler = defineChange(applyTopology, {
  preflight,
  load: async ({ path, body, signal }) => {
    assertValidMembers(body.Members);
    const acceptedAt = new Date().toISOString();
    const { GlobalReplicationGroup } = await findGlobalDatastore(signal, path.GlobalReplicationGroupId);
    const goal = topologyGoal(GlobalReplicationGroup, body.Members, acceptedAt);
    return { GlobalReplicationGroup, goal, plan: planFor(goal, GlobalReplicationGroup) };
  },
  findOwnResult: async (request, current) => {
    const OperationId = await findOwnOperation(request, current.GlobalReplicationGroup);
    return OperationId === undefined ? undefined : { ...current, OperationId };
  },
  execute: async (request, current) => {
    const { signal, query, event } = request;
    const { GlobalReplicationGroup, goal, plan } = current;
    const place = await findPlace(request, goal, query.Supersede);
    if (place.existing) return { ...current, OperationId: place.existing };
    if (plan.steps.length === 0 && !plan.stop && !place.replaces?.isRunning) return current;
    assertChecksPass(await checkPlan(signal, goal, GlobalReplicationGroup, plan));
    return { ...current, OperationId: await startOperation(request, goal, place, publicUrl(event)) };
  },
  respond: (result) => {
    const { GlobalReplicationGroup, goal, plan } = result;
    const body = { GlobalReplicationGroup, Plan: describePlan(plan, goal) };
    return 'OperationId' in result ? acceptedWithOperation(result.OperationId, body) : ok(body);
  },
});
