import type { NodeGroup } from '@aws-sdk/client-elasticache';
import { type MetricPoint, type MetricWindow, readMetrics } from '../aws/cloudWatch.ts';
import { withRegionTimeout } from '../aws/multiRegion.ts';
import { config } from '../config.ts';
import { findReplicationGroup } from './replicationGroup.ts';

/** A secondary: its id and its region. */
export interface SecondaryKey {
  readonly ReplicationGroupId: string;
  readonly ReplicationGroupRegion: string;
}

/** How far a secondary, or one of its node groups, is behind the primary. */
interface Lag {
  /** `null` if it is not known: the metric has no point, or none of the last 180 s. */
  readonly LagSeconds: number | null;
  /** The start of the minute of the last point. */
  readonly At?: string;
}

/** The lag of a secondary. With several node groups it is the largest, and each has its own. */
export interface SecondaryLag extends Lag {
  readonly NodeGroups?: NodeGroupLag[];
  readonly Series?: LagPoint[];
}

interface NodeGroupLag extends Lag {
  readonly NodeGroupId: string;
}

/** The largest lag of the node groups in a period. */
interface LagPoint {
  readonly At: string;
  readonly LagSeconds: number;
}

/** The age from which a point counts as unknown. ElastiCache publishes one a minute. */
const maxAgeMs = 180_000;

/** The part of the past in which the last point is searched. */
const searchMs = 15 * 60_000;

/** The resolution of the metric in seconds. */
export const lagPeriodSeconds = 60;

const remembered = new Map<string, { readonly lag: SecondaryLag; readonly until: number }>();

/**
 * Returns the lag of a secondary, from Amazon CloudWatch in its region, and the lag over time if there is a window. The lag is
 * cached for `config.lagCacheMs`.
 * @throws Problem if ElastiCache or CloudWatch does not respond in that region
 */
export async function readLag(
  signal: AbortSignal,
  { ReplicationGroupId, ReplicationGroupRegion: region }: SecondaryKey,
  window?: MetricWindow,
): Promise<SecondaryLag> {
  const key = `${region}/${ReplicationGroupId}`;
  const found = remembered.get(key);
  const known = found && found.until > Date.now() ? found.lag : undefined;
  if (known && !window) return known;
  const { NodeGroups = [] } = await findReplicationGroup(withRegionTimeout(signal), region, ReplicationGroupId);
  const [lag, Series] = await Promise.all([
    known ?? readCurrentLag(signal, region, NodeGroups),
    window && readSeries(signal, region, NodeGroups, window),
  ]);
  if (!known) remembered.set(key, { lag, until: Date.now() + config.lagCacheMs });
  return { ...lag, ...(Series && { Series }) };
}

async function readCurrentLag(
  signal: AbortSignal,
  region: string,
  nodeGroups: readonly NodeGroup[],
): Promise<SecondaryLag> {
  const now = Date.now();
  const window = { from: now - searchMs, to: now, periodSeconds: lagPeriodSeconds };
  const groups = await readPoints(signal, region, nodeGroups, window);
  return combine(groups.map(({ NodeGroupId, points }) => ({ NodeGroupId, ...lagOf(points[0], now) })));
}

/** Returns the lag over time, the earliest first. Each point is the maximum of a period. */
async function readSeries(
  signal: AbortSignal,
  region: string,
  nodeGroups: readonly NodeGroup[],
  window: MetricWindow,
): Promise<LagPoint[]> {
  const groups = await readPoints(signal, region, nodeGroups, window);
  const largest = new Map<number, number>();
  for (const { time, value } of groups.flatMap(({ points }) => points))
    largest.set(time, Math.max(value, largest.get(time) ?? 0));
  return [...largest]
    .sort(([a], [b]) => a - b)
    .map(([time, LagSeconds]) => ({ At: new Date(time).toISOString(), LagSeconds }));
}

interface NodeGroupPoints {
  readonly NodeGroupId: string;
  /** The points of the primary node, the latest first. */
  readonly points: readonly MetricPoint[];
}

async function readPoints(
  signal: AbortSignal,
  region: string,
  nodeGroups: readonly NodeGroup[],
  window: MetricWindow,
): Promise<NodeGroupPoints[]> {
  const nodes = nodeGroups.flatMap(candidatesIn);
  const points = nodes.length > 0 ? await readMetrics(signal, region, nodes.map(toLagMetric), window) : [];
  return nodeGroups.map(({ NodeGroupId = '' }) => ({
    NodeGroupId,
    points: latestFirst(points.filter((_, index) => nodes[index]?.NodeGroupId === NodeGroupId).flat()),
  }));
}

interface Node {
  readonly NodeGroupId: string;
  readonly CacheClusterId: string;
  readonly CacheNodeId: string;
}

/**
 * Returns the nodes of a node group that may publish the metric: the primary node, or all nodes with cluster mode enabled,
 * where AWS does not return the roles. Only a primary node has points.
 */
function candidatesIn({ NodeGroupId = '', NodeGroupMembers = [] }: NodeGroup): Node[] {
  const primaries = NodeGroupMembers.filter(({ CurrentRole }) => CurrentRole === 'primary');
  return (primaries.length > 0 ? primaries : NodeGroupMembers).map(({ CacheClusterId = '', CacheNodeId = '' }) => ({
    NodeGroupId,
    CacheClusterId,
    CacheNodeId,
  }));
}

/**
 * The metric of the lag between the primary node of a secondary and that of the primary, by node (ElastiCache user guide, "Metrics for
 * Valkey and Redis OSS"). unverified: that it is read in the region of the secondary, with these dimensions.
 */
const toLagMetric = ({ CacheClusterId, CacheNodeId }: Node) => ({
  namespace: 'AWS/ElastiCache',
  name: 'GlobalDatastoreReplicationLag',
  dimensions: { CacheClusterId, CacheNodeId },
});

const latestFirst = (points: readonly MetricPoint[]): MetricPoint[] => points.toSorted((a, b) => b.time - a.time);

function lagOf(point: MetricPoint | undefined, now: number): Lag {
  if (!point) return { LagSeconds: null };
  const isRecent = now - point.time <= maxAgeMs;
  return { LagSeconds: isRecent ? point.value : null, At: new Date(point.time).toISOString() };
}

/** Returns the largest lag. It is unknown if that of one node group is. */
function combine(groups: readonly NodeGroupLag[]): SecondaryLag {
  const [first, ...others] = groups.toSorted((a, b) => rankOf(b) - rankOf(a));
  if (!first) return { LagSeconds: null };
  const { NodeGroupId: _, ...largest } = first;
  return others.length > 0 ? { ...largest, NodeGroups: [...groups] } : largest;
}

const rankOf = ({ LagSeconds }: Lag): number => LagSeconds ?? Number.POSITIVE_INFINITY;
