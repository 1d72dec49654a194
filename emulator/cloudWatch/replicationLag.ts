import { cacheClusterIdOf } from '../rules/replicationGroup.ts';
import type { Store } from '../state/store.ts';
import type { LagChange, Shard, StoredReplicationGroup } from '../state/types.ts';

/** The metric of the lag of a secondary region in seconds (ElastiCache user guide, "Metrics for Valkey and Redis OSS"). */
export const lagMetric = { namespace: 'AWS/ElastiCache', name: 'GlobalDatastoreReplicationLag' } as const;

/** The resolution of the metric: ElastiCache publishes one point a minute. */
export const resolutionMs = 60_000;

/** The lag until a control endpoint sets another. A choice of the emulator: AWS says "typically under one second". */
const defaultLag: Pick<LagChange, 'seconds' | 'ageSeconds'> = { seconds: 0.4 };

/** The number of changes that are kept for each region. */
const maxChanges = 200;

/** Sets the lag of the secondaries in the region of the store from now on. */
export function setLag(store: Store, change: Omit<LagChange, 'at'>): void {
  const { accountState, region } = store;
  accountState.lags ??= {};
  const changes = [...(accountState.lags[region] ?? []), { at: new Date().toISOString(), ...change }];
  accountState.lags[region] = changes.slice(-maxChanges);
}

/**
 * Returns the lag in seconds in the minute that starts at `time`, as the metric of one node tells it. Undefined if it has no point:
 * the node is not the primary node of a shard of a secondary in the region, or the lag is unknown or not yet published.
 */
export function lagAt(store: Store, node: string, time: number): number | undefined {
  const shard = findShard(store, node);
  if (!shard) return undefined;
  const changes = (store.accountState.lags?.[store.region] ?? []).filter(
    ({ nodeGroupId }) => nodeGroupId === undefined || nodeGroupId === shard.id,
  );
  const { seconds: current, ageSeconds = 0 } = changes.at(-1) ?? defaultLag;
  if (current === null || time > Date.now() - ageSeconds * 1000) return undefined;
  const { seconds } = changes.findLast(({ at }) => Date.parse(at) < time + resolutionMs) ?? defaultLag;
  return seconds ?? undefined;
}

/** Returns the shard of a secondary whose primary node has the id. */
function findShard(store: Store, node: string): Shard | undefined {
  const groups = store.listReplicationGroups().filter((group) => isSecondary(store, group));
  return groups
    .flatMap((group) => group.shards.map((shard) => ({ group, shard })))
    .find(({ group, shard }) => cacheClusterIdOf(group, shard, shard.primary ?? 0) === node)?.shard;
}

function isSecondary({ accountState }: Store, { globalId = '', id, region }: StoredReplicationGroup): boolean {
  const member = accountState.globalGroups[globalId]?.members.find((each) => each.id === id && each.region === region);
  return member?.role === 'SECONDARY' && member.status === 'associated';
}
