import { isUnresponsive } from '../aws/regionHealth.ts';
import { config } from '../config.ts';
import { describeRegionPage } from './describeRegionPage.ts';
import type { GlobalDatastore } from './globalDatastore.ts';

/** The limit on the datastores that are read in each region. */
const maxDatastores = 100;

/** Returns datastores whose id is a prefix of AWS, a hyphen and `suffix`. It reads one page of each region that responds. */
export async function findBySuffix(signal: AbortSignal, suffix: string): Promise<GlobalDatastore[]> {
  const regions = config.regions.filter((region) => !isUnresponsive(region));
  const pages = await Promise.allSettled(
    regions.map((region) => describeRegionPage(signal, { region, listed: [] }, maxDatastores)),
  );
  const groups = pages.flatMap((page) => (page.status === 'fulfilled' ? page.value.groups : []));
  const found = groups.filter((group) => group.GlobalReplicationGroupId.endsWith(`-${suffix.toLowerCase()}`));
  return [...new Map(found.map((group) => [group.GlobalReplicationGroupId, group])).values()];
}
