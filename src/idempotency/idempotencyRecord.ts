import { createHash, createHmac, randomUUID } from 'node:crypto';
import { getItem, type Key, putItem, updateItem, type Values } from '../aws/dynamoDbTable.ts';
import { config } from '../config.ts';
import type { GlobalDatastore } from '../datastores/globalDatastore.ts';
import { canonicalJson } from '../lib/canonicalJson.ts';
import { requestContext } from '../observability/requestContext.ts';
import { Problem } from '../problems/problem.ts';

/** What makes a request the same one again. */
export interface IdempotentRequest {
  readonly principal: string;
  /** Method and path template. */
  readonly route: string;
  /** Path, query, body and what else of it decides: compared, whatever the order of its members. */
  readonly payload: object;
  /** When it must have ended, in epoch milliseconds. */
  readonly endsAt: number;
}

/** An answer as it is kept and given again. */
export interface StoredResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** A request that is to be run under its key, by nobody else until it ends. */
export interface ClaimedKey {
  readonly key: Key;
  readonly id: string;
  /** Whether an earlier run of the same request may have taken effect. */
  readonly resumed: boolean;
  /** What that run saw just before it asked AWS for the change. */
  readonly before?: GlobalDatastore;
}

/**
 * The Idempotency-Key of a request, `"quoted"` as the draft has it or bare as most clients send it; undefined without one.
 * Throws `ValidationFailed` unless it is 1 to 255 visible ASCII characters.
 */
export function parseIdempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const given = header.trim();
  const key = given.startsWith('"') ? given.match(quoted)?.[1]?.replace(/\\(.)/g, '$1') : given;
  if (key && /^[\x21-\x7e]{1,255}$/.test(key)) return key;
  const detail = 'Idempotency-Key must be 1 to 255 visible ASCII characters, bare or as "…"; a UUID does well.';
  throw new Problem('ValidationFailed', detail, { errors: [{ in: 'header', parameter: 'Idempotency-Key', detail }] });
}

/** A string of RFC 9651. */
const quoted = /^"((?:[^"\\]|\\["\\])*)"$/;

/**
 * Begins a request under its key, or gives the answer that it had before. The record is written before anything is done, so
 * whatever ends a run leaves word of it: a run that never ended is taken up again once it cannot be running any more.
 * Throws `IdempotencyKeyReused`, `IdempotencyKeyInProgress`, and `IdempotencyStoreUnavailable` before anything was done.
 */
export const claimKey = (key: string, request: IdempotentRequest): Promise<StoredResponse | ClaimedKey> =>
  translateStoreError(tryClaimKey(key, request));

async function tryClaimKey(
  key: string,
  { principal, route, payload, endsAt }: IdempotentRequest,
): Promise<StoredResponse | ClaimedKey> {
  const run: ClaimedKey = { key: recordKey(principal, route, key), id: randomUUID(), resumed: false };
  requestContext().keyDigest = run.key.pk.slice(5, 21);
  const fingerprint = createHmac('sha256', key).update(canonicalJson(payload)).digest('base64url');
  const now = Date.now();
  const heldUntil = Math.min(endsAt + config.keyClockSkewMs, now + config.keyLeaseMs);
  const hold = { phase: 'running', runId: run.id, since: now, heldUntil };
  const first = { ...run.key, ...hold, fingerprint, expires: Math.ceil(now / 1000) + config.keyHours * 3600 };
  const fresh = { expression: 'attribute_not_exists(pk) OR expires < :now', values: { now: Math.floor(now / 1000) } };
  if (await putItem(first, fresh)) return run;

  const found = await getItem(run.key);
  if (!found) throw inProgress(hold, now); // it has just expired
  if (found.runId === run.id) return run; // our own, after an answer of DynamoDB was lost
  if (found.fingerprint !== fingerprint) throw new Problem('IdempotencyKeyReused', reused);
  if (found.phase === 'done') return JSON.parse(String(found.answer)) as StoredResponse;
  if (Number(found.heldUntil) > now) throw inProgress(found, now);

  const unchanged = { expression: 'runId IN (:seen, :mine)', values: { seen: String(found.runId), mine: run.id } };
  if (!(await updateItem(run.key, hold, unchanged))) throw inProgress(hold, now);
  const before = found.before === undefined ? undefined : JSON.parse(String(found.before));
  return { ...run, resumed: found.phase !== 'open', before };
}

const reused = 'This Idempotency-Key was used before, by the same caller on the same route, with another payload.';

/**
 * Notes what a run sees just before it asks AWS for the change. Throws `IdempotencyStoreUnavailable`, for nothing was asked
 * yet, and `IdempotencyKeyInProgress` when this run took so long that another has begun.
 */
export async function saveSnapshot(run: ClaimedKey, group: GlobalDatastore): Promise<void> {
  const ours = await translateStoreError(updateItem(run.key, { before: JSON.stringify(group) }, isHeldBy(run)));
  if (!ours) throw inProgress({}, Date.now());
}

/** Keeps the answer for whoever sends the request again. */
export const completeRecord = (run: ClaimedKey, answer: StoredResponse): Promise<boolean> =>
  updateItem(run.key, { phase: 'done', answer: JSON.stringify(answer) }, isHeldBy(run));

/** Lets the request be sent again at once; `inDoubt` says whether it may have taken effect nonetheless. */
export const releaseRecord = (run: ClaimedKey, inDoubt: boolean): Promise<boolean> =>
  updateItem(run.key, { phase: inDoubt ? 'in doubt' : 'open', heldUntil: 0 }, isHeldBy(run));

const isHeldBy = ({ id }: ClaimedKey) => ({ expression: 'runId = :mine', values: { mine: id } });

/** The key itself is never stored: whoever reads the table cannot use it. */
function recordKey(principal: string, route: string, key: string): Key {
  const digest = createHash('sha256')
    .update(canonicalJson([principal, route, key]))
    .digest('base64url');
  return { pk: `IDEM#${digest}`, sk: 'record' };
}

/** Asks to wait as long as the first run has taken so far, at most until it must have ended. */
function inProgress({ since = 0, heldUntil = 0 }: Values, now: number): Problem {
  const ms = Math.max(1000, Math.min(now - Number(since), Number(heldUntil) - now));
  return new Problem('IdempotencyKeyInProgress', 'The first request with this Idempotency-Key has not ended yet.', {
    headers: { 'retry-after': String(Math.ceil(ms / 1000)) },
  });
}

async function translateStoreError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem('IdempotencyStoreUnavailable', 'The table of idempotency records does not answer', {
      cause: error,
    });
  }
}
