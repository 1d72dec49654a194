/**
 * What a global datastore can be made of (ElastiCache user guide, "Prerequisites and limitations", April 2026). AWS may allow
 * more by now, so these tables explain and warn; what AWS answers decides.
 */

/** Families of node types that global datastores support, in size large and up. */
const families = ['c7gn', 'm5', 'm6g', 'm7g', 'r5', 'r6g', 'r6gd', 'r7g'];

/** Whether members may run on this node type, such as `cache.r7g.large`. */
export function supportsNodeType(nodeType: string): boolean {
  const [, family = '', size = ''] = nodeType.split('.');
  return families.includes(family) && /^\d*x?large$/.test(size);
}

/** The oldest version of each engine that global datastores support. */
export const oldestVersions: Readonly<Record<string, string>> = { redis: '5.0.6', valkey: '7.2' };

/** Whether version `a` is `b` or newer; a part that is left out or `x` matches any. */
export function isAtLeast(a: string, b: string): boolean {
  const wanted = b.split('.').map(Number);
  for (const [index, part] of a.split('.').map(Number).entries()) {
    const limit = wanted[index] ?? 0;
    if (Number.isNaN(part) || part > limit) return true;
    if (part < limit) return false;
  }
  return true;
}

/** Accounts, ids and ARNs never cross from one partition into another, and neither can a datastore. */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/**
 * Regions that support global datastores, each with the prefix of ids made there where one is published. It only serves to
 * tell whether a name is taken: no id is ever put together from it.
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
