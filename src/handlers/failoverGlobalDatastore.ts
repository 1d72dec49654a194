import { FailoverGlobalReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { callWithRegionFallback, regionsFrom } from '../aws/multiRegion.ts';
import { recordAcceptedFailover, withFailoverLease } from '../datastores/failoverLease.ts';
import {
  findGlobalDatastore,
  formatMembers,
  type GlobalDatastore,
  type LocatedDatastore,
  membersIn,
  primaryOf,
  requireGlobalDatastore,
} from '../datastores/globalDatastore.ts';
import { type ChangeRequest, defineChange } from '../http/defineChange.ts';
import { acceptedDatastore } from '../http/responses.ts';
import { preflight } from '../preflight/failoverGlobalDatastore.ts';
import { Problem } from '../problems/problem.ts';
import { failoverGlobalDatastore } from '../schemas/failoverGlobalDatastore.ts';

type Request = ChangeRequest<typeof failoverGlobalDatastore>;

export const handler = defineChange(failoverGlobalDatastore, {
  preflight,
  failOpen: true,
  load: findDatastore,
  isApplied: ({ GlobalReplicationGroup }, request, snapshot) =>
    isPrimary(GlobalReplicationGroup, request) && !isPrimary(snapshot?.GlobalReplicationGroup, request),
  findDeviation: ({ GlobalReplicationGroup }, { body }) => {
    const { PrimaryRegion, PrimaryReplicationGroupId: id } = body;
    const [primary] = (GlobalReplicationGroup.Members ?? []).filter(({ Role }) => Role === 'PRIMARY');
    const isTarget =
      primary?.ReplicationGroupRegion === PrimaryRegion && (!id || primary.ReplicationGroupId === id.toLowerCase());
    return isTarget
      ? undefined
      : { detail: `The primary is another member. Members are ${formatMembers(GlobalReplicationGroup)}.` };
  },
  execute: async (request, current: LocatedDatastore | undefined) => {
    const { path, body, signal, caller, owner } = request;
    const { PrimaryRegion } = body;
    const PrimaryReplicationGroupId = await resolveTarget(request, current);
    const input = { ...path, PrimaryRegion, PrimaryReplicationGroupId };
    const target = formatTarget(PrimaryRegion, PrimaryReplicationGroupId);
    const lease = { ...path, target, caller: caller.name, owner, find: () => findDatastore(request) };
    return withFailoverLease(lease, () =>
      callWithRegionFallback(signal, regionsFrom(PrimaryRegion), (region, regionSignal) =>
        elastiCache(regionSignal, region).send(new FailoverGlobalReplicationGroupCommand(input)),
      ),
    ).catch((problem) => addMembers(problem, request));
  },
  respond: async ({ GlobalReplicationGroup }, { path, body, caller, owner }) => {
    const datastore = requireGlobalDatastore(GlobalReplicationGroup);
    const id = body.PrimaryReplicationGroupId ?? onlyMemberIn(body.PrimaryRegion, datastore);
    const target = formatTarget(body.PrimaryRegion, id);
    await recordAcceptedFailover(path.GlobalReplicationGroupId, { target, caller: caller.name, owner });
    return acceptedDatastore(datastore);
  },
});

/** Reads the datastore. The region of the new primary is read first. */
function findDatastore({ path, body, signal }: Request): Promise<LocatedDatastore> {
  return findGlobalDatastore(signal, path.GlobalReplicationGroupId, body.PrimaryRegion);
}

/** Returns whether the new primary is the primary. */
function isPrimary(datastore: GlobalDatastore | undefined, { body }: Request): boolean {
  if (!datastore) return false;
  const id = body.PrimaryReplicationGroupId ?? onlyMemberIn(body.PrimaryRegion, datastore);
  return primaryOf(datastore) === formatTarget(body.PrimaryRegion, id);
}

/** Returns the id of the new primary: the one in the request, or the only member in its region. */
const resolveTarget = async (request: Request, current: LocatedDatastore | undefined): Promise<string> =>
  request.body.PrimaryReplicationGroupId ??
  onlyMemberIn(request.body.PrimaryRegion, (current ?? (await findDatastore(request))).GlobalReplicationGroup);

/** Returns the new primary as `region/id`. */
const formatTarget = (region: string, id: string): string => `${region}/${id.toLowerCase()}`;

/** Returns the id of the only member in the region. Throws `ValidationFailed` if there are several. */
function onlyMemberIn(region: string, GlobalReplicationGroup: GlobalDatastore): string {
  const [member, ...others] = membersIn(GlobalReplicationGroup, region);
  if (others.length === 0) return member?.ReplicationGroupId ?? '';
  throw new Problem(
    'ValidationFailed',
    `${region} has ${others.length + 1} members. Set PrimaryReplicationGroupId to one of them.`,
    {
      errors: [
        { pointer: '#/PrimaryReplicationGroupId', detail: `Members are ${formatMembers(GlobalReplicationGroup)}.` },
      ],
    },
  );
}

/** Rethrows a problem with the members of the datastore, if they can be read. */
async function addMembers(problem: unknown, request: Request): Promise<never> {
  if (!(problem instanceof Problem) || problem.status >= 500 || problem.status === 404) throw problem;
  const { GlobalReplicationGroup } = await findDatastore(request).catch(() => {
    throw problem;
  });
  throw problem.with({}, `Members are ${formatMembers(GlobalReplicationGroup)}.`);
}
