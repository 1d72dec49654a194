import { type GlobalDatastore, primaryRegionOf } from '../datastores/globalDatastore.ts';
import type { Goal } from '../operations/goal.ts';
import { assertValidMembers, topologyGoal } from '../operations/goals.ts';
import { toObservedDatastore } from '../operations/observe.ts';
import { describeStep, type Plan, plan } from '../operations/plan.ts';
import { type Check, checkRule } from '../problems/check.ts';
import type { ApiRequest } from '../schemas/apiRequest.ts';
import type { applyTopology } from '../schemas/applyTopology.ts';
import { checkExists, checkNoOperationRunning } from './commonChecks.ts';
import type { DryRunResult } from './dryRunResult.ts';
import { checkCompatible, checkCreatable } from './memberChecks.ts';

/** Whether the members can become these, and by which steps. */
export async function preflight({
  path,
  body,
  query,
  signal,
}: ApiRequest<typeof applyTopology>): Promise<DryRunResult> {
  assertValidMembers(body.Members);
  const { GlobalReplicationGroupId: id } = path;
  const [{ group, exists }, alone] = await Promise.all([
    checkExists(signal, id),
    checkNoOperationRunning(signal, id, query.Supersede ?? false),
  ]);
  if (!group) return { Checks: [exists, alone], Plan: [] };
  const goal = topologyGoal(group, body.Members);
  const way = planFor(goal, group);
  return { Checks: [exists, alone, ...(await checkPlan(signal, goal, group, way))], Plan: describePlan(way, goal) };
}

/** The way from a datastore as it is to a goal. */
export const planFor = (goal: Goal, group: GlobalDatastore): Plan =>
  plan(goal, { datastore: toObservedDatastore(group, ''), groups: {} });

/** A way in words. */
export function describePlan({ steps }: Plan, goal: Goal): string[] {
  return steps.length > 0 ? steps.map((step) => describeStep(step, goal)) : [describeStep({ Do: 'done' }, goal)];
}

/** Whether a way leads to the goal, and each new member on it can be made. */
export async function checkPlan(
  signal: AbortSignal,
  goal: Goal,
  group: GlobalDatastore,
  { steps, stop }: Plan,
): Promise<Check[]> {
  const reachable = checkRule('reachable', stop === undefined, {
    pass: 'There is a way from what is there to what is wanted.',
    fail: `${stop?.Reason} ${stop?.Advice}`,
  });
  const others = { ...group, home: primaryRegionOf(group) };
  const made = steps.flatMap((step) => (step.Do === 'add' ? [step.Member] : []));
  const checks = await Promise.all(
    made.map(async (member) => {
      const place = `#/Members/${goal.Members.indexOf(member)}`;
      return [...(await checkCreatable(signal, member, place)), ...checkCompatible(member, others, place)];
    }),
  );
  return [reachable, ...checks.flat()];
}
