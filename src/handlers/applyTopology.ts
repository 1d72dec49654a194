import { findGlobalDatastore } from '../datastores/globalDatastore.ts';
import { change } from '../http/defineChange.ts';
import { ok } from '../http/defineHandler.ts';
import { goalFor, refuseImproperMembers } from '../operations/goals.ts';
import { admit, followed, startOperation } from '../operations/operations.ts';
import { check, checkWay, wayTo, wordsOf } from '../preflight/applyTopology.ts';
import { refuseFailing } from '../preflight/check.ts';
import { applyTopology } from '../schemas/applyTopology.ts';

export const handler = change(
  applyTopology,
  async (request) => {
    const { path, body, query, signal, resumed } = request;
    refuseImproperMembers(body.Members);
    const { group } = await findGlobalDatastore(signal, path.GlobalReplicationGroupId);
    const goal = goalFor(group, body.Members);
    const way = wayTo(goal, group);
    const answer = { GlobalReplicationGroup: group, Plan: wordsOf(way, goal) };

    const { twin, rivals } = await admit(signal, goal, query.Supersede);
    if (twin) return followed(twin, answer);
    if (way.steps.length === 0 && !way.stop && rivals.length === 0) return ok(answer);
    if (!resumed) refuseFailing(await checkWay(signal, goal, group, way));
    return followed(await startOperation(request, goal, rivals), answer);
  },
  { check },
);
