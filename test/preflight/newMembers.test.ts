import { beforeAll, describe, expect, it } from 'vitest';
import { type Reply, startApi } from '../support/api.ts';
import { clusterMode, datastores } from '../support/datastore.ts';
import { startDurable } from '../support/durable.ts';

const durable = await startDurable();
const { call, emulator } = await startApi({
  regions: ['us-east-1', 'eu-west-1', 'ap-southeast-2'],
  environment: { AWS_ENDPOINT_URL_LAMBDA: durable.url, RECONCILE_INTERVAL_SECONDS: '1' },
  existing: { subnetGroups: ['default', 'orders-subnets'], userGroups: { readers: 'active', changing: 'modifying' } },
});
const { make, describe: describeInAws } = datastores(emulator);

interface CheckView {
  Id: string;
  Outcome: string;
  Detail: string;
  Pointer?: string;
}

const token = 'Sesame-Open$Sesame42';
const secret = await emulator.secret('elasticache/new-members', token);

/** The primaries, by the names of their datastores. */
const primaries = {
  plain: {},
  single: { NumCacheClusters: 1, AutomaticFailoverEnabled: false },
  shards: { ...clusterMode, TransitEncryptionEnabled: true },
  open: { AtRestEncryptionEnabled: false },
  secret: { TransitEncryptionEnabled: true, AuthToken: token },
  tls: { TransitEncryptionEnabled: true },
};
type Store = keyof typeof primaries;

beforeAll(async () => {
  for (const [name, input] of Object.entries(primaries)) {
    await make(name, ['ap-southeast-2'], input);
    await emulator.seed(`${name}-free`, 'us-east-1', input);
  }
  await emulator.seed('taken-euw1', 'eu-west-1');
});

const member = (settings: object) => ({
  ReplicationGroupId: 'new-euw1',
  ReplicationGroupRegion: 'eu-west-1',
  ...settings,
});

/** The requests that create a member, each with the place of the member in its body. */
const routes: [string, string, (store: Store, settings: object) => [string, object]][] = [
  ['POST members', '#', (store, settings) => [`POST /global-datastores/ldgnf-${store}/members`, member(settings)]],
  [
    'POST global-datastores',
    '#/Secondaries/0',
    (store, settings) => [
      'POST /global-datastores',
      {
        GlobalReplicationGroupIdSuffix: `new-${store}`,
        PrimaryReplicationGroupId: `${store}-free`,
        Secondaries: [member(settings)],
      },
    ],
  ],
  [
    'PUT topology',
    '#/Members/1',
    (store, settings) => [
      `PUT /global-datastores/ldgnf-${store}/topology`,
      {
        Members: [
          { ReplicationGroupId: `${store}-us-east-1`, ReplicationGroupRegion: 'us-east-1', Role: 'PRIMARY' },
          { ...member(settings), Role: 'SECONDARY' },
        ],
      },
    ],
  ],
];

const zones = (...letters: string[]) => letters.map((letter) => `eu-west-1${letter}`);

/** Each check with a datastore, settings of a member that AWS refuses, and the setting that the check names. */
const wrong: [string, Store, object, string][] = [
  ['enough-nodes', 'plain', { NumCacheClusters: 1 }, 'NumCacheClusters'],
  ['enough-nodes', 'plain', { ReplicasPerNodeGroup: 0 }, 'ReplicasPerNodeGroup'],
  ['enough-nodes', 'plain', { NodeGroupConfiguration: [{ ReplicaCount: 0 }] }, 'NodeGroupConfiguration'],
  ['enough-nodes', 'shards', { MultiAZEnabled: true, ReplicasPerNodeGroup: 0 }, 'ReplicasPerNodeGroup'],
  ['multi-az-with-failover', 'single', { MultiAZEnabled: true, NumCacheClusters: 2 }, 'MultiAZEnabled'],
  ['nodes-fit-cluster-mode', 'shards', { NumCacheClusters: 2 }, 'NumCacheClusters'],
  ['nodes-fit-cluster-mode', 'plain', { NumCacheClusters: 2, ReplicasPerNodeGroup: 1 }, 'NumCacheClusters'],
  [
    'zones-in-region',
    'plain',
    { PreferredCacheClusterAZs: ['eu-west-1a', 'us-east-1a'] },
    'PreferredCacheClusterAZs/1',
  ],
  ['zones-in-region', 'plain', { PreferredCacheClusterAZs: ['eu-west-1', 'eu-west-1a'] }, 'PreferredCacheClusterAZs/0'],
  [
    'zones-in-region',
    'shards',
    { NodeGroupConfiguration: [{}, { ReplicaAvailabilityZones: ['us-east-1a'] }] },
    'NodeGroupConfiguration/1/ReplicaAvailabilityZones/0',
  ],
  ['zones-match-nodes', 'plain', { PreferredCacheClusterAZs: zones('a') }, 'PreferredCacheClusterAZs'],
  [
    'zones-match-nodes',
    'plain',
    { NumCacheClusters: 3, PreferredCacheClusterAZs: zones('a', 'b') },
    'PreferredCacheClusterAZs',
  ],
  [
    'zones-match-nodes',
    'shards',
    { NodeGroupConfiguration: [{ ReplicaAvailabilityZones: zones('a', 'b') }, {}] },
    'NodeGroupConfiguration/0/ReplicaAvailabilityZones',
  ],
  ['zones-fit-node-groups', 'shards', { PreferredCacheClusterAZs: zones('a', 'b') }, 'PreferredCacheClusterAZs'],
  ['node-groups-match-primary', 'shards', { NodeGroupConfiguration: [{ ReplicaCount: 1 }] }, 'NodeGroupConfiguration'],
  ['kms-key-with-encryption', 'open', { KmsKeyId: 'alias/europe' }, 'KmsKeyId'],
  ['user-group-with-encryption', 'plain', { UserGroupIds: ['readers'] }, 'UserGroupIds'],
  ['user-group-usable', 'tls', { UserGroupIds: ['nobody'] }, 'UserGroupIds'],
  ['user-group-usable', 'tls', { UserGroupIds: ['changing'] }, 'UserGroupIds'],
  ['subnet-group-exists', 'plain', { CacheSubnetGroupName: 'nobody' }, 'CacheSubnetGroupName'],
  [
    'log-delivery-complete',
    'plain',
    { LogDeliveryConfigurations: [{ LogType: 'slow-log', LogFormat: 'json' }] },
    'LogDeliveryConfigurations/0',
  ],
  [
    'log-delivery-complete',
    'plain',
    {
      LogDeliveryConfigurations: [
        {
          ...{ LogType: 'slow-log', LogFormat: 'json', DestinationType: 'kinesis-firehose' },
          DestinationDetails: { CloudWatchLogsDetails: { LogGroup: '/orders' } },
        },
      ],
    },
    'LogDeliveryConfigurations/0',
  ],
  ['user-group-or-token', 'secret', { UserGroupIds: ['readers'], AuthTokenSecretArn: secret }, 'UserGroupIds'],
  ['auth-token', 'plain', { AuthTokenSecretArn: secret }, 'AuthTokenSecretArn'],
  ['arn-in-region', 'plain', { KmsKeyId: 'arn:aws:kms:us-east-1:123456789012:key/1' }, 'KmsKeyId'],
  ['arn-in-region', 'plain', { KmsKeyId: 'arn:aws:sns:eu-west-1:123456789012:key' }, 'KmsKeyId'],
  [
    'arn-in-region',
    'plain',
    { NotificationTopicArn: 'arn:aws-cn:sns:eu-west-1:123456789012:cache' },
    'NotificationTopicArn',
  ],
  ['tag-keys', 'plain', { Tags: [{ Key: 'aws:team', Value: 'a' }] }, 'Tags'],
  [
    'tag-keys',
    'plain',
    {
      Tags: [
        { Key: 'team', Value: 'a' },
        { Key: 'team', Value: 'b' },
      ],
    },
    'Tags',
  ],
  ['window-length', 'plain', { SnapshotWindow: '23:30-00:29' }, 'SnapshotWindow'],
  ['window-length', 'plain', { PreferredMaintenanceWindow: 'sat:23:30-sun:00:29' }, 'PreferredMaintenanceWindow'],
  [
    'windows-apart',
    'plain',
    { SnapshotWindow: '23:30-01:00', PreferredMaintenanceWindow: 'sun:00:30-sun:02:00' },
    'SnapshotWindow',
  ],
  ['port-allowed', 'plain', { Port: 80 }, 'Port'],
  ['id-free', 'plain', { ReplicationGroupId: 'taken-euw1' }, 'ReplicationGroupId'],
];

/** Faults of AWS that a dry run cannot predict, each with the check and the pointer in the response. */
const undecidable: [string, string, string][] = [
  ['UserGroupNotFoundFault', 'user-group-usable', '#/UserGroupIds'],
  ['InvalidUserGroupStateFault', 'user-group-usable', '#/UserGroupIds'],
  ['CacheSubnetGroupNotFoundFault', 'subnet-group-exists', '#/CacheSubnetGroupName'],
  ['InvalidVPCNetworkStateFault', 'subnet-group-usable', '#/CacheSubnetGroupName'],
  ['TagQuotaPerResourceExceeded', 'tag-quota', '#/Tags'],
];
const quotas = [
  'ClusterQuotaForCustomerExceededFault',
  'NodeQuotaForClusterExceededFault',
  'NodeQuotaForCustomerExceededFault',
  'NodeGroupsPerReplicationGroupQuotaExceededFault',
];

describe('A refusal that a dry run cannot predict', () => {
  it.each(undecidable)('%s names the setting', async (Name, Id, Pointer) => {
    await emulator.fail({ Action: 'CreateReplicationGroup', Name });

    const { body } = await call('POST /global-datastores/ldgnf-plain/members', { body: member({}) });

    expect(body).toMatchObject({ code: Name, checks: [{ Id, Outcome: 'fail', Pointer }] });
  });

  it.each(quotas)('%s names the quota', async (Name) => {
    await emulator.fail({ Action: 'CreateReplicationGroup', Name });

    const { body } = await call('POST /global-datastores/ldgnf-plain/members', { body: member({}) });

    expect(body).toMatchObject({ code: Name, checks: [{ Id: 'node-quota', Outcome: 'fail' }] });
  });
});

/** Settings that no call of ElastiCache can verify, each with the check that warns about it. */
const unread: [string, object][] = [
  ['security-groups-usable', { SecurityGroupIds: ['sg-1'] }],
  ['kms-key-usable', { KmsKeyId: 'alias/europe' }],
  ['topic-usable', { NotificationTopicArn: 'arn:aws:sns:eu-west-1:123456789012:cache' }],
  [
    'log-destination-usable',
    {
      LogDeliveryConfigurations: [
        {
          ...{ LogType: 'slow-log', LogFormat: 'json', DestinationType: 'cloudwatch-logs' },
          DestinationDetails: { CloudWatchLogsDetails: { LogGroup: '/orders' } },
        },
      ],
    },
  ],
  ['node-group-ids', { NodeGroupConfiguration: [{ NodeGroupId: '0007' }] }],
];

it.each(unread)('A dry run warns with %s and is valid', async (Id, settings) => {
  const { body } = await call('POST /global-datastores/ldgnf-tls/members?DryRun=true', { body: member(settings) });

  expect(body.Valid, JSON.stringify(body)).toBe(true);
  expect(body.Checks.filter(({ Outcome }: CheckView) => Outcome !== 'pass')).toMatchObject([{ Id, Outcome: 'warn' }]);
});

it('A dry run warns of the default quotas of nodes', async () => {
  const store = emulator.store.viewFrom('eu-west-1');
  const group = structuredClone(store.getReplicationGroup('taken-euw1'));
  const zones = Array.from({ length: 298 }, () => 'eu-west-1a');
  store.addReplicationGroup({ ...group, id: 'huge', shards: [{ ...group.shards[0], id: '0001', slots: [], zones }] });

  const { body } = await call('POST /global-datastores/ldgnf-plain/members?DryRun=true', { body: member({}) });
  store.removeReplicationGroup('huge');

  expect(body.Checks).toContainEqual(
    expect.objectContaining({ Id: 'node-quota', Outcome: 'warn', Detail: expect.stringContaining('has 302') }),
  );
});

const failures = ({ body }: Reply): CheckView[] =>
  (body.Checks ?? body.checks ?? []).filter(({ Outcome }: CheckView) => Outcome === 'fail');

describe.each(routes)('%s', (_, place, requestOf) => {
  it.each(wrong)('predicts and explains the refusal: %s of %s', async (id, store, settings, name) => {
    const [request, body] = requestOf(store, settings);
    await emulator.calls();

    const dryRun = await call(`${request}?DryRun=true`, { body });
    const live = await call(request, { body });

    const expected = expect.objectContaining({ Id: id, Outcome: 'fail', Pointer: `${place}/${name}` });
    expect(dryRun.body).toMatchObject({ Valid: false });
    expect(failures(dryRun)).toContainEqual(expected);
    expect(live.status, JSON.stringify(live.body)).toBeGreaterThanOrEqual(400);
    expect(live.status).toBeLessThan(500);
    expect(failures(live)).toContainEqual(expected);
    const accepted = (await emulator.calls()).filter(({ Action, Code }) => !Code && !/^(Describe|Get)/.test(Action));
    expect(accepted).toEqual([]);
  });
});

/** Settings that AWS accepts, each with its datastore. */
const right: [Store, object][] = [
  ['plain', { NumCacheClusters: 2, PreferredCacheClusterAZs: zones('c', 'a') }],
  ['plain', { ReplicasPerNodeGroup: 1, MultiAZEnabled: true }],
  ['plain', { NodeGroupConfiguration: [{ ReplicaCount: 2, ReplicaAvailabilityZones: zones('a', 'b') }] }],
  ['plain', { CacheSubnetGroupName: 'orders-subnets', Port: 7000 }],
  ['plain', { SnapshotWindow: '23:30-00:30', PreferredMaintenanceWindow: 'sat:22:30-sat:23:30' }],
  ['single', { NumCacheClusters: 1 }],
  ['tls', { UserGroupIds: ['readers'] }],
  ['single', {}],
  ['shards', {}],
  ['shards', { ReplicasPerNodeGroup: 2, MultiAZEnabled: true }],
];

it.each(right)('A member of %s with %j passes all checks and is accepted', async (store, settings) => {
  const id = await make(`${store}-${right.findIndex((row) => row[1] === settings)}`, [], primaries[store]);

  const dryRun = await call(`POST /global-datastores/${id}/members?DryRun=true`, { body: member(settings) });
  const body = { ...member(settings), ReplicationGroupId: `${id.slice(6)}-euw1` };
  const live = await call(`POST /global-datastores/${id}/members`, { body });

  const others = dryRun.body.Checks.filter(({ Outcome }: CheckView) => Outcome !== 'pass');
  expect(others).toEqual([]);
  expect(live.status, JSON.stringify(live.body)).toBe(202);
});

it('A topology that swaps a secondary for one that cannot be added is refused, and nothing is detached', async () => {
  const id = await make('swap', ['eu-west-1']);
  const before = await describeInAws(id);
  const body = {
    Members: [
      { ReplicationGroupId: 'swap-us-east-1', ReplicationGroupRegion: 'us-east-1', Role: 'PRIMARY' },
      {
        ...{ ReplicationGroupId: 'swap-new', ReplicationGroupRegion: 'eu-west-1', Role: 'SECONDARY' },
        NumCacheClusters: 1,
      },
    ],
  };

  const dryRun = await call(`PUT /global-datastores/${id}/topology?DryRun=true`, { body });
  const live = await call(`PUT /global-datastores/${id}/topology`, { body });

  expect(dryRun.body).toMatchObject({ Valid: false });
  expect(failures(dryRun)).toMatchObject([{ Id: 'enough-nodes', Pointer: '#/Members/1/NumCacheClusters' }]);
  expect(live).toMatchObject({
    status: 409,
    body: { code: 'TopologyRefused', checks: [{ Id: 'enough-nodes', Outcome: 'fail' }] },
  });
  expect(live.body.detail).toContain('Set NumCacheClusters to 2 or more.');
  expect(await describeInAws(id)).toEqual(before);
});
