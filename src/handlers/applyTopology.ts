import { findGlobalDatastore } from '../datastores/globalDatastore.ts';
import { change } from '../http/defineChange.ts';
import { ok } from '../http/defineHandler.ts';
import { goalFor, refuseImproperMembers } from '../operations/goals.ts';
import { admit, followed, startOperation } from '../operations/operations.ts';
import { check, checkWay, wayTo, wordsOf } from '../preflight/applyTopology.ts';
import { refuseFailing } from '../preflight/check.ts';
import { topologyAnswer, topologyQuery, topologyRequest } from '../schemas/applyTopology.ts';
import { orFindings } from '../schemas/dryRun.ts';
import type { Route } from '../schemas/route.ts';

export const route = {
  method: 'PUT',
  path: '/global-datastores/{GlobalReplicationGroupId}/topology',
  summary: 'Set who the members are, as a whole',
  description:
    'Works out the difference and carries it out by itself, with one operation at a time for each datastore: regions are added, the primary changes, members are detached. Link leads to the operation. What a datastore has already is not touched, so the same body again changes nothing.',
  calls: ['DescribeGlobalReplicationGroups'],
  asks: ['DescribeReplicationGroups'],
  refuses: ['PolicyDenied', 'TopologyRefused', 'OperationRunning', 'OperationsUnavailable'],
  begins: true,
  headers: ['Idempotency-Key', 'If-Match'],
  body: topologyRequest,
  query: topologyQuery,
  responses: { 200: orFindings(topologyAnswer), 202: topologyAnswer },
} as const satisfies Route;

export const handler = change(
  route,
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
