import { FailoverGlobalReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { isUpstreamFailure } from '../aws/classifyError.ts';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { callWithRegionFallback, regionsFrom } from '../aws/multiRegion.ts';
import { findWriterSoon } from '../datastores/endpoints.ts';
import { recordAcceptedFailover, withFailoverLease } from '../datastores/failoverLease.ts';
import {
  findGlobalDatastore,
  formatMembers,
  type GlobalDatastore,
  type LocatedDatastore,
  memberPath,
  membersIn,
  primaryOf,
  requireGlobalDatastore,
} from '../datastores/globalDatastore.ts';
import { assertLagWithinLimit } from '../datastores/lagLimit.ts';
import { findMember } from '../datastores/members.ts';
import { type ChangeRequest, defineChange } from '../http/defineChange.ts';
import { remediesOf } from '../http/remedies.ts';
import { acceptedAt } from '../http/responses.ts';
import { hasPolicyLimit, maxLagSecondsOf } from '../policy/failoverLag.ts';
import { preflight } from '../preflight/failoverGlobalDatastore.ts';
import { Problem, type Remedy } from '../problems/problem.ts';
import { failoverGlobalDatastore } from '../schemas/failoverGlobalDatastore.ts';

type Request = ChangeRequest<typeof failoverGlobalDatastore>;

export const handler = defineChange(failoverGlobalDatastore, {
  preflight: (request) => preflight(request, maxLagSecondsOf(request.body)),
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
  assertAllowed: assertLag,
  execute: async (request, current: LocatedDatastore | undefined) => {
    const { path, body, signal, caller, owner } = request;
    const { PrimaryRegion } = body;
    const PrimaryReplicationGroupId = await resolveTarget(request, current).catch(addPlanB(request, undefined));
    const input = { ...path, PrimaryRegion, PrimaryReplicationGroupId };
    const target = formatTarget(PrimaryRegion, PrimaryReplicationGroupId);
    const lease = { ...path, target, caller: caller.name, owner, find: () => findDatastore(request) };
    return withFailoverLease(lease, () =>
      callWithRegionFallback(signal, regionsFrom(PrimaryRegion), (region, regionSignal) =>
        elastiCache(regionSignal, region).send(new FailoverGlobalReplicationGroupCommand(input)),
      ),
    )
      .catch(addPlanB(request, PrimaryReplicationGroupId, current))
      .catch((problem) => addMembers(problem, request));
  },
  respond: async ({ GlobalReplicationGroup }, { path, body, signal, caller, owner }) => {
    const datastore = requireGlobalDatastore(GlobalReplicationGroup);
    const id = body.PrimaryReplicationGroupId ?? onlyMemberIn(body.PrimaryRegion, datastore);
    const target = formatTarget(body.PrimaryRegion, id);
    const [Writer] = await Promise.all([
      findWriterSoon(signal, body.PrimaryRegion, id),
      recordAcceptedFailover(path.GlobalReplicationGroupId, { target, caller: caller.name, owner }),
    ]);
    const answer = { GlobalReplicationGroup: datastore, ...(Writer && { Writer }) };
    return acceptedAt(datastore.GlobalReplicationGroupId, answer);
  },
});

/**
 * Throws if there is a limit and the new primary is further behind. Without a limit the lag is not read, nor that of a target
 * that is no secondary: AWS refuses it.
 */
async function assertLag(current: LocatedDatastore | undefined, request: Request): Promise<void> {
  const { path, body, signal } = request;
  const maxLagSeconds = maxLagSecondsOf(body);
  if (maxLagSeconds === undefined) return;
  const ReplicationGroupId = (await resolveTarget(request, current)).toLowerCase();
  const member = { ReplicationGroupId, ReplicationGroupRegion: body.PrimaryRegion };
  if (current && findMember(current.GlobalReplicationGroup, member)?.Role !== 'SECONDARY') return;
  await assertLagWithinLimit(signal, { ...path, member, maxLagSeconds, withoutLimit: withoutLimit(request) });
}

/** Returns the same request without the limit, if the request itself sets the limit. */
function withoutLimit({ path, body }: Request): Remedy | undefined {
  if (hasPolicyLimit(body)) return undefined;
  const { MaxLagSeconds: _, ...others } = body;
  return {
    method: 'POST',
    href: `/global-datastores/${path.GlobalReplicationGroupId}/failover`,
    body: others,
    detail: 'Fail over at once. Writes that the new primary does not have yet are lost.',
  };
}

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

/**
 * Returns a handler that rethrows a problem, with the detach as the last remedy if no region has accepted the failover. AWS
 * contradicts itself on a failover while the region of the primary is down: its user guide says that the region of a secondary
 * accepts it, its runbook that the secondary has to be detached.
 */
const addPlanB =
  (request: Request, id: string | undefined, current?: LocatedDatastore) =>
  (problem: unknown): never => {
    if (!(problem instanceof Problem) || !(isUpstreamFailure(problem) || isRefusal(problem))) throw problem;
    const member = { ReplicationGroupRegion: request.body.PrimaryRegion, ReplicationGroupId: id?.toLowerCase() ?? '' };
    if (current && findMember(current.GlobalReplicationGroup, member)?.Role !== 'SECONDARY') throw problem;
    if (id === undefined)
      throw problem.with({ publicDetail: `${planB} Name the secondary in PrimaryReplicationGroupId.` });
    const detach = { method: 'DELETE', href: memberPath(request.path, member), detail: planB };
    throw problem.with({ remedies: [...(problem.remedies ?? remediesOf(request)), detach] });
  };

const planB =
  'Plan B, only if the region of the primary is lost and the failover does not get through: detach the secondary. It then takes writes as a standalone primary, and cannot rejoin the datastore with its data. The former primary comes back with old data.';

/** Returns whether AWS has refused a request because of its values or of a state. */
const isRefusal = ({ upstream, status }: Problem): boolean => upstream !== undefined && [400, 409].includes(status);

/** Rethrows a problem with the members of the datastore, if they can be read. */
async function addMembers(problem: unknown, request: Request): Promise<never> {
  if (!(problem instanceof Problem) || problem.status >= 500 || problem.status === 404) throw problem;
  const { GlobalReplicationGroup } = await findDatastore(request).catch(() => {
    throw problem;
  });
  throw problem.with({}, `Members are ${formatMembers(GlobalReplicationGroup)}.`);
}
