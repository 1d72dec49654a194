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
  /** Set if the failover is a step of a drill. Any other failover takes over the lease of a drill at once. */
  readonly drill?: DrillClaim;
  /** Reads the datastore. */
  readonly find: () => Promise<LocatedDatastore>;
}

/** The claim of a drill on the lease. */
export interface DrillClaim {
  /** When the drill was accepted, in epoch milliseconds. Its plan does not include later failovers. */
  readonly acceptedAt: number;
  /** True if the drill must hold the lease already: on its way back. */
  readonly isReturn: boolean;
}

/**
 * Calls `execute` while it holds the failover lease of the datastore. AWS accepts two opposite failovers, and the last one
 * wins. Failovers to the same target share the lease. It ends when the failover is complete or all of its holders were refused,
 * at the latest after `config.failoverLeaseMs`. Fails open if the table does not respond, except for a drill.
 *
 * A drill holds the lease until its end, and any other failover takes it over without waiting. If AWS refuses that failover,
 * the drill gets the lease back, unless the failover was to the target of the drill: the primary then stays there.
 * @throws Problem `FailoverUnderWay` if a failover to another target is in progress, or for a drill any other failover.
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
  /** True for the failovers of a drill, there and back. */
  readonly isDrill?: boolean;
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
  { target, caller, owner, OperationId, isDrill }: Omit<AcceptedFailover, 'acceptedAt'>,
): Promise<void> {
  if (isTableUnavailable()) return;
  const accepted: AcceptedFailover = { target, caller, owner, OperationId, isDrill, acceptedAt: Date.now() };
  const changes = { v: 2, accepted: JSON.stringify(accepted), expires: expiry() };
  await updateItem(leaseKey(GlobalReplicationGroupId), changes).catch(() => {});
}

/** The state of the failover lease that a drill depends on. */
export interface DrillLease {
  /** The drill that holds the lease, by its OperationId. Empty if none does. */
  readonly drill: string;
  /** When the lease was taken last, in epoch milliseconds. */
  readonly since?: number;
  /** The failover that has taken over the lease of a drill last. */
  readonly overtaken?: OvertakenDrill;
  readonly accepted?: AcceptedFailover;
}

/** A failover that has taken over the lease of a drill. */
export interface OvertakenDrill {
  /** The drill, by its OperationId. */
  readonly drill: string;
  /** The new primary, as `region/id`. */
  readonly target: string;
  readonly caller: string;
  /** In epoch milliseconds. */
  readonly at: number;
}

/** Returns the state of the failover lease that a drill depends on. Throws if the table does not respond. */
export async function readDrillLease(GlobalReplicationGroupId: string): Promise<DrillLease> {
  const item = (await getItem(leaseKey(GlobalReplicationGroupId))) ?? {};
  return {
    drill: drillOf(item),
    ...(item.since !== undefined && { since: Number(item.since) }),
    ...(item.overtaken && { overtaken: JSON.parse(String(item.overtaken)) as OvertakenDrill }),
    ...(item.v !== 1 && item.accepted && { accepted: JSON.parse(String(item.accepted)) as AcceptedFailover }),
  };
}

/** Ends the lease of a drill that has ended. It never fails: a remaining lease delays no failover. */
export const releaseDrillLease = (GlobalReplicationGroupId: string, OperationId: string): Promise<boolean> =>
  updateItem(
    leaseKey(GlobalReplicationGroupId),
    { drill: '' },
    { expression: 'drill = :own', values: { own: OperationId } },
  ).catch(() => false);

/** Ends the lease and clears the last failover, because a datastore of this id is created or ends. It never fails. */
export async function forgetFailovers(GlobalReplicationGroupId: string): Promise<void> {
  const changes = { v: 2, holders: '', leaseUntil: 0, accepted: '', drill: '', overtaken: '' };
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
  /** The drill that gets the lease back if AWS refuses the failover. */
  readonly displaced?: string;
}

/** Acquires a share of the lease. Returns undefined if the table does not respond. A drill throws then. */
async function acquireLease(failover: FailoverRequest): Promise<Lease | undefined> {
  if (isTableUnavailable() && !failover.drill) return undefined;
  try {
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const lease = await tryAcquireLease(failover);
      if (lease) return lease;
    }
  } catch (problem) {
    if (problem instanceof Problem) throw problem;
    if (!failover.drill) return undefined;
    throw new Problem('OperationsUnavailable', 'The table of failover leases does not respond.', { cause: problem });
  }
  throw new Problem('FailoverUnderWay', 'Several failovers of the datastore start at the same time.');
}

/** The number of attempts to update a lease that others update at the same time. */
const maxAttempts = 5;

/** Returns a share of the lease. Returns undefined if the lease has changed since it was read. */
async function tryAcquireLease(failover: FailoverRequest): Promise<Lease | undefined> {
  const { GlobalReplicationGroupId, target, caller, owner = '', find } = failover;
  const key = leaseKey(GlobalReplicationGroupId);
  const holder = randomUUID().slice(0, 8);
  const current = await getItem(key);
  if (failover.drill) assertKnownToDrill(current, failover);
  const drill = failover.drill ? (failover.OperationId ?? '') : '';
  const present = current ? drillOf(current) : '';
  const isHeld = current !== undefined && isLeaseHeld(current, owner);
  const isShared = isHeld && current.target === target && present === drill;
  const givesWay = present !== '' && (drill === '' || present === drill);
  if (isHeld && !isShared && !givesWay && !(await isFailoverComplete(current, find))) throw failoverUnderWay(current);
  const now = Date.now();
  const overtakes = present !== '' && drill === '';
  const changes = {
    ...(isShared ? { holders: `${holdersOf(current)} ${holder}` } : { holders: holder, since: now }),
    v: 2,
    target,
    caller,
    owner,
    drill,
    ...(overtakes && {
      overtaken: JSON.stringify({ drill: present, target, caller, at: now } satisfies OvertakenDrill),
    }),
    leaseUntil: now + config.failoverLeaseMs,
    expires: expiry(),
  };
  if (!(await updateItem(key, changes, isUnchanged(current)))) return undefined;
  return { key, holder, ...(overtakes && current?.target !== target && { displaced: present }) };
}

const drillOf = ({ drill = '' }: Values): string => String(drill);

const isLeaseHeld = ({ leaseUntil, owner: other = '' }: Values, owner: string): boolean =>
  Number(leaseUntil) > Date.now() && [owner, ''].includes(String(other));

/**
 * Throws `FailoverUnderWay` if another failover took the lease after the drill was accepted, or if the drill does not hold the
 * lease on its way back. A failover that AWS refused has returned the lease.
 */
function assertKnownToDrill(current: Values | undefined, { drill, OperationId = '' }: FailoverRequest): void {
  if (!drill || (current && drillOf(current) === OperationId)) return;
  const { since = 0, leaseUntil = 0 } = current ?? {};
  const isLater = Number(since) >= drill.acceptedAt && Number(leaseUntil) > 0;
  if (drill.isReturn || isLater) throw failoverUnderWay(current ?? {});
}

/** Returns the condition that the holders are those of an item that was read. */
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

/** Releases a share of the lease. The last holder ends it. */
async function releaseLease({ key, holder, displaced }: Lease): Promise<void> {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const current = await getItem(key);
    if (!current) return;
    const others = holdersOf(current)
      .split(' ')
      .filter((other) => other !== holder);
    const isLast = others.length === 0;
    const changes = {
      holders: others.join(' '),
      ...(isLast && { leaseUntil: 0 }),
      ...(isLast && displaced && { drill: displaced, overtaken: '' }),
    };
    if (await updateItem(key, changes, isUnchanged(current))) return;
  }
}

/** Returns whether a failover is complete. Returns false if the datastore cannot be read. */
async function isFailoverComplete({ target }: Values, find: FailoverRequest['find']): Promise<boolean> {
  const group = (await find().catch(() => undefined))?.GlobalReplicationGroup;
  return group !== undefined && isStable(group) && primaryOf(group) === target;
}

function failoverUnderWay({ target, caller, since = 0, leaseUntil = 0 }: Values): Problem {
  const [startedAt, endsAt] = [since, leaseUntil].map((ms) => new Date(Number(ms)).toISOString());
  const current = `${caller} started a failover to ${target} at ${startedAt}.`;
  return new Problem(
    'FailoverUnderWay',
    `${current} The next can start when it is complete, at the latest at ${endsAt}.`,
  );
}
