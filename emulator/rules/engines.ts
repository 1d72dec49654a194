import { Fault } from '../protocol/fault.ts';

export interface EngineVersion {
  engine: string;
  /** The version in requests, for example `7.1`. */
  name: string;
  /** The version in responses, for example `7.1.0`. */
  full: string;
  /** The family of parameter groups, for example `redis7`. */
  family: string;
  /** The source at AWS, and the date of its reading. */
  source: string;
  /** Set if global datastores support it: Redis OSS 5.0.6, Valkey 7.2 or later (ElastiCache user guide, prerequisites). */
  global?: true;
}

/**
 * Returns the requested version, or the newest of the engine by default.
 * @throws Fault InvalidParameterValueException for a patch version of engine 6 and later (seen in
 * crossplane-contrib/provider-aws#1617), and for an unknown version (unverified).
 */
export function resolveEngineVersion(engine: string, requested: string | undefined): EngineVersion {
  const known = versions.filter((version) => version.engine === engine);
  const newest = known.at(-1);
  if (!newest)
    throw new Fault('InvalidParameterValueException', `Invalid cache engine: ${engine}. Use valkey or redis.`);
  if (requested === undefined) return newest;
  const found =
    known.find(({ name }) => name === requested) ?? known.findLast(({ name }) => aliases[requested] === name);
  if (found) return found;
  const patch = known.find(({ full }) => full === requested);
  if (patch)
    throw new Fault(
      'InvalidParameterValueException',
      `Specific version selection is not allowed for '${requested}', please use '${patch.name}'`,
    );
  throw new Fault('InvalidParameterValueException', `Cannot find version ${requested} for ${engine}`);
}

/** Returns all versions, the versions of each engine oldest first. */
export function listVersions(): readonly EngineVersion[] {
  return versions;
}

/** Returns the version with a full name, for example `7.1.0`. */
export function findByFullVersion(engine: string, full: string): EngineVersion | undefined {
  return versions.find((version) => version.engine === engine && version.full === full);
}

/** Returns true if `to` is later in the table than `from`. Every Valkey is later than every Redis OSS. */
export function isUpgrade(from: EngineVersion, to: EngineVersion): boolean {
  return versions.indexOf(from) < versions.indexOf(to);
}

/** Returns true if a version is the named version of its engine or a later one. */
export function isAtLeast(version: EngineVersion, name: string): boolean {
  const oldest = versions.findIndex((other) => other.engine === version.engine && other.name === name);
  return oldest !== -1 && versions.indexOf(version) >= oldest;
}

/**
 * Returns true for the only rollback of an engine: Valkey 7.2 to Redis OSS 7.1 (ElastiCache user guide, engine upgrades).
 * unverified: whether it exists for a replication group that was created with Valkey.
 */
export function isRollback(from: EngineVersion, to: EngineVersion): boolean {
  return from.engine === 'valkey' && from.name === '7.2' && to.engine === 'redis' && to.name === '7.1';
}

/** Returns the families of parameter groups, oldest first. */
export function listFamilies(): string[] {
  return [...new Set(versions.map(({ family }) => family))];
}

/** Other names of versions. `6.x` was the only name of Redis OSS 6 before 6.2 (ElastiCache user guide). */
const aliases: Record<string, string> = { '6.x': '6.2' };

const VERSIONS = 'ElastiCache user guide, engine versions, November 2026';
/** unverified: the patch number. The guide names only the minor version. */
const MINOR = `${VERSIONS} (patch number unverified)`;
const DEPRECATED = 'ElastiCache user guide, end-of-life schedule of engine versions, November 2026';

/** Engine versions, oldest first, each with its source. */
const versions: EngineVersion[] = [
  { engine: 'redis', name: '3.2.4', full: '3.2.4', family: 'redis3.2', source: DEPRECATED },
  { engine: 'redis', name: '3.2.6', full: '3.2.6', family: 'redis3.2', source: DEPRECATED },
  { engine: 'redis', name: '3.2.10', full: '3.2.10', family: 'redis3.2', source: DEPRECATED },
  { engine: 'redis', name: '4.0.10', full: '4.0.10', family: 'redis4.0', source: VERSIONS },
  { engine: 'redis', name: '5.0.0', full: '5.0.0', family: 'redis5.0', source: DEPRECATED },
  { engine: 'redis', name: '5.0.3', full: '5.0.3', family: 'redis5.0', source: DEPRECATED },
  { engine: 'redis', name: '5.0.4', full: '5.0.4', family: 'redis5.0', source: DEPRECATED },
  { engine: 'redis', name: '5.0.5', full: '5.0.5', family: 'redis5.0', source: DEPRECATED },
  { engine: 'redis', name: '5.0.6', full: '5.0.6', family: 'redis5.0', source: VERSIONS, global: true },
  { engine: 'redis', name: '6.0', full: '6.0.5', family: 'redis6.x', source: VERSIONS, global: true },
  { engine: 'redis', name: '6.2', full: '6.2.6', family: 'redis6.x', source: VERSIONS, global: true },
  { engine: 'redis', name: '7.0', full: '7.0.7', family: 'redis7', source: VERSIONS, global: true },
  { engine: 'redis', name: '7.1', full: '7.1.0', family: 'redis7', source: VERSIONS, global: true },
  { engine: 'valkey', name: '7.2', full: '7.2.6', family: 'valkey7', source: VERSIONS, global: true },
  { engine: 'valkey', name: '8.0', full: '8.0.1', family: 'valkey8', source: MINOR, global: true },
  { engine: 'valkey', name: '8.1', full: '8.1.0', family: 'valkey8', source: MINOR, global: true },
  { engine: 'valkey', name: '8.2', full: '8.2.0', family: 'valkey8', source: MINOR, global: true },
  { engine: 'valkey', name: '9.0', full: '9.0.0', family: 'valkey9', source: MINOR, global: true },
  { engine: 'valkey', name: '9.1', full: '9.1.0', family: 'valkey9', source: MINOR, global: true },
];
