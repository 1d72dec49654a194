import { ListTagsForResourceCommand } from '@aws-sdk/client-elasticache';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { clusterMode, datastores } from '../support/datastore.ts';
import { until } from '../support/emulator.ts';
import { afterEffect, createProxy, modes } from '../support/proxy.ts';

const proxy = createProxy();
const { call, emulator } = await startApi({
  proxy,
  environment: { POLL_MS: '20' },
  existing: { userGroups: { none: 'active', readers: 'active', writers: 'active' } },
});
const { make, describeGroup, freeze } = datastores(emulator);
const region = 'eu-west-1';
let counted = 0;
const topic = 'arn:aws:sns:eu-west-1:000000000000:cache';

/** Creates a datastore with a secondary in eu-west-1. */
const withSecondary = (name: string, more = {}) => make(name, [region], { TransitEncryptionEnabled: true, ...more });
const pathOf = (name: string, at = region) => `/global-datastores/ldgnf-${name}/members/${at}/${name}-${at}`;
const modify = (name: string, body: unknown, query = '', headers = {}) =>
  call(`PATCH ${pathOf(name)}${query}`, { body, headers });
const configurationOf = async (name: string) =>
  (await call(`GET /replication-groups/${region}/${name}-${region}`)).body.Configuration;
const available = (name: string) =>
  until(async () => (await describeGroup(region, `${name}-${region}`)).Status === 'available');

async function tagsOf(name: string) {
  const { ARN } = await describeGroup(region, `${name}-${region}`);
  const { TagList = [] } = await emulator.client(region).send(new ListTagsForResourceCommand({ ResourceName: ARN }));
  return Object.fromEntries(TagList.map(({ Key, Value }) => [Key, Value]));
}

/** Returns the calls since the last read that change something, without Version. */
const changes = () =>
  proxy
    .takeParameters()
    .filter(({ Action = '' }) => !/^(Describe|List)/.test(Action))
    .map(({ Version, ...parameters }) => parameters);

beforeAll(async () => {
  await withSecondary('orders');
  await make('sharded', [region], { ...clusterMode, TransitEncryptionEnabled: true });
});

beforeEach(() => {
  proxy.clear();
  proxy.takeParameters();
});

describe('PATCH /global-datastores/{id}/members/{region}/{rgid} with settings of the replication group', () => {
  it('changes several settings in one call to the region of the member, and no others', async () => {
    const body = {
      ReplicationGroupDescription: 'Reads in Europe',
      SnapshotWindow: '05:00-06:00',
      SnapshotRetentionLimit: 3,
    };
    const before = await describeGroup(region, 'orders-eu-west-1');

    const response = await modify('orders', body);

    expect(response).toMatchObject({
      status: 202,
      headers: { location: '/global-datastores/ldgnf-orders', 'retry-after': '15' },
      body: { ReplicationGroup: { ReplicationGroupId: 'orders-eu-west-1', Description: 'Reads in Europe' } },
    });
    expect(changes()).toEqual([
      {
        Action: 'ModifyReplicationGroup',
        ReplicationGroupId: 'orders-eu-west-1',
        ReplicationGroupDescription: 'Reads in Europe',
        SnapshotWindow: '05:00-06:00',
        SnapshotRetentionLimit: '3',
        ApplyImmediately: 'true',
      },
    ]);
    await available('orders');
    expect(await describeGroup(region, 'orders-eu-west-1')).toEqual({
      ...before,
      Description: 'Reads in Europe',
      SnapshotWindow: '05:00-06:00',
      SnapshotRetentionLimit: 3,
    });
  });

  it('sends only the settings that differ, and nothing if none differs', async () => {
    await withSecondary('same');
    const body = { SnapshotWindow: '07:00-08:00', SnapshotRetentionLimit: 4 };
    await modify('same', body);
    await available('same');
    changes();

    const again = await modify('same', body);
    const more = await modify('same', { ...body, SnapshotRetentionLimit: 5 });

    expect(again.status).toBe(200);
    expect(again.body.ReplicationGroup).toMatchObject({ SnapshotRetentionLimit: 4 });
    expect(more.status).toBe(202);
    expect(changes()).toMatchObject([{ Action: 'ModifyReplicationGroup', SnapshotRetentionLimit: '5' }]);
  });

  it.each([
    ['PreferredMaintenanceWindow', 'tue:23:00-wed:01:30', 'tue:23:00-wed:01:30'],
    ['SecurityGroupIds', ['sg-1', 'sg-2'], ['sg-2', 'sg-1']],
    ['NotificationTopicArn', topic, topic],
  ])('changes %s, which only nodes show, and does not send an equal value again', async (name, value, same) => {
    expect((await modify('orders', { [name]: value })).status).toBe(202);
    expect(await configurationOf('orders')).toMatchObject({ [name]: value });

    changes();
    expect((await modify('orders', { [name]: same })).status).toBe(200);
    expect(changes()).toEqual([]);
  });

  it('changes Multi-AZ', async () => {
    const enabled = (await describeGroup(region, 'orders-eu-west-1')).MultiAZ === 'enabled';

    await modify('orders', { MultiAZEnabled: !enabled }, '', { prefer: 'wait=10' });

    expect((await describeGroup(region, 'orders-eu-west-1')).MultiAZ).toBe(enabled ? 'disabled' : 'enabled');
  });

  it('uses UserGroupIds as the whole list of the member', async () => {
    const steps = [
      [['readers'], { UserGroupIdsToAdd: ['readers'] }],
      [['writers'], { UserGroupIdsToAdd: ['writers'], UserGroupIdsToRemove: ['readers'] }],
      [[], { UserGroupIdsToRemove: ['writers'] }],
      [['none'], { UserGroupIdsToAdd: ['none'] }],
      [[], { UserGroupIdsToRemove: ['none'] }],
    ] as const;
    for (const [UserGroupIds, sent] of steps) {
      expect((await modify('orders', { UserGroupIds }, '', { prefer: 'wait=10' })).status).toBe(200);

      const group = await describeGroup(region, 'orders-eu-west-1');
      expect(group.UserGroupIds ?? []).toEqual(UserGroupIds);
      const [change = {}] = changes();
      const lists = Object.entries(change).filter(([name]) => name.startsWith('UserGroupIds'));
      expect(Object.fromEntries(lists)).toEqual(
        Object.fromEntries(Object.entries(sent).map(([name, ids]) => [`${name}.member.1`, ids[0]])),
      );
    }
  });

  it('changes the delivery of one type of log, and ends it', async () => {
    const delivery = (LogGroup: string) => ({
      LogType: 'slow-log',
      DestinationType: 'cloudwatch-logs',
      DestinationDetails: { CloudWatchLogsDetails: { LogGroup } },
      LogFormat: 'json',
    });
    const setLogDelivery = (log: object) =>
      modify('orders', { LogDeliveryConfigurations: [log] }, '', { prefer: 'wait=10' });

    expect((await setLogDelivery(delivery('/one'))).status).toBe(200);
    expect((await describeGroup(region, 'orders-eu-west-1')).LogDeliveryConfigurations).toMatchObject([
      delivery('/one'),
    ]);
    changes();
    await setLogDelivery(delivery('/one'));
    expect(changes()).toEqual([]);
    await setLogDelivery({ LogType: 'slow-log', Enabled: false });
    expect((await describeGroup(region, 'orders-eu-west-1')).LogDeliveryConfigurations ?? []).toEqual([]);
    changes();
    await setLogDelivery({ LogType: 'slow-log', Enabled: false });
    expect(changes()).toEqual([]);
  });
});

/** Returns the number of nodes in each node group of the member. */
const nodesOf = async (name: string) =>
  ((await describeGroup(region, `${name}-${region}`)).NodeGroups ?? []).map(
    ({ NodeGroupMembers = [] }) => NodeGroupMembers.length,
  );

describe('PATCH /global-datastores/{id}/members/{region}/{rgid} with a number of nodes', () => {
  it('adds and removes nodes in this member only', async () => {
    await withSecondary('sized');

    const more = await modify('sized', { NumCacheClusters: 4 }, '', { prefer: 'wait=10' });

    expect(more).toMatchObject({
      status: 200,
      headers: { 'preference-applied': 'wait=10' },
      body: { ReplicationGroup: { MemberClusters: { length: 4 }, Status: 'available' } },
    });
    expect(changes()).toEqual([
      {
        Action: 'IncreaseReplicaCount',
        ReplicationGroupId: 'sized-eu-west-1',
        NewReplicaCount: '3',
        ApplyImmediately: 'true',
      },
    ]);
    expect((await describeGroup('us-east-1', 'sized-us-east-1')).MemberClusters).toHaveLength(2);
    await modify('sized', { NumCacheClusters: 2 }, '', { prefer: 'wait=10' });
    expect(await nodesOf('sized')).toEqual([2]);
    expect(changes()).toMatchObject([{ Action: 'DecreaseReplicaCount', NewReplicaCount: '1' }]);
    expect((await modify('sized', { NumCacheClusters: 2 })).status).toBe(200);
  });

  it('waits for the member, not only for the datastore', async () => {
    await withSecondary('slow');
    const resume = freeze();

    const response = await modify('slow', { NumCacheClusters: 3 }, '', { prefer: 'wait=1' });
    resume();

    expect(response).toMatchObject({ status: 202, body: { ReplicationGroup: { Status: 'modifying' } } });
  });

  it('places new nodes in the zones that are given for all nodes', async () => {
    await withSecondary('placed');
    const { NodeGroups = [] } = await describeGroup(region, 'placed-eu-west-1');
    const present = NodeGroups.flatMap(({ NodeGroupMembers = [] }) =>
      NodeGroupMembers.map(({ PreferredAvailabilityZone = '' }) => PreferredAvailabilityZone),
    );
    const body = { NumCacheClusters: 3, PreferredCacheClusterAZs: [...present, 'eu-west-1f'] };

    const dryRun = await modify('placed', body, '?DryRun=true');
    expect(dryRun.body).toMatchObject({
      Valid: true,
      Plan: [expect.stringMatching(/^Change the nodes of .* from 2 to 3 /)],
    });
    expect((await modify('placed', body, '', { prefer: 'wait=10' })).status).toBe(200);

    const group = await describeGroup(region, 'placed-eu-west-1');
    const zones = group.NodeGroups?.[0]?.NodeGroupMembers?.map((node) => node.PreferredAvailabilityZone);
    expect(zones?.sort()).toEqual(body.PreferredCacheClusterAZs.toSorted());
    expect((await modify('placed', body)).status).toBe(200);
    const fewer = { NumCacheClusters: 2, PreferredCacheClusterAZs: present };
    expect(await modify('placed', fewer)).toMatchObject({
      status: 409,
      body: { checks: [{ Id: 'setting-changeable' }] },
    });
  });

  it('changes all node groups with cluster mode, or single ones', async () => {
    await make('shards', [region], clusterMode);

    await modify('shards', { ReplicasPerNodeGroup: 2 }, '', { prefer: 'wait=10' });
    expect(await nodesOf('shards')).toEqual([3, 3]);
    const NodeGroupConfiguration = [{ NodeGroupId: '0002', ReplicaCount: 1 }];
    await modify('shards', { NodeGroupConfiguration }, '', { prefer: 'wait=10' });

    expect(await nodesOf('shards')).toEqual([3, 2]);
    expect(changes()).toMatchObject([
      { Action: 'IncreaseReplicaCount', NewReplicaCount: '2' },
      {
        Action: 'DecreaseReplicaCount',
        'ReplicaConfiguration.ConfigureShard.1.NodeGroupId': '0002',
        'ReplicaConfiguration.ConfigureShard.1.NewReplicaCount': '1',
      },
    ]);
    expect((await modify('shards', { NodeGroupConfiguration })).status).toBe(200);
    await modify('shards', { ReplicasPerNodeGroup: 2 }, '', { prefer: 'wait=10' });
    expect(await nodesOf('shards')).toEqual([3, 3]);
  });

  it.each([
    ['the last replica under failover', 'orders', { NumCacheClusters: 1 }, 'enough-nodes'],
    ['Multi-AZ without replicas', 'thin', { MultiAZEnabled: true }, 'enough-nodes'],
    ['Multi-AZ without failover', 'single', { MultiAZEnabled: true }, 'multi-az-failover'],
  ])('is refused for %s, as its dry run predicts', async (_, name, body, Id) => {
    if (name === 'thin') {
      await make(name, [region], clusterMode);
      await modify(name, { ReplicasPerNodeGroup: 0 }, '', { prefer: 'wait=10' });
    }
    if (name === 'single') await make(name, [region], { AutomaticFailoverEnabled: false });

    const dryRun = await modify(name, body, '?DryRun=true');
    const live = await modify(name, body);

    expect(dryRun.body.Checks).toContainEqual(expect.objectContaining({ Id, Outcome: 'fail' }));
    expect(live).toMatchObject({ status: 400, body: { upstream: { region } } });
    expect(live.body.checks).toContainEqual(expect.objectContaining({ Id, Outcome: 'fail' }));
  });

  it('is recovered after a lost response', async () => {
    await withSecondary('recovered');
    const headers = { 'idempotency-key': 'nodes-recovered' };
    proxy.inject(afterEffect(modes.reset), { action: 'IncreaseReplicaCount' });

    const lost = await modify('recovered', { NumCacheClusters: 3 }, '', headers);
    await available('recovered');
    const again = await modify('recovered', { NumCacheClusters: 3 }, '', headers);

    expect([202, 502]).toContain(lost.status);
    expect(again.status).toBe(202);
    expect(changes().filter(({ Action }) => Action === 'IncreaseReplicaCount')).toHaveLength(1);
  });
});

describe('PATCH /global-datastores/{id}/members/{region}/{rgid} with tags', () => {
  it('adds, replaces and removes them, and keeps others', async () => {
    await withSecondary('tagged');
    const add = (tags: Record<string, string>) =>
      modify('tagged', { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) });

    expect((await add({ team: 'a', stage: 'dev' })).status).toBe(202);
    expect((await add({ team: 'a', stage: 'prod' })).status).toBe(202);
    expect(await tagsOf('tagged')).toEqual({ team: 'a', stage: 'prod' });
    expect(changes().slice(-1)).toMatchObject([
      { Action: 'AddTagsToResource', 'Tags.Tag.1.Key': 'stage', 'Tags.Tag.1.Value': 'prod' },
    ]);
    expect((await modify('tagged', { TagKeys: ['stage', 'none'] })).status).toBe(202);
    expect(await tagsOf('tagged')).toEqual({ team: 'a' });
    expect((await modify('tagged', { TagKeys: ['stage', 'none'] })).status).toBe(200);
    expect((await add({ team: 'a' })).status).toBe(200);
  });
});

describe('PATCH /global-datastores/{id}/members/{region}/{rgid} refuses', () => {
  it.each([
    ['CacheNodeType', 'cache.r7g.xlarge', 'PATCH /global-datastores/'],
    ['EngineVersion', '8.0', 'PATCH /global-datastores/'],
    ['AutomaticFailoverEnabled', true, 'PATCH /global-datastores/'],
    ['CacheParameterGroupName', 'default.valkey8', 'PATCH /global-datastores/'],
    ['NumNodeGroups', 3, 'PUT /global-datastores/{GlobalReplicationGroupId}/node-groups'],
    ['Port', 6380, 'Add another member'],
    ['KmsKeyId', 'alias/a', 'Add another member'],
    ['CacheSubnetGroupName', 'others', 'Add another member'],
    ['UserGroupIdsToAdd', ['readers'], 'use UserGroupIds'],
  ])('%s and names the alternative', async (name, value, alternative) => {
    const response = await modify('orders', { [name]: value });

    expect(response).toMatchObject({ status: 400, body: { code: 'ValidationFailed' } });
    const { errors } = response.body as { errors: { pointer: string; detail: string }[] };
    expect(errors.find(({ pointer }) => pointer === `#/${name}`)?.detail).toContain(alternative);
    expect(proxy.takeParameters()).toEqual([]);
  });

  it.each([
    [{ SnapshotWindow: '05:00-06:00', Tags: [{ Key: 'a', Value: 'b' }] }, '#/Tags'],
    [{ NumCacheClusters: 3, SnapshotRetentionLimit: 1 }, '#/SnapshotRetentionLimit'],
    [{ Tags: [{ Key: 'a', Value: 'b' }], TagKeys: ['c'] }, '#/TagKeys'],
    [{ NumCacheClusters: 3, ReplicasPerNodeGroup: 1 }, '#/ReplicasPerNodeGroup'],
  ])('two kinds of changes in one request: %j', async (body, pointer) => {
    const response = await modify('orders', body);

    expect(response).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
    expect(response.body.errors[0].detail).toContain('AWS takes one change a call');
  });

  it.each([{}, { PreferredCacheClusterAZs: ['eu-west-1a'] }, { TagKeys: [] }, { UserGroupIds: ['a', 'b'] }])(
    'a body without a complete change: %j',
    async (body) => {
      expect(await modify('orders', body)).toMatchObject({ status: 400, body: { code: 'ValidationFailed' } });
    },
  );

  it('a replication group that is no member, and changes nothing', async () => {
    await emulator.seed('alone', region);

    const response = await call(`PATCH /global-datastores/ldgnf-orders/members/${region}/alone`, {
      body: { SnapshotRetentionLimit: 9 },
    });

    expect(response).toMatchObject({ status: 404, body: { code: 'MemberNotFound' } });
    expect(response.body.detail).toContain('eu-west-1/orders-eu-west-1');
    expect(changes()).toEqual([]);
  });

  it.each([
    ['a member that does not exist', `PATCH ${pathOf('orders').replace('orders-eu', 'none-eu')}`, 'MemberNotFound'],
    ['an unknown datastore', `PATCH ${pathOf('unknown')}`, 'GlobalReplicationGroupNotFoundFault'],
  ])('%s', async (_, request, code) => {
    expect(await call(request, { body: { SnapshotRetentionLimit: 9 } })).toMatchObject({ status: 404, body: { code } });
  });

  it('a change while another one is in progress, with Retry-After', async () => {
    await withSecondary('busy');
    const resume = freeze();
    await call('PATCH /global-datastores/ldgnf-busy', { body: { CacheNodeType: 'cache.r7g.xlarge' } });

    const response = await modify('busy', { SnapshotRetentionLimit: 9 });
    const same = await modify('busy', { SnapshotRetentionLimit: 0 });
    const dryRun = await modify('busy', { SnapshotRetentionLimit: 9 }, '?DryRun=true');
    resume();

    for (const refused of [response, same])
      expect(refused).toMatchObject({ status: 409, body: { code: 'InvalidReplicationGroupStateFault' } });
    expect(response.headers).toHaveProperty('retry-after');
    expect(dryRun.body).toMatchObject({ Valid: false });
  });
});

describe('PATCH /global-datastores/{id}/members/{region}/{rgid}?DryRun=true', () => {
  it('shows each setting with its current and its new value, and changes nothing', async () => {
    await withSecondary('tried');

    const response = await modify(
      'tried',
      { SnapshotWindow: '05:00-06:00', SecurityGroupIds: ['sg-1'] },
      '?DryRun=true',
    );

    expect(response).toMatchObject({ status: 200, body: { Valid: true } });
    expect(response.body.Plan).toEqual([
      expect.stringMatching(
        /^Change SnapshotWindow of eu-west-1\/tried-eu-west-1 from \d\d:\d\d-\d\d:\d\d to 05:00-06:00, SecurityGroupIds from none to sg-1 \(ModifyReplicationGroup in eu-west-1\)\.$/,
      ),
    ]);
    expect(response.body.Checks).toContainEqual(
      expect.objectContaining({ Id: 'security-groups', Outcome: 'warn', Pointer: '#/SecurityGroupIds' }),
    );
    expect(changes()).toEqual([]);
  });

  it.each([
    ['05:00-05:59', undefined, 'window-length'],
    ['23:30-00:29', undefined, 'window-length'],
    [undefined, 'sat:23:30-sun:00:29', 'window-length'],
    ['06:30-07:30', undefined, 'windows-apart'],
    [undefined, 'mon:22:30-tue:00:00', 'windows-apart'],
    ['23:30-00:30', 'sun:00:00-sun:01:00', 'windows-apart'],
    ['00:00-01:00', 'sat:23:30-sun:00:30', 'windows-apart'],
    ['08:00-09:00', undefined, undefined],
    ['00:30-01:30', 'sat:23:30-sun:00:30', undefined],
  ])(
    'SnapshotWindow %s with PreferredMaintenanceWindow %s fails %s, as the live call does',
    async (daily, weekly, id) => {
      const name = `windows-${counted++}`;
      await withSecondary(name);
      await modify(name, { SnapshotWindow: '22:00-23:00', PreferredMaintenanceWindow: 'wed:07:00-wed:08:00' });
      await available(name);
      const body = {
        ...(daily && { SnapshotWindow: daily }),
        ...(weekly && { PreferredMaintenanceWindow: weekly }),
      };

      const dryRun = await modify(name, body, '?DryRun=true');
      const live = await modify(name, body);

      const failed = (checks: { Id: string; Outcome: string }[] = []) =>
        checks.filter(({ Outcome }) => Outcome === 'fail').map(({ Id }) => Id);
      expect(dryRun.body.Valid).toBe(id === undefined);
      expect(failed(dryRun.body.Checks)).toEqual(id ? [id] : []);
      expect(live.status).toBe(id ? 400 : 202);
      expect(failed(live.body.checks)).toEqual(id ? [id] : []);
    },
  );

  it('shows that the request changes nothing, as the live call does', async () => {
    const body = { MultiAZEnabled: (await describeGroup(region, 'sharded-eu-west-1')).MultiAZ === 'enabled' };

    const dryRun = await modify('sharded', body, '?DryRun=true');

    const Plan = ['Nothing to do. The member has these settings.'];
    expect(dryRun.body).toMatchObject({ Valid: true, Plan, ChangesNothing: true });
    expect((await modify('sharded', body)).status).toBe(200);
  });

  it.each([
    ['a stranger', { SnapshotRetentionLimit: 1 }, 'is-member'],
    ['NumCacheClusters with cluster mode', { NumCacheClusters: 2 }, 'nodes-fit-cluster-mode'],
    ['a node group that is not there', { NodeGroupConfiguration: [{ NodeGroupId: '0009' }] }, 'node-groups-exist'],
    [
      'more nodes here and fewer there',
      {
        NodeGroupConfiguration: [
          { NodeGroupId: '0001', ReplicaCount: 2 },
          { NodeGroupId: '0002', ReplicaCount: 0 },
        ],
      },
      'one-call',
    ],
    [
      'other zones',
      { NodeGroupConfiguration: [{ NodeGroupId: '0001', PrimaryAvailabilityZone: 'eu-west-1f' }] },
      'setting-changeable',
    ],
  ])('fails for %s, as the live call does', async (title, body, Id) => {
    const path = title === 'a stranger' ? pathOf('orders').replace('orders-eu', 'strange-eu') : pathOf('sharded');

    const dryRun = await call(`PATCH ${path}?DryRun=true`, { body });
    const live = await call(`PATCH ${path}`, { body });

    expect(dryRun.body.Valid).toBe(false);
    expect(dryRun.body.Checks).toContainEqual(expect.objectContaining({ Id, Outcome: 'fail' }));
    expect(live.status).toBe(title === 'a stranger' ? 404 : 409);
    if (live.status === 409) expect(live.body.checks).toMatchObject([{ Id, Outcome: 'fail' }]);
    expect(changes()).toEqual([]);
  });

  it('explains a refusal of AWS with the checks that fail', async () => {
    await make('plain', [region]);
    const body = { UserGroupIds: ['readers'] };

    const dryRun = await modify('plain', body, '?DryRun=true');
    const live = await modify('plain', body);

    expect(dryRun.body.Checks).toContainEqual(expect.objectContaining({ Id: 'user-group-encrypted', Outcome: 'fail' }));
    expect(live).toMatchObject({ status: 400, body: { checks: [{ Id: 'user-group-encrypted' }] } });
  });
});

describe('a lost response to PATCH of a member', () => {
  it('is recovered by reading the member', async () => {
    await withSecondary('lost');
    proxy.inject(afterEffect(modes.reset), { action: 'ModifyReplicationGroup' });

    const response = await modify('lost', { SnapshotRetentionLimit: 7 });

    expect(response).toMatchObject({ status: 202, body: { ReplicationGroup: { SnapshotRetentionLimit: 7 } } });
    expect(changes()).toHaveLength(1);
  });

  it('leads to OutcomeUnknown if the member does not show the change', async () => {
    await withSecondary('unknown');
    proxy.inject(modes.reset, { action: 'ModifyReplicationGroup' });

    const response = await modify('unknown', { SnapshotRetentionLimit: 7 });

    expect(response).toMatchObject({ status: 502, body: { code: 'OutcomeUnknown' } });
  });

  it('is recovered by a retry with the same key', async () => {
    await withSecondary('again');
    const headers = { 'idempotency-key': 'member-again' };
    const body = { SnapshotRetentionLimit: 7 };
    proxy.inject(afterEffect(modes.reset), { action: 'ModifyReplicationGroup' });
    proxy.inject(modes.reset, { action: 'DescribeGlobalReplicationGroups', times: 1 });

    const first = await call(`PATCH ${pathOf('again')}`, { body, headers });
    const second = await call(`PATCH ${pathOf('again')}`, { body, headers });

    expect([first.status, second.status].every((status) => status === 202 || status === 502)).toBe(true);
    expect(second.status).toBe(202);
    expect(changes()).toHaveLength(1);
  });
});

describe('the audit trail', () => {
  it('has a change of a member with its request and its call to AWS', async () => {
    await withSecondary('audited');
    await modify('audited', { SnapshotRetentionLimit: 7 });

    const { AuditEntries } = (await call('GET /global-datastores/ldgnf-audited/audit')).body;

    expect(AuditEntries).toMatchObject([
      {
        Route:
          'PATCH /global-datastores/{GlobalReplicationGroupId}/members/{ReplicationGroupRegion}/{ReplicationGroupId}',
        Request: { path: { ReplicationGroupId: 'audited-eu-west-1' }, body: { SnapshotRetentionLimit: 7 } },
        Outcome: 'accepted',
        AwsCalls: [{ Action: 'ModifyReplicationGroup', Region: region }],
      },
    ]);
  });
});
