import type { Dice } from './dice.ts';
import { familyOf, password, secrets } from './stage.ts';
import { type Choices, groupId, type World } from './worlds.ts';

/** The values of one member of a request. */
export interface Values {
  /** Returns a value that AWS accepts in most worlds, or undefined to omit the member. */
  readonly good: Make;
  /** A world in which AWS accepts it. */
  readonly goodIn?: Partial<Choices>;
  /** Returns a value that the schema accepts and AWS, or this API, refuses. */
  readonly bad?: Make;
  /** A world in which it is refused. */
  readonly badIn?: Partial<Choices>;
  /** The reason why no value is refused, if `bad` is missing. */
  readonly neverRefused?: string;
}

/** A function that returns a value. `so` is the object so far: a value may depend on the members before it. */
type Make = (dice: Dice, world: World, so: Readonly<Record<string, unknown>>) => unknown;

/** The member of a request that a pair tests, and the kind of its value. */
export interface Focus {
  readonly member: string;
  readonly kind: 'good' | 'bad';
}

/** Returns an object with members of a table: the one in focus, the required ones, and a few others. */
export function fill(
  table: Readonly<Record<string, Values>>,
  { dice, world, focus, required }: Filling,
): Record<string, unknown> {
  const so: Record<string, unknown> = {};
  const set = (name: string, value: unknown) => value !== undefined && Object.assign(so, { [name]: value });
  const order = Object.entries(table).sort(([a], [b]) => rank(a) - rank(b));
  function rank(name: string): number {
    if (required.includes(name)) return 0;
    return name === focus?.member ? 1 : 2;
  }
  for (const [name, { good, bad }] of order) {
    const kind = kindOf(name, { dice, focus, required });
    if (kind === 'bad') set(name, (bad ?? good)(dice, world, so));
    if (kind === 'good') set(name, good(dice, world, so));
  }
  return so;
}

interface Filling {
  readonly dice: Dice;
  readonly world: World;
  readonly focus: Focus | undefined;
  readonly required: readonly string[];
}

function kindOf(name: string, { dice, focus, required }: Omit<Filling, 'world'>): Focus['kind'] | undefined {
  if (name === focus?.member) return focus.kind;
  if (!focus && dice.chance(3)) return 'bad';
  return required.includes(name) || dice.chance(12) ? 'good' : undefined;
}

export const always = (value: unknown) => () => value;
const shardsOf = ({ shards }: World) => Math.max(1, shards);
const zonesIn = (region: unknown, count: number) =>
  Array.from({ length: count }, (_, index) => `${region}${'abc'[index % 3]}`);
const elsewhere = (region: unknown) => (region === 'eu-west-1' ? 'us-east-1' : 'eu-west-1');

/** Returns the number of nodes in each node group of a new member. */
const nodesOf = ({ replicas }: World, so: Readonly<Record<string, unknown>>): number =>
  Number(so.NumCacheClusters ?? Number(so.ReplicasPerNodeGroup ?? replicas) + 1);

const logDelivery = (LogType: string, more: object = {}) => ({
  LogType,
  DestinationType: 'cloudwatch-logs',
  DestinationDetails: { CloudWatchLogsDetails: { LogGroup: 'orders' } },
  LogFormat: 'json',
  ...more,
});
const firehose = {
  DestinationType: 'kinesis-firehose',
  DestinationDetails: { KinesisFirehoseDetails: { DeliveryStream: 'orders' } },
};

/** The settings of a new member, by their names in AWS's CreateReplicationGroup. */
export const newMember: Readonly<Record<string, Values>> = {
  ReplicationGroupRegion: {
    good: (dice, { free, groups }) => (free.length > 0 ? dice.pick(...free) : groups[0]?.region),
    goodIn: { members: 1 },
    bad: (dice, { groups }) => dice.pick('cn-north-1', 'ap-east-2', groups.at(-1)?.region),
  },
  ReplicationGroupId: {
    good: (dice, { name }, so) =>
      dice.chance(30)
        ? groupId(name, `${so.ReplicationGroupRegion}`, 'new').toUpperCase()
        : groupId(name, `${so.ReplicationGroupRegion}`, 'new'),
    bad: (dice, { name }, so) => groupId(name, `${so.ReplicationGroupRegion}`, dice.pick('spare', 'failed')),
  },
  ReplicationGroupDescription: { good: always('Orders in another region'), neverRefused: 'AWS publishes no rule' },
  Port: { good: (dice) => dice.pick(6379, 6380, 65535), bad: always(80) },
  NumCacheClusters: {
    good: (dice, { shards, failover }, so) =>
      shards > 0 || so.ReplicasPerNodeGroup !== undefined || so.NodeGroupConfiguration
        ? undefined
        : dice.between(failover ? 2 : 1, 4),
    goodIn: { shards: 0 },
    bad: always(1),
    badIn: { shards: 0, failover: true, replicas: 1 },
  },
  ReplicasPerNodeGroup: {
    good: (dice, _, so) => (so.NumCacheClusters === undefined ? dice.between(1, 3) : undefined),
    bad: always(0),
    badIn: { shards: 3 },
  },
  CacheSubnetGroupName: { good: always('cache-subnets'), bad: always('nobody') },
  PreferredCacheClusterAZs: {
    good: (_, world, so) =>
      world.shards > 0 || so.NodeGroupConfiguration
        ? undefined
        : zonesIn(so.ReplicationGroupRegion, nodesOf(world, so)),
    goodIn: { shards: 0 },
    bad: (dice, world, so) =>
      dice.pick(
        zonesIn(elsewhere(so.ReplicationGroupRegion), nodesOf(world, so)),
        zonesIn(so.ReplicationGroupRegion, Math.min(6, nodesOf(world, so) + 1)),
      ),
  },
  NodeGroupConfiguration: {
    good: (_, world, so) => (world.shards === 0 ? undefined : nodeGroups(world, so.ReplicationGroupRegion)),
    goodIn: { shards: 2, replicas: 1 },
    bad: (dice, world, so) =>
      dice.pick(
        nodeGroups(world, elsewhere(so.ReplicationGroupRegion)),
        [...nodeGroups(world, so.ReplicationGroupRegion), { NodeGroupId: '0009', ReplicaCount: 1 }],
        nodeGroups(world, so.ReplicationGroupRegion).map((group) => ({
          ...group,
          ReplicaAvailabilityZones: zonesIn(so.ReplicationGroupRegion, 5),
        })),
      ),
    badIn: { shards: 2, replicas: 1 },
  },
  SecurityGroupIds: { good: always(['sg-0123456789abcdef0']), neverRefused: 'the emulator has no VPC' },
  KmsKeyId: {
    good: (_, { atRest }) => (atRest ? 'alias/orders' : undefined),
    goodIn: { atRest: true },
    bad: always('alias/orders'),
    badIn: { atRest: false },
  },
  AuthToken: {
    good: (_, { token }, so) => (token && !so.UserGroupIds ? password : undefined),
    goodIn: { token: true },
    bad: always(password),
    badIn: { token: false, encrypted: false },
  },
  AuthTokenSecretArn: {
    good: (_, { token }, so) =>
      token && !so.UserGroupIds && so.AuthToken === undefined ? secrets.present.arn : undefined,
    goodIn: { token: true },
    bad: (dice, _, so) => (so.AuthToken === undefined ? dice.pick(secrets.wrong.arn, missingSecret) : undefined),
    badIn: { token: true },
  },
  MultiAZEnabled: {
    good: (dice, world, so) => world.failover && nodesOf(world, so) > 1 && dice.chance(50),
    bad: always(true),
    badIn: { shards: 0, failover: false, multiAz: false },
  },
  SnapshotRetentionLimit: { good: (dice) => dice.between(0, 35), neverRefused: 'the schema has the range of AWS' },
  SnapshotWindow: {
    good: always('05:00-06:30'),
    bad: (dice) => dice.pick('25:00-26:00', '05:00-05:61'),
  },
  PreferredMaintenanceWindow: {
    good: always('sun:23:00-mon:01:30'),
    bad: (dice) => dice.pick('sun:25:00-sun:26:00', 'mon:05:00-mon:05:99'),
  },
  NotificationTopicArn: {
    good: (_, __, so) => `arn:aws:sns:${so.ReplicationGroupRegion}:123456789012:cache`,
    neverRefused: 'the emulator has no topics',
  },
  Tags: {
    good: always([{ Key: 'team', Value: 'orders' }, { Key: 'empty' }]),
    bad: always([{ Key: 'aws:team', Value: 'orders' }]),
  },
  UserGroupIds: {
    good: (_, { encrypted }, so) => (encrypted && so.AuthToken === undefined ? ['users'] : undefined),
    goodIn: { encrypted: true, token: false },
    bad: (dice) => [dice.pick('users-busy', 'nobody')],
  },
  LogDeliveryConfigurations: {
    good: (dice) => [
      logDelivery('slow-log', { Enabled: true }),
      ...(dice.chance(50) ? [logDelivery('engine-log', firehose)] : []),
    ],
    bad: (dice) => [
      logDelivery('engine-log', { ...firehose, Enabled: true }),
      dice.pick(
        logDelivery('slow-log', { LogFormat: undefined }),
        logDelivery('slow-log', { DestinationType: 'kinesis-firehose' }),
      ),
    ],
  },
};

/** Returns the node groups of a new member in a region, with zones. */
function nodeGroups({ shards, replicas }: World, region: unknown): Record<string, unknown>[] {
  return Array.from({ length: Math.max(1, shards) }, (_, index) => ({
    NodeGroupId: `000${index + 1}`,
    ReplicaCount: replicas,
    PrimaryAvailabilityZone: `${region}a`,
    ...(replicas > 0 && { ReplicaAvailabilityZones: zonesIn(region, replicas) }),
  }));
}

const missingSecret = secrets.next.arn.replace('next', 'nobody');

/** Returns the number of nodes in each node group of a secondary. */
const presentNodes = ({ secondaryReplicas }: World): number => secondaryReplicas + 1;

const { ReplicationGroupDescription, MultiAZEnabled, SnapshotRetentionLimit, SnapshotWindow } = newMember;
const { PreferredMaintenanceWindow, SecurityGroupIds, UserGroupIds, LogDeliveryConfigurations, Tags } = newMember;

/** The settings of an existing member. A request has settings of one table. */
export const memberSettings: readonly Readonly<Record<string, Values | undefined>>[] = [
  {
    NumCacheClusters: {
      good: (dice, world) => presentNodes(world) + dice.between(1, 2),
      goodIn: { shards: 0 },
      bad: always(1),
      badIn: { shards: 0, failover: true, replicas: 1 },
    },
    PreferredCacheClusterAZs: {
      good: (_, { members }, so) => zonesIn(secondaryRegion(members), Number(so.NumCacheClusters)),
      goodIn: { shards: 0 },
      bad: (dice, { members }, so) =>
        dice.pick(
          zonesIn('us-west-2', Number(so.NumCacheClusters)),
          zonesIn(secondaryRegion(members), Math.min(6, Number(so.NumCacheClusters) + 1)),
        ),
    },
  },
  {
    ReplicasPerNodeGroup: {
      good: (dice, { secondaryReplicas }) => secondaryReplicas + dice.between(1, 2),
      goodIn: { shards: 2, secondaryReplicas: 1 },
      bad: always(0),
      badIn: { shards: 2, multiAz: true, failover: true, replicas: 1, secondaryReplicas: 1 },
    },
    NodeGroupConfiguration: {
      good: (dice, world, so) => (so.ReplicasPerNodeGroup === undefined ? [grown(dice, world, '0001')] : undefined),
      goodIn: { shards: 2, secondaryReplicas: 1 },
      bad: (dice, world) =>
        dice.pick(
          [grown(dice, world, '0009')],
          [{ ...grown(dice, world, '0001'), PrimaryAvailabilityZone: 'us-west-2a' }],
          [{ ...grown(dice, world, '0001'), ReplicaAvailabilityZones: ['us-west-2a'] }],
        ),
      badIn: { shards: 2, secondaryReplicas: 1 },
    },
  },
  {
    ReplicationGroupDescription,
    MultiAZEnabled,
    SnapshotRetentionLimit,
    SnapshotWindow,
    PreferredMaintenanceWindow,
    NotificationTopicArn: {
      good: (_, { members }) => `arn:aws:sns:${secondaryRegion(members)}:000000000000:cache`,
      bad: always('arn:aws:sns:us-west-2:000000000000:cache'),
    },
    SecurityGroupIds,
    UserGroupIds,
    AuthToken: {
      good: (_, { token }, so) => (token && !so.UserGroupIds && !so.AuthTokenSecretArn ? secrets.next.text : undefined),
      goodIn: { token: true },
      bad: always(secrets.next.text),
      badIn: { token: false },
    },
    AuthTokenSecretArn: {
      good: (_, { token }, so) => (token && !so.UserGroupIds && !so.AuthToken ? secrets.next.arn : undefined),
      goodIn: { token: true },
      bad: (dice) => dice.pick(secrets.wrong.arn, missingSecret),
      badIn: { token: true },
    },
    AuthTokenUpdateStrategy: {
      good: (_, { token }, so) => (token && (so.AuthToken ?? so.AuthTokenSecretArn) ? 'ROTATE' : undefined),
      goodIn: { token: true },
      bad: always('DELETE'),
      badIn: { token: true },
    },
    LogDeliveryConfigurations,
  },
  { Tags },
  { TagKeys: { good: always(['team']), neverRefused: 'AWS ignores keys that a group does not have' } },
];

const secondaryRegion = (members: number): string => (members > 1 ? 'eu-west-1' : 'us-east-1');

/** Returns a node group of a secondary with more replicas than now. */
function grown(dice: Dice, { secondaryReplicas, members }: World, NodeGroupId: string): Record<string, unknown> {
  const replicas = secondaryReplicas + dice.between(1, 2);
  const region = secondaryRegion(members);
  const zones = {
    PrimaryAvailabilityZone: `${region}a`,
    ReplicaAvailabilityZones: zonesIn(region, replicas + 1).slice(1),
  };
  return { NodeGroupId, ReplicaCount: replicas, ...zones };
}

/** The members of a request to rotate the token of all members. */
export const rotation: Readonly<Record<string, Values>> = {
  AuthTokenSecretArn: {
    good: always(secrets.next.arn),
    goodIn: { token: true, change: 'none', operation: 'none' },
    bad: (dice) => dice.pick(secrets.wrong.arn, missingSecret),
  },
  AuthTokenUpdateStrategy: {
    good: (dice) => dice.pick('ROTATE', 'ROTATE', 'SET'),
    goodIn: { token: true, change: 'none', operation: 'none' },
    neverRefused: 'AWS does not show what a token was rotated to',
  },
};

const sizes = ['large', 'xlarge', '2xlarge', '4xlarge'];
const otherSize = (dice: Dice, { nodeType }: World) => {
  const family = nodeType.slice(0, nodeType.lastIndexOf('.'));
  return dice.pick(
    ...sizes
      .slice(1)
      .map((size) => `${family}.${size}`)
      .filter((other) => other !== nodeType),
  );
};

/** Version upgrades that need no parameter group, and those that do. */
const upgrades: Readonly<Record<string, readonly string[]>> = {
  'valkey 8.0': ['8.1', '8.2'],
  'redis 7.0': ['7.1'],
};
const majorUpgrades: Readonly<Record<string, readonly string[]>> = {
  'valkey 7.2': ['8.0', '8.1'],
  'redis 5.0.6': ['6.2', '7.1'],
  'redis 6.2': ['7.0', '7.1'],
};

const newGroupFor = ({ engine, shards }: World, so: Readonly<Record<string, unknown>>) =>
  `default.${familyOf(`${so.Engine ?? engine}`, `${so.EngineVersion}`)}${shards > 0 ? '.cluster.on' : ''}`;

/** The settings of ModifyGlobalReplicationGroup. A request has settings of one table. */
export const settings: readonly Readonly<Record<string, Values>>[] = [
  {
    CacheNodeType: {
      good: otherSize,
      bad: (dice, world) =>
        dice.pick(
          world.nodeType,
          'cache.t3.small',
          'cache.none.large',
          'cache.r6g.48xlarge',
          'cache.r6gd.xlarge',
          'cache.r8g.large',
        ),
    },
  },
  {
    EngineVersion: {
      good: (dice, { engine, version }, so) =>
        so.Engine === 'valkey' && engine === 'redis'
          ? dice.pick('7.2', '8.0')
          : dice.pick(...(upgrades[`${engine} ${version}`] ?? ['8.2'])),
      goodIn: { engine: 'valkey', version: '8.0', nodeType: 'cache.r7g.large' },
      bad: (dice, { version }) => dice.pick(version, '5.0.6', '7.1', '6.2', '12.0', '8.0.1'),
      badIn: { change: 'none' },
    },
    Engine: {
      good: always('valkey'),
      goodIn: { engine: 'redis', version: '7.1', nodeType: 'cache.r7g.large', ownParameters: false },
      bad: always('redis'),
      badIn: { engine: 'valkey', version: '8.0', nodeType: 'cache.r7g.large' },
    },
    CacheParameterGroupName: {
      good: (_, world, so) => newGroupFor(world, so),
      goodIn: { engine: 'redis', version: '6.2', nodeType: 'cache.r6g.large' },
      bad: (dice) => dice.pick('nobody', 'default.redis7', 'own.valkey8.cluster.on', 'default.valkey8', 'own.redis5.0'),
    },
  },
  {
    GlobalReplicationGroupDescription: {
      good: (dice) => dice.pick('Orders', ''),
      neverRefused: 'AWS publishes no rule',
    },
  },
  {
    AutomaticFailoverEnabled: {
      good: (_, { failover, shards }) => (shards > 0 ? true : !failover),
      goodIn: { shards: 0, failover: true, replicas: 1, multiAz: false },
      bad: (_, { failover, shards, replicas }) => (shards > 0 || replicas === 0 ? shards === 0 : failover),
    },
  },
];

/** Returns a version that needs a parameter group of a new family. */
export const majorUpgrade = (dice: Dice, { engine, version }: World): string =>
  dice.pick(...(majorUpgrades[`${engine} ${version}`] ?? ['9.0']));

export const applyImmediately: Values = { good: always(true), neverRefused: 'the schema takes true only' };

/** The members of a request to scale. */
export const scaling: Readonly<Record<string, Values>> = {
  NodeGroupCount: {
    good: (dice, world) => dice.pick(shardsOf(world) + 1, Math.max(1, world.shards - 1)),
    goodIn: { shards: 2 },
    bad: (dice, { shards }) => dice.pick(200, 500, Math.max(1, shards)),
  },
  GlobalNodeGroupsToRetain: {
    good: (_, world, so) =>
      isDecrease(world, so) ? nodeGroupIds(world).slice(0, Number(so.NodeGroupCount)) : undefined,
    goodIn: { shards: 3, change: 'none' },
    bad: (dice, world) => dice.pick([`${world.id}-0009`], nodeGroupIds(world)),
    badIn: { shards: 3 },
  },
  GlobalNodeGroupsToRemove: {
    good: (_, world, so) =>
      isDecrease(world, so) && !so.GlobalNodeGroupsToRetain
        ? nodeGroupIds(world).slice(Number(so.NodeGroupCount))
        : undefined,
    goodIn: { shards: 3, change: 'none' },
    bad: (dice, world, so) =>
      so.GlobalNodeGroupsToRetain ? undefined : dice.pick([`${world.id}-0009`], nodeGroupIds(world)),
    badIn: { shards: 3 },
  },
  RegionalConfigurations: {
    good: (_, world, so) => (isDecrease(world, so) ? undefined : regional(world)),
    goodIn: { shards: 1 },
    bad: (dice, world) =>
      dice.pick(
        regional(world, { id: 'nobody' }),
        regional(world, { zones: ['ap-east-2a'] }),
        regional(world, { nodeGroup: '0009' }),
      ),
    badIn: { shards: 1 },
  },
  ApplyImmediately: applyImmediately,
};

const isDecrease = ({ shards }: World, so: Readonly<Record<string, unknown>>) => Number(so.NodeGroupCount) < shards;
const nodeGroupIds = ({ id, shards }: World) =>
  Array.from({ length: Math.max(1, shards) }, (_, i) => `${id}-000${i + 1}`);

function regional(
  { groups, shards }: World,
  { id, zones, nodeGroup }: { id?: string; zones?: string[]; nodeGroup?: string } = {},
) {
  return groups.map((member) => ({
    ReplicationGroupId: id ?? member.id,
    ReplicationGroupRegion: member.region,
    ReshardingConfiguration: [
      {
        NodeGroupId: nodeGroup ?? `000${shards + 1}`,
        PreferredAvailabilityZones: zones ?? [`${member.region}a`, `${member.region}b`],
      },
    ],
  }));
}
