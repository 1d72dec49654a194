import type { RandomSource } from './randomSource.ts';

/** The regions of the API, its own first. The last two cannot have members: another partition, no global datastores. */
export const regions = ['us-east-1', 'eu-west-1', 'ap-southeast-2', 'sa-east-1', 'cn-north-1', 'ap-east-2'] as const;

const memberRegions = regions.slice(0, 4);

/** The state of AWS before a change, in the parts that the generator varies. */
export interface StateOptions {
  readonly engine: string;
  readonly version: string;
  readonly nodeType: string;
  /** The number of node groups. 0 if cluster mode is disabled. */
  readonly shards: number;
  /** True if the slots of the node groups are not even. */
  readonly uneven: boolean;
  readonly replicas: number;
  readonly failover: boolean;
  readonly multiAz: boolean;
  readonly encrypted: boolean;
  readonly atRest: boolean;
  readonly token: boolean;
  /** True if the parameter group of the primary is not a default one. */
  readonly ownParameters: boolean;
  /** The number of members. 0 if there is no datastore, only a group that can become its primary. */
  readonly members: 0 | 1 | 2 | 3;
  /** The replicas of the secondaries. */
  readonly secondaryReplicas: number;
  /** True if a failover has moved the primary away from the region of the datastore. */
  readonly moved: boolean;
  /** The change of AWS that is in progress, in its first or its second half. */
  readonly change: Change;
  readonly half: 1 | 2;
  /** The state of the last operation of the datastore. */
  readonly operation: 'none' | 'running' | 'stopped' | 'ended';
  readonly primary: Primary;
}

type Change = 'none' | 'joining' | 'modifying' | 'promoting' | 'leaving' | 'resharding' | 'deleting';

/** The state of the group that becomes the primary of a datastore: eligible, or why it is not. */
type Primary = 'eligible' | 'busy' | 'small' | 'old' | 'ipv6' | 'member' | 'failed';

/** The state of AWS that a pair runs on. */
export interface AwsState extends StateOptions {
  readonly name: string;
  /** The id of the datastore. */
  readonly id: string;
  /** All members, the first of them in the region of the API. */
  readonly groups: readonly Group[];
  /** The regions that can get a member. */
  readonly free: readonly string[];
}

export interface Group {
  readonly region: string;
  readonly id: string;
  readonly isPrimary: boolean;
}

/** Returns a random state with these options. It is valid: AWS accepts its resources. */
export function createAwsState(random: RandomSource, name: string, fixed: Partial<StateOptions>): AwsState {
  const options = correctOptions({ ...drawOptions(random), ...fixed });
  const primaryRegion = options.moved && options.members > 1 ? 1 : 0;
  const groups = memberRegions
    .slice(0, Math.max(1, options.members))
    .map((region, index) => ({ region, id: groupId(name, region), isPrimary: index === primaryRegion }));
  return { ...options, name, id: `ldgnf-${name}`, groups, free: memberRegions.slice(groups.length) };
}

/** Returns the short form of a region for names: `usea1`. */
export const shortRegion = (region: string): string => region.replace(/^(..)-(..).*(\d)$/, '$1$2$3');

export const groupId = (name: string, region: string, kind = 'm'): string => `${name}-${kind}-${shortRegion(region)}`;

const engines: readonly (readonly [engine: string, version: string, nodeType: string])[] = [
  ['valkey', '8.0', 'cache.r7g.large'],
  ['valkey', '7.2', 'cache.m6g.xlarge'],
  ['redis', '7.1', 'cache.r7g.large'],
  ['redis', '6.2', 'cache.r6g.large'],
  ['redis', '5.0.6', 'cache.r5.large'],
  ['redis', '7.0', 'cache.r6gd.xlarge'],
];

function drawOptions(random: RandomSource): StateOptions {
  const [engine, version, nodeType] = random.pick(...engines);
  const mostly = <T>(value: T, ...others: readonly T[]) => (random.chance(80) ? value : random.pick(...others));
  return {
    engine,
    version,
    nodeType,
    shards: random.pick(0, 0, 1, 2, 3),
    uneven: random.chance(50),
    replicas: random.pick(1, 1, 2, 0),
    failover: random.chance(75),
    multiAz: random.chance(20),
    encrypted: random.chance(50),
    atRest: random.chance(50),
    token: random.chance(15),
    ownParameters: random.chance(15),
    members: random.pick(1, 2, 2, 3),
    secondaryReplicas: random.pick(1, 1, 2, 0),
    moved: random.chance(15),
    change: mostly<Change>('none', 'joining', 'modifying', 'promoting', 'leaving', 'resharding', 'deleting'),
    half: random.pick(1, 2),
    operation: mostly<StateOptions['operation']>('none', 'running', 'stopped', 'ended'),
    primary: mostly<Primary>('eligible', 'busy', 'small', 'old', 'ipv6', 'member', 'failed'),
  };
}

/** Returns the options, corrected so that AWS accepts them together. */
function correctOptions(options: StateOptions): StateOptions {
  const failover = options.shards > 0 || (options.failover && options.replicas > 0);
  const hasReplicas = options.replicas > 0 && options.secondaryReplicas > 0;
  return {
    ...options,
    failover,
    uneven: options.uneven && options.shards > 1,
    secondaryReplicas: failover ? Math.max(1, options.secondaryReplicas) : options.secondaryReplicas,
    multiAz: options.multiAz && failover && hasReplicas,
    encrypted: options.encrypted || options.token,
    ...possibleChange(options),
  };
}

/** Returns the change and the operation, each `none` if the datastore cannot have it. */
function possibleChange({
  change,
  operation,
  members,
  shards,
}: StateOptions): Pick<StateOptions, 'change' | 'operation'> {
  const isPossible: Record<Change, boolean> = {
    none: true,
    modifying: members > 0,
    joining: members > 0 && members < 3,
    promoting: members > 1,
    leaving: members > 1,
    resharding: members > 0 && shards > 0,
    deleting: members === 1,
  };
  return { change: isPossible[change] ? change : 'none', operation: members > 0 ? operation : 'none' };
}
