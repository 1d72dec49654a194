import { cacheClusterIdOf } from '../rules/replicationGroup.ts';
import type { Store } from '../state/store.ts';
import type { LagChange, Shard, StoredReplicationGroup } from '../state/types.ts';

/** The metric of the lag of a secondary region in seconds (ElastiCache user guide, "Metrics for Valkey and Redis OSS"). */
export const lagMetric = { namespace: 'AWS/ElastiCache', name: 'GlobalDatastoreReplicationLag' } as const;

/** The resolution of the metric: ElastiCache publishes one point a minute. */
export const resolutionMs = 60_000;

/** The lag until a control endpoint sets another. A choice of the emulator: AWS documents "typically under one second". */
const defaultLag: Pick<LagChange, 'seconds' | 'ageSeconds'> = { seconds: 0.4 };

/** The number of changes that are kept for each region. */
const maxChanges = 200;

/**
 * Sets the lag of the secondaries in the region of the store, from its newest point on. A data plane measures the lag instead.
 */
export function setLag(store: Store, change: Omit<LagChange, 'at'>): void {
  const { accountState, region } = store;
  accountState.lags ??= {};
  const at = new Date(Date.now() - (change.ageSeconds ?? 0) * 1000).toISOString();
  const changes = [...(accountState.lags[region] ?? []), { at, ...change }];
  accountState.lags[region] = changes.slice(-maxChanges);
}

/** Returns the lag in seconds in the minute that starts at a time in milliseconds. Undefined if the metric has no point there. */
export type LagReader = (time: number) => number | undefined;

/**
 * Returns the metric of one node. It has points only if the node is the primary node of a shard of a secondary in the region, and the
 * lag is known and published.
 */
export function lagReaderOf(store: Store, node: string): LagReader {
  const { group, shard } = findShard(store, node) ?? {};
  const { dataPlane } = store;
  if (group && dataPlane) return (time) => dataPlane.lagBetween(group, shard?.id ?? '', time, time + resolutionMs);
  const changes = (store.accountState.lags?.[store.region] ?? [])
    .filter(({ nodeGroupId = shard?.id }) => nodeGroupId === shard?.id)
    .map((change) => ({ ...change, from: Date.parse(change.at) }));
  const { seconds: current, ageSeconds = 0 } = changes.at(-1) ?? defaultLag;
  const newest = Date.now() - ageSeconds * 1000;
  return (time) => {
    if (!shard || current === null || time > newest) return undefined;
    const { seconds } = changes.findLast(({ from }) => from < time + resolutionMs) ?? defaultLag;
    return seconds ?? undefined;
  };
}

/** Returns the shard of a secondary whose primary node has the id, with its group. */
function findShard(store: Store, node: string): { group: StoredReplicationGroup; shard: Shard } | undefined {
  const groups = store.listReplicationGroups().filter((group) => isSecondary(store, group));
  return groups
    .flatMap((group) => group.shards.map((shard) => ({ group, shard })))
    .find(({ group, shard }) => cacheClusterIdOf(group, shard, shard.primary ?? 0) === node);
}

function isSecondary({ accountState }: Store, { globalId = '', id, region }: StoredReplicationGroup): boolean {
  const member = accountState.globalGroups[globalId]?.members.find((each) => each.id === id && each.region === region);
  return member?.role === 'SECONDARY' && member.status === 'associated';
}
