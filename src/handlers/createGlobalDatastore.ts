import { CreateGlobalReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { findDatastoreCreatedFrom, requireGlobalDatastore } from '../datastores/globalDatastore.ts';
import { type ChangeRequest, defineChange } from '../http/defineChange.ts';
import { acceptedDatastore, acceptedWithOperation } from '../http/responses.ts';
import type { Goal } from '../operations/goal.ts';
import { assertValidSecondaries, creationGoal } from '../operations/goals.ts';
import { startOperation } from '../operations/operations.ts';
import { preflight } from '../preflight/createGlobalDatastore.ts';
import { assertChecksPass } from '../preflight/dryRunResult.ts';
import { checkSecondaries } from '../preflight/memberChecks.ts';
import { Problem } from '../problems/problem.ts';
import { createGlobalDatastore } from '../schemas/createGlobalDatastore.ts';

export const handler = defineChange(createGlobalDatastore, {
  preflight,
  load: async ({ body, signal, previous }) => {
    assertValidSecondaries(body);
    if (!previous) return undefined;
    const GlobalReplicationGroup = await findDatastoreCreatedFrom(signal, body);
    return GlobalReplicationGroup && { GlobalReplicationGroup };
  },
  isApplied: () => true,
  execute: async ({ body, signal, previous }) => {
    const { PrimaryReplicationGroupRegion: region, Secondaries: _, OnFailure: __, ...input } = body;
    if (!previous) assertChecksPass(await checkSecondaries(signal, body));
    return elastiCache(signal, region).send(new CreateGlobalReplicationGroupCommand(input));
  },
  respond: async ({ GlobalReplicationGroup }, request) => {
    if (!request.body.Secondaries?.length) return acceptedDatastore(GlobalReplicationGroup);
    const datastore = requireGlobalDatastore(GlobalReplicationGroup);
    const id = await startCreation(request, creationGoal(datastore, request.body));
    return acceptedWithOperation(id, { GlobalReplicationGroup: datastore });
  },
});

/** Starts the operation that adds the secondaries. Returns its id. Throws `SecondariesNotStarted`: the datastore itself exists. */
function startCreation(request: ChangeRequest<typeof createGlobalDatastore>, goal: Goal): Promise<string> {
  return startOperation(request, goal, []).catch((problem: Problem) => {
    throw new Problem('SecondariesNotStarted', problem.message, {
      upstream: problem.upstream,
      remedies: [{ method: 'PUT', href: `/global-datastores/${goal.GlobalReplicationGroupId}/topology` }],
      cause: problem.cause,
    });
  });
}
