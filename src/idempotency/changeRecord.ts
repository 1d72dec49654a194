import { randomUUID } from 'node:crypto';
import { type ChangeOutcome, recordChangeAudit } from '../audit/auditTrail.ts';
import type { GlobalDatastore } from '../datastores/globalDatastore.ts';
import { type ChangeMarker, isLatestChange, recordChange } from '../datastores/lastChange.ts';
import { requestContext } from '../observability/requestContext.ts';
import { Problem } from '../problems/problem.ts';
import { problemType } from '../problems/problemTypes.ts';
import type { AnyRequest, AnyResponse } from '../schemas/apiRequest.ts';
import type { Route } from '../schemas/route.ts';
import { parseIdempotencyKey } from './idempotencyKey.ts';
import { type ClaimedKey, claimKey, completeRecord, releaseRecord, saveSnapshot } from './idempotencyRecord.ts';
import type { PreviousAttempt } from './lostResponse.ts';

interface Options {
  /** True if the change continues without its record when the table does not respond. */
  readonly failOpen: boolean;
}

/** The progress of a change, for a retry of the same request and for the audit trail. */
export class ChangeRecord {
  /** Set if an earlier attempt at the same request may have been applied. */
  readonly previous: PreviousAttempt | undefined;
  /** True if the caller sent a key and the table did not respond. A retry then runs as a new request. */
  readonly isUnprotected: boolean;
  readonly #contract: Route;
  readonly #request: AnyRequest;
  readonly #claimed: ClaimedKey | undefined;
  readonly #failOpen: boolean;
  readonly #startedAt = new Date().toISOString();
  #snapshot: GlobalDatastore | undefined;

  constructor(
    contract: Route,
    request: AnyRequest,
    record: { claimed?: ClaimedKey; previous?: PreviousAttempt; isUnprotected: boolean } & Options,
  ) {
    this.#contract = contract;
    this.#request = request;
    this.#claimed = record.claimed;
    this.#failOpen = record.failOpen;
    this.#snapshot = record.previous?.snapshot;
    this.previous = record.previous;
    this.isUnprotected = record.isUnprotected;
  }

  /** Recovery point: the change is admitted and AWS is called next. A retry is compared with this snapshot. */
  async admitted(snapshot: GlobalDatastore): Promise<void> {
    this.#snapshot ??= snapshot;
    if (!this.#claimed || this.#claimed.snapshot) return;
    await saveSnapshot(this.#claimed, snapshot).catch(ignoreStoreOutage(this.#failOpen));
  }

  /** Recovery point: the change ended with a response. Stores it for retries and writes the audit entry. */
  async completed(response: AnyResponse): Promise<void> {
    const stored = this.#claimed && completeRecord(this.#claimed, { headers: {}, ...response }).catch(() => {});
    await Promise.all([stored, this.#audit(response)]);
  }

  /** Recovery point: the change ended with a problem, which `response` shows. Writes the audit entry. */
  async failed(problem: Problem, response: AnyResponse): Promise<void> {
    const stored = this.#claimed && recordFailure(this.#claimed, problem, response).catch(() => {});
    await Promise.all([stored, this.#audit(problem)]);
  }

  #audit(outcome: ChangeOutcome): Promise<void> {
    const facts = {
      Time: this.#startedAt,
      Caller: this.#request.caller.name,
      Resumed: this.previous && true,
    };
    return recordChangeAudit(this.#contract, this.#request, facts, this.#snapshot, outcome);
  }
}

/**
 * Opens the record of a change, or returns the response that an earlier attempt with the same `Idempotency-Key` stored. Throws
 * `IdempotencyKeyReused`, `IdempotencyKeyInProgress` and, unless `failOpen`, `IdempotencyStoreUnavailable`.
 */
export async function openChangeRecord(
  contract: Route,
  request: AnyRequest,
  options: Options,
): Promise<ChangeRecord | AnyResponse> {
  const key = parseIdempotencyKey(request.event.headers['idempotency-key']);
  const claimed =
    key === undefined
      ? undefined
      : await claimKey(key, toIdempotentRequest(contract, request)).catch(ignoreStoreOutage(options.failOpen));
  if (claimed && 'status' in claimed) {
    requestContext().idempotency = 'replayed';
    return { ...claimed, headers: { ...claimed.headers, 'idempotency-replayed': 'true' } };
  }
  if (key) requestContext().idempotency = claimed ? (claimed.isRetry ? 'resumed' : 'first') : 'unprotected';
  const previous = await findPreviousAttempt(contract, request, claimed);
  return new ChangeRecord(contract, request, {
    ...options,
    claimed: claimed ?? undefined,
    previous,
    isUnprotected: key !== undefined && !claimed,
  });
}

/** Returns the properties that must be equal for a request to be the same one. */
function toIdempotentRequest({ method, path }: Route, { event, query, body, caller, endsAt }: AnyRequest) {
  const payload = { method, path: event.rawPath, query, body, match: event.headers['if-match'] };
  return { principal: caller.principal, route: `${method} ${path}`, payload, endsAt };
}

/**
 * Records this change as the latest one on the datastore. If the request repeats an earlier attempt, returns that attempt's
 * snapshot and whether any other change has started since.
 */
async function findPreviousAttempt(
  { method, path: template }: Route,
  { path, caller }: AnyRequest,
  claimed: ClaimedKey | undefined,
): Promise<PreviousAttempt | undefined> {
  const { GlobalReplicationGroupId: id } = path;
  const marker: ChangeMarker = {
    change: claimed?.key.pk ?? randomUUID(),
    caller: caller.name,
    route: `${method} ${template}`,
  };
  if (!claimed?.isRetry) {
    if (id) await recordChange(id, marker);
    return undefined;
  }
  return { snapshot: claimed.snapshot, noOtherChangeSince: id ? await isLatestChange(id, marker) : false };
}

/**
 * Ends the claim of a request that failed. Stores a final rejection as the response: a 4xx that the same request gets again. For
 * any other problem it records whether the request may have been applied.
 */
async function recordFailure(claimed: ClaimedKey, problem: Problem, response: AnyResponse): Promise<void> {
  const isUnknown = claimed.isRetry || problem.status >= 500 || problem.possiblyApplied !== undefined;
  const isFinal = problem.status < 500 && !problemType(problem.code).retry;
  if (isFinal && !isUnknown) await completeRecord(claimed, response);
  else await releaseRecord(claimed, isUnknown ? 'OUTCOME_UNKNOWN' : 'RELEASED');
}

/** Returns a handler of store errors: with `failOpen` it ignores an outage of the table, else it rethrows. */
const ignoreStoreOutage =
  (failOpen: boolean) =>
  (problem: unknown): undefined => {
    if (!failOpen || !(problem instanceof Problem) || problem.code !== 'IdempotencyStoreUnavailable') throw problem;
  };
