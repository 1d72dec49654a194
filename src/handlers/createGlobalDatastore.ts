import { CreateGlobalReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import type { FromSchema } from 'json-schema-to-ts';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { requireGlobalDatastore } from '../datastores/globalDatastore.ts';
import { findPrimaryWithDatastore } from '../datastores/primaryWithDatastore.ts';
import { type ChangeRequest, defineChange } from '../http/defineChange.ts';
import { publicUrl } from '../http/publicUrl.ts';
import { acceptedDatastore, acceptedWithOperation } from '../http/responses.ts';
import type { Goal } from '../operations/goal.ts';
import { assertValidSecondaries, creationGoal } from '../operations/goals.ts';
import { findPlace, startOperation } from '../operations/operations.ts';
import { preflight } from '../preflight/createGlobalDatastore.ts';
import { assertChecksPass } from '../preflight/dryRunResult.ts';
import { checkSecondaries } from '../preflight/memberChecks.ts';
import { Problem } from '../problems/problem.ts';
import { createGlobalDatastore, type createRequest } from '../schemas/createGlobalDatastore.ts';

export const handler = defineChange(createGlobalDatastore, {
  preflight,
  load: async ({ body, signal }) => {
    assertValidSecondaries(body);
    return findPrimaryWithDatastore(signal, body.PrimaryReplicationGroupRegion, body.PrimaryReplicationGroupId);
  },
  isApplied: (current, { body }, snapshot) =>
    snapshot?.ReplicationGroup !== undefined &&
    snapshot.GlobalReplicationGroup === undefined &&
    snapshot.ReplicationGroup.ReplicationGroupCreateTime === current.ReplicationGroup?.ReplicationGroupCreateTime &&
    isRequestedDatastore(current, body),
  execute: async ({ body, signal }, { ReplicationGroup }) => {
    const { PrimaryReplicationGroupRegion: region, Secondaries: _, OnFailure: __, ...input } = body;
    assertChecksPass(await checkSecondaries(signal, body, ReplicationGroup));
    return elastiCache(signal, region).send(new CreateGlobalReplicationGroupCommand(input));
  },
  respond: async ({ GlobalReplicationGroup }, request) => {
    if (!request.body.Secondaries?.length) return acceptedDatastore(GlobalReplicationGroup);
    const datastore = requireGlobalDatastore(GlobalReplicationGroup);
    const id = await startCreation(request, creationGoal(datastore, request.body));
    return acceptedWithOperation(id, { GlobalReplicationGroup: datastore });
  },
});

type Created = Awaited<ReturnType<typeof findPrimaryWithDatastore>>;

/**
 * Returns whether the datastore of a primary has the requested suffix and description. AWS puts a prefix before the suffix of
 * its id.
 */
function isRequestedDatastore(
  { ReplicationGroup, GlobalReplicationGroup }: Created,
  { GlobalReplicationGroupIdSuffix, GlobalReplicationGroupDescription = '' }: FromSchema<typeof createRequest>,
): boolean {
  const { GlobalReplicationGroupId: id = '', GlobalReplicationGroupDescription: description = '' } =
    GlobalReplicationGroup ?? {};
  return (
    ReplicationGroup?.GlobalReplicationGroupInfo?.GlobalReplicationGroupMemberRole === 'PRIMARY' &&
    id.slice(id.indexOf('-') + 1) === GlobalReplicationGroupIdSuffix.toLowerCase() &&
    description.trim() === GlobalReplicationGroupDescription.trim()
  );
}

/** Starts the operation that adds the secondaries. Returns its id. Throws `SecondariesNotStarted`: the datastore itself exists. */
async function startCreation(request: ChangeRequest<typeof createGlobalDatastore>, goal: Goal): Promise<string> {
  try {
    return await startOperation(request, goal, await findPlace(request, goal), publicUrl(request.event));
  } catch (error) {
    const { message, upstream, cause } = error as Problem;
    const remedies = [{ method: 'PUT', href: `/global-datastores/${goal.GlobalReplicationGroupId}/topology` }];
    throw new Problem('SecondariesNotStarted', message, { upstream, remedies, cause });
  }
}
