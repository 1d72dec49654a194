import { createHash, createHmac, randomUUID } from 'node:crypto';
import { getItem, type Key, putItem, updateItem, type Values } from '../aws/dynamoDbTable.ts';
import { config } from '../config.ts';
import type { Snapshot } from '../datastores/snapshot.ts';
import { canonicalJson } from '../lib/canonicalJson.ts';
import { requestContext } from '../observability/requestContext.ts';
import { Problem } from '../problems/problem.ts';
import type { AnyResponse } from '../schemas/apiRequest.ts';

/**
 * The recovery point of an idempotency record: the progress of the change.
 * `CLAIMED`: an attempt holds the key until `leaseUntil`. It has changed nothing.
 * `SENT`: the attempt was admitted, its snapshot is stored, and AWS may have been called. If its lease has ended, it was
 * killed.
 * `RELEASED`: the attempt failed and changed nothing. The request runs again as a new one.
 * `OUTCOME_UNKNOWN`: the attempt failed after it was sent and may have been applied.
 * `COMPLETED`: the response is stored.
 * Version 1 has `IN_PROGRESS` for `CLAIMED` and `SENT`.
 */
type Phase = 'CLAIMED' | 'SENT' | 'RELEASED' | 'OUTCOME_UNKNOWN' | 'COMPLETED';

/** The properties that make two requests the same one. */
export interface IdempotentRequest {
  readonly principal: string;
  /** Method and path template. */
  readonly route: string;
  /** Path, query, body and precondition. The order of members does not matter. */
  readonly payload: object;
  /** The deadline of the request in epoch milliseconds. */
  readonly endsAt: number;
}

/** An idempotency key that this attempt holds. No other attempt runs until it completes or its lease ends. */
export interface ClaimedKey {
  readonly key: Key;
  readonly attemptId: string;
  /** The time of the first claim in epoch milliseconds. A key that is reused after its lifetime has a new one. */
  readonly claimedAt: number;
  /** The attempt that was sent and of which no response is stored, if any. */
  readonly sent?: SentAttempt;
}

/** An attempt at a change that was admitted and may have been applied. */
export interface SentAttempt {
  /** The state just before AWS was called. Undefined if it could not be read. */
  readonly snapshot?: Snapshot;
  /** The time just before AWS was called (ISO 8601). */
  readonly sentAt: string;
  /** The owner under which the change was admitted. */
  readonly owner?: string;
}

/**
 * Claims the key of a request, or returns the response that an earlier attempt stored. The record is written before any
 * call, so that it remains after a killed attempt: the request runs again once that attempt's lease has ended.
 * Throws `IdempotencyKeyReused`, `IdempotencyKeyInProgress` and `IdempotencyStoreUnavailable`.
 */
export const claimKey = (key: string, request: IdempotentRequest): Promise<AnyResponse | ClaimedKey> =>
  translateStoreError(tryClaimKey(key, request));

async function tryClaimKey(
  key: string,
  { principal, route, payload, endsAt }: IdempotentRequest,
): Promise<AnyResponse | ClaimedKey> {
  const now = Date.now();
  const claimed: ClaimedKey = { key: recordKey(principal, route, key), attemptId: randomUUID(), claimedAt: now };
  requestContext().keyDigest = claimed.key.pk.slice(5, 21);
  const fingerprint = createHmac('sha256', key).update(canonicalJson(payload)).digest('base64url');
  const leaseUntil = Math.min(endsAt + config.keyClockSkewMs, now + config.keyLeaseMs);
  const lease = { attemptId: claimed.attemptId, since: now, leaseUntil };
  const record = {
    v: 2,
    ...claimed.key,
    ...lease,
    phase: 'CLAIMED' satisfies Phase,
    claimedAt: now,
    fingerprint,
    expires: Math.ceil(now / 1000) + config.keyHours * 3600,
  };
  const isNew = { expression: 'attribute_not_exists(pk) OR expires < :now', values: { now: Math.floor(now / 1000) } };
  if (await putItem(record, isNew)) return claimed;

  const stored = await getItem(claimed.key);
  if (!stored) throw inProgress(lease, now); // it has expired in the meantime
  if (stored.attemptId === claimed.attemptId) return claimed; // written by this attempt; DynamoDB's response was lost
  if (stored.fingerprint !== fingerprint) throw new Problem('IdempotencyKeyReused', reused);
  if (stored.phase === 'COMPLETED') return JSON.parse(String(stored.response)) as AnyResponse;
  if (Number(stored.leaseUntil) > now) throw inProgress(stored, now);

  const isUnchanged = {
    expression: 'attemptId IN (:stored, :own)',
    values: { stored: String(stored.attemptId), own: claimed.attemptId },
  };
  const sent = sentAttemptIn(stored);
  const phase = sent ? String(stored.phase) : ('CLAIMED' satisfies Phase);
  if (!(await updateItem(claimed.key, { ...lease, phase }, isUnchanged))) throw inProgress(lease, now);
  return { ...claimed, claimedAt: Number(stored.claimedAt ?? stored.since), sent };
}

/** Returns the attempt of a record that was sent, if any. In version 1, any attempt in progress may have been. */
function sentAttemptIn({ v, phase, snapshot, sentAt, since, owner }: Values): SentAttempt | undefined {
  if (phase === 'RELEASED' || phase === 'CLAIMED') return undefined;
  const stored = snapshot === undefined ? undefined : JSON.parse(String(snapshot));
  return {
    snapshot: stored && v === 1 ? { GlobalReplicationGroup: stored } : stored,
    sentAt: sentAt === undefined ? new Date(Number(since)).toISOString() : String(sentAt),
    owner: owner === undefined ? undefined : String(owner),
  };
}

const reused = 'The same caller has used this Idempotency-Key for another payload on the same route.';

/**
 * Recovery point `SENT`: stores the state just before AWS is called. Throws `IdempotencyStoreUnavailable`, and
 * `IdempotencyKeyInProgress` if the lease has ended and another attempt has claimed the key.
 */
export async function saveSent(claimed: ClaimedKey, { snapshot, sentAt, owner }: SentAttempt): Promise<void> {
  const changes = {
    v: 2,
    phase: 'SENT' satisfies Phase,
    sentAt,
    ...(snapshot && { snapshot: JSON.stringify(snapshot) }),
    ...(owner !== undefined && { owner }),
  };
  const update = updateItem(claimed.key, changes, isHeldBy(claimed));
  if (!(await translateStoreError(update))) throw inProgress({}, Date.now());
}

/** Stores the response for later attempts. */
export const completeRecord = (claimed: ClaimedKey, response: AnyResponse): Promise<boolean> =>
  updateItem(
    claimed.key,
    { phase: 'COMPLETED' satisfies Phase, response: JSON.stringify(response) },
    isHeldBy(claimed),
  );

/** Ends the lease, so that the request may run again at once. */
export const releaseRecord = (claimed: ClaimedKey, phase: 'RELEASED' | 'OUTCOME_UNKNOWN'): Promise<boolean> =>
  updateItem(claimed.key, { phase, leaseUntil: 0 }, isHeldBy(claimed));

const isHeldBy = ({ attemptId }: ClaimedKey) => ({ expression: 'attemptId = :own', values: { own: attemptId } });

/** Returns the key of a record. It holds a digest, so that readers of the table cannot use the idempotency key. */
function recordKey(principal: string, route: string, key: string): Key {
  const digest = createHash('sha256')
    .update(canonicalJson([principal, route, key]))
    .digest('base64url');
  return { pk: `IDEM#${digest}`, sk: 'record' };
}

/** Returns the problem of a key in use. `Retry-After` is as long as the attempt has taken so far, within the rest of its lease. */
function inProgress({ since = 0, leaseUntil = 0 }: Values, now: number): Problem {
  const ms = Math.max(1000, Math.min(now - Number(since), Number(leaseUntil) - now));
  return new Problem('IdempotencyKeyInProgress', 'An earlier request with this Idempotency-Key is still in progress.', {
    headers: { 'retry-after': String(Math.ceil(ms / 1000)) },
  });
}

/** Throws `IdempotencyStoreUnavailable` in place of an error of the table. */
export async function translateStoreError<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem('IdempotencyStoreUnavailable', 'The table of change records does not respond.', {
      cause: error,
    });
  }
}
