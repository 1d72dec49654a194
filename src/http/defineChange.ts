import type { GlobalReplicationGroup } from '@aws-sdk/client-elasticache';
import { findGlobalDatastore, type GlobalDatastore } from '../datastores/globalDatastore.ts';
import { type ChangeRequest, type GuardOptions, withIdempotency } from '../idempotency/withIdempotency.ts';
import { enforcePolicy, evaluatePolicy, startFailoverCooldown } from '../policy/rules.ts';
import type { DryRunResult } from '../preflight/check.ts';
import { Problem } from '../problems/problem.ts';
import type { Route } from '../schemas/route.ts';
import { type ApiRequest, type ApiResponse, defineHandler, ok } from './defineHandler.ts';
import { computeEtag, matchesEtag } from './etag.ts';
import { parsePreferWait, preferenceApplied, waitUntilStable } from './preferHeader.ts';

/** What a changing route may have besides its handler. */
interface Extras<R extends Route> extends GuardOptions {
  /** Tells whether the change can be made: for `?DryRun=true`, and to explain a refusal of AWS. */
  readonly preflight?: (request: ApiRequest<R>) => Promise<DryRunResult>;
  /** What the answer shows once the change is through; `group` is the datastore as it is then. */
  readonly show?: (request: ApiRequest<R>, group: GlobalDatastore) => Promise<object>;
}

/**
 * The Lambda handler of a route that changes a datastore: as `defineHandler`, and it runs once for each `Idempotency-Key`, keeps to
 * `If-Match` before the change, only tells
 * with `?DryRun=true`, explains what AWS refuses without a word why, and keeps to `Prefer: wait` afterwards. A change that is
 * through in time is answered 200 with the datastore as it is then, else 202.
 */
export function defineChange<const R extends Route>(
  route: R,
  handle: (request: ChangeRequest<R>) => Promise<ApiResponse<R>>,
  { preflight, show, vital }: Extras<R> = {},
) {
  const once = async (request: ChangeRequest<R>): Promise<ApiResponse<R>> => {
    await assertIfMatch(request);
    if ((request.query as DryRun).DryRun && preflight) {
      const { Checks, Plan } = await preflight(request);
      return ok(
        dryRunBody({
          Checks: [...Checks, ...(globalThis.POLICY_HAS_RULES !== false ? await evaluatePolicy(request) : [])],
          Plan,
        }),
      ) as ApiResponse<R>;
    }
    if (globalThis.POLICY_HAS_RULES !== false && !request.resumed) await enforcePolicy(request);

    const answer = await handle(request).catch(async (problem) => {
      throw await explainRefusal(problem, preflight && (() => preflight(request)));
    });
    if (globalThis.POLICY_HAS_RULES !== false) await startFailoverCooldown(request);
    const followable = answer.headers?.link !== undefined; // an operation tells by itself when it is through
    return answer.status === 202 && !followable ? waitForCompletion(request, answer, show ?? showDatastore) : answer;
  };
  return defineHandler(route, withIdempotency(route, once, { vital }));
}

interface DryRun {
  readonly DryRun?: boolean;
}

const dryRunBody = ({ Checks, Plan }: DryRunResult) => ({
  Valid: Checks.every(({ Outcome }) => Outcome !== 'fail'),
  Checks,
  Plan,
});

/** The problem with the checks that fail, where AWS refused a request with no word on which part of it is wrong. */
async function explainRefusal(
  problem: unknown,
  preflight: (() => Promise<DryRunResult>) | undefined,
): Promise<unknown> {
  if (!(problem instanceof Problem) || !preflight || problem.status !== 400 || !problem.upstream) return problem;
  const { Checks } = await preflight().catch(() => ({ Checks: [] }));
  const checks = Checks.filter(({ Outcome }) => Outcome === 'fail');
  return checks.length > 0 ? problem.with({ checks }, checks.map(({ Detail }) => Detail).join(' ')) : problem;
}

const showDatastore = async (_: unknown, GlobalReplicationGroup: GlobalDatastore) => ({
  GlobalReplicationGroup,
});

interface Addressed {
  readonly GlobalReplicationGroupId?: string;
}

/** Lets a change through only onto the state that the caller has seen (RFC 9110 §13.1.1), or that it has left itself. */
async function assertIfMatch<R extends Route>(request: ChangeRequest<R>): Promise<void> {
  const { event, path, signal, resumed, before } = request;
  const seen = event.headers['if-match'];
  const { GlobalReplicationGroupId } = path as Addressed;
  if (!seen || !GlobalReplicationGroupId || resumed?.before) return;

  const { group } = await findGlobalDatastore(signal, GlobalReplicationGroupId);
  const etag = computeEtag(group);
  if (matchesEtag(seen, etag)) return before(group);
  throw new Problem('PreconditionFailed', `The datastore has changed since: its entity tag is ${etag} now.`, {
    headers: { etag },
  });
}

async function waitForCompletion<R extends Route>(
  request: ApiRequest<R>,
  answer: ApiResponse<R>,
  show: NonNullable<Extras<R>['show']>,
): Promise<ApiResponse<R>> {
  const seconds = parsePreferWait(request.event.headers.prefer);
  if (seconds === undefined) return answer;

  const id = answer.headers?.location?.split('/').at(-1) ?? '';
  const { group, stable, gone } = await waitUntilStable(request.signal, id, seconds, request.endsAt);
  const headers = { ...answer.headers, ...preferenceApplied(seconds) };
  if (gone) return completed(headers, lastSeen(answer)) as ApiResponse<R>;
  if (!group) return { ...answer, headers };
  const body = { ...(answer.body as object), ...(await show(request, group)) };
  return (stable ? completed(headers, body) : { status: 202, headers, body }) as ApiResponse<R>;
}

/** The answer of a change that is through: nothing to come back for. */
function completed({ 'retry-after': _, ...headers }: Record<string, string>, body: object) {
  return { status: 200, headers, body };
}

/** A datastore that is gone, as it was last seen. */
function lastSeen<R extends Route>(answer: ApiResponse<R>): { GlobalReplicationGroup: GlobalReplicationGroup } {
  const { GlobalReplicationGroup } = answer.body as { GlobalReplicationGroup: GlobalReplicationGroup };
  return { GlobalReplicationGroup: { ...GlobalReplicationGroup, Status: 'deleted' } };
}
