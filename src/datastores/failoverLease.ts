import { randomUUID } from 'node:crypto';
import { getItem, isTableUnavailable, type Key, putItem, updateItem, type Values } from '../aws/dynamoDbTable.ts';
import { config } from '../config.ts';
import { Problem } from '../problems/problem.ts';
import { type LocatedDatastore, primaryOf } from './globalDatastore.ts';
import { isStable } from './status.ts';

/** A failover that wants to go on alone. */
export interface FailoverRequest {
  readonly GlobalReplicationGroupId: string;
  /** The new primary, as `region/id`. */
  readonly target: string;
  readonly caller: string;
  /** The operation that it is a step of, if it is. */
  readonly OperationId?: string;
  /** Looks at the datastore. */
  readonly find: () => Promise<LocatedDatastore>;
}

/**
 * Does `act` while no failover to another target goes on at the datastore: AWS takes two opposite ones and lets the last win.
 * The turn ends when the failover is through, or refused, and at the latest after `config.failoverHoldMs`. A second one to
 * the same target changes nothing and may always go. Throws `FailoverUnderWay`. Without its table it stops nobody.
 */
export async function withFailoverLease<T>(failover: FailoverRequest, act: () => Promise<T>): Promise<T> {
  const turn = await acquireLease(failover);
  try {
    return await act();
  } catch (problem) {
    if (turn && problem instanceof Problem && problem.status < 500 && !problem.possiblyApplied)
      await releaseLease(turn).catch(() => {});
    throw problem;
  }
}

/** Longer than any operation runs: it asks whether somebody has failed over since it began. */
const rememberedSeconds = 86_400;

const leaseKey = (GlobalReplicationGroupId: string): Key => ({
  pk: `LEASE#${GlobalReplicationGroupId.toLowerCase()}`,
  sk: 'failover',
});

/** The last failover that was asked for in the last day: its `target`, `caller`, `since` and, if it is one's step, `OperationId`. */
export const lastFailover = (GlobalReplicationGroupId: string): Promise<Values | undefined> =>
  getItem(leaseKey(GlobalReplicationGroupId));

interface Lease {
  readonly key: Key;
  readonly turnId: string;
}

/** Takes the turn, if one is needed and the table can tell. */
async function acquireLease(failover: FailoverRequest): Promise<Lease | undefined> {
  if (isTableUnavailable()) return undefined;
  try {
    for (let attempt = 0; attempt < 3; attempt++) {
      const turn = await tryAcquireLease(failover);
      if (turn !== 'overtaken') return turn;
    }
  } catch (problem) {
    if (problem instanceof Problem) throw problem;
    return undefined;
  }
  throw new Problem('FailoverUnderWay', 'Several failovers of the datastore begin at this very moment.');
}

async function tryAcquireLease(failover: FailoverRequest): Promise<Lease | undefined | 'overtaken'> {
  const { GlobalReplicationGroupId, target, caller, OperationId, find } = failover;
  const key = leaseKey(GlobalReplicationGroupId);
  const turn = { key, turnId: randomUUID() };
  const now = Date.now();
  const heldUntil = now + config.failoverLeaseMs;
  const expires = Math.ceil(now / 1000) + rememberedSeconds;
  const operation: Values = OperationId ? { OperationId } : {};
  const item = { v: 1, ...key, turnId: turn.turnId, target, caller, ...operation, since: now, heldUntil, expires };
  if (await putItem(item, { expression: 'attribute_not_exists(pk) OR heldUntil < :now', values: { now } })) return turn;

  const held = await getItem(key);
  if (!held) return 'overtaken';
  if (held.target === target) return undefined;
  if (!(await isFailoverComplete(held, find))) throw failoverUnderWay(held);
  const unchanged = { expression: 'turnId = :seen', values: { seen: String(held.turnId) } };
  return (await putItem(item, unchanged)) ? turn : 'overtaken';
}

const releaseLease = ({ key, turnId }: Lease) =>
  updateItem(key, { heldUntil: 0 }, { expression: 'turnId = :mine', values: { mine: turnId } });

/** Whether a failover has come to its end; not, as long as nobody can tell. */
async function isFailoverComplete({ target }: Values, find: FailoverRequest['find']): Promise<boolean> {
  const found = await find().catch(() => undefined);
  return (
    found !== undefined && isStable(found.GlobalReplicationGroup) && primaryOf(found.GlobalReplicationGroup) === target
  );
}

function failoverUnderWay({ target, caller, since, heldUntil }: Values): Problem {
  const [began, ends] = [since, heldUntil].map((ms) => new Date(Number(ms)).toISOString());
  const who = `${caller} began a failover to ${target} at ${began}.`;
  return new Problem('FailoverUnderWay', `${who} Another can begin when it is through, at the latest at ${ends}.`);
}
