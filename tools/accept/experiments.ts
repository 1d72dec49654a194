import { addressOfSecondary, engine, findDatastore, findGroup, idsOf, nodeTypes, type StageName } from './stages.ts';
import type { Action, Subject } from './subject.ts';

/** Calls whose results are compared. An experiment agrees if AWS and the emulator have the same result. */
export interface Experiment {
  readonly name: string;
  readonly stage: StageName;
  readonly look: (subject: Subject) => Promise<string>;
}

type Probe = readonly [action: Action, input: (subject: Subject) => object | Promise<object>, region?: 0 | 1];

/** Sends calls that AWS is expected to refuse. Returns the code and the text of each. The clean-up removes what is accepted. */
const answers =
  (...probes: readonly Probe[]): Experiment['look'] =>
  async (subject) => {
    const lines: string[] = [];
    for (const [action, input, region = 0] of probes)
      lines.push(await subject.answer(action, await input(subject), subject.names.regions[region]));
    return lines.join('\n');
  };

/** The creation of a small replication group. */
const creation = (more: (subject: Subject) => object, suffix = 'other'): Probe => [
  'CreateReplicationGroup',
  (subject) => ({
    ...engine,
    ReplicationGroupId: subject.name(suffix),
    ReplicationGroupDescription: 'npm run accept',
    CacheNodeType: nodeTypes.small,
    ...more(subject),
  }),
];

const onSmall = (action: Action, input: object): Probe => [
  action,
  (subject) => ({ ReplicationGroupId: idsOf(subject).small, ApplyImmediately: true, ...input }),
];

const onMember = (input: object): Probe => [
  'ModifyReplicationGroup',
  (subject) => ({ ReplicationGroupId: idsOf(subject).primary, ApplyImmediately: true, ...input }),
];

const onDatastore = (action: Action, input: object): Probe => [
  action,
  ({ datastoreId }) => ({ GlobalReplicationGroupId: datastoreId, ApplyImmediately: true, ...input }),
];

/** A further secondary, in the region of the detached one. */
const secondary = (input: object): Probe => [
  'CreateReplicationGroup',
  (subject) => ({
    ReplicationGroupId: subject.name('third'),
    ReplicationGroupDescription: 'npm run accept',
    GlobalReplicationGroupId: subject.datastoreId,
    ...input,
  }),
];

const lagQuery = (Period: number) => ({
  Id: 'lag',
  MetricStat: {
    Metric: { Namespace: 'AWS/ElastiCache', MetricName: 'GlobalDatastoreReplicationLag' },
    Period,
    Stat: 'Average',
  },
});

/** The experiments, by the stage in which they run. */
export const experiments: readonly Experiment[] = [
  {
    name: 'parameter group: name and family',
    stage: 'account',
    look: answers(
      [
        'CreateCacheParameterGroup',
        (s) => ({
          CacheParameterGroupName: s.name('x'.repeat(240)),
          CacheParameterGroupFamily: 'valkey8',
          Description: 'd',
        }),
      ],
      [
        'CreateCacheParameterGroup',
        (s) => ({ CacheParameterGroupName: s.name('family'), CacheParameterGroupFamily: 'nosuch1', Description: 'd' }),
      ],
    ),
  },
  {
    name: 'parameter group: values',
    stage: 'account',
    look: answers(
      ...[
        ['maxmemory-policy', 'nosuch'],
        ['appendonly', 'yes'],
      ].map(
        ([ParameterName, ParameterValue]): Probe => [
          'ModifyCacheParameterGroup',
          (s) => ({
            CacheParameterGroupName: idsOf(s).parameters,
            ParameterNameValues: [{ ParameterName, ParameterValue }],
          }),
        ],
      ),
    ),
  },
  { name: 'missing parameter', stage: 'account', look: answers(['CreateCacheParameterGroup', () => ({})]) },
  {
    name: 'control character',
    stage: 'account',
    look: answers([
      'CreateCacheParameterGroup',
      (s) => ({
        CacheParameterGroupName: s.name('control'),
        CacheParameterGroupFamily: 'valkey8',
        Description: 'a\u0001b',
      }),
    ]),
  },
  {
    name: 'malformed number',
    stage: 'account',
    look: async (s) => refusalIn(await s.send('Action=DescribeReplicationGroups&Version=2015-02-02&MaxRecords=abc')),
  },
  {
    name: 'repeated parameter',
    stage: 'account',
    look: async (s) => {
      const names = ['default.valkey7', 'default.valkey8'].map((name) => `&CacheParameterGroupName=${name}`).join('');
      const text = await s.send(`Action=DescribeCacheParameterGroups&Version=2015-02-02${names}`);
      return /<CacheParameterGroupName>([^<]+)/.exec(text)?.[1] ?? refusalIn(text);
    },
  },
  {
    name: 'engine versions: descriptions',
    stage: 'account',
    look: async (s) => {
      const { CacheEngineVersions } = await s.call('DescribeCacheEngineVersions', engine);
      const [found = {}] = CacheEngineVersions;
      return `${found.CacheEngineDescription}, ${found.CacheEngineVersionDescription}`;
    },
  },
  {
    name: 'parameters: source engine-default',
    stage: 'account',
    look: async (s) => {
      const input = { CacheParameterGroupName: 'default.valkey8', Source: 'engine-default' };
      return `${(await s.call('DescribeCacheParameters', input)).Parameters?.length ?? 0} parameters`;
    },
  },
  {
    name: 'parameters: defaults',
    stage: 'account',
    look: async (s) => {
      const values = await parametersOf(s, 'default.valkey8');
      const names = [
        'maxmemory-policy',
        'maxmemory-samples',
        'timeout',
        'tcp-keepalive',
        'slowlog-max-len',
        'activedefrag',
      ];
      return names.map((name) => `${name}=${values.get(name)}`).join(' ');
    },
  },
  {
    name: 'datastore: unknown id',
    stage: 'account',
    look: answers(['DescribeGlobalReplicationGroups', () => ({ GlobalReplicationGroupId: 'ldgnf-accept-gds-none' })]),
  },
  {
    name: 'datastores: limits of a page',
    stage: 'account',
    look: answers(...[19, 101].map((MaxRecords): Probe => ['DescribeGlobalReplicationGroups', () => ({ MaxRecords })])),
  },
  {
    name: 'metrics: period',
    stage: 'account',
    look: (s) => s.metricsAnswer({ ...lastHour(), MetricDataQueries: [lagQuery(61)] }),
  },
  {
    name: 'metrics: parameters',
    stage: 'account',
    look: async (s) => {
      const { StartTime, EndTime } = lastHour();
      return s.metricsAnswer({ StartTime: EndTime, EndTime: StartTime, MetricDataQueries: [lagQuery(60)] });
    },
  },
  { name: 'secret: name', stage: 'account', look: (s) => s.secretAnswer('accept gds') },
  { name: 'secret: no name', stage: 'account', look: (s) => s.secretAnswer('') },
  {
    name: 'creation: node types',
    stage: 'account',
    look: answers(
      creation(() => ({ CacheNodeType: 'cache.m3.medium' })),
      creation(() => ({ CacheNodeType: 'cache.r7g.large', Engine: 'redis', EngineVersion: '5.0.6' })),
      creation(() => ({ DataTieringEnabled: true })),
    ),
  },
  {
    name: 'creation: port',
    stage: 'account',
    look: answers(
      creation(() => ({ Port: 1149 })),
      creation(() => ({ Port: 65_536 }), 'another'),
    ),
  },
  {
    name: 'creation: windows',
    stage: 'account',
    look: answers(
      creation(() => ({ SnapshotWindow: '5-9', SnapshotRetentionLimit: 1 })),
      creation(() => ({ PreferredMaintenanceWindow: 'sunday' })),
    ),
  },
  {
    name: 'creation: counts',
    stage: 'account',
    look: answers(
      creation(() => ({ NumCacheClusters: 7 })),
      creation(() => ({ NumNodeGroups: 1, ReplicasPerNodeGroup: 6 })),
      creation(() => ({ NumCacheClusters: 2, ReplicasPerNodeGroup: 1 })),
    ),
  },
  {
    name: 'creation: topic and key',
    stage: 'account',
    look: answers(
      creation(({ names }) => ({ NotificationTopicArn: `arn:aws:sns:${names.regions[1]}:000000000000:topic` })),
      creation(({ names }) => ({
        AtRestEncryptionEnabled: true,
        KmsKeyId: `arn:aws:kms:${names.regions[1]}:000000000000:key/00000000-0000-0000-0000-000000000000`,
      })),
    ),
  },
  {
    name: 'creation: tokens',
    stage: 'account',
    look: answers(
      creation(() => ({ TransitEncryptionEnabled: true, AuthToken: 'short' })),
      creation(() => ({ TransitEncryptionEnabled: true, AuthToken: 'a-token-with-a-slash/' })),
    ),
  },
  { name: 'creation: durability', stage: 'account', look: answers(creation(() => ({ Durability: 'sync' }))) },
  {
    name: 'group: refusal while it is created',
    stage: 'making',
    look: answers(onSmall('ModifyReplicationGroup', { ReplicationGroupDescription: 'accept' })),
  },
  {
    name: 'group: identifiers',
    stage: 'groups',
    look: answers(creation(() => ({ ReplicationGroupId: 'accept-gds--' }))),
  },
  {
    name: 'datastore: suffix',
    stage: 'groups',
    look: answers(
      ...['x'.repeat(41), 'accept-gds--x', 'accept-gds-'].map(
        (GlobalReplicationGroupIdSuffix): Probe => [
          'CreateGlobalReplicationGroup',
          (s) => ({ GlobalReplicationGroupIdSuffix, PrimaryReplicationGroupId: idsOf(s).small }),
        ],
      ),
    ),
  },
  {
    name: 'group: patch number',
    stage: 'groups',
    look: async (s) => {
      const { CacheClusters } = await s.call('DescribeCacheClusters', {});
      const own = CacheClusters.find(
        (one: { ReplicationGroupId?: string }) => one.ReplicationGroupId === idsOf(s).small,
      );
      return `${own?.EngineVersion}`;
    },
  },
  {
    name: 'group: name of the region in endpoints',
    stage: 'groups',
    look: async (s) => {
      const { ConfigurationEndpoint } = (await findGroup(s, idsOf(s).primary)) ?? {};
      return /\.([a-z0-9]+)\.cache\.amazonaws/.exec(ConfigurationEndpoint?.Address ?? '')?.[1] ?? 'none';
    },
  },
  {
    name: 'group: failover with cluster mode',
    stage: 'groups',
    look: async (s) => `${(await findGroup(s, idsOf(s).primary))?.AutomaticFailover}`,
  },
  {
    name: 'group: node types with the same memory',
    stage: 'groups',
    look: async (s) => {
      const input = { ReplicationGroupId: idsOf(s).primary };
      const { ScaleUpModifications = [] } = await s.call('ListAllowedNodeTypeModifications', input);
      return `cache.m7g.large is ${ScaleUpModifications.includes('cache.m7g.large') ? 'a' : 'no'} scale-up`;
    },
  },
  {
    name: 'group: tags',
    stage: 'groups',
    look: answers(
      [
        'RemoveTagsFromResource',
        async (s) => ({ ResourceName: (await findGroup(s, idsOf(s).small))?.ARN, TagKeys: ['none'] }),
      ],
      ['AddTagsToResource', (s) => ({ ResourceName: 'accept-gds', Tags: [{ Key: 'a', Value: s.names.prefix }] })],
    ),
  },
  {
    name: 'group: node type',
    stage: 'groups',
    look: answers(
      onSmall('ModifyReplicationGroup', { CacheNodeType: 'cache.nosuch.large' }),
      onSmall('ModifyReplicationGroup', { CacheNodeType: nodeTypes.small }),
    ),
  },
  {
    name: 'group: encryption in transit',
    stage: 'groups',
    look: answers(
      onSmall('ModifyReplicationGroup', { TransitEncryptionEnabled: true, TransitEncryptionMode: 'required' }),
    ),
  },
  {
    name: 'group: cluster mode',
    stage: 'groups',
    look: answers(onSmall('ModifyReplicationGroup', { ClusterMode: 'enabled' })),
  },
  {
    name: 'group: durability',
    stage: 'groups',
    look: answers(
      onSmall('ModifyReplicationGroup', { Durability: 'sync', ReplicationGroupDescription: 'accept' }),
      onSmall('ModifyReplicationGroup', { Durability: 'disabled' }),
    ),
  },
  {
    name: 'group: deletion of a token',
    stage: 'groups',
    look: answers(onSmall('ModifyReplicationGroup', { AuthTokenUpdateStrategy: 'DELETE' })),
  },
  {
    name: 'group: Multi-AZ without failover',
    stage: 'groups',
    look: answers(onSmall('ModifyReplicationGroup', { MultiAZEnabled: true })),
  },
  {
    name: 'group: long description',
    stage: 'groups',
    look: answers(onSmall('ModifyReplicationGroup', { ReplicationGroupDescription: 'x'.repeat(1001) })),
  },
  {
    name: 'group: replicas',
    stage: 'groups',
    look: answers(
      onSmall('IncreaseReplicaCount', {}),
      onSmall('IncreaseReplicaCount', { NewReplicaCount: 1, ApplyImmediately: false }),
    ),
  },
  {
    name: 'group: removal of a primary node',
    stage: 'groups',
    look: answers([
      'DecreaseReplicaCount',
      (s) => ({
        ReplicationGroupId: idsOf(s).primary,
        ApplyImmediately: true,
        ReplicasToRemove: [`${idsOf(s).primary}-0001-001`],
      }),
    ]),
  },
  {
    name: 'datastore: status of its primary while it is created',
    stage: 'creating',
    look: async (s) => `${(await findGroup(s, idsOf(s).primary))?.Status}`,
  },
  {
    name: 'datastore: prefix of its id',
    stage: 'creating',
    look: async ({ datastoreId }) => datastoreId.split('-')[0] ?? '',
  },
  {
    name: 'datastore: node groups without members',
    stage: 'primary-only',
    look: async (s) => ((await findDatastore(s, false))?.GlobalNodeGroups ? 'shown' : 'not shown'),
  },
  {
    name: 'datastore: which regions list it',
    stage: 'primary-only',
    look: async (s) => {
      const lists = await Promise.all(
        s.names.regions.map(async (region) => {
          const { GlobalReplicationGroups } = await s.call('DescribeGlobalReplicationGroups', {}, region);
          return GlobalReplicationGroups.some(
            (one: { GlobalReplicationGroupId?: string }) => one.GlobalReplicationGroupId === s.datastoreId,
          );
        }),
      );
      return `of the primary: ${lists[0]}, another: ${lists[1]}`;
    },
  },
  {
    name: 'datastore: not at once',
    stage: 'primary-only',
    look: answers(
      onDatastore('ModifyGlobalReplicationGroup', { CacheNodeType: 'cache.m6g.xlarge', ApplyImmediately: false }),
    ),
  },
  {
    name: 'datastore: several properties',
    stage: 'primary-only',
    look: answers(
      onDatastore('ModifyGlobalReplicationGroup', {
        CacheNodeType: 'cache.m6g.xlarge',
        GlobalReplicationGroupDescription: 'accept',
      }),
      onDatastore('ModifyGlobalReplicationGroup', { Engine: 'valkey' }),
    ),
  },
  {
    name: 'datastore: properties that cannot be',
    stage: 'primary-only',
    look: answers(
      onDatastore('ModifyGlobalReplicationGroup', { CacheNodeType: nodeTypes.global }),
      onDatastore('ModifyGlobalReplicationGroup', { CacheNodeType: nodeTypes.small }),
      onDatastore('ModifyGlobalReplicationGroup', { EngineVersion: '99.0' }),
      onDatastore('ModifyGlobalReplicationGroup', { EngineVersion: '7.2' }),
      onDatastore('ModifyGlobalReplicationGroup', { AutomaticFailoverEnabled: false }),
    ),
  },
  {
    name: 'datastore: more node groups',
    stage: 'primary-only',
    look: answers(onDatastore('IncreaseNodeGroupsInGlobalReplicationGroup', { NodeGroupCount: 1 }), [
      'IncreaseNodeGroupsInGlobalReplicationGroup',
      ({ datastoreId, names }) => ({
        GlobalReplicationGroupId: datastoreId,
        ApplyImmediately: true,
        NodeGroupCount: 2,
        RegionalConfigurations: [
          { ReplicationGroupId: 'none', ReplicationGroupRegion: names.regions[0], ReshardingConfiguration: [] },
        ],
      }),
    ]),
  },
  {
    name: 'datastore: fewer node groups',
    stage: 'primary-only',
    look: answers(
      onDatastore('DecreaseNodeGroupsInGlobalReplicationGroup', { NodeGroupCount: 1 }),
      onDatastore('DecreaseNodeGroupsInGlobalReplicationGroup', {
        NodeGroupCount: 1,
        GlobalNodeGroupsToRemove: ['none-0001'],
      }),
    ),
  },
  {
    name: 'datastore: rebalancing of even slots',
    stage: 'primary-only',
    look: answers(onDatastore('RebalanceSlotsInGlobalReplicationGroup', {})),
  },
  {
    name: 'member: deletion',
    stage: 'primary-only',
    look: answers(['DeleteReplicationGroup', (s) => ({ ReplicationGroupId: idsOf(s).primary })]),
  },
  {
    name: 'member: shared settings',
    stage: 'primary-only',
    look: answers(
      onMember({ CacheNodeType: 'cache.m6g.xlarge' }),
      onMember({ CacheParameterGroupName: 'default.valkey8.cluster.on' }),
      onMember({ TransitEncryptionMode: 'preferred', TransitEncryptionEnabled: true }),
    ),
  },
  {
    name: 'member: change of the token',
    stage: 'primary-only',
    look: async (s) => {
      const { primary } = idsOf(s);
      const before = (await findGroup(s, primary))?.AuthTokenLastModifiedDate?.getTime() ?? 0;
      const rotation = { AuthToken: 'the-second-token-of-the-walk', AuthTokenUpdateStrategy: 'ROTATE' };
      const lines = [await answers(onMember(rotation))(s)];
      if (lines[0] !== 'accepted') return lines.join('');
      await s.until(async () => {
        const group = await findGroup(s, primary);
        return group?.Status === 'available' && (group.AuthTokenLastModifiedDate?.getTime() ?? 0) > before;
      });
      return `${lines[0]}, and AuthTokenLastModifiedDate changes`;
    },
  },
  {
    name: 'secondary: nodes and Multi-AZ',
    stage: 'available',
    look: async (s) => {
      const group = await findGroup(s, idsOf(s).secondary, s.names.regions[1]);
      const nodes = group?.NodeGroups?.map(({ NodeGroupMembers = [] }) => NodeGroupMembers.length).join(', ');
      return `${nodes} nodes, Multi-AZ ${group?.MultiAZ}`;
    },
  },
  {
    name: 'secondary: without the token',
    stage: 'available',
    look: async ({ notes }) => notes.secondaryWithoutToken,
  },
  {
    name: 'secondary: a second one in its region',
    stage: 'available',
    look: answers([
      'CreateReplicationGroup',
      (s) => ({
        ReplicationGroupId: s.name('third'),
        ReplicationGroupDescription: 'npm run accept',
        GlobalReplicationGroupId: s.datastoreId,
      }),
      1,
    ]),
  },
  {
    name: 'secondary: lag in the metrics of its region',
    stage: 'available',
    look: async (s) => {
      const nodes = (await s.call('DescribeCacheClusters', { ShowCacheNodeInfo: true }, s.names.regions[1]))
        .CacheClusters;
      const ids: string[] = nodes
        .filter((one: { ReplicationGroupId?: string }) => one.ReplicationGroupId === idsOf(s).secondary)
        .map((one: { CacheClusterId: string }) => one.CacheClusterId);
      const MetricDataQueries = ids.map((CacheClusterId, index) => {
        const { MetricStat } = lagQuery(60);
        const Dimensions = Object.entries({ CacheClusterId, CacheNodeId: '0001' }).map(([Name, Value]) => ({
          Name,
          Value,
        }));
        return { Id: `lag${index}`, MetricStat: { ...MetricStat, Metric: { ...MetricStat.Metric, Dimensions } } };
      });
      const hasPoints = async () => {
        const { MetricDataResults = [] } = await s.metrics({ ...lastHour(), MetricDataQueries }, s.names.regions[1]);
        return MetricDataResults.some(({ Values = [] }) => Values.length > 0);
      };
      await s.until(hasPoints, 20);
      return 'there are points';
    },
  },
  {
    name: 'failover: roles in the response',
    stage: 'promoted',
    look: async ({ notes }) => notes.roles,
  },
  {
    name: 'promoted: address of the primary',
    stage: 'promoted',
    look: async (s) => ((await addressOfSecondary(s)) === s.notes.address ? 'as before' : 'another one'),
  },
  {
    name: 'detached: name of its parameter group',
    stage: 'detached',
    look: async (s) => {
      const { CacheParameterGroups } = await s.call('DescribeCacheParameterGroups', {});
      const start = `global-datastore-${idsOf(s).primary}`;
      const names = CacheParameterGroups.map((one: { CacheParameterGroupName: string }) => one.CacheParameterGroupName);
      const own = names.filter((name: string) => name.startsWith(start));
      return own.map((name: string) => name.slice(start.length).replaceAll(/[a-z]/g, 'x')).join(', ');
    },
  },
  {
    name: 'secondary: inherited settings',
    stage: 'detached',
    look: answers(
      secondary({ ClusterMode: 'enabled' }),
      secondary({ TransitEncryptionMode: 'required' }),
      secondary({ DataTieringEnabled: false }),
      secondary({ NetworkType: 'dual_stack' }),
      secondary({ IpDiscovery: 'ipv6' }),
      secondary({ Durability: 'disabled' }),
    ),
  },
];

async function parametersOf(subject: Subject, CacheParameterGroupName: string): Promise<Map<string, string>> {
  const values = new Map<string, string>();
  let Marker: string | undefined;
  do {
    const page = await subject.call('DescribeCacheParameters', { CacheParameterGroupName, Marker });
    for (const { ParameterName, ParameterValue } of page.Parameters) values.set(ParameterName, ParameterValue);
    ({ Marker } = page);
  } while (Marker);
  return values;
}

const lastHour = () => {
  const minute = Math.floor(Date.now() / 60_000) * 60_000;
  return { StartTime: new Date(minute - 3_600_000), EndTime: new Date(minute) };
};

/** Returns the code and the text of a response to parameters that are sent as they are. */
function refusalIn(xml: string): string {
  const [, code] = /<Code>([^<]*)/.exec(xml) ?? [];
  const [, message] = /<Message>([^<]*)/.exec(xml) ?? [];
  return code === undefined ? 'accepted' : `${code}: ${message}`;
}
