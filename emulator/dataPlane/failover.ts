import type { Failover } from '../state/types.ts';
import type { Server } from './server.ts';

/** The servers of a node group: that of the old primary, and that of the new one. */
type Handover = { readonly old: Server | undefined; readonly next: Server };

/** The time for which a failover waits until the new primary has all writes, in milliseconds. */
const drainMs = 3_000;

/**
 * Moves the primary role. If the old primary is reachable, writes stop there until the new one has all of them. Otherwise those
 * that it does not have are lost. `promote` changes the roles of the servers.
 */
export async function moveRole(
  shards: readonly Handover[],
  isReachable: boolean,
  promote: () => Promise<void>,
): Promise<Failover> {
  const startedAt = Date.now();
  const isPlanned = isReachable && (await drain(shards));
  const lost = shards.map(async ({ old, next }) => old?.history.countChangesAfter((await next.read()).offset) ?? 0);
  const LostWrites = (await Promise.all(lost)).reduce((sum, count) => sum + count, 0);
  await promote();
  await Promise.all(shards.map(({ next }) => next.client.call('DEL', 'data-plane:probe'))); // a write without an effect
  const writableAt = Date.now();
  if (isReachable) await Promise.all(shards.map(({ old }) => old?.client.call('CLIENT', 'UNPAUSE')));
  return {
    Kind: isPlanned ? 'planned' : 'hard',
    BlockedMs: writableAt - startedAt,
    WritableAt: new Date(writableAt).toISOString(),
    LostWrites: isPlanned ? 0 : LostWrites,
  };
}

/** Pauses the writes at the old primary. Returns whether the new primary has all earlier ones within `drainMs`. */
async function drain(shards: readonly Handover[]): Promise<boolean> {
  await Promise.all(shards.map(({ old }) => old?.holdWrites(10_000)));
  for (const end = Date.now() + drainMs; Date.now() < end; )
    if (!(await Promise.all(shards.map(hasAllWrites))).includes(false)) return true;
  return false;
}

async function hasAllWrites({ old, next }: Handover): Promise<boolean> {
  const [{ offset }, before] = await Promise.all([next.read(), old?.read()]);
  return offset === before?.offset;
}
