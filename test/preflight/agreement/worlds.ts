import type { Dice } from './dice.ts';

/** The regions of the API, its own first. The last two cannot have members: another partition, no global datastores. */
export const regions = ['us-east-1', 'eu-west-1', 'ap-southeast-2', 'sa-east-1', 'cn-north-1', 'ap-east-2'] as const;

const memberRegions = regions.slice(0, 4);

/** The state of AWS before a change, in the parts that a generated world varies. */
export interface Choices {
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
export interface World extends Choices {
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

/** Returns a random world with these choices. It is valid: AWS accepts its resources. */
export function worldWith(dice: Dice, name: string, fixed: Partial<Choices>): World {
  const choices = repair({ ...draw(dice), ...fixed });
  const primaryRegion = choices.moved && choices.members > 1 ? 1 : 0;
  const groups = memberRegions
    .slice(0, Math.max(1, choices.members))
    .map((region, index) => ({ region, id: groupId(name, region), isPrimary: index === primaryRegion }));
  return { ...choices, name, id: `ldgnf-${name}`, groups, free: memberRegions.slice(groups.length) };
}

/** Returns the short form of a region for names: `usea1`. */
export const short = (region: string): string => region.replace(/^(..)-(..).*(\d)$/, '$1$2$3');

export const groupId = (name: string, region: string, kind = 'm'): string => `${name}-${kind}-${short(region)}`;

const engines: readonly (readonly [engine: string, version: string, nodeType: string])[] = [
  ['valkey', '8.0', 'cache.r7g.large'],
  ['valkey', '7.2', 'cache.m6g.xlarge'],
  ['redis', '7.1', 'cache.r7g.large'],
  ['redis', '6.2', 'cache.r6g.large'],
  ['redis', '5.0.6', 'cache.r5.large'],
  ['redis', '7.0', 'cache.r6gd.xlarge'],
];

function draw(dice: Dice): Choices {
  const [engine, version, nodeType] = dice.pick(...engines);
  const usual = <T>(value: T, ...others: readonly T[]) => (dice.chance(80) ? value : dice.pick(...others));
  return {
    engine,
    version,
    nodeType,
    shards: dice.pick(0, 0, 1, 2, 3),
    uneven: dice.chance(50),
    replicas: dice.pick(1, 1, 2, 0),
    failover: dice.chance(75),
    multiAz: dice.chance(20),
    encrypted: dice.chance(50),
    atRest: dice.chance(50),
    token: dice.chance(15),
    ownParameters: dice.chance(15),
    members: dice.pick(1, 2, 2, 3),
    secondaryReplicas: dice.pick(1, 1, 2, 0),
    moved: dice.chance(15),
    change: usual<Change>('none', 'joining', 'modifying', 'promoting', 'leaving', 'resharding', 'deleting'),
    half: dice.pick(1, 2),
    operation: usual<Choices['operation']>('none', 'running', 'stopped', 'ended'),
    primary: usual<Primary>('eligible', 'busy', 'small', 'old', 'ipv6', 'member', 'failed'),
  };
}

/** Returns the choices, corrected so that AWS accepts them together. */
function repair(chosen: Choices): Choices {
  const failover = chosen.shards > 0 || (chosen.failover && chosen.replicas > 0);
  const hasReplicas = chosen.replicas > 0 && chosen.secondaryReplicas > 0;
  return {
    ...chosen,
    failover,
    uneven: chosen.uneven && chosen.shards > 1,
    secondaryReplicas: failover ? Math.max(1, chosen.secondaryReplicas) : chosen.secondaryReplicas,
    multiAz: chosen.multiAz && failover && hasReplicas,
    encrypted: chosen.encrypted || chosen.token,
    ...possible(chosen),
  };
}

/** Returns the change and the operation, each `none` if the datastore cannot have it. */
function possible({ change, operation, members, shards }: Choices): Pick<Choices, 'change' | 'operation'> {
  const needs: Record<Change, boolean> = {
    none: true,
    modifying: members > 0,
    joining: members > 0 && members < 3,
    promoting: members > 1,
    leaving: members > 1,
    resharding: members > 0 && shards > 0,
    deleting: members === 1,
  };
  return { change: needs[change] ? change : 'none', operation: members > 0 ? operation : 'none' };
}
