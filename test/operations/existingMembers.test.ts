import { ListTagsForResourceCommand } from '@aws-sdk/client-elasticache';
import { beforeEach, describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { clusterMode, datastores } from '../support/datastore.ts';
import { startDurable } from '../support/durable.ts';
import { until } from '../support/emulator.ts';
import { createProxy } from '../support/proxy.ts';

const durable = await startDurable();
const proxy = createProxy();
const { call, emulator } = await startApi({
  proxy,
  transitionMs: 20,
  environment: { AWS_ENDPOINT_URL_LAMBDA: durable.url, RECONCILE_INTERVAL_SECONDS: '1' },
  existing: { userGroups: { readers: 'active' }, subnetGroups: ['default', 'others'] },
});
const { make, describeGroup, waitUntilStable } = datastores(emulator);

const primary = (name: string, more: object = {}) => ({
  ReplicationGroupId: `${name}-us-east-1`,
  ReplicationGroupRegion: 'us-east-1',
  Role: 'PRIMARY',
  ...more,
});
const secondary = (name: string, more: object = {}) => ({
  ReplicationGroupId: `${name}-eu-west-1`,
  ReplicationGroupRegion: 'eu-west-1',
  Role: 'SECONDARY',
  ...more,
});
const apply = (name: string, Members: object[], query = '') =>
  call(`PUT /global-datastores/ldgnf-${name}/topology${query}`, { body: { Members } });

/** Waits until an operation has ended. Returns it. */
async function waitForEnd(OperationId: string) {
  const path = `/operations/${OperationId}`;
  await until(async () => (await call(`GET ${path}`)).body.Operation.Status !== 'RUNNING', 20_000);
  return (await call(`GET ${path}`)).body.Operation;
}

/** Returns the actions of the changes that were sent to AWS since the previous call. */
const changes = () =>
  proxy
    .takeParameters()
    .map(({ Action = '' }) => Action)
    .filter((action) => !/^(Describe|List)/.test(action));

async function tagsOf(region: string, id: string) {
  const { ARN } = await describeGroup(region, id);
  const { TagList = [] } = await emulator.client(region).send(new ListTagsForResourceCommand({ ResourceName: ARN }));
  return Object.fromEntries(TagList.map(({ Key, Value }) => [Key, Value]));
}

beforeEach(() => {
  proxy.clear();
  proxy.takeParameters();
});

describe('a topology that names settings of members that exist', () => {
  it('increases the nodes from 2 to 3', async () => {
    await make('orders', ['eu-west-1']);
    const Members = [primary('orders'), secondary('orders', { NumCacheClusters: 3 })];

    const dryRun = await apply('orders', Members, '?DryRun=true');
    const applied = await apply('orders', Members);

    const Plan = ['Change the nodes of eu-west-1/orders-eu-west-1 from 2 to 3 (IncreaseReplicaCount in eu-west-1).'];
    expect(dryRun.body).toEqual({ Valid: true, Checks: expect.any(Array), Plan });
    expect(applied).toMatchObject({ status: 202, body: { Plan } });
    expect(await waitForEnd(applied.body.OperationId)).toMatchObject({ Status: 'SUCCEEDED' });
    expect((await describeGroup('eu-west-1', 'orders-eu-west-1')).MemberClusters).toHaveLength(3);
    expect((await describeGroup('us-east-1', 'orders-us-east-1')).MemberClusters).toHaveLength(2);
    expect(changes()).toEqual(['IncreaseReplicaCount']);

    expect((await apply('orders', Members, '?DryRun=true')).body).toMatchObject({ Valid: true, ChangesNothing: true });
    expect(await apply('orders', Members)).toMatchObject({
      status: 200,
      body: { Plan: ['Nothing to do. The desired state is reached.'] },
    });
    expect(changes()).toEqual([]);
  });

  it('changes all of them in each member, in a safe order', async () => {
    await make('several', ['eu-west-1'], { Tags: [{ Key: 'stage', Value: 'dev' }] });
    const settings = { SnapshotRetentionLimit: 3, SnapshotWindow: '05:00-06:00', SecurityGroupIds: ['sg-2', 'sg-1'] };
    const Members = [
      { ...primary('several', { NumCacheClusters: 3, Tags: [{ Key: 'stage', Value: 'prod' }] }), Role: 'SECONDARY' },
      { ...secondary('several', { NumCacheClusters: 3, ...settings }), Role: 'PRIMARY' },
    ];

    const applied = await apply('several', Members);
    const operation = await waitForEnd(applied.body.OperationId);

    expect(applied.body.Plan).toEqual([
      expect.stringMatching(/^Change the nodes of us-east-1\/several-us-east-1 from 2 to 3 /),
      expect.stringMatching(/^Change the nodes of eu-west-1\/several-eu-west-1 from 2 to 3 /),
      expect.stringMatching(/^Promote eu-west-1\/several-eu-west-1 to primary/),
      expect.stringMatching(/^Change tag stage of us-east-1\/several-us-east-1 from "dev" to "prod" /),
      expect.stringMatching(
        /^Change SnapshotRetentionLimit of eu-west-1\/several-eu-west-1 from 0 to 3, SnapshotWindow /,
      ),
    ]);
    expect(operation).toMatchObject({ Status: 'SUCCEEDED', Wanted: { Members: [{}, { SnapshotRetentionLimit: 3 }] } });
    expect(changes().filter((action) => action !== 'FailoverGlobalReplicationGroup')).toEqual([
      'IncreaseReplicaCount',
      'IncreaseReplicaCount',
      'AddTagsToResource',
      'ModifyReplicationGroup',
    ]);
    expect(await tagsOf('us-east-1', 'several-us-east-1')).toEqual({ stage: 'prod' });
    expect(await describeGroup('eu-west-1', 'several-eu-west-1')).toMatchObject({
      SnapshotRetentionLimit: 3,
      SnapshotWindow: '05:00-06:00',
      MemberClusters: { length: 3 },
    });
    expect((await apply('several', Members)).status).toBe(200);

    const { AuditEntries } = (await call('GET /global-datastores/ldgnf-several/audit')).body;
    expect(AuditEntries.map(({ Request }: { Request: { step?: string } }) => Request.step)).toContainEqual(
      expect.stringMatching(/^Change tag stage of us-east-1/),
    );
  });

  it('removes nodes last', async () => {
    await make('fewer', ['eu-west-1'], { NumCacheClusters: 4, MultiAZEnabled: true });
    const Members = [
      { ...primary('fewer'), Role: 'SECONDARY' },
      { ...secondary('fewer', { NumCacheClusters: 2, SnapshotRetentionLimit: 2 }), Role: 'PRIMARY' },
    ];

    const { body } = await apply('fewer', Members, '?DryRun=true');

    const steps = body.Plan.filter((text: string) => !/^(The writes|Clients) /.test(text));
    expect(steps.map((text: string) => text.replace(/ of eu-.*| eu-west-1.*/, ''))).toEqual([
      'Promote',
      'Change SnapshotRetentionLimit',
      'Change the nodes',
    ]);
  });

  it('changes node groups one by one', async () => {
    await make('shards', ['eu-west-1'], clusterMode);
    const NodeGroupConfiguration = [
      { NodeGroupId: '0001', ReplicaCount: 2 },
      { NodeGroupId: '0002', ReplicaCount: 0 },
    ];
    const Members = [primary('shards'), secondary('shards', { NodeGroupConfiguration })];

    const applied = await apply('shards', Members);

    expect(await waitForEnd(applied.body.OperationId)).toMatchObject({ Status: 'SUCCEEDED' });
    expect(changes()).toEqual(['IncreaseReplicaCount', 'DecreaseReplicaCount']);
    const { NodeGroups = [] } = await describeGroup('eu-west-1', 'shards-eu-west-1');
    expect(NodeGroups.map(({ NodeGroupMembers = [] }) => NodeGroupMembers.length)).toEqual([3, 1]);
    expect((await apply('shards', Members)).status).toBe(200);
  });

  it('changes no setting that it does not name', async () => {
    await make('kept', ['eu-west-1']);
    const before = await describeGroup('eu-west-1', 'kept-eu-west-1');

    expect((await apply('kept', [primary('kept'), secondary('kept')])).status).toBe(200);
    const applied = await apply('kept', [primary('kept'), secondary('kept', { SnapshotRetentionLimit: 2 })]);
    await waitForEnd(applied.body.OperationId);
    await waitUntilStable('ldgnf-kept');

    expect(await describeGroup('eu-west-1', 'kept-eu-west-1')).toEqual({ ...before, SnapshotRetentionLimit: 2 });
  });
});

/** Each setting that a topology can name for a member, in a form that differs from that in responses of AWS. */
const everything = {
  ReplicationGroupDescription: 'All of it ',
  Port: 6380,
  NumCacheClusters: 3,
  CacheSubnetGroupName: 'others',
  PreferredCacheClusterAZs: ['eu-west-1c', 'eu-west-1a', 'eu-west-1b'],
  SecurityGroupIds: ['sg-2', 'sg-1'],
  KmsKeyId: 'alias/cache',
  MultiAZEnabled: true,
  SnapshotRetentionLimit: 0,
  SnapshotWindow: '05:00-06:00',
  PreferredMaintenanceWindow: 'sun:23:00-mon:01:30',
  NotificationTopicArn: 'arn:aws:sns:eu-west-1:000000000000:cache',
  Tags: [{ Key: 'stage' }, { Key: 'team', Value: 'a' }],
  UserGroupIds: ['readers'],
  LogDeliveryConfigurations: [
    {
      LogType: 'engine-log',
      DestinationType: 'kinesis-firehose',
      DestinationDetails: { KinesisFirehoseDetails: { DeliveryStream: 'logs' } },
      LogFormat: 'text',
    },
    {
      LogType: 'slow-log',
      DestinationType: 'cloudwatch-logs',
      DestinationDetails: { CloudWatchLogsDetails: { LogGroup: '/cache' } },
      LogFormat: 'json',
      Enabled: true,
    },
  ],
};

describe('a second PUT with the same body', () => {
  it('changes nothing after the first created the member', async () => {
    await make('twice', [], { AtRestEncryptionEnabled: true, TransitEncryptionEnabled: true });
    const Members = [primary('twice'), secondary('twice', everything)];
    const first = await apply('twice', Members);
    expect(await waitForEnd(first.body.OperationId)).toMatchObject({ Status: 'SUCCEEDED' });
    changes();

    const second = await apply('twice', Members);

    expect(second).toMatchObject({ status: 200, body: { Plan: ['Nothing to do. The desired state is reached.'] } });
    expect(changes()).toEqual([]);
  });

  it.each(['NodeGroupConfiguration', 'ReplicasPerNodeGroup'])('changes nothing in cluster mode: %s', async (name) => {
    const store = name.slice(0, 8).toLowerCase();
    await make(store, [], clusterMode);
    const settings = {
      ReplicasPerNodeGroup: { ReplicasPerNodeGroup: 2 },
      NodeGroupConfiguration: {
        NodeGroupConfiguration: [
          { ReplicaCount: 1, PrimaryAvailabilityZone: 'eu-west-1c', ReplicaAvailabilityZones: ['eu-west-1a'] },
          { ReplicaCount: 2 },
        ],
      },
    }[name];
    const Members = [primary(store), secondary(store, settings)];
    const first = await apply(store, Members);
    expect(await waitForEnd(first.body.OperationId)).toMatchObject({ Status: 'SUCCEEDED' });

    expect((await apply(store, Members)).status).toBe(200);
  });
});

describe('a topology with a setting that AWS cannot change in an existing member', () => {
  it.each<[string, object, string]>([
    ['Port', { Port: 6380 }, '/Port'],
    ['CacheSubnetGroupName', { CacheSubnetGroupName: 'others' }, '/CacheSubnetGroupName'],
    ['KmsKeyId', { KmsKeyId: '1234abcd-12ab-34cd-56ef-1234567890ab' }, '/KmsKeyId'],
    ['the zones', { PreferredCacheClusterAZs: ['eu-west-1e', 'eu-west-1f'] }, '/PreferredCacheClusterAZs'],
    [
      'the zones of nodes that it removes',
      { NumCacheClusters: 2, PreferredCacheClusterAZs: ['eu-west-1a', 'eu-west-1b'] },
      '/PreferredCacheClusterAZs',
    ],
  ])('is refused before any change, with the pointer: %s', async (title, settings, place) => {
    const name = `fixed-${title.length}`;
    await make(name, ['eu-west-1', 'ap-southeast-2'], { NumCacheClusters: 3 });
    proxy.takeParameters();
    const Members = [primary(name), secondary(name, { SnapshotRetentionLimit: 5, ...settings })];

    const dryRun = await apply(name, Members, '?DryRun=true');
    const live = await apply(name, Members);

    const check = { Id: 'setting-changeable', Outcome: 'fail', Pointer: `#/Members/1${place}` };
    expect(dryRun.body).toMatchObject({ Valid: false });
    expect(dryRun.body.Checks).toContainEqual(expect.objectContaining(check));
    const alone = await apply(name, [primary(name), secondary(name, settings)], '?DryRun=true');
    expect(alone.body).not.toHaveProperty('ChangesNothing');
    expect(alone.body.Plan).not.toContain('Nothing to do. The desired state is reached.');
    expect(live).toMatchObject({ status: 409, body: { code: 'TopologyRefused', checks: [check] } });
    expect(changes()).toEqual([]);
  });

  it('is refused, too, if it has no other change', async () => {
    await make('alone', ['eu-west-1']);

    expect(await apply('alone', [primary('alone'), secondary('alone', { Port: 6380 })])).toMatchObject({
      status: 409,
      body: { checks: [{ Id: 'setting-changeable' }] },
    });
  });

  it('is refused with one node under failover, and nothing is detached', async () => {
    await make('needy', ['eu-west-1', 'ap-southeast-2']);
    const Members = [primary('needy'), secondary('needy', { NumCacheClusters: 1 })];

    const live = await apply('needy', Members);

    expect(live).toMatchObject({
      status: 409,
      body: { checks: [{ Id: 'enough-nodes', Pointer: '#/Members/1' }] },
    });
    expect(changes()).toEqual([]);
  });
});

describe('a member whose settings cannot be read', () => {
  it('causes a warning, and its operation waits until they can be read', async () => {
    await make('dark', ['eu-west-1']);
    const Members = [primary('dark'), secondary('dark', { Tags: [{ Key: 'stage', Value: 'prod' }] })];
    await emulator.fail({ Action: 'ListTagsForResource', Name: 'AccessDenied', Times: 999 });

    const dryRun = await apply('dark', Members, '?DryRun=true');
    const applied = await apply('dark', Members);
    const path = `/operations/${applied.body.OperationId}`;
    await until(async () =>
      /^Wait for the settings of eu-west-1/.test((await call(`GET ${path}`)).body.Operation.Step),
    );
    await emulator.clearFaults();

    expect(dryRun.body.Checks).toContainEqual(
      expect.objectContaining({ Id: 'settings-readable', Outcome: 'warn', Pointer: '#/Members/1' }),
    );
    expect(applied).toMatchObject({
      status: 202,
      body: { Plan: [expect.stringMatching(/^Compare the settings of eu-/)] },
    });
    expect(await waitForEnd(applied.body.OperationId)).toMatchObject({ Status: 'SUCCEEDED' });
    expect(await tagsOf('eu-west-1', 'dark-eu-west-1')).toEqual({ stage: 'prod' });
  });

  it('does not delay the promotion of another member', async () => {
    await make('outage', ['eu-west-1']);
    const Members = [
      { ...primary('outage', { SnapshotRetentionLimit: 3 }), Role: 'SECONDARY' },
      { ...secondary('outage', { SnapshotRetentionLimit: 3 }), Role: 'PRIMARY' },
    ];
    await emulator.fail({
      Action: 'DescribeReplicationGroups',
      Name: 'InternalFailure',
      Times: 999,
      Region: 'us-east-1',
    });

    const applied = await apply('outage', Members);
    const path = `/operations/${applied.body.OperationId}`;
    await until(async () => /us-east-1.* to be readable/.test((await call(`GET ${path}`)).body.Operation.Step), 20_000);
    const { GlobalReplicationGroup } = (await call('GET /global-datastores/ldgnf-outage')).body;
    await emulator.clearFaults();

    expect(GlobalReplicationGroup.Members).toContainEqual(
      expect.objectContaining({ ReplicationGroupRegion: 'eu-west-1', Role: 'PRIMARY' }),
    );
    expect(await waitForEnd(applied.body.OperationId)).toMatchObject({ Status: 'SUCCEEDED' });
    expect(await describeGroup('us-east-1', 'outage-us-east-1')).toMatchObject({ SnapshotRetentionLimit: 3 });
  });
});
