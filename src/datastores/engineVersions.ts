import {
  type CacheEngineVersion,
  type CacheParameterGroup,
  DescribeCacheEngineVersionsCommand,
  DescribeCacheParameterGroupsCommand,
} from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';

/** Returns all versions of an engine that a region has. AWS has about 20 of each; a page has up to 100. */
export async function listEngineVersions(
  signal: AbortSignal,
  region: string,
  Engine: string,
): Promise<CacheEngineVersion[]> {
  const { CacheEngineVersions = [] } = await elastiCache(signal, region).send(
    new DescribeCacheEngineVersionsCommand({ Engine, MaxRecords: 100 }),
  );
  return CacheEngineVersions;
}

/** Returns the version that a request names. `6.x` is the newest version 6 (ElastiCache user guide, engine versions). */
export function findVersion(versions: readonly CacheEngineVersion[], name: string): CacheEngineVersion | undefined {
  const isNamed = ({ EngineVersion = '' }: CacheEngineVersion) =>
    name === '6.x' ? EngineVersion.startsWith('6.') : EngineVersion === name;
  return versions.findLast(isNamed);
}

/** Returns the version that a datastore shows with its patch number: `7.1` of `7.1.0`. */
export const findShownVersion = (versions: readonly CacheEngineVersion[], shown = ''): CacheEngineVersion | undefined =>
  versions.find(({ EngineVersion }) => shown === EngineVersion || shown.startsWith(`${EngineVersion}.`));

/** Returns a parameter group. Throws `CacheParameterGroupNotFoundFault` if it does not exist in the region. */
export async function findParameterGroup(
  signal: AbortSignal,
  region: string,
  CacheParameterGroupName: string,
): Promise<CacheParameterGroup> {
  const { CacheParameterGroups } = await elastiCache(signal, region).send(
    new DescribeCacheParameterGroupsCommand({ CacheParameterGroupName }),
  );
  return CacheParameterGroups?.[0] ?? {};
}
