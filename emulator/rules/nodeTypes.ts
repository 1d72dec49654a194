/** Returns true for a node type of ElastiCache, for example `cache.r6g.large`. */
export function isNodeType(nodeType: string): boolean {
  const [cache, family = '', size = '', ...rest] = nodeType.split('.');
  return cache === 'cache' && rest.length === 0 && (families[family]?.sizes.includes(size) ?? false);
}

/** Returns true for M5, M6g, M7g, R5, R6g, R6gd, R7g and C7gn, large and up (ElastiCache user guide). */
export function isGlobalDatastoreNodeType(nodeType: string): boolean {
  return families[familyOf(nodeType)]?.global ?? false;
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

const INTEL = ['large', 'xlarge', '2xlarge', '4xlarge', '12xlarge', '24xlarge'];
const GRAVITON = ['large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '12xlarge', '16xlarge'];
const BURSTABLE = ['micro', 'small', 'medium'];

/** ElastiCache API reference, CreateReplicationGroup, CacheNodeType; r6gd and c7gn from the user guide. */
const families: Record<string, { sizes: string[]; global?: true }> = {
  c7gn: { sizes: GRAVITON, global: true },
  m5: { sizes: INTEL, global: true },
  m6g: { sizes: GRAVITON, global: true },
  m7g: { sizes: GRAVITON, global: true },
  r5: { sizes: INTEL, global: true },
  r6g: { sizes: GRAVITON, global: true },
  r6gd: { sizes: ['xlarge', '2xlarge', '4xlarge', '8xlarge', '12xlarge', '16xlarge'], global: true },
  r7g: { sizes: GRAVITON, global: true },
  c1: { sizes: ['xlarge'] },
  m1: { sizes: ['small', 'medium', 'large', 'xlarge'] },
  m2: { sizes: ['xlarge', '2xlarge', '4xlarge'] },
  m3: { sizes: ['medium', 'large', 'xlarge', '2xlarge'] },
  m4: { sizes: ['large', 'xlarge', '2xlarge', '4xlarge', '10xlarge'] },
  r3: { sizes: ['large', 'xlarge', '2xlarge', '4xlarge', '8xlarge'] },
  r4: { sizes: ['large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '16xlarge'] },
  t1: { sizes: ['micro'] },
  t2: { sizes: BURSTABLE },
  t3: { sizes: BURSTABLE },
  t4g: { sizes: BURSTABLE },
};
