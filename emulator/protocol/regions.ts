/** Returns the partition of a region. Accounts, identifiers and ARNs never cross partitions. */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  return 'aws';
}

/** Returns the domain of the endpoints in a region. */
export function endpointDomainOf(region: string): string {
  return region.startsWith('cn-') ? 'cache.amazonaws.com.cn' : 'cache.amazonaws.com';
}

export function isRegion(region: string): boolean {
  return isGlobalDatastoreRegion(region) || withoutGlobalDatastores.includes(region);
}

export function isGlobalDatastoreRegion(region: string): boolean {
  return idPrefixOf(region) !== undefined;
}

/** Returns the five-letter prefix of the ids of global datastores created in a region, if they are supported there. */
export function idPrefixOf(region: string): string | undefined {
  return publishedPrefixes[region] ?? inventedPrefixes[region];
}

/**
 * Returns the abbreviation of a region in endpoints, for example `use1`. AWS's samples contain use1, usw2, euw2, aps1.
 * unverified: the others follow the same rule.
 */
export function shortRegionNameOf(region: string): string {
  return region.replaceAll(/north|south|east|west|central|gov/g, (word) => word.charAt(0)).replaceAll('-', '');
}

/** ElastiCache user guide, "Global datastore prefixes" (for us-west-1 the API reference prints another one, dsdfu). */
const publishedPrefixes: Record<string, string> = {
  'us-east-1': 'ldgnf',
  'us-east-2': 'fpkhr',
  'us-west-1': 'virxk',
  'us-west-2': 'sgaui',
  'ca-central-1': 'bxodz',
  'ap-south-1': 'erpgt',
  'ap-northeast-1': 'quwsw',
  'ap-northeast-2': 'lfqnh',
  'ap-northeast-3': 'nlapn',
  'ap-southeast-1': 'vlqxn',
  'ap-southeast-2': 'vbgxd',
  'ap-east-1': 'knjmp',
  'eu-central-1': 'iudkw',
  'eu-west-1': 'gxeiz',
  'eu-west-2': 'okuqm',
  'eu-west-3': 'fgjhi',
  'sa-east-1': 'juxlw',
  'cn-north-1': 'emvgo',
  'cn-northwest-1': 'ckbem',
  'us-gov-west-1': 'sgwui',
};

/** Supported regions whose prefix AWS does not publish. unverified: the prefixes are invented. Do not rely on them. */
const inventedPrefixes: Record<string, string> = {
  'af-south-1': 'xafsa',
  'ap-south-2': 'xapsb',
  'ap-southeast-3': 'xapec',
  'ap-southeast-4': 'xaped',
  'ap-southeast-5': 'xapee',
  'ap-southeast-7': 'xapeg',
  'ca-west-1': 'xcawa',
  'eu-central-2': 'xeucb',
  'eu-north-1': 'xeuna',
  'eu-south-1': 'xeusa',
  'eu-south-2': 'xeusb',
  'il-central-1': 'xilca',
  'me-central-1': 'xmeca',
  'me-south-1': 'xmesa',
  'mx-central-1': 'xmxca',
  'us-gov-east-1': 'xugea',
};

/** Regions with ElastiCache but without global datastores (ElastiCache user guide, supported regions). */
const withoutGlobalDatastores = ['ap-east-2', 'ap-southeast-6'];
