import { type AwsState, groupId, type StateOptions } from './awsStates.ts';
import { familyOf, password, secrets } from './environment.ts';
import type { RandomSource } from './randomSource.ts';

/** The values of one member of a request. */
export interface Values {
  /** Returns a value that AWS accepts in most states, or undefined to omit the member. */
  readonly accepted: ValueFactory;
  /** A state in which AWS accepts it. */
  readonly acceptedIn?: Partial<StateOptions>;
  /** Returns a value that the schema accepts and AWS, or this API, refuses. */
  readonly refused?: ValueFactory;
  /** A state in which it is refused. */
  readonly refusedIn?: Partial<StateOptions>;
  /** The reason why no value is refused, if `refused` is missing. */
  readonly neverRefused?: string;
}

/** A function that returns a value. `partial` is the object so far: a value may depend on the members before it. */
type ValueFactory = (random: RandomSource, state: AwsState, partial: Readonly<Record<string, unknown>>) => unknown;

/** The member of a request that a pair tests, and the kind of its value. */
export interface Focus {
  readonly member: string;
  readonly kind: 'accepted' | 'refused';
}

/** Returns an object with members of a table: the one in focus, the required ones, and a few others. */
export function buildObject(
  table: Readonly<Record<string, Values>>,
  { random, state, focus, required }: BuildOptions,
): Record<string, unknown> {
  const partial: Record<string, unknown> = {};
  const set = (name: string, value: unknown) => value !== undefined && Object.assign(partial, { [name]: value });
  const order = Object.entries(table).sort(([a], [b]) => rank(a) - rank(b));
  function rank(name: string): number {
    if (required.includes(name)) return 0;
    return name === focus?.member ? 1 : 2;
  }
  for (const [name, { accepted, refused }] of order) {
    const kind = kindOf(name, { random, focus, required });
    if (kind === 'refused') set(name, (refused ?? accepted)(random, state, partial));
    if (kind === 'accepted') set(name, accepted(random, state, partial));
  }
  return partial;
}

interface BuildOptions {
  readonly random: RandomSource;
  readonly state: AwsState;
  readonly focus: Focus | undefined;
  readonly required: readonly string[];
}

function kindOf(name: string, { random, focus, required }: Omit<BuildOptions, 'state'>): Focus['kind'] | undefined {
  if (name === focus?.member) return focus.kind;
  if (!focus && random.chance(3)) return 'refused';
  return required.includes(name) || random.chance(12) ? 'accepted' : undefined;
}

export const always = (value: unknown) => () => value;
const shardsOf = ({ shards }: AwsState) => Math.max(1, shards);
const zonesIn = (region: unknown, count: number) =>
  Array.from({ length: count }, (_, index) => `${region}${'abc'[index % 3]}`);
const elsewhere = (region: unknown) => (region === 'eu-west-1' ? 'us-east-1' : 'eu-west-1');

/** Returns the number of nodes in each node group of a new member. */
const nodesOf = ({ replicas }: AwsState, partial: Readonly<Record<string, unknown>>): number =>
  Number(partial.NumCacheClusters ?? Number(partial.ReplicasPerNodeGroup ?? replicas) + 1);

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
    accepted: (random, { free, groups }) => (free.length > 0 ? random.pick(...free) : groups[0]?.region),
    acceptedIn: { members: 1 },
    refused: (random, { groups }) => random.pick('cn-north-1', 'ap-east-2', groups.at(-1)?.region),
  },
  ReplicationGroupId: {
    accepted: (random, { name }, partial) =>
      random.chance(30)
        ? groupId(name, `${partial.ReplicationGroupRegion}`, 'new').toUpperCase()
        : groupId(name, `${partial.ReplicationGroupRegion}`, 'new'),
    refused: (random, { name }, partial) =>
      groupId(name, `${partial.ReplicationGroupRegion}`, random.pick('spare', 'failed')),
  },
  ReplicationGroupDescription: { accepted: always('Orders in another region'), neverRefused: 'AWS publishes no rule' },
  Port: { accepted: (random) => random.pick(6379, 6380, 65535), refused: always(80) },
  NumCacheClusters: {
    accepted: (random, { shards, failover }, partial) =>
      shards > 0 || partial.ReplicasPerNodeGroup !== undefined || partial.NodeGroupConfiguration
        ? undefined
        : random.between(failover ? 2 : 1, 4),
    acceptedIn: { shards: 0 },
    refused: always(1),
    refusedIn: { shards: 0, failover: true, replicas: 1 },
  },
  ReplicasPerNodeGroup: {
    accepted: (random, _, partial) => (partial.NumCacheClusters === undefined ? random.between(1, 3) : undefined),
    refused: always(0),
    refusedIn: { shards: 3 },
  },
  CacheSubnetGroupName: { accepted: always('cache-subnets'), refused: always('nobody') },
  PreferredCacheClusterAZs: {
    accepted: (_, state, partial) =>
      state.shards > 0 || partial.NodeGroupConfiguration
        ? undefined
        : zonesIn(partial.ReplicationGroupRegion, nodesOf(state, partial)),
    acceptedIn: { shards: 0 },
    refused: (random, state, partial) =>
      random.pick(
        zonesIn(elsewhere(partial.ReplicationGroupRegion), nodesOf(state, partial)),
        zonesIn(partial.ReplicationGroupRegion, Math.min(6, nodesOf(state, partial) + 1)),
      ),
  },
  NodeGroupConfiguration: {
    accepted: (_, state, partial) =>
      state.shards === 0 ? undefined : nodeGroups(state, partial.ReplicationGroupRegion),
    acceptedIn: { shards: 2, replicas: 1 },
    refused: (random, state, partial) =>
      random.pick(
        nodeGroups(state, elsewhere(partial.ReplicationGroupRegion)),
        [...nodeGroups(state, partial.ReplicationGroupRegion), { NodeGroupId: '0009', ReplicaCount: 1 }],
        nodeGroups(state, partial.ReplicationGroupRegion).map((group) => ({
          ...group,
          ReplicaAvailabilityZones: zonesIn(partial.ReplicationGroupRegion, 5),
        })),
      ),
    refusedIn: { shards: 2, replicas: 1 },
  },
  SecurityGroupIds: { accepted: always(['sg-0123456789abcdef0']), neverRefused: 'the emulator has no VPC' },
  KmsKeyId: {
    accepted: (_, { atRest }) => (atRest ? 'alias/orders' : undefined),
    acceptedIn: { atRest: true },
    refused: always('alias/orders'),
    refusedIn: { atRest: false },
  },
  AuthToken: {
    accepted: (_, { token }, partial) => (token && !partial.UserGroupIds ? password : undefined),
    acceptedIn: { token: true },
    refused: always(password),
    refusedIn: { token: false, encrypted: false },
  },
  AuthTokenSecretArn: {
    accepted: (_, { token }, partial) =>
      token && !partial.UserGroupIds && partial.AuthToken === undefined ? secrets.present.arn : undefined,
    acceptedIn: { token: true },
    refused: (random, _, partial) =>
      partial.AuthToken === undefined ? random.pick(secrets.settings.arn, missingSecret) : undefined,
    refusedIn: { token: true },
  },
  MultiAZEnabled: {
    accepted: (random, state, partial) => state.failover && nodesOf(state, partial) > 1 && random.chance(50),
    refused: always(true),
    refusedIn: { shards: 0, failover: false, multiAz: false },
  },
  SnapshotRetentionLimit: {
    accepted: (random) => random.between(0, 35),
    neverRefused: 'the schema has the range of AWS',
  },
  SnapshotWindow: {
    accepted: always('05:00-06:30'),
    refused: (random) => random.pick('25:00-26:00', '05:00-05:61'),
  },
  PreferredMaintenanceWindow: {
    accepted: always('sun:23:00-mon:01:30'),
    refused: (random) => random.pick('sun:25:00-sun:26:00', 'mon:05:00-mon:05:99'),
  },
  NotificationTopicArn: {
    accepted: (_, __, partial) => `arn:aws:sns:${partial.ReplicationGroupRegion}:123456789012:cache`,
    neverRefused: 'the emulator has no topics',
  },
  Tags: {
    accepted: always([{ Key: 'team', Value: 'orders' }, { Key: 'empty' }]),
    refused: always([{ Key: 'aws:team', Value: 'orders' }]),
  },
  UserGroupIds: {
    accepted: (_, { encrypted }, partial) => (encrypted && partial.AuthToken === undefined ? ['users'] : undefined),
    acceptedIn: { encrypted: true, token: false },
    refused: (random) => [random.pick('users-busy', 'nobody')],
  },
  LogDeliveryConfigurations: {
    accepted: (random) => [
      logDelivery('slow-log', { Enabled: true }),
      ...(random.chance(50) ? [logDelivery('engine-log', firehose)] : []),
    ],
    refused: (random) => [
      logDelivery('engine-log', { ...firehose, Enabled: true }),
      random.pick(
        logDelivery('slow-log', { LogFormat: undefined }),
        logDelivery('slow-log', { DestinationType: 'kinesis-firehose' }),
      ),
    ],
  },
};

/** Returns the node groups of a new member in a region, with zones. */
function nodeGroups({ shards, replicas }: AwsState, region: unknown): Record<string, unknown>[] {
  return Array.from({ length: Math.max(1, shards) }, (_, index) => ({
    NodeGroupId: `000${index + 1}`,
    ReplicaCount: replicas,
    PrimaryAvailabilityZone: `${region}a`,
    ...(replicas > 0 && { ReplicaAvailabilityZones: zonesIn(region, replicas) }),
  }));
}

const missingSecret = secrets.next.arn.replace('next', 'nobody');

/** Returns the number of nodes in each node group of a secondary. */
const presentNodes = ({ secondaryReplicas }: AwsState): number => secondaryReplicas + 1;

const { ReplicationGroupDescription, MultiAZEnabled, SnapshotRetentionLimit, SnapshotWindow } = newMember;
const { PreferredMaintenanceWindow, SecurityGroupIds, UserGroupIds, LogDeliveryConfigurations, Tags } = newMember;

/** The settings of an existing member. A request has settings of one table. */
export const memberSettings: readonly Readonly<Record<string, Values | undefined>>[] = [
  {
    NumCacheClusters: {
      accepted: (random, state) => presentNodes(state) + random.between(1, 2),
      acceptedIn: { shards: 0 },
      refused: always(1),
      refusedIn: { shards: 0, failover: true, replicas: 1 },
    },
    PreferredCacheClusterAZs: {
      accepted: (_, { members }, partial) => zonesIn(secondaryRegion(members), Number(partial.NumCacheClusters)),
      acceptedIn: { shards: 0 },
      refused: (random, { members }, partial) =>
        random.pick(
          zonesIn('us-west-2', Number(partial.NumCacheClusters)),
          zonesIn(secondaryRegion(members), Math.min(6, Number(partial.NumCacheClusters) + 1)),
        ),
    },
  },
  {
    ReplicasPerNodeGroup: {
      accepted: (random, { secondaryReplicas }) => secondaryReplicas + random.between(1, 2),
      acceptedIn: { shards: 2, secondaryReplicas: 1 },
      refused: always(0),
      refusedIn: { shards: 2, multiAz: true, failover: true, replicas: 1, secondaryReplicas: 1 },
    },
    NodeGroupConfiguration: {
      accepted: (random, state, partial) =>
        partial.ReplicasPerNodeGroup === undefined ? [enlarged(random, state, '0001')] : undefined,
      acceptedIn: { shards: 2, secondaryReplicas: 1 },
      refused: (random, state) =>
        random.pick(
          [enlarged(random, state, '0009')],
          [{ ...enlarged(random, state, '0001'), PrimaryAvailabilityZone: 'us-west-2a' }],
          [{ ...enlarged(random, state, '0001'), ReplicaAvailabilityZones: ['us-west-2a'] }],
        ),
      refusedIn: { shards: 2, secondaryReplicas: 1 },
    },
  },
  {
    ReplicationGroupDescription,
    MultiAZEnabled,
    SnapshotRetentionLimit,
    SnapshotWindow,
    PreferredMaintenanceWindow,
    NotificationTopicArn: {
      accepted: (_, { members }) => `arn:aws:sns:${secondaryRegion(members)}:000000000000:cache`,
      refused: always('arn:aws:sns:us-west-2:000000000000:cache'),
    },
    SecurityGroupIds,
    UserGroupIds,
    AuthToken: {
      accepted: (_, { token }, partial) =>
        token && !partial.UserGroupIds && !partial.AuthTokenSecretArn ? secrets.next.text : undefined,
      acceptedIn: { token: true },
      refused: always(secrets.next.text),
      refusedIn: { token: false },
    },
    AuthTokenSecretArn: {
      accepted: (_, { token }, partial) =>
        token && !partial.UserGroupIds && !partial.AuthToken ? secrets.next.arn : undefined,
      acceptedIn: { token: true },
      refused: (random) => random.pick(secrets.settings.arn, missingSecret),
      refusedIn: { token: true },
    },
    AuthTokenUpdateStrategy: {
      accepted: (_, { token }, partial) =>
        token && (partial.AuthToken ?? partial.AuthTokenSecretArn) ? 'ROTATE' : undefined,
      acceptedIn: { token: true },
      refused: always('DELETE'),
      refusedIn: { token: true },
    },
    LogDeliveryConfigurations,
  },
  { Tags },
  { TagKeys: { accepted: always(['team']), neverRefused: 'AWS ignores keys that a group does not have' } },
];

const secondaryRegion = (members: number): string => (members > 1 ? 'eu-west-1' : 'us-east-1');

/** Returns a node group of a secondary with more replicas than now. */
function enlarged(
  random: RandomSource,
  { secondaryReplicas, members }: AwsState,
  NodeGroupId: string,
): Record<string, unknown> {
  const replicas = secondaryReplicas + random.between(1, 2);
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
    accepted: always(secrets.next.arn),
    acceptedIn: { token: true, change: 'none', operation: 'none' },
    refused: (random) => random.pick(secrets.settings.arn, missingSecret),
  },
  AuthTokenUpdateStrategy: {
    accepted: (random) => random.pick('ROTATE', 'ROTATE', 'SET'),
    acceptedIn: { token: true, change: 'none', operation: 'none' },
    neverRefused: 'AWS does not show what a token was rotated to',
  },
};

const sizes = ['large', 'xlarge', '2xlarge', '4xlarge'];
const otherSize = (random: RandomSource, { nodeType }: AwsState) => {
  const family = nodeType.slice(0, nodeType.lastIndexOf('.'));
  return random.pick(
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

const newGroupFor = ({ engine, shards }: AwsState, partial: Readonly<Record<string, unknown>>) =>
  `default.${familyOf(`${partial.Engine ?? engine}`, `${partial.EngineVersion}`)}${shards > 0 ? '.cluster.on' : ''}`;

/** The settings of ModifyGlobalReplicationGroup. A request has settings of one table. */
export const settings: readonly Readonly<Record<string, Values>>[] = [
  {
    CacheNodeType: {
      accepted: otherSize,
      refused: (random, state) =>
        random.pick(
          state.nodeType,
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
      accepted: (random, { engine, version }, partial) =>
        partial.Engine === 'valkey' && engine === 'redis'
          ? random.pick('7.2', '8.0')
          : random.pick(...(upgrades[`${engine} ${version}`] ?? ['8.2'])),
      acceptedIn: { engine: 'valkey', version: '8.0', nodeType: 'cache.r7g.large' },
      refused: (random, { version }) => random.pick(version, '5.0.6', '7.1', '6.2', '12.0', '8.0.1'),
      refusedIn: { change: 'none' },
    },
    Engine: {
      accepted: always('valkey'),
      acceptedIn: { engine: 'redis', version: '7.1', nodeType: 'cache.r7g.large', ownParameters: false },
      refused: always('redis'),
      refusedIn: { engine: 'valkey', version: '8.0', nodeType: 'cache.r7g.large' },
    },
    CacheParameterGroupName: {
      accepted: (_, state, partial) => newGroupFor(state, partial),
      acceptedIn: { engine: 'redis', version: '6.2', nodeType: 'cache.r6g.large' },
      refused: (random) =>
        random.pick('nobody', 'default.redis7', 'own.valkey8.cluster.on', 'default.valkey8', 'own.redis5.0'),
    },
  },
  {
    GlobalReplicationGroupDescription: {
      accepted: (random) => random.pick('Orders', ''),
      neverRefused: 'AWS publishes no rule',
    },
  },
  {
    AutomaticFailoverEnabled: {
      accepted: (_, { failover, shards }) => (shards > 0 ? true : !failover),
      acceptedIn: { shards: 0, failover: true, replicas: 1, multiAz: false },
      refused: (_, { failover, shards, replicas }) => (shards > 0 || replicas === 0 ? shards === 0 : failover),
    },
  },
];

/** Returns a version that needs a parameter group of a new family. */
export const majorUpgrade = (random: RandomSource, { engine, version }: AwsState): string =>
  random.pick(...(majorUpgrades[`${engine} ${version}`] ?? ['9.0']));

export const applyImmediately: Values = { accepted: always(true), neverRefused: 'the schema takes true only' };

/** The members of a request to scale. */
export const scaling: Readonly<Record<string, Values>> = {
  NodeGroupCount: {
    accepted: (random, state) => random.pick(shardsOf(state) + 1, Math.max(1, state.shards - 1)),
    acceptedIn: { shards: 2 },
    refused: (random, { shards }) => random.pick(200, 500, Math.max(1, shards)),
  },
  GlobalNodeGroupsToRetain: {
    accepted: (_, state, partial) =>
      isDecrease(state, partial) ? nodeGroupIds(state).slice(0, Number(partial.NodeGroupCount)) : undefined,
    acceptedIn: { shards: 3, change: 'none' },
    refused: (random, state) => random.pick([`${state.id}-0009`], nodeGroupIds(state)),
    refusedIn: { shards: 3 },
  },
  GlobalNodeGroupsToRemove: {
    accepted: (_, state, partial) =>
      isDecrease(state, partial) && !partial.GlobalNodeGroupsToRetain
        ? nodeGroupIds(state).slice(Number(partial.NodeGroupCount))
        : undefined,
    acceptedIn: { shards: 3, change: 'none' },
    refused: (random, state, partial) =>
      partial.GlobalNodeGroupsToRetain ? undefined : random.pick([`${state.id}-0009`], nodeGroupIds(state)),
    refusedIn: { shards: 3 },
  },
  RegionalConfigurations: {
    accepted: (_, state, partial) => (isDecrease(state, partial) ? undefined : regional(state)),
    acceptedIn: { shards: 1 },
    refused: (random, state) =>
      random.pick(
        regional(state, { id: 'nobody' }),
        regional(state, { zones: ['ap-east-2a'] }),
        regional(state, { nodeGroup: '0009' }),
      ),
    refusedIn: { shards: 1 },
  },
  ApplyImmediately: applyImmediately,
};

const isDecrease = ({ shards }: AwsState, partial: Readonly<Record<string, unknown>>) =>
  Number(partial.NodeGroupCount) < shards;
const nodeGroupIds = ({ id, shards }: AwsState) =>
  Array.from({ length: Math.max(1, shards) }, (_, i) => `${id}-000${i + 1}`);

function regional(
  { groups, shards }: AwsState,
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
