import { type EngineVersion, isAtLeast } from './engines.ts';

/** Returns true for a node type of ElastiCache, for example `cache.r6g.large`. */
export function isNodeType(nodeType: string): boolean {
  const [cache, family = '', size = '', ...rest] = nodeType.split('.');
  return cache === 'cache' && rest.length === 0 && (families[family]?.sizes.includes(size) ?? false);
}

/**
 * Returns true for the families that global datastores support, large and up (ElastiCache user guide, prerequisites).
 * unverified: M8g, R8g and C8gn in every region. Only the newest guide lists them.
 */
export function isGlobalDatastoreNodeType(nodeType: string): boolean {
  return families[familyOf(nodeType)]?.global ?? false;
}

/** Returns true if a new replication group can have the node type. Existing groups keep an older one. */
export function isForNewClusters(nodeType: string): boolean {
  return !families[familyOf(nodeType)]?.existingOnly;
}

/** Returns true if the engine version runs on the node type. */
export function isSupportedBy(nodeType: string, version: EngineVersion): boolean {
  const oldest = families[familyOf(nodeType)]?.oldest[version.engine as 'redis' | 'valkey'];
  return oldest !== undefined && isAtLeast(version, oldest);
}

/** Returns all node types, the newest families first. */
export function listNodeTypes(): string[] {
  return Object.entries(families).flatMap(([family, { sizes }]) => sizes.map((size) => `cache.${family}.${size}`));
}

/** Returns the approximate memory of a node for data, in GiB. It orders node types by size. */
export function memoryOf(nodeType: string): number {
  const size = nodeType.split('.')[2] ?? '';
  return (families[familyOf(nodeType)]?.memory ?? 0) * (MULTIPLES[size] ?? Number.parseInt(size, 10) * 2);
}

/** Returns true for the families of durable clusters (ElastiCache user guide, limitations of durability). */
export function isDurabilityNodeType(nodeType: string): boolean {
  return families[familyOf(nodeType)]?.durable ?? false;
}

/** Returns true for r6gd, which always stores part of its data on SSD (ElastiCache user guide, data tiering). */
export function hasDataTiering(nodeType: string): boolean {
  return familyOf(nodeType) === 'r6gd';
}

/** Returns false for T1, the only family without snapshots (ElastiCache user guide, backup constraints). */
export function hasSnapshotSupport(nodeType: string): boolean {
  return familyOf(nodeType) !== 't1';
}

function familyOf(nodeType: string): string {
  return nodeType.split('.')[1] ?? '';
}

interface Family {
  sizes: string[];
  /**
   * Memory for data of a node of size `large`, also of a family without that size, in GiB (ElastiCache pricing, November 2026).
   */
  memory: number;
  /** The oldest supported version of each engine. An engine without a version is not supported. */
  oldest: { redis?: string; valkey?: string };
  /** The source at AWS, and the date of its reading. */
  source: string;
  /** Set if global datastores support it. */
  global?: true;
  /** Set if durable clusters support it. */
  durable?: true;
  /** Set if no new cluster can have it. */
  existingOnly?: true;
}

/** The size of a node in large nodes. An `nxlarge` has 2n. */
const MULTIPLES: Record<string, number> = { micro: 1 / 8, small: 1 / 4, medium: 1 / 2, large: 1, xlarge: 2 };

const INTEL = ['large', 'xlarge', '2xlarge', '4xlarge', '12xlarge', '24xlarge'];
const GRAVITON = ['large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '12xlarge', '16xlarge'];
const BURSTABLE = ['micro', 'small', 'medium'];

const TYPES = 'ElastiCache user guide, supported node types, November 2026';
/** unverified: the engine versions of families without new clusters. */
const PREVIOUS = 'ElastiCache API reference, CacheNode, previous generation, November 2026';

const since = (redis: string) => ({ redis, valkey: '7.2' });
const ONLY_VALKEY = { valkey: '7.2' };

/** The families of node types, newest first, each with its source. */
const families: Record<string, Family> = {
  c8gn: { sizes: GRAVITON, memory: 3.16, oldest: ONLY_VALKEY, source: TYPES, global: true, durable: true },
  m8g: { sizes: GRAVITON, memory: 6.38, oldest: ONLY_VALKEY, source: TYPES, global: true, durable: true },
  r8g: { sizes: GRAVITON, memory: 13.07, oldest: ONLY_VALKEY, source: TYPES, global: true, durable: true },
  c7gn: { sizes: GRAVITON, memory: 3.16, oldest: since('6.2'), source: TYPES, global: true, durable: true },
  m7g: { sizes: GRAVITON, memory: 6.38, oldest: since('6.2'), source: TYPES, global: true, durable: true },
  r7g: { sizes: GRAVITON, memory: 13.07, oldest: since('6.2'), source: TYPES, global: true, durable: true },
  m6g: { sizes: GRAVITON, memory: 6.38, oldest: since('5.0.6'), source: TYPES, global: true, durable: true },
  r6g: { sizes: GRAVITON, memory: 13.07, oldest: since('5.0.6'), source: TYPES, global: true, durable: true },
  r6gd: { sizes: GRAVITON.slice(1), memory: 13.07, oldest: since('6.2'), source: TYPES, global: true },
  m5: { sizes: INTEL, memory: 6.38, oldest: since('4.0.10'), source: TYPES, global: true },
  r5: { sizes: INTEL, memory: 13.07, oldest: since('4.0.10'), source: TYPES, global: true },
  m4: {
    sizes: ['large', 'xlarge', '2xlarge', '4xlarge', '10xlarge'],
    memory: 6.42,
    oldest: since('4.0.10'),
    source: TYPES,
  },
  r4: {
    sizes: ['large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '16xlarge'],
    memory: 12.3,
    oldest: since('4.0.10'),
    source: TYPES,
  },
  t4g: { sizes: BURSTABLE, memory: 6.18, oldest: since('5.0.6'), source: TYPES },
  t3: { sizes: BURSTABLE, memory: 6.18, oldest: since('4.0.10'), source: TYPES },
  t2: { sizes: BURSTABLE, memory: 6.44, oldest: since('4.0.10'), source: TYPES, existingOnly: true },
  c1: { sizes: ['xlarge'], memory: 3.3, oldest: { redis: '3.2.4' }, source: PREVIOUS, existingOnly: true },
  m1: {
    sizes: ['small', 'medium', 'large', 'xlarge'],
    memory: 7.1,
    oldest: { redis: '3.2.4' },
    source: PREVIOUS,
    existingOnly: true,
  },
  m2: {
    sizes: ['xlarge', '2xlarge', '4xlarge'],
    memory: 8.35,
    oldest: { redis: '3.2.4' },
    source: PREVIOUS,
    existingOnly: true,
  },
  m3: {
    sizes: ['medium', 'large', 'xlarge', '2xlarge'],
    memory: 6.05,
    oldest: { redis: '3.2.4' },
    source: PREVIOUS,
    existingOnly: true,
  },
  r3: {
    sizes: ['large', 'xlarge', '2xlarge', '4xlarge', '8xlarge'],
    memory: 13.5,
    oldest: { redis: '3.2.4' },
    source: PREVIOUS,
    existingOnly: true,
  },
  t1: { sizes: ['micro'], memory: 1.7, oldest: { redis: '3.2.4' }, source: PREVIOUS, existingOnly: true },
};
