import { randomUUID } from 'node:crypto';
import {
  type Condition,
  getItem,
  isTableUnavailable,
  type Key,
  updateItem,
  type Values,
} from '../aws/dynamoDbTable.ts';
import { config } from '../config.ts';
import { Problem } from '../problems/problem.ts';
import { type LocatedDatastore, primaryOf } from './globalDatastore.ts';
import { isStable } from './status.ts';

/** A failover that requests the lease. */
export interface FailoverRequest {
  readonly GlobalReplicationGroupId: string;
  /** The new primary, as `region/id`. */
  readonly target: string;
  readonly caller: string;
  /** The owner of the datastore, if the policy has owners. */
  readonly owner?: string;
  /** The operation that the failover is a step of, if any. */
  readonly OperationId?: string;
  /** Reads the datastore. */
  readonly find: () => Promise<LocatedDatastore>;
}

/**
 * Calls `execute` while it holds the failover lease of the datastore. AWS accepts two opposite failovers, and the last one wins.
 * Failovers to the same target share the lease. It ends when the failover is complete or all of its holders were refused, at the
 * latest after `config.failoverLeaseMs`. Fails open if the table does not respond.
 * @throws Problem `FailoverUnderWay` if a failover to another target is in progress.
 */
export async function withFailoverLease<T>(failover: FailoverRequest, execute: () => Promise<T>): Promise<T> {
  const lease = await acquireLease(failover);
  try {
    return await execute();
  } catch (problem) {
    if (lease && problem instanceof Problem && problem.status < 500 && !problem.possiblyApplied)
      await releaseLease(lease).catch(() => {});
    throw problem;
  }
}

/** The last failover of a datastore that AWS accepted. */
export interface AcceptedFailover {
  /** The new primary, as `region/id`. */
  readonly target: string;
  readonly caller: string;
  /** In epoch milliseconds. */
  readonly acceptedAt: number;
  readonly OperationId?: string;
  readonly owner?: string;
}

/**
 * Returns the last failover that AWS accepted, of a request or of an operation. It is kept for 30 days. Throws if the table does not
 * respond.
 */
export async function lastFailover(GlobalReplicationGroupId: string): Promise<AcceptedFailover | undefined> {
  const item = await getItem(leaseKey(GlobalReplicationGroupId));
  if (!item) return undefined;
  if (item.v === 1) return { ...(item as unknown as AcceptedFailover), acceptedAt: Number(item.since) }; // has no outcome
  return item.accepted ? (JSON.parse(String(item.accepted)) as AcceptedFailover) : undefined;
}

/** Records a failover that AWS accepted as the last one. It never fails. */
export async function recordAcceptedFailover(
  GlobalReplicationGroupId: string,
  { target, caller, owner, OperationId }: Omit<AcceptedFailover, 'acceptedAt'>,
): Promise<void> {
  if (isTableUnavailable()) return;
  const accepted: AcceptedFailover = { target, caller, owner, OperationId, acceptedAt: Date.now() };
  const changes = { v: 2, accepted: JSON.stringify(accepted), expires: expiry() };
  await updateItem(leaseKey(GlobalReplicationGroupId), changes).catch(() => {});
}

/** Ends the lease and forgets the last failover, because a datastore of this id begins or ends. It never fails. */
export async function forgetFailovers(GlobalReplicationGroupId: string): Promise<void> {
  const changes = { v: 2, holders: '', leaseUntil: 0, accepted: '' };
  if (isTableUnavailable()) return;
  const exists = { expression: 'attribute_exists(pk)' };
  await updateItem(leaseKey(GlobalReplicationGroupId), changes, exists).catch(() => {});
}

/** The lifetime of a lease item in seconds. A cool-down and an operation are shorter. */
const retentionSeconds = 30 * 86_400;

const leaseKey = (GlobalReplicationGroupId: string): Key => ({
  pk: `LEASE#${GlobalReplicationGroupId.toLowerCase()}`,
  sk: 'failover',
});

const expiry = (): number => Math.ceil(Date.now() / 1000) + retentionSeconds;

/** The share of one failover in a lease. */
interface Lease {
  readonly key: Key;
  readonly holder: string;
}

/** Acquires a share of the lease. Returns undefined if the table does not respond. */
async function acquireLease(failover: FailoverRequest): Promise<Lease | undefined> {
  if (isTableUnavailable()) return undefined;
  try {
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const lease = await tryAcquireLease(failover);
      if (lease) return lease;
    }
  } catch (problem) {
    if (problem instanceof Problem) throw problem;
    return undefined;
  }
  throw new Problem('FailoverUnderWay', 'Several failovers of the datastore start at the same time.');
}

/** The number of attempts to update a lease that others update at the same time. */
const maxAttempts = 5;

/** Returns a share of the lease. Returns undefined if the lease has changed since it was read. */
async function tryAcquireLease(failover: FailoverRequest): Promise<Lease | undefined> {
  const { GlobalReplicationGroupId, target, caller, owner = '' } = failover;
  const key = leaseKey(GlobalReplicationGroupId);
  const holder = randomUUID().slice(0, 8);
  const current = await getItem(key);
  const isHeld =
    current !== undefined &&
    Number(current.leaseUntil) > Date.now() &&
    [owner, ''].includes(String(current.owner ?? ''));
  const isShared = isHeld && current.target === target;
  if (isHeld && !isShared && !(await isFailoverComplete(current, failover.find))) throw failoverUnderWay(current);
  const now = Date.now();
  const changes = {
    ...(isShared ? { holders: `${holdersOf(current)} ${holder}` } : { holders: holder, since: now }),
    v: 2,
    target,
    caller,
    owner,
    leaseUntil: now + config.failoverLeaseMs,
    expires: expiry(),
  };
  return (await updateItem(key, changes, isUnchanged(current))) ? { key, holder } : undefined;
}

/** Returns the condition that no holder has come or gone since an item was read. */
const isUnchanged = (current: Values | undefined): Condition => {
  if (!current) return { expression: 'attribute_not_exists(pk)' };
  if (current.holders === undefined)
    return {
      expression: 'attribute_not_exists(holders) AND leaseUntil = :until',
      values: { until: current.leaseUntil ?? 0 },
    };
  return { expression: 'holders = :holders', values: { holders: current.holders } };
};

const holdersOf = ({ holders = '', leaseId = '' }: Values): string => String(holders || leaseId);

/** Gives up a share of the lease. The last holder ends it. */
async function releaseLease({ key, holder }: Lease): Promise<void> {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const current = await getItem(key);
    if (!current) return;
    const others = holdersOf(current)
      .split(' ')
      .filter((other) => other !== holder);
    const changes = { holders: others.join(' '), ...(others.length === 0 && { leaseUntil: 0 }) };
    if (await updateItem(key, changes, isUnchanged(current))) return;
  }
}

/** Returns whether a failover is complete. Returns false if the datastore cannot be read. */
async function isFailoverComplete({ target }: Values, find: FailoverRequest['find']): Promise<boolean> {
  const group = (await find().catch(() => undefined))?.GlobalReplicationGroup;
  return group !== undefined && isStable(group) && primaryOf(group) === target;
}

function failoverUnderWay({ target, caller, since, leaseUntil }: Values): Problem {
  const [startedAt, endsAt] = [since, leaseUntil].map((ms) => new Date(Number(ms)).toISOString());
  const current = `${caller} started a failover to ${target} at ${startedAt}.`;
  return new Problem(
    'FailoverUnderWay',
    `${current} The next can start when it is complete, at the latest at ${endsAt}.`,
  );
}
