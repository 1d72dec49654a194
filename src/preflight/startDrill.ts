import { formatMembers, type GlobalDatastore, membersIn } from '../datastores/globalDatastore.ts';
import { drillSteps } from '../operations/drill/drillView.ts';
import { type Drill, type Goal, memberName } from '../operations/goal.ts';
import { drillGoal } from '../operations/goals.ts';
import type { Check } from '../problems/check.ts';
import { Problem } from '../problems/problem.ts';
import type { ApiRequest } from '../schemas/apiRequest.ts';
import type { startDrill } from '../schemas/startDrill.ts';
import { checkExists, checkStatus } from './commonChecks.ts';
import type { DryRunResult } from './dryRunResult.ts';
import { assessPromotion } from './lagWithinLimit.ts';
import { checkNoOperationRunning } from './operationCheck.ts';
import { checkTarget } from './targetChecks.ts';

type Request = ApiRequest<typeof startDrill>;

/** Checks that a drill is possible, and plans its steps. */
export async function preflight({ path, body, query, signal }: Request): Promise<DryRunResult> {
  const { GlobalReplicationGroupId: id } = path;
  const datastore = checkExists(signal, id);
  const desired = datastore.then(({ group }) => group && findDrillGoal(group, body, new Date().toISOString()));
  const noOperation = await checkNoOperationRunning(signal, id, query.Supersede ?? false, desired);
  const [{ group, exists }, goal] = await Promise.all([datastore, desired]);
  if (!group) return { Checks: [exists, noOperation], Plan: [] };
  const checks = [exists, noOperation, ...checkDrill(group, goal, body)];
  if (!goal?.Drill) return { Checks: checks, Plan: [] };
  if (!query.DryRun) return { Checks: checks, Plan: planDrill(goal, goal.Drill, []) }; // explains a refusal
  const { check, costs } = await assessPromotion(signal, goal.Drill.Target, body.MaxLagSeconds, '#/MaxLagSeconds');
  return { Checks: [...checks, check], Plan: planDrill(goal, goal.Drill, costs) };
}

/** Returns the goal of a drill. Undefined if the datastore does not have the member. Throws `ValidationFailed` if it is ambiguous. */
export function findDrillGoal(group: GlobalDatastore, body: Request['body'], acceptedAt: string): Goal | undefined {
  const { PrimaryRegion, PrimaryReplicationGroupId } = body;
  const members = membersAt(group, PrimaryRegion).filter(
    ({ ReplicationGroupId }) =>
      PrimaryReplicationGroupId === undefined || ReplicationGroupId === PrimaryReplicationGroupId.toLowerCase(),
  );
  const [member, ...others] = members;
  if (others.length > 0) throw ambiguous(group, PrimaryRegion, members.length);
  if (!member) return undefined;
  const target = { ReplicationGroupId: member.ReplicationGroupId ?? '', ReplicationGroupRegion: PrimaryRegion };
  return drillGoal(group, body, target, acceptedAt);
}

const membersAt = (group: GlobalDatastore, region: string) =>
  (group.Members ?? []).filter((member) => member.ReplicationGroupRegion === region);

const ambiguous = (group: GlobalDatastore, region: string, count: number): Problem =>
  new Problem('ValidationFailed', `${region} has ${count} members. Set PrimaryReplicationGroupId to one of them.`, {
    errors: [{ pointer: '#/PrimaryReplicationGroupId', detail: `Members are ${formatMembers(group)}.` }],
  });

/** Checks that a drill of a datastore is possible, apart from the lag. A drill starts only if no change is in progress. */
export function checkDrill(group: GlobalDatastore, goal: Goal | undefined, body: Request['body']): Check[] {
  const { Target } = goal?.Drill ?? {};
  const member =
    Target &&
    membersIn(group, Target.ReplicationGroupRegion).find(
      ({ ReplicationGroupId }) => ReplicationGroupId === Target.ReplicationGroupId,
    );
  const advice = `Members are ${formatMembers(group)}.`;
  return [checkStatus(group, ['available']), ...checkTarget(member, body, advice)];
}

/** Returns the steps of a drill with their costs. */
function planDrill(goal: Goal, drill: Drill, costs: readonly string[]): string[] {
  const [there, hold, back] = drillSteps(goal, drill);
  const origin = memberName(drill.Origin);
  const backCosts = `Writes that ${origin} does not have yet are lost then. Clients have to write to its primary endpoint again.`;
  return [there, ...costs, hold, back, backCosts];
}
