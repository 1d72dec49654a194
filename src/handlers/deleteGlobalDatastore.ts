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
  requireGlobalDatastore,
  secondariesOf,
} from '../datastores/globalDatastore.ts';
import { retainedResourcesOf } from '../datastores/retainedResources.ts';
import { type ChangeRequest, defineChange } from '../http/defineChange.ts';
import { publicUrl } from '../http/publicUrl.ts';
import { acceptedAt, acceptedWithOperation } from '../http/responses.ts';
import type { SentAttempt } from '../idempotency/idempotencyRecord.ts';
import { teardownGoal } from '../operations/goals.ts';
import { findPlace, startOperation, withOwnOperation } from '../operations/operations.ts';
import { preflight } from '../preflight/deleteGlobalDatastore.ts';
import { Problem } from '../problems/problem.ts';
import { deleteGlobalDatastore } from '../schemas/deleteGlobalDatastore.ts';

type Request = ChangeRequest<typeof deleteGlobalDatastore>;

export const handler = defineChange(deleteGlobalDatastore, {
  preflight,
  load: ({ path, signal, previous }) =>
    findGlobalDatastore(signal, path.GlobalReplicationGroupId).catch(deletedSince(previous)),
  isApplied: ({ GlobalReplicationGroup }, { query }, snapshot) =>
    snapshot !== undefined && !query.DetachSecondaries && GlobalReplicationGroup.Status.startsWith('delet'),
  isAppliedIfDeleted: true,
  findDeviation: ({ GlobalReplicationGroup: datastore }) => ({
    detail: `The datastore ${datastore.GlobalReplicationGroupId} still exists and is ${datastore.Status}.`,
  }),
  findOwnResult: async (request, { GlobalReplicationGroup }) =>
    request.query.DetachSecondaries ? withOwnOperation(request, { GlobalReplicationGroup }) : undefined,
  assertAllowed: ({ GlobalReplicationGroup }, { query }) => {
    if (!query.DetachSecondaries) assertNoSecondaries(GlobalReplicationGroup);
  },
  execute: async (request, { GlobalReplicationGroup, region }) => {
    const { path, query, signal } = request;
    if (query.DetachSecondaries)
      return { GlobalReplicationGroup, OperationId: await startTeardownOperation(request, GlobalReplicationGroup) };
    return elastiCache(signal, region).send(
      new DeleteGlobalReplicationGroupCommand({ ...path, RetainPrimaryReplicationGroup: true }),
    );
  },
  respond: async (result, { path, signal }, snapshot) => {
    const GlobalReplicationGroup = requireGlobalDatastore(result.GlobalReplicationGroup);
    if ('OperationId' in result) return acceptedWithOperation(result.OperationId, { GlobalReplicationGroup });
    const members = snapshot?.GlobalReplicationGroup?.Members ?? [];
    const Result = await retainedResourcesOf(signal, members, path.GlobalReplicationGroupId);
    return acceptedAt(path.GlobalReplicationGroupId, { GlobalReplicationGroup, Result });
  },
});

/** Returns a handler of errors that returns a datastore from its snapshot if an earlier attempt deleted it. */
const deletedSince =
  (previous: SentAttempt | undefined) =>
  (problem: Problem): LocatedDatastore => {
    const before = previous?.snapshot?.GlobalReplicationGroup;
    if (!before || !isNotFound(problem)) throw problem;
    return { GlobalReplicationGroup: { ...before, Status: 'deleted' }, region: config.region };
  };

/** Throws `SecondariesAttached` with the requests that remove them. Members that are disassociating do not count. */
function assertNoSecondaries(datastore: GlobalDatastore): void {
  const attached = secondariesOf(datastore).filter(({ Status }) => Status !== 'disassociating');
  if (attached.length === 0) return;
  const remedies = attached.map((member) => ({ method: 'DELETE', href: memberPath(datastore, member) }));
  const calls = remedies.map(({ method, href }) => `${method} ${href}`).join(', then ');
  throw new Problem(
    'SecondariesAttached',
    `The datastore still has secondaries: ${formatMembers({ Members: attached })}. Send ${calls} before the delete.`,
    { remedies },
  );
}

/** Starts the operation that detaches the secondaries and deletes the datastore. Returns its id. */
async function startTeardownOperation(request: Request, datastore: GlobalDatastore): Promise<string> {
  const goal = teardownGoal(datastore);
  const place = await findPlace(request, goal, request.query.Supersede);
  return startOperation(request, goal, place, publicUrl(request.event));
}
