import { DeleteGlobalReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { isNotFound } from '../aws/multiRegion.ts';
import { config } from '../config.ts';
import {
  findGlobalDatastore,
  formatMembers,
  type GlobalDatastore,
  type LocatedDatastore,
  memberPath,
  secondariesOf,
} from '../datastores/globalDatastore.ts';
import { defineChange } from '../http/defineChange.ts';
import { acceptedDatastore } from '../http/defineHandler.ts';
import { resolveLostResponse, undefinedIfNotFound } from '../idempotency/lostResponse.ts';
import type { PreviousAttempt } from '../idempotency/withIdempotency.ts';
import { teardownGoal } from '../operations/goals.ts';
import { acceptedWithOperation, checkConflicts, startOperation } from '../operations/operations.ts';
import { preflight } from '../preflight/deleteGlobalDatastore.ts';
import { Problem } from '../problems/problem.ts';
import { deleteGlobalDatastore } from '../schemas/deleteGlobalDatastore.ts';

export const handler = defineChange(
  deleteGlobalDatastore,
  async (request) => {
    const { path, query, signal, resumed, before } = request;
    const find = () => findGlobalDatastore(signal, path.GlobalReplicationGroupId);
    const { group, region } = await find().catch(goneSince(resumed));
    if (query.DetachSecondaries) {
      const goal = teardownGoal(group);
      const { sameGoal, conflicting } = await checkConflicts(signal, goal, query.Supersede);
      await before(group);
      return acceptedWithOperation(sameGoal ?? (await startOperation(request, goal, conflicting)), {
        GlobalReplicationGroup: group,
      });
    }
    if (resumed?.before && group.Status === 'deleting') return acceptedDatastore(group);
    refuseWithSecondaries(group);
    await before(group);

    const GlobalReplicationGroup = await elastiCache(signal, region)
      .send(new DeleteGlobalReplicationGroupCommand({ ...path, RetainPrimaryReplicationGroup: true }))
      .then((output) => output.GlobalReplicationGroup)
      .catch((problem) => resolveLostResponse(problem, () => findDeleted(find, group), resumed));
    return acceptedDatastore(GlobalReplicationGroup);
  },
  { preflight },
);

/** The datastore as it goes, or as it was last `seen` when it is gone; undefined while it stays. */
async function findDeleted(find: () => Promise<LocatedDatastore>, seen: GlobalDatastore) {
  const found = await find().catch(undefinedIfNotFound);
  const group = found?.group ?? { ...seen, Status: 'deleted' };
  return group.Status.startsWith('delet') ? group : undefined;
}

/** A datastore that an earlier run of the request was about to delete, and that is gone, as that run saw it. */
const goneSince = (resumed: PreviousAttempt | undefined) => (problem: Problem) => {
  if (!resumed?.before || !isNotFound(problem)) throw problem;
  return { group: { ...resumed.before, Status: 'deleting' }, region: config.region };
};

function refuseWithSecondaries(group: GlobalDatastore): void {
  const attached = secondariesOf(group).filter(({ Status }) => Status !== 'disassociating'); // those are to be waited for
  if (attached.length === 0) return;
  const remedies = attached.map((member) => ({ method: 'DELETE', href: memberPath(group, member) }));
  const calls = remedies.map(({ method, href }) => `${method} ${href}`).join(', then ');
  throw new Problem(
    'SecondariesAttached',
    `The datastore still has secondaries: ${formatMembers({ Members: attached })}. First ${calls}; then delete it.`,
    { remedies },
  );
}
