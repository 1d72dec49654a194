import { createHash, randomUUID } from 'node:crypto';
import {
  type AuditEntry,
  type AuditedChange,
  type ChangeOutcome,
  logAskedLost,
  putAsked,
  putOutcome,
  readChangesSince,
  redactRequest,
  summarizeDatastore,
} from '../audit/auditTrail.ts';
import { isTableUnavailable } from '../aws/dynamoDbTable.ts';
import { forgetFailovers } from '../datastores/failoverLease.ts';
import { type GlobalDatastore, primaryOf } from '../datastores/globalDatastore.ts';
import { newPrimaryIn } from '../datastores/newPrimary.ts';
import type { Snapshot } from '../datastores/snapshot.ts';
import { canonicalPath } from '../lib/canonicalPath.ts';
import { requestContext } from '../observability/requestContext.ts';
import { Problem } from '../problems/problem.ts';
import type { AnyRequest, AnyResponse } from '../schemas/apiRequest.ts';
import type { Route } from '../schemas/route.ts';
import { parseIdempotencyKey } from './idempotencyKey.ts';
import {
  type ClaimedKey,
  claimKey,
  completeRecord,
  releaseRecord,
  type SentAttempt,
  saveSent,
  translateStoreError,
} from './idempotencyRecord.ts';
import { failureOutcomeOf } from './lostResponse.ts';

interface Options {
  /** True if the change continues without its record when the table does not respond. */
  readonly failOpen: boolean;
}

/**
 * The record of a change: its recovery point, for a retry of the same request and for the audit trail. A change is recorded
 * before AWS is called. Only what a recovery point states may be concluded from it.
 */
export class ChangeRecord {
  /** The id of the change. A retry under the same key has the same. */
  readonly id: string;
  /** The earlier attempt at the same request that was sent and of which no response is stored, if any. */
  readonly previous: SentAttempt | undefined;
  /** True if the caller sent a key and the table did not respond. A retry then runs as a new request. */
  readonly isUnprotected: boolean;
  /** True if an audit entry of the change is in the log only. */
  isAuditLost = false;
  readonly #contract: Route;
  readonly #request: AnyRequest;
  readonly #claimed: ClaimedKey | undefined;
  readonly #failOpen: boolean;
  readonly #startedAt = new Date().toISOString();
  #owner: string | undefined;
  #isWithheld = false;
  #isSent = false;
  #snapshot: Snapshot | undefined;

  constructor(
    contract: Route,
    request: AnyRequest,
    { claimed, isUnprotected, failOpen }: { claimed?: ClaimedKey; isUnprotected: boolean } & Options,
  ) {
    this.#contract = contract;
    this.#request = request;
    this.#claimed = claimed;
    this.#failOpen = failOpen;
    this.#snapshot = claimed?.sent?.snapshot;
    this.id = claimed ? idOf(claimed) : randomUUID().replaceAll('-', '').slice(0, 16);
    this.previous = claimed?.sent;
    this.isUnprotected = isUnprotected;
  }

  /** Recovery point: the subject is the caller's. `owner` is its owner, if the policy has owners. */
  owned(owner: string | undefined): void {
    this.#owner = owner;
  }

  /** Keeps the change out of the audit trail of its subject, which is not the caller's. */
  withhold(): void {
    this.#isWithheld = true;
  }

  /**
   * Recovery point: ownership, precondition and policy have admitted the change, and AWS is called next. Stores the snapshot for a
   * retry and the audit entry `asked`. Throws `IdempotencyStoreUnavailable` if they cannot be stored, unless `failOpen`.
   */
  async sent(snapshot: Snapshot | undefined): Promise<void> {
    this.#snapshot = snapshot;
    const change = this.#audited();
    try {
      if (this.#failOpen && isTableUnavailable()) throw storeUnavailable();
      await Promise.all([
        this.#claimed && saveSent(this.#claimed, { snapshot, sentAt: this.sentAt, owner: this.#owner }),
        translateStoreError(putAsked(change)),
      ]);
    } catch (problem) {
      ignoreStoreOutage(this.#failOpen)(problem);
      this.isAuditLost = true;
      logAskedLost(change);
    }
    this.#isSent = true;
  }

  /** The state before the change, as an earlier attempt or this one has stored it. */
  get snapshot(): Snapshot | undefined {
    return this.#snapshot;
  }

  /** The time at which the change was first sent. */
  get sentAt(): string {
    return this.previous?.sentAt ?? this.#startedAt;
  }

  /**
   * Returns the changes of other requests to these resources since the change was sent, the latest first. Throws
   * `IdempotencyStoreUnavailable` if the table does not respond.
   */
  async findChangesOfOthers(datastore: GlobalDatastore | undefined): Promise<AuditEntry[]> {
    const subjects = new Set([...this.#subjects(), ...idsOf(datastore)]);
    const changes = [...subjects].map((subject) => readChangesSince(subject, this.sentAt, this.id));
    return (await translateStoreError(Promise.all(changes))).flat();
  }

  /** Recovery point: the change ended with a response. Stores it for retries and puts the audit entry. */
  async completed(response: AnyResponse): Promise<void> {
    const { GlobalReplicationGroup } = response.body as { GlobalReplicationGroup?: GlobalDatastore };
    const After = GlobalReplicationGroup && summarizeDatastore(GlobalReplicationGroup);
    const stored = this.#claimed && completeRecord(this.#claimed, { headers: {}, ...response }).catch(() => {});
    const outcome = { Outcome: 'accepted', Status: response.status, After } as const;
    const ids = idsOf(GlobalReplicationGroup);
    const forgotten = this.#changesLife(response) ? ids.map(forgetFailovers) : [];
    await Promise.all([stored, this.#putOutcome(outcome, ids), ...forgotten]);
  }

  /**
   * Recovery point: the change was accepted and has ended with another state than the requested one. Stores the response for
   * retries, so that none makes the change again, and puts the audit entry with the state at the end.
   */
  async notApplied({ status, code, current = {} }: Problem, response: AnyResponse): Promise<void> {
    const { GlobalReplicationGroup }: Snapshot = current;
    const After = GlobalReplicationGroup && summarizeDatastore(GlobalReplicationGroup);
    const stored = this.#claimed && completeRecord(this.#claimed, response).catch(() => {});
    await Promise.all([stored, this.#putOutcome({ Outcome: 'notApplied', Status: status, Code: code, After })]);
  }

  /** Recovery point: the change ended with a problem. Ends the claim and puts the audit entry. */
  async failed(problem: Problem): Promise<void> {
    const Outcome = failureOutcomeOf(problem, this.#isSent);
    const phase = this.previous || Outcome === 'unknown' ? 'OUTCOME_UNKNOWN' : 'RELEASED';
    const released = this.#claimed && releaseRecord(this.#claimed, phase).catch(() => {});
    await Promise.all([released, this.#putOutcome({ Outcome, Status: problem.status, Code: problem.code })]);
  }

  async #putOutcome(outcome: ChangeOutcome, ids: readonly string[] = []): Promise<void> {
    if (this.#isWithheld || (!this.#isSent && isTableUnavailable())) return;
    const change = this.#audited(ids);
    if (!(await putOutcome(change, outcome))) this.isAuditLost = true;
  }

  /** Returns whether this change creates or deletes a datastore: not with an operation, which deletes it later. */
  #changesLife({ headers }: AnyResponse): boolean {
    const isDeletion = this.#isDeletion && headers?.link === undefined;
    return isDeletion || this.#contract.subject === 'newDatastore';
  }

  get #isDeletion(): boolean {
    return this.#contract.method === 'DELETE' && this.#request.path.ReplicationGroupId === undefined;
  }

  #audited(ids: readonly string[] = []): AuditedChange {
    const { method, path } = this.#contract;
    const before = this.#snapshot?.GlobalReplicationGroup;
    return {
      id: this.id,
      subjects: [...this.#subjects(), ...ids],
      owner: this.#owner,
      facts: {
        Time: this.#startedAt,
        Caller: this.#request.caller.name,
        Route: `${method} ${path}`,
        RequestId: this.#request.requestId,
        Request: redactRequest(this.#request),
        Resumed: this.previous && true,
        Before: before && summarizeDatastore(before),
      },
    };
  }

  /**
   * Returns the resources in whose trails the change is: its datastore, and the primary of a datastore that it creates or deletes.
   * AWS chooses the id of a new datastore, so that only its primary is known before.
   */
  #subjects(): string[] {
    const { path, body } = this.#request;
    const { GlobalReplicationGroupId, OperationId } = path;
    if (this.#contract.subject === 'newDatastore') {
      const { PrimaryReplicationGroupRegion, PrimaryReplicationGroupId } = newPrimaryIn(body);
      return [`${PrimaryReplicationGroupRegion}/${PrimaryReplicationGroupId}`];
    }
    if (this.#contract.subject === 'evacuation') return [`evacuations/${(body as { FromRegion: string }).FromRegion}`];
    const id = GlobalReplicationGroupId ?? OperationId?.replace(/_.*$/, '') ?? '';
    const primary = this.#isDeletion && primaryOf(this.#snapshot?.GlobalReplicationGroup ?? {});
    return primary ? [id, primary] : [id];
  }
}

const idsOf = (datastore: GlobalDatastore | undefined): string[] =>
  datastore ? [datastore.GlobalReplicationGroupId] : [];

/** Returns the id of the change of a key. A key that is reused after its lifetime has another id. */
const idOf = ({ key, claimedAt }: ClaimedKey): string =>
  createHash('sha256').update(`${key.pk} ${claimedAt}`).digest('hex').slice(0, 16);

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
  if (key === undefined) return new ChangeRecord(contract, request, { ...options, isUnprotected: false });
  const claimed = await claimKey(key, toIdempotentRequest(contract, request)).catch(
    ignoreStoreOutage(options.failOpen),
  );
  if (claimed && 'status' in claimed) {
    requestContext().idempotency = 'replayed';
    return { ...claimed, headers: { ...claimed.headers, 'idempotency-replayed': 'true' } };
  }
  requestContext().idempotency = claimed ? (claimed.sent ? 'resumed' : 'first') : 'unprotected';
  return new ChangeRecord(contract, request, { ...options, claimed, isUnprotected: !claimed });
}

/** Returns the properties that must be equal for a request to be the same one. */
function toIdempotentRequest({ method, path: template }: Route, request: AnyRequest) {
  const { event, path, query, body, caller, endsAt } = request;
  const payload = { method, path: canonicalPath(template, path), query, body, match: event.headers['if-match'] };
  return { principal: caller.principal, route: `${method} ${template}`, payload, endsAt };
}

const storeUnavailable = () =>
  new Problem('IdempotencyStoreUnavailable', 'The table of change records does not respond.');

/** Returns a handler of store errors: with `failOpen` it ignores an outage of the table, else it rethrows. */
const ignoreStoreOutage =
  (failOpen: boolean) =>
  (problem: unknown): undefined => {
    if (!failOpen || !(problem instanceof Problem) || problem.code !== 'IdempotencyStoreUnavailable') throw problem;
  };
