import type { GroupName } from '../datastores/describeGroups.ts';
import type { GlobalDatastore } from '../datastores/globalDatastore.ts';
import { describePlan } from '../operations/describePlan.ts';
import { type Goal, isSameMember } from '../operations/goal.ts';
import { assertValidMembers, topologyGoal } from '../operations/goals.ts';
import type { Step } from '../operations/nextStep.ts';
import { observeSettings } from '../operations/observe.ts';
import { toObservedDatastore } from '../operations/observedDatastore.ts';
import { isReached, type ObservedSettings, type Plan, planFor, promotedMembers } from '../operations/plan.ts';
import { type Check, checkRule, failedChecks } from '../problems/check.ts';
import type { ApiRequest } from '../schemas/apiRequest.ts';
import type { applyTopology } from '../schemas/applyTopology.ts';
import { checkExists } from './commonChecks.ts';
import type { DryRunResult } from './dryRunResult.ts';
import { checkExistingMembers } from './existingMemberChecks.ts';
import { assessPromotion, type Promotion } from './lagWithinLimit.ts';
import { checkNewMember, readInherited } from './memberChecks.ts';
import { checkNoOperationRunning } from './operationCheck.ts';

/**
 * Checks that the datastore can get exactly these members, and plans the steps. The plan has the costs of its failovers.
 * `maxLagSeconds` is the limit of the request and of the policy.
 */
export async function preflight(
  { path, body, query, signal }: ApiRequest<typeof applyTopology>,
  maxLagSeconds: number | undefined,
): Promise<DryRunResult> {
  assertValidMembers(body.Members);
  const { GlobalReplicationGroupId: id } = path;
  const datastore = checkExists(signal, id);
  const desired = datastore.then(
    ({ group }) => group && topologyGoal(group, body.Members, { MaxLagSeconds: maxLagSeconds }),
  );
  const noOperation = await checkNoOperationRunning(signal, id, query.Supersede ?? false, desired);
  const [{ group, exists }, goal] = await Promise.all([datastore, desired]);
  if (!group || !goal) return { Checks: [exists, noOperation], Plan: [] };
  const observed = await observeSettings(signal, goal, toObservedDatastore(group, ''));
  const steps = planFor(goal, group, observed);
  const checks = await checkPlan(signal, goal, group, steps, observed);
  const isDone = isReached(steps, observed);
  const differs = failedChecks(checks).length > 0; // such as a port, which no step can change
  const promotions = query.DryRun ? await assessPromotions(signal, steps, group, maxLagSeconds) : [];
  return {
    Checks: [exists, noOperation, ...checks, ...promotions.map(({ check }) => check)],
    Plan: (isDone && differs ? [] : describePlan(steps, goal, observed)).flatMap((text, index) => [
      text,
      ...costsOf(steps.steps[index], promotions),
    ]),
    ChangesNothing: isDone && !differs,
  };
}

/** Returns the costs of a step that promotes a member that exists. */
const costsOf = (step: Step | undefined, promotions: readonly Promotion[]): readonly string[] =>
  (step?.Do === 'promote' && promotions.find(({ member }) => isSameMember(member, step.Member))?.costs) || [];

const assessPromotions = (signal: AbortSignal, steps: Plan, group: GlobalDatastore, maxLagSeconds?: number) =>
  Promise.all(
    promotedMembers(steps, group).map((member) => assessPromotion(signal, member, maxLagSeconds, '#/Members')),
  );

/** Checks that a plan reaches the goal and that each new member can be created. */
export async function checkPlan(
  signal: AbortSignal,
  goal: Goal,
  group: GlobalDatastore,
  { steps, stop }: Plan,
  observed: ObservedSettings = {},
): Promise<Check[]> {
  const reachable = checkRule('reachable', stop === undefined, {
    pass: 'The desired state can be reached from the actual state.',
    fail: `${stop?.Reason} ${stop?.Advice}`,
  });
  const checks = await Promise.all(
    addedMembers(steps, group).map(({ member, primary }) =>
      checkNewMember(
        signal,
        member,
        readInherited(signal, group, primary),
        `#/Members/${goal.Members.indexOf(member)}`,
      ),
    ),
  );
  return [reachable, ...checks.flat(), ...checkExistingMembers(goal, observed)];
}

/** Returns the members that a plan adds, each with the member that is the primary then. */
function addedMembers(steps: Plan['steps'], { Members }: GlobalDatastore) {
  let primary: GroupName | undefined = Members?.find(({ Role }) => Role === 'PRIMARY');
  return steps.flatMap((step) => {
    if (step.Do === 'promote') primary = step.Member;
    return step.Do === 'add' ? [{ member: step.Member, primary }] : [];
  });
}
