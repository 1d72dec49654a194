import { randomUUID } from 'node:crypto';
import { getItem, isTableUnavailable, type Key, putItem, updateItem, type Values } from '../aws/dynamoDbTable.ts';
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
  /** The operation that the failover is a step of, if any. */
  readonly OperationId?: string;
  /** Reads the datastore. */
  readonly find: () => Promise<LocatedDatastore>;
}

/**
 * Calls `execute` while it holds the failover lease of the datastore. AWS accepts two opposite failovers, and the last one wins.
 * The lease ends when the failover is complete or rejected, at the latest after `config.failoverLeaseMs`. A failover to the same
 * target needs no lease: it changes nothing. Fails open if the table does not respond.
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

/** The lifetime of a lease item: longer than any operation, which reads the last failover since its start. */
const retentionSeconds = 86_400;

const leaseKey = (GlobalReplicationGroupId: string): Key => ({
  pk: `LEASE#${GlobalReplicationGroupId.toLowerCase()}`,
  sk: 'failover',
});

/** Returns the last failover of the last day: its `target`, `caller`, `since`, and `OperationId` if it was a step of one. */
export const lastFailover = (GlobalReplicationGroupId: string): Promise<Values | undefined> =>
  getItem(leaseKey(GlobalReplicationGroupId));

interface Lease {
  readonly key: Key;
  readonly leaseId: string;
}

/** Acquires the lease. Returns undefined if none is needed or the table does not respond. */
async function acquireLease(failover: FailoverRequest): Promise<Lease | undefined> {
  if (isTableUnavailable()) return undefined;
  try {
    for (let attempt = 0; attempt < 3; attempt++) {
      const lease = await tryAcquireLease(failover);
      if (lease !== 'conflict') return lease;
    }
  } catch (problem) {
    if (problem instanceof Problem) throw problem;
    return undefined;
  }
  throw new Problem('FailoverUnderWay', 'Several failovers of the datastore start at the same time.');
}

async function tryAcquireLease(failover: FailoverRequest): Promise<Lease | undefined | 'conflict'> {
  const { GlobalReplicationGroupId, target, caller, OperationId, find } = failover;
  const key = leaseKey(GlobalReplicationGroupId);
  const lease = { key, leaseId: randomUUID() };
  const now = Date.now();
  const leaseUntil = now + config.failoverLeaseMs;
  const expires = Math.ceil(now / 1000) + retentionSeconds;
  const operation: Values = OperationId ? { OperationId } : {};
  const item = { v: 1, ...key, leaseId: lease.leaseId, target, caller, ...operation, since: now, leaseUntil, expires };
  if (await putItem(item, { expression: 'attribute_not_exists(pk) OR leaseUntil < :now', values: { now } }))
    return lease;

  const current = await getItem(key);
  if (!current) return 'conflict';
  if (current.target === target) return undefined;
  if (!(await isFailoverComplete(current, find))) throw failoverUnderWay(current);
  const unchanged = { expression: 'leaseId = :current', values: { current: String(current.leaseId) } };
  return (await putItem(item, unchanged)) ? lease : 'conflict';
}

const releaseLease = ({ key, leaseId }: Lease) =>
  updateItem(key, { leaseUntil: 0 }, { expression: 'leaseId = :own', values: { own: leaseId } });

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
