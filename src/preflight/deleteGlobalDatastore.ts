import { formatMembers, type GlobalDatastore, secondariesOf } from '../datastores/globalDatastore.ts';
import type { ApiRequest } from '../http/defineHandler.ts';
import { teardownGoal } from '../operations/goals.ts';
import type { deleteGlobalDatastore } from '../schemas/deleteGlobalDatastore.ts';
import { wayTo, wordsOf } from './applyTopology.ts';
import { type Check, type Findings, judge } from './check.ts';
import { lookUp, stateAllows } from './commonChecks.ts';
import { noOperation } from './operationCheck.ts';

/** Whether the datastore can be deleted. */
export async function check(request: ApiRequest<typeof deleteGlobalDatastore>): Promise<Findings> {
  const { path, query, signal } = request;
  const { group, exists } = await lookUp(signal, path.GlobalReplicationGroupId);
  if (query.DetachSecondaries) return ofTeardown(request, exists, group);
  const attached = group ? secondariesOf(group) : [];
  const none = judge('no-secondaries', attached.length === 0, {
    pass: 'No secondary is attached.',
    fail: `Secondaries are attached: ${formatMembers({ Members: attached })}. Remove them first.`,
  });
  return {
    Checks: [exists, ...(group ? [stateAllows(group, ['primary-only']), none] : [])],
    Plan: [
      `Delete ${path.GlobalReplicationGroupId} (DeleteGlobalReplicationGroup); its primary stays as a replication group on its own and goes on costing money.`,
    ],
  };
}

/** Whether an operation can take it apart, and by which steps. */
async function ofTeardown(
  { path, query, signal }: ApiRequest<typeof deleteGlobalDatastore>,
  exists: Check,
  group: GlobalDatastore | undefined,
): Promise<Findings> {
  const alone = await noOperation(signal, path.GlobalReplicationGroupId, query.Supersede ?? false);
  const goal = group && teardownGoal(group);
  return { Checks: [exists, alone], Plan: goal ? wordsOf(wayTo(goal, group), goal) : [] };
}
