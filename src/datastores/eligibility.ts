/**
 * The prerequisites of global datastores (ElastiCache user guide, "Prerequisites and limitations", April 2026). AWS may allow
 * more in the meantime. These tables only explain and warn. The response of AWS decides.
 */

/**
 * The families of node types that global datastores support, in size large and larger.
 * `listed`: in the prerequisites since April 2026.
 * `newer`: only in the newest prerequisites (November 2026). unverified: in every region and for every engine version.
 */
const families = {
  listed: ['c7gn', 'm5', 'm6g', 'm7g', 'r5', 'r6g', 'r6gd', 'r7g'],
  newer: ['c8gn', 'm8g', 'r8g'],
};

export type NodeTypeSupport = 'listed' | 'newer' | 'unsupported';

/** Returns how well global datastores support a node type, such as `cache.r7g.large`. */
export function nodeTypeSupport(nodeType: string): NodeTypeSupport {
  const [, family = '', size = ''] = nodeType.split('.');
  if (!/^\d*x?large$/.test(size)) return 'unsupported';
  if (families.listed.includes(family)) return 'listed';
  return families.newer.includes(family) ? 'newer' : 'unsupported';
}

export interface ExtendedSupport {
  /** The first day that AWS charges for. Standard support ends on the day before. */
  readonly from: string;
  /** The last day. After it, AWS upgrades to the newest version of Valkey. */
  readonly until: string;
}

/**
 * The extended support of Redis OSS by major version (ElastiCache user guide, extended support, November 2026).
 * unverified: the end for version 6. It is three years after the standard support, as for the others.
 */
const extendedSupport: Readonly<Record<string, ExtendedSupport>> = {
  4: { from: '2026-02-01', until: '2029-01-31' },
  5: { from: '2026-02-01', until: '2029-01-31' },
  6: { from: '2027-02-01', until: '2030-01-31' },
};

/** Returns when an engine version is in extended support, which AWS charges for. Undefined if no date is announced. */
export const extendedSupportOf = (engine: string, version: string): ExtendedSupport | undefined =>
  engine === 'redis' ? extendedSupport[version.split('.')[0] ?? ''] : undefined;

/** The oldest supported version of each engine. */
export const oldestVersions: Readonly<Record<string, string>> = { redis: '5.0.6', valkey: '7.2' };

/** Returns whether version `a` is `b` or newer. A part of a version that is missing or `x` matches any part. */
export function isAtLeast(a: string, b: string): boolean {
  const minimum = b.split('.').map(Number);
  for (const [index, part] of a.split('.').map(Number).entries()) {
    const limit = minimum[index] ?? 0;
    if (Number.isNaN(part) || part > limit) return true;
    if (part < limit) return false;
  }
  return true;
}

/** Returns the partition of a region. Accounts, ids, ARNs and datastores are confined to one partition. */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/**
 * The regions that support global datastores, each with its id prefix if that is published. The prefix is only used to check
 * whether an id exists. No id is built from it.
 */
export const supportedRegions: Readonly<Record<string, string | undefined>> = {
  'af-south-1': undefined,
  'ap-east-1': 'knjmp',
  'ap-northeast-1': 'quwsw',
  'ap-northeast-2': 'lfqnh',
  'ap-northeast-3': 'nlapn',
  'ap-south-1': 'erpgt',
  'ap-south-2': undefined,
  'ap-southeast-1': 'vlqxn',
  'ap-southeast-2': 'vbgxd',
  'ap-southeast-3': undefined,
  'ap-southeast-4': undefined,
  'ap-southeast-5': undefined,
  'ap-southeast-7': undefined,
  'ca-central-1': 'bxodz',
  'ca-west-1': undefined,
  'cn-north-1': 'emvgo',
  'cn-northwest-1': 'ckbem',
  'eu-central-1': 'iudkw',
  'eu-central-2': undefined,
  'eu-north-1': undefined,
  'eu-south-1': undefined,
  'eu-south-2': undefined,
  'eu-west-1': 'gxeiz',
  'eu-west-2': 'okuqm',
  'eu-west-3': 'fgjhi',
  'il-central-1': undefined,
  'me-central-1': undefined,
  'me-south-1': undefined,
  'mx-central-1': undefined,
  'sa-east-1': 'juxlw',
  'us-east-1': 'ldgnf',
  'us-east-2': 'fpkhr',
  'us-gov-east-1': undefined,
  'us-gov-west-1': 'sgwui',
  'us-west-1': 'virxk',
  'us-west-2': 'sgaui',
};
