import { formatMembers, type GlobalDatastore, secondariesOf } from '../datastores/globalDatastore.ts';
import { describePlan } from '../operations/describePlan.ts';
import { teardownGoal } from '../operations/goals.ts';
import { planFor } from '../operations/plan.ts';
import { type Check, checkRule } from '../problems/check.ts';
import type { ApiRequest } from '../schemas/apiRequest.ts';
import type { deleteGlobalDatastore } from '../schemas/deleteGlobalDatastore.ts';
import { checkExists, checkStatus } from './commonChecks.ts';
import type { DryRunResult } from './dryRunResult.ts';
import { checkNoOperationRunning } from './operationCheck.ts';

/** Checks that the datastore can be deleted. */
export async function preflight(request: ApiRequest<typeof deleteGlobalDatastore>): Promise<DryRunResult> {
  const { path, query, signal } = request;
  const { group, exists } = await checkExists(signal, path.GlobalReplicationGroupId);
  if (query.DetachSecondaries) return preflightTeardown(request, exists, group);
  const attached = group ? secondariesOf(group) : [];
  const noSecondaries = checkRule('no-secondaries', attached.length === 0, {
    pass: 'No secondary is attached.',
    fail: `Secondaries are attached: ${formatMembers({ Members: attached })}. Remove them first.`,
  });
  return {
    Checks: [exists, ...(group ? [checkStatus(group, ['primary-only']), noSecondaries] : [])],
    Plan: [
      `Delete ${path.GlobalReplicationGroupId} (DeleteGlobalReplicationGroup). Its primary remains as a standalone replication group and continues to incur cost.`,
    ],
  };
}

/** Checks that an operation can detach the secondaries and delete the datastore, and plans the steps. */
async function preflightTeardown(
  { path, query, signal }: ApiRequest<typeof deleteGlobalDatastore>,
  exists: Check,
  group: GlobalDatastore | undefined,
): Promise<DryRunResult> {
  const { GlobalReplicationGroupId: id } = path;
  const goal = group && teardownGoal(group);
  const noOperation = await checkNoOperationRunning(signal, id, query.Supersede ?? false, Promise.resolve(goal));
  return { Checks: [exists, noOperation], Plan: goal ? describePlan(planFor(goal, group), goal) : [] };
}
