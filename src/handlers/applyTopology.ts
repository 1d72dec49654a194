import { findGlobalDatastore } from '../datastores/globalDatastore.ts';
import { defineChange } from '../http/defineChange.ts';
import { ok } from '../http/defineHandler.ts';
import { assertValidMembers, topologyGoal } from '../operations/goals.ts';
import { acceptedWithOperation, checkConflicts, startOperation } from '../operations/operations.ts';
import { checkPlan, describePlan, planFor, preflight } from '../preflight/applyTopology.ts';
import { assertChecksPass } from '../preflight/check.ts';
import { applyTopology } from '../schemas/applyTopology.ts';

export const handler = defineChange(
  applyTopology,
  async (request) => {
    const { path, body, query, signal, resumed } = request;
    assertValidMembers(body.Members);
    const { group } = await findGlobalDatastore(signal, path.GlobalReplicationGroupId);
    const goal = topologyGoal(group, body.Members);
    const way = planFor(goal, group);
    const answer = { GlobalReplicationGroup: group, Plan: describePlan(way, goal) };

    const { sameGoal, conflicting } = await checkConflicts(signal, goal, query.Supersede);
    if (sameGoal) return acceptedWithOperation(sameGoal, answer);
    if (way.steps.length === 0 && !way.stop && conflicting.length === 0) return ok(answer);
    if (!resumed) assertChecksPass(await checkPlan(signal, goal, group, way));
    return acceptedWithOperation(await startOperation(request, goal, conflicting), answer);
  },
  { preflight },
);
