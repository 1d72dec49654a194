import type {
  CacheEngineVersion,
  CacheEngineVersionMessage,
  DescribeCacheEngineVersionsMessage,
} from '@aws-sdk/client-elasticache';
import { paginate } from '../protocol/paging.ts';
import { type EngineVersion, listVersions } from '../rules/engines.ts';
import type { Store } from '../state/store.ts';

/**
 * Returns engine versions in the order of the sample of awscli: 3.2.10 is before 3.2.4. A version has its name in
 * requests, for example `7.1`. An unknown engine, version or family has no versions (unverified).
 */
export function DescribeCacheEngineVersions(
  _store: Store,
  input: DescribeCacheEngineVersionsMessage,
): CacheEngineVersionMessage {
  const matching = listVersions().filter((version) => isMatch(version, input));
  const versions = input.DefaultOnly ? newestOfEachEngine(matching) : matching;
  const { items, Marker } = paginate(() => versions.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)), keyOf, input);
  return { Marker, CacheEngineVersions: items.map(viewVersion) };
}

function isMatch({ engine, name, family }: EngineVersion, input: DescribeCacheEngineVersionsMessage): boolean {
  return (
    engine === (input.Engine?.toLowerCase() ?? engine) &&
    name === (input.EngineVersion ?? name) &&
    family === (input.CacheParameterGroupFamily ?? family)
  );
}

/** Returns the version of each engine that is used by default: the newest one (unverified). */
function newestOfEachEngine(versions: EngineVersion[]): EngineVersion[] {
  return [...new Map(versions.map((version) => [version.engine, version])).values()];
}

function keyOf({ engine, name }: EngineVersion): string {
  return `${engine} ${name}`;
}

/** Returns a version as AWS does. unverified: the descriptions of Valkey. */
function viewVersion({ engine, name, family }: EngineVersion): CacheEngineVersion {
  return {
    Engine: engine,
    EngineVersion: name,
    CacheParameterGroupFamily: family,
    CacheEngineDescription: engine === 'redis' ? 'Redis' : 'Valkey',
    CacheEngineVersionDescription: `${engine} version ${name}`,
  };
}
