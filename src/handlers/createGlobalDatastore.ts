import { CreateGlobalReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { findDatastoreCreatedFrom, requireGlobalDatastore } from '../datastores/globalDatastore.ts';
import { defineChange } from '../http/defineChange.ts';
import { acceptedDatastore } from '../http/defineHandler.ts';
import { resolveLostResponse } from '../idempotency/lostResponse.ts';
import type { Goal } from '../operations/goal.ts';
import { assertValidSecondaries, creationGoal } from '../operations/goals.ts';
import { acceptedWithOperation, startOperation } from '../operations/operations.ts';
import { assertChecksPass } from '../preflight/check.ts';
import { preflight } from '../preflight/createGlobalDatastore.ts';
import { checkSecondaries } from '../preflight/secondariesCheck.ts';
import { Problem } from '../problems/problem.ts';
import { createGlobalDatastore } from '../schemas/createGlobalDatastore.ts';

export const handler = defineChange(
  createGlobalDatastore,
  async (request) => {
    const { body, signal, resumed } = request;
    const { PrimaryReplicationGroupRegion: region, Secondaries = [], OnFailure: _, ...input } = body;
    assertValidSecondaries(body);
    if (!resumed) assertChecksPass(await checkSecondaries(signal, body));
    const GlobalReplicationGroup = await elastiCache(signal, region)
      .send(new CreateGlobalReplicationGroupCommand(input))
      .then((output) => output.GlobalReplicationGroup)
      .catch((problem) => resolveLostResponse(problem, () => findDatastoreCreatedFrom(signal, region, input), resumed));
    if (Secondaries.length === 0) return acceptedDatastore(GlobalReplicationGroup);

    const group = requireGlobalDatastore(GlobalReplicationGroup);
    const goal = creationGoal(group, body);
    const id = await startOperation(request, goal, []).catch(notStarted(goal));
    return acceptedWithOperation(id, { GlobalReplicationGroup: group });
  },
  { preflight },
);

/** The datastore is made and nobody goes on with its secondaries: the caller can. */
const notStarted =
  ({ GlobalReplicationGroupId }: Goal) =>
  (problem: Problem) => {
    throw new Problem('SecondariesNotStarted', problem.message, {
      upstream: problem.upstream,
      remedies: [{ method: 'PUT', href: `/global-datastores/${GlobalReplicationGroupId}/topology` }],
      cause: problem.cause,
    });
  };
