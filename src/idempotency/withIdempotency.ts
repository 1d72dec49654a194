import { randomUUID } from 'node:crypto';
import { type ChangeOutcome, recordChangeAudit } from '../audit/auditTrail.ts';
import type { GlobalDatastore } from '../datastores/globalDatastore.ts';
import { type ChangeMarker, isLatestChange, recordChange } from '../datastores/lastChange.ts';
import type { ApiRequest, ApiResponse, RouteHandler } from '../http/defineHandler.ts';
import { publicUrl } from '../http/publicUrl.ts';
import { type Caller, callerOf } from '../lib/caller.ts';
import { requestContext } from '../observability/requestContext.ts';
import { Problem, toProblemResponse } from '../problems/problem.ts';
import { problemType } from '../problems/problemTypes.ts';
import type { Route } from '../schemas/route.ts';
import {
  type ClaimedKey,
  claimKey,
  completeRecord,
  parseIdempotencyKey,
  releaseRecord,
  type StoredResponse,
  saveSnapshot,
} from './idempotencyRecord.ts';

/** What a change is given besides the request. */
export interface ChangeContext {
  readonly caller: Caller;
  /** There when an earlier run of this very request may have taken effect, its answer being lost. */
  readonly resumed?: PreviousAttempt;
  /** Takes what the datastore is like, just before AWS is asked to change it. */
  readonly before: (group: GlobalDatastore) => Promise<void>;
}

/** What is known of the run whose answer was lost. */
export interface PreviousAttempt {
  /** What it saw just before it asked AWS; left out when it never came so far. */
  readonly before?: GlobalDatastore;
  /** Whether no other change has begun at the datastore since, so that what is under way there is its own. */
  readonly undisturbed: boolean;
}

/** A request for a change. */
export type ChangeRequest<R extends Route> = ApiRequest<R> & ChangeContext;

export interface GuardOptions {
  /** Whether it goes on without its guard when the table does not answer: what must work on the worst day. */
  readonly vital?: boolean;
}

/**
 * A change that runs once for each `Idempotency-Key`: sent again it gets the answer that was kept, 2xx or a final refusal.
 * One that was killed halfway, or whose outcome is not known, is resumed. Without a key it just runs.
 */
export function withIdempotency<R extends Route>(
  route: R,
  change: (request: ChangeRequest<R>) => Promise<ApiResponse<R>>,
  { vital = false }: GuardOptions = {},
): RouteHandler<R> {
  return async (request) => {
    const caller = callerOf(request.event);
    if ((request.query as { DryRun?: boolean }).DryRun) return change({ ...request, caller, before: async () => {} });

    const Time = new Date().toISOString();
    const key = parseIdempotencyKey(request.event.headers['idempotency-key']);
    const begun =
      key === undefined
        ? undefined
        : await claimKey(key, toIdempotentRequest(route, request, caller)).catch(ignoreStoreOutage(vital));
    if (begun && 'status' in begun) return replay(begun) as ApiResponse<R>;

    const gone = key && !begun ? unprotected : {};
    if (key) requestContext().idempotency = begun ? (begun.resumed ? 'resumed' : 'first') : 'unprotected';
    const resumed = await recoverPreviousAttempt(route, request, caller, begun);
    let seen = resumed?.before;
    const before = async (group: GlobalDatastore) => {
      seen ??= group;
      if (begun && !begun.before) await saveSnapshot(begun, group).catch(ignoreStoreOutage(vital));
    };
    const leave = (end: ChangeOutcome) =>
      recordChangeAudit(route, request, { Time, Caller: caller.name, Resumed: resumed && true }, seen, end);
    try {
      const answer = await change({ ...request, caller, resumed, before });
      await Promise.all([begun && completeRecord(begun, { headers: {}, ...answer }).catch(() => {}), leave(answer)]);
      return { ...answer, headers: { ...answer.headers, ...gone } };
    } catch (error) {
      const problem =
        error instanceof Problem ? error : new Problem('InternalError', 'Unexpected error', { cause: error });
      await Promise.all([begun && recordFailure(begun, problem, request).catch(() => {}), leave(problem)]);
      throw problem.with({ headers: { ...problem.headers, ...gone } });
    }
  };
}

/** What must be the same for a request to be the same; the entity tag too, for with another it may have another end. */
function toIdempotentRequest<R extends Route>(
  { method, path }: R,
  { event, query, body, endsAt }: ApiRequest<R>,
  { principal }: Caller,
) {
  const payload = { method, path: event.rawPath, query, body, match: event.headers['if-match'] };
  return { principal, route: `${method} ${path}`, payload, endsAt };
}

/** Lets what is vital go on without the table; refuses the rest. */
const ignoreStoreOutage =
  (vital: boolean) =>
  (problem: unknown): undefined => {
    if (!vital || !(problem instanceof Problem) || problem.code !== 'IdempotencyStoreUnavailable') throw problem;
  };

function replay({ status, headers, body }: StoredResponse) {
  requestContext().idempotency = 'replayed';
  return { status, headers: { ...headers, 'idempotency-replayed': 'true' }, body };
}

/** Says that the key was not heeded, for the table did not answer. */
const unprotected = { 'idempotency-status': 'unprotected' };

/** Leaves word at the datastore that this change begins; gives what is known of an earlier run, if this one resumes it. */
async function recoverPreviousAttempt<R extends Route>(
  { method, path: template }: R,
  { path }: ApiRequest<R>,
  caller: Caller,
  run: ClaimedKey | undefined,
): Promise<PreviousAttempt | undefined> {
  const { GlobalReplicationGroupId: id } = path as { readonly GlobalReplicationGroupId?: string };
  const word: ChangeMarker = {
    change: run?.key.pk ?? randomUUID(),
    caller: caller.name,
    route: `${method} ${template}`,
  };
  if (!run?.resumed) {
    if (id) await recordChange(id, word);
    return undefined;
  }
  return { before: run.before, undisturbed: id ? await isLatestChange(id, word) : false };
}

/**
 * Ends the run of a request that failed. A final refusal is kept as an answer: a 4xx whose row in the fault table says that
 * the same request is refused again. Of all else only the doubt is kept, if there is one.
 */
async function recordFailure<R extends Route>(
  run: ClaimedKey,
  problem: Problem,
  { event, requestId }: ApiRequest<R>,
): Promise<void> {
  const inDoubt = run.resumed || problem.status >= 500 || problem.possiblyApplied !== undefined;
  const final = problem.status < 500 && !problemType(problem.code).retry;
  if (final && !inDoubt) {
    const { statusCode, headers, body } = toProblemResponse(problem, requestId, publicUrl(event));
    await completeRecord(run, { status: statusCode, headers, body: JSON.parse(body) });
  } else await releaseRecord(run, inDoubt);
}
