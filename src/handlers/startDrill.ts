import { findGlobalDatastore, formatMembers, type GlobalDatastore } from '../datastores/globalDatastore.ts';
import { assertLagWithinLimit } from '../datastores/lagLimit.ts';
import { type ChangeRequest, defineChange } from '../http/defineChange.ts';
import { publicUrl } from '../http/publicUrl.ts';
import { datastoreWithOperation } from '../http/responses.ts';
import type { Goal } from '../operations/goal.ts';
import { findPlace, startOperation, withOwnOperation } from '../operations/operations.ts';
import { hasPolicyLimit, maxLagSecondsOf } from '../policy/failoverLag.ts';
import { assertChecksPass } from '../preflight/dryRunResult.ts';
import { checkDrill, findDrillGoal, preflight } from '../preflight/startDrill.ts';
import { Problem } from '../problems/problem.ts';
import { startDrill } from '../schemas/startDrill.ts';

export const handler = defineChange(startDrill, {
  preflight: (request) => preflight({ ...request, body: withLimit(request.body) }),
  load: async ({ path, signal }) => {
    const acceptedAt = new Date().toISOString();
    const { GlobalReplicationGroup } = await findGlobalDatastore(signal, path.GlobalReplicationGroupId);
    return { GlobalReplicationGroup, acceptedAt };
  },
  findOwnResult: (request, current) => withOwnOperation(request, current),
  execute: async (request, current) => {
    const { query, event } = request;
    const body = withLimit(request.body);
    const { GlobalReplicationGroup, acceptedAt } = current;
    const goal = requireDrillGoal(GlobalReplicationGroup, body, acceptedAt);
    const place = await findPlace(request, goal, query.Supersede);
    if (place.existing) return { ...current, OperationId: place.existing };
    assertChecksPass(checkDrill(GlobalReplicationGroup, goal, body));
    await assertLagAllowsDrill(request, goal);
    return { ...current, OperationId: await startOperation(request, goal, place, publicUrl(event)) };
  },
  respond: (result) => datastoreWithOperation(result),
});

type Request = ChangeRequest<typeof startDrill>;

/**
 * Returns a body with the stricter of its own limit and that of the policy. A drill cannot override the limit of the policy.
 */
function withLimit(body: Request['body']): Request['body'] {
  const MaxLagSeconds = maxLagSecondsOf(body);
  return MaxLagSeconds === undefined ? body : { ...body, MaxLagSeconds };
}

/** Returns the goal of a drill. Throws `MemberNotFound` with all members if the datastore does not have the target. */
function requireDrillGoal(group: GlobalDatastore, body: Request['body'], acceptedAt: string): Goal {
  const goal = findDrillGoal(group, body, acceptedAt);
  if (goal) return goal;
  const { PrimaryRegion, PrimaryReplicationGroupId: id } = body;
  const missing = id === undefined ? `No member in ${PrimaryRegion}` : `${PrimaryRegion}/${id} is not a member`;
  throw new Problem('MemberNotFound', `${missing}. Members are ${formatMembers(group)}.`);
}

/** Throws if the drill has a limit and its target is further behind. */
async function assertLagAllowsDrill({ path, body, signal }: Request, { Drill }: Goal): Promise<void> {
  const { MaxLagSeconds: maxLagSeconds } = Drill ?? {};
  if (maxLagSeconds === undefined || !Drill) return;
  const { MaxLagSeconds: _, ...others } = body;
  const withoutLimit = {
    method: 'POST',
    href: `/global-datastores/${path.GlobalReplicationGroupId}/drills`,
    body: others,
    detail: 'Start the drill at once. Writes that the secondary does not have yet are lost.',
  };
  await assertLagWithinLimit(signal, {
    ...path,
    member: Drill.Target,
    maxLagSeconds,
    ...(!hasPolicyLimit(body) && { withoutLimit }),
  });
}
