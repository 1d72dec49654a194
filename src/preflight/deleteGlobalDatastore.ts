import { formatMembers, type GlobalDatastore, secondariesOf } from '../datastores/globalDatastore.ts';
import { teardownGoal } from '../operations/goals.ts';
import { type Check, checkRule } from '../problems/check.ts';
import type { ApiRequest } from '../schemas/apiRequest.ts';
import type { deleteGlobalDatastore } from '../schemas/deleteGlobalDatastore.ts';
import { describePlan, planFor } from './applyTopology.ts';
import { checkExists, checkNoOperationRunning, checkStatus } from './commonChecks.ts';
import type { DryRunResult } from './dryRunResult.ts';

/** Whether the datastore can be deleted. */
export async function preflight(request: ApiRequest<typeof deleteGlobalDatastore>): Promise<DryRunResult> {
  const { path, query, signal } = request;
  const { group, exists } = await checkExists(signal, path.GlobalReplicationGroupId);
  if (query.DetachSecondaries) return preflightTeardown(request, exists, group);
  const attached = group ? secondariesOf(group) : [];
  const none = checkRule('no-secondaries', attached.length === 0, {
    pass: 'No secondary is attached.',
    fail: `Secondaries are attached: ${formatMembers({ Members: attached })}. Remove them first.`,
  });
  return {
    Checks: [exists, ...(group ? [checkStatus(group, ['primary-only']), none] : [])],
    Plan: [
      `Delete ${path.GlobalReplicationGroupId} (DeleteGlobalReplicationGroup); its primary stays as a replication group on its own and goes on costing money.`,
    ],
  };
}

/** Whether an operation can take it apart, and by which steps. */
async function preflightTeardown(
  { path, query, signal }: ApiRequest<typeof deleteGlobalDatastore>,
  exists: Check,
  group: GlobalDatastore | undefined,
): Promise<DryRunResult> {
  const alone = await checkNoOperationRunning(signal, path.GlobalReplicationGroupId, query.Supersede ?? false);
  const goal = group && teardownGoal(group);
  return { Checks: [exists, alone], Plan: goal ? describePlan(planFor(goal, group), goal) : [] };
}
