import { FailoverGlobalReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { callWithRegionFallback, regionsFrom } from '../aws/multiRegion.ts';
import { withFailoverLease } from '../datastores/failoverLease.ts';
import {
  findGlobalDatastore,
  formatMembers,
  type LocatedDatastore,
  membersIn,
  primaryOf,
} from '../datastores/globalDatastore.ts';
import { type ChangeRequest, defineChange } from '../http/defineChange.ts';
import { preflight } from '../preflight/failoverGlobalDatastore.ts';
import { Problem } from '../problems/problem.ts';
import { failoverGlobalDatastore } from '../schemas/failoverGlobalDatastore.ts';

type Request = ChangeRequest<typeof failoverGlobalDatastore>;

export const handler = defineChange(failoverGlobalDatastore, {
  preflight,
  failOpen: true,
  load: async (request) =>
    request.previous || !request.body.PrimaryReplicationGroupId ? findDatastore(request) : undefined,
  isApplied: (current, request) => primaryOf(current.GlobalReplicationGroup) === formatTarget(request, current),
  execute: async (request, current) => {
    const { path, body, signal, caller } = request;
    const { PrimaryRegion } = body;
    const PrimaryReplicationGroupId = await resolveTarget(request, current);
    const input = { ...path, PrimaryRegion, PrimaryReplicationGroupId };
    const target = formatTarget({ body: input });
    const lease = { ...path, target, caller: caller.name, find: () => findDatastore(request) };
    return withFailoverLease(lease, () =>
      callWithRegionFallback(signal, regionsFrom(PrimaryRegion), (region, regionSignal) =>
        elastiCache(regionSignal, region).send(new FailoverGlobalReplicationGroupCommand(input)),
      ),
    ).catch((problem) => addMembers(problem, request));
  },
});

/** Reads the datastore. The region of the new primary is read first. */
const findDatastore = ({ path, body, signal }: Request): Promise<LocatedDatastore> =>
  findGlobalDatastore(signal, path.GlobalReplicationGroupId, body.PrimaryRegion);

/** Returns the id of the new primary: the one in the request, or the only member in its region. */
const resolveTarget = async (request: Request, current: LocatedDatastore | undefined): Promise<string> =>
  request.body.PrimaryReplicationGroupId ?? onlyMemberIn(request, current ?? (await findDatastore(request)));

/** Returns the new primary as `region/id`. */
function formatTarget({ body }: Pick<Request, 'body'>, current?: LocatedDatastore): string {
  const id = body.PrimaryReplicationGroupId ?? (current && onlyMemberIn({ body }, current));
  return `${body.PrimaryRegion}/${id?.toLowerCase()}`;
}

/** Returns the id of the only member in the region. Throws `ValidationFailed` if there are several. */
function onlyMemberIn({ body }: Pick<Request, 'body'>, { GlobalReplicationGroup }: LocatedDatastore): string {
  const { PrimaryRegion: region } = body;
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
