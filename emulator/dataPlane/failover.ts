import type { Failover } from '../state/dataPlane.ts';
import type { History } from './history.ts';
import type { Server } from './server.ts';

/** A node group during a failover. The server of a lost region is absent. */
export interface Handover {
  readonly old: Server | undefined;
  readonly next: Server;
  /** The offsets of the old primary. */
  readonly history: History | undefined;
}

/** The time for which a failover waits until the new primary has all writes, in milliseconds. */
const drainMs = 3_000;

/** Writes, and leaves no key. */
const probe = ['EVAL', "redis.call('SET', KEYS[1], ''); redis.call('DEL', KEYS[1])", '1', 'data-plane:probe'] as const;

/**
 * Moves the primary role. Writes stop at the old primary until the new one has all of them, if it can be reached; otherwise those that
 * it does not have are lost. `promote` lets the servers change roles.
 */
export async function moveRole(shards: readonly Handover[], promote: () => Promise<void>): Promise<Failover> {
  const startedAt = Date.now();
  const canDrain = shards.every(({ old, next }) => old && next.report?.isLinkUp);
  const isPlanned = canDrain && (await drain(shards));
  const lost = await Promise.all(
    shards.map(async ({ next, history }) => history?.countChangesAfter((await next.read()).offset)),
  );
  await promote();
  await Promise.all(shards.map(({ next }) => next.call(...probe)));
  const WritableAt = new Date();
  if (canDrain) await Promise.all(shards.map(({ old }) => old?.call('CLIENT', 'UNPAUSE')));
  return {
    Kind: isPlanned ? 'planned' : 'hard',
    BlockedMs: WritableAt.getTime() - startedAt,
    WritableAt: WritableAt.toISOString(),
    LostWrites: isPlanned ? 0 : lost.reduce<number>((sum, count = 0) => sum + count, 0),
  };
}

/** Holds the writes at the old primary. Returns whether the new one has all earlier ones in time. */
async function drain(shards: readonly Handover[]): Promise<boolean> {
  await Promise.all(shards.map(({ old }) => old?.call('CLIENT', 'PAUSE', '10000', 'WRITE')));
  for (const end = Date.now() + drainMs; Date.now() < end; )
    if (!(await Promise.all(shards.map(hasAllWrites))).includes(false)) return true;
  return false;
}

async function hasAllWrites({ old, next }: Handover): Promise<boolean> {
  const [{ offset }, before] = await Promise.all([next.read(), old?.read()]);
  return offset === before?.offset;
}
