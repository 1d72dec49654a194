import { Fault } from '../protocol/fault.ts';

export interface EngineVersion {
  engine: string;
  /** As it is asked for: `7.1`. */
  name: string;
  /** As it is reported: `7.1.0`. */
  full: string;
  /** The parameter-group family: `redis7`. */
  family: string;
  /** Redis OSS 5.0.6 or later, Valkey 7.2 or later (ElastiCache user guide, prerequisites). */
  global?: true;
}

/**
 * The version a request asks for, the newest of its engine when it names none.
 * Throws InvalidParameterValue as ElastiCache does for a patch version of engine 6 and later
 * (seen in crossplane-contrib/provider-aws#1617) and, UNV, for one that does not exist.
 */
export function resolveEngineVersion(engine: string, asked: string | undefined): EngineVersion {
  const known = versions.filter((version) => version.engine === engine);
  const newest = known.at(-1);
  if (!newest)
    throw new Fault('InvalidParameterValueException', `Invalid cache engine: ${engine}. Use valkey or redis.`);
  if (asked === undefined) return newest;
  const found = known.find(({ name }) => name === asked) ?? known.findLast(({ name }) => aliases[asked] === name);
  if (found) return found;
  const patch = known.find(({ full }) => full === asked);
  if (patch)
    throw new Fault(
      'InvalidParameterValueException',
      `Specific version selection is not allowed for '${asked}', please use '${patch.name}'`,
    );
  throw new Fault('InvalidParameterValueException', `Cannot find version ${asked} for ${engine}`);
}

/** The version with this full name, `7.1.0`. */
export function findByFullVersion(engine: string, full: string): EngineVersion | undefined {
  return versions.find((version) => version.engine === engine && version.full === full);
}

/** Whether one may upgrade from `a` to `b`: later in the table; every Valkey is later than every Redis OSS it can replace. */
export function isUpgrade(a: EngineVersion, b: EngineVersion): boolean {
  return versions.indexOf(a) < versions.indexOf(b);
}

/** Families in the table's order. */
export function listFamilies(): string[] {
  return [...new Set(versions.map(({ family }) => family))];
}

/** `6.x` was the only name of Redis OSS 6 until 6.2 came (ElastiCache user guide). */
const aliases: Record<string, string> = { '6.x': '6.2' };

/**
 * Oldest first. Versions and families: ElastiCache user guide, supported engine versions;
 * the patch numbers of Valkey 8.0 and later are UNV.
 */
const versions: EngineVersion[] = [
  { engine: 'redis', name: '3.2.4', full: '3.2.4', family: 'redis3.2' },
  { engine: 'redis', name: '3.2.6', full: '3.2.6', family: 'redis3.2' },
  { engine: 'redis', name: '3.2.10', full: '3.2.10', family: 'redis3.2' },
  { engine: 'redis', name: '4.0.10', full: '4.0.10', family: 'redis4.0' },
  { engine: 'redis', name: '5.0.0', full: '5.0.0', family: 'redis5.0' },
  { engine: 'redis', name: '5.0.3', full: '5.0.3', family: 'redis5.0' },
  { engine: 'redis', name: '5.0.4', full: '5.0.4', family: 'redis5.0' },
  { engine: 'redis', name: '5.0.5', full: '5.0.5', family: 'redis5.0' },
  { engine: 'redis', name: '5.0.6', full: '5.0.6', family: 'redis5.0', global: true },
  { engine: 'redis', name: '6.0', full: '6.0.5', family: 'redis6.x', global: true },
  { engine: 'redis', name: '6.2', full: '6.2.6', family: 'redis6.x', global: true },
  { engine: 'redis', name: '7.0', full: '7.0.7', family: 'redis7', global: true },
  { engine: 'redis', name: '7.1', full: '7.1.0', family: 'redis7', global: true },
  { engine: 'valkey', name: '7.2', full: '7.2.6', family: 'valkey7', global: true },
  { engine: 'valkey', name: '8.0', full: '8.0.1', family: 'valkey8', global: true },
  { engine: 'valkey', name: '8.1', full: '8.1.0', family: 'valkey8', global: true },
  { engine: 'valkey', name: '8.2', full: '8.2.0', family: 'valkey8', global: true },
];
