import { beforeAll, describe, expect, test } from 'vitest';
import { startApi } from '../support/api.ts';
import { until } from '../support/emulator.ts';

const { call, emulator } = await startApi({
  regions: ['us-east-1', 'eu-west-1', 'ap-southeast-2', 'ap-northeast-1', 'cn-north-1', 'ap-east-2', 'eu-north-1'],
});
const orders = '/global-datastores/ldgnf-orders';
const shards = '/global-datastores/ldgnf-shards';
const lonely = '/global-datastores/ldgnf-lonely';
const older = '/global-datastores/ldgnf-older';
const rollback = '/global-datastores/ldgnf-rollback';
const zones = '/global-datastores/ldgnf-zones';
const uneven = '/global-datastores/ldgnf-uneven';
const busy = '/global-datastores/ldgnf-busy';
const members = `${orders}/members/eu-west-1/orders-euw1`;
const secret = '/global-datastores/ldgnf-secret';

const create = (GlobalReplicationGroupIdSuffix: string, PrimaryReplicationGroupId: string) =>
  call('POST /global-datastores', { body: { GlobalReplicationGroupIdSuffix, PrimaryReplicationGroupId } });

const waitUntilStable = (home: string) =>
  until(async () => /available|primary-only/.test((await call(`GET ${home}`)).body.GlobalReplicationGroup?.Status));

async function addMember(home: string, ReplicationGroupId: string, ReplicationGroupRegion: string) {
  const reply = await call(`POST ${home}/members`, { body: { ReplicationGroupId, ReplicationGroupRegion } });
  expect(reply.status, JSON.stringify(reply.body)).toBe(202);
  await waitUntilStable(home);
}

beforeAll(async () => {
  const cluster = { NumCacheClusters: undefined, NumNodeGroups: 2, ReplicasPerNodeGroup: 1 };
  const withPassword = { AuthToken: 'a-password-of-16-characters', TransitEncryptionEnabled: true };
  await Promise.all([
    emulator.seed('orders-use1'),
    emulator.seed('free-use1'),
    emulator.seed('free-eun1', 'eu-north-1'),
    emulator.seed('taken-eun1', 'eu-north-1'),
    emulator.seed('free-ape2', 'ap-east-2'),
    emulator.seed('lonely-use1'),
    emulator.seed('shards-use1', 'us-east-1', cluster),
    emulator.seed('uneven-use1', 'us-east-1', {
      ...cluster,
      NodeGroupConfiguration: [{ Slots: '0-99' }, { Slots: '100-16383' }],
    }),
    emulator.seed('older-use1', 'us-east-1', {
      Engine: 'redis',
      EngineVersion: '6.0',
      CacheNodeType: 'cache.r6g.large',
      NumCacheClusters: 1,
      AutomaticFailoverEnabled: false,
    }),
    emulator.seed('rollback-use1', 'us-east-1', { EngineVersion: '7.2', AutomaticFailoverEnabled: false }),
    emulator.seed('zones-use1', 'us-east-1', { MultiAZEnabled: true }),
    emulator.seed('busy-store', 'us-east-1', cluster),
    emulator.seed('secret-use1', 'us-east-1', withPassword),
    emulator.seed('small-use1', 'us-east-1', { CacheNodeType: 'cache.t4g.small' }),
    emulator.seed('graviton4-use1', 'us-east-1', { Engine: 'valkey', CacheNodeType: 'cache.r8g.large' }),
    emulator.seed('old-use1', 'us-east-1', {
      Engine: 'redis',
      EngineVersion: '5.0.4',
      CacheNodeType: 'cache.r5.large',
    }),
    emulator.seed('six-use1', 'us-east-1', { NetworkType: 'ipv6', CacheSubnetGroupName: 'default' }),
    emulator.seed('taken-euw1', 'eu-west-1'),
  ]);
  await Promise.all([
    create('orders', 'orders-use1'),
    create('lonely', 'lonely-use1'),
    create('shards', 'shards-use1'),
    create('secret', 'secret-use1'),
    create('uneven', 'uneven-use1'),
    create('busy', 'busy-store'),
    create('older', 'older-use1'),
    create('rollback', 'rollback-use1'),
    create('zones', 'zones-use1'),
  ]);
  await Promise.all([orders, lonely, shards, secret, uneven, busy, older, rollback, zones].map(waitUntilStable));
  emulator.store.getGlobalGroup('ldgnf-busy').changes.push({ id: 99, kind: 'modify' });
  await addMember(orders, 'orders-euw1', 'eu-west-1');
  await addMember(orders, 'orders-apse2', 'ap-southeast-2');
  await emulator.seed('busy-use1');
  emulator.store.viewFrom('us-east-1').findReplicationGroup('busy-use1')?.changes.push({ id: 99, kind: 'modify' });
  await call('POST /global-datastores', {
    body: {
      GlobalReplicationGroupIdSuffix: 'taken',
      PrimaryReplicationGroupId: 'taken-eun1',
      PrimaryReplicationGroupRegion: 'eu-north-1',
    },
  });
});

/** Returns the outcome of a check in a dry run. */
async function outcome(request: string, body: object | undefined, id: string): Promise<string | undefined> {
  const [method, path] = request.split(' ');
  const reply = await call(`${method} ${path}?DryRun=true`, { body });
  expect(reply.status, JSON.stringify(reply.body)).toBe(200);
  const { Checks, Valid } = reply.body as { Checks: { Id: string; Outcome: string }[]; Valid: boolean };
  expect(Valid).toBe(!Checks.some(({ Outcome }) => Outcome === 'fail'));
  return Checks.find(({ Id }) => Id === id)?.Outcome;
}

const suffixed = (PrimaryReplicationGroupId: string, more: object = {}) => ({
  GlobalReplicationGroupIdSuffix: 'new',
  PrimaryReplicationGroupId,
  ...more,
});
const member = (ReplicationGroupRegion: string, more: object = {}) => ({
  ReplicationGroupId: 'new-member',
  ReplicationGroupRegion,
  ...more,
});
const from = (PrimaryReplicationGroupRegion: string, GlobalReplicationGroupIdSuffix = 'new') => ({
  PrimaryReplicationGroupRegion,
  GlobalReplicationGroupIdSuffix,
});

/** Returns a request to scale to three node groups, with the zone of one of them. */
const scaled = (ReplicationGroupId: string, NodeGroupId: string, zone: string) => ({
  NodeGroupCount: 3,
  RegionalConfigurations: [
    {
      ReplicationGroupId,
      ReplicationGroupRegion: 'us-east-1',
      ReshardingConfiguration: [{ NodeGroupId, PreferredAvailabilityZones: [zone] }],
    },
  ],
});

const createPath = 'POST /global-datastores';
const acceptedInput = suffixed('free-use1');
const failover = `POST ${orders}/failover`;
const drill = `POST ${orders}/drills`;
const drillTo = (PrimaryRegion: string, MaxLagSeconds?: number) => ({
  PrimaryRegion,
  HoldSeconds: 60,
  Reason: 'A dry run',
  ...(MaxLagSeconds !== undefined && { MaxLagSeconds }),
});

/** The check, a request and body for which it passes, and a request and body with another outcome. */
type Rule = [
  id: string,
  request: string,
  body: object | undefined,
  bad: string,
  badBody: object | undefined,
  to?: string,
];
const rules: Rule[] = [
  ['primary-exists', createPath, acceptedInput, createPath, suffixed('nobody')],
  ['primary-available', createPath, acceptedInput, createPath, suffixed('busy-use1')],
  ['primary-not-in-global', createPath, acceptedInput, createPath, suffixed('orders-use1')],
  ['node-type-supported', createPath, acceptedInput, createPath, suffixed('small-use1')],
  ['node-type-supported', createPath, acceptedInput, createPath, suffixed('graviton4-use1'), 'warn'],
  ['engine-version', createPath, acceptedInput, createPath, suffixed('old-use1')],
  ['network-type', createPath, acceptedInput, createPath, suffixed('six-use1')],
  ['region-supported', createPath, acceptedInput, createPath, suffixed('free-ape2', from('ap-east-2'))],
  [
    'suffix-free',
    createPath,
    acceptedInput,
    createPath,
    { ...acceptedInput, GlobalReplicationGroupIdSuffix: 'orders' },
  ],
  [
    'suffix-free',
    createPath,
    suffixed('free-eun1', from('eu-north-1')),
    createPath,
    suffixed('free-eun1', from('eu-north-1', 'taken')),
    'warn',
  ],
  [
    'suffix-syntax',
    createPath,
    acceptedInput,
    createPath,
    { ...acceptedInput, GlobalReplicationGroupIdSuffix: 'Orders' },
    'warn',
  ],

  [
    'datastore-exists',
    `POST ${lonely}/members`,
    member('eu-west-1'),
    'POST /global-datastores/ldgnf-none/members',
    member('eu-west-1'),
  ],
  [
    'max-two-secondaries',
    `POST ${lonely}/members`,
    member('eu-west-1'),
    `POST ${orders}/members`,
    member('eu-north-1'),
  ],
  ['region-distinct', `POST ${lonely}/members`, member('eu-west-1'), `POST ${orders}/members`, member('eu-west-1')],
  ['region-supported', `POST ${lonely}/members`, member('eu-west-1'), `POST ${lonely}/members`, member('ap-east-2')],
  ['same-partition', `POST ${lonely}/members`, member('eu-west-1'), `POST ${lonely}/members`, member('cn-north-1')],
  [
    'id-free',
    `POST ${lonely}/members`,
    member('eu-west-1'),
    `POST ${lonely}/members`,
    member('eu-west-1', { ReplicationGroupId: 'taken-euw1' }),
  ],
  [
    'nodes-fit-cluster-mode',
    `POST ${shards}/members`,
    member('eu-west-1', { ReplicasPerNodeGroup: 1 }),
    `POST ${shards}/members`,
    member('eu-west-1', { NumCacheClusters: 2 }),
  ],
  [
    'auth-token',
    `POST ${lonely}/members`,
    member('eu-west-1'),
    `POST ${lonely}/members`,
    member('eu-west-1', { AuthToken: 'a-password-of-16-characters' }),
  ],
  [
    'auth-token',
    `POST ${secret}/members`,
    member('eu-west-1', { AuthToken: 'a-password-of-16-characters' }),
    `POST ${secret}/members`,
    member('eu-west-1'),
    'warn',
  ],

  [
    'tag-keys',
    `POST ${lonely}/members`,
    member('eu-west-1', { Tags: [{ Key: 'team' }] }),
    `POST ${lonely}/members`,
    member('eu-west-1', { Tags: [{ Key: 'AWS:team' }] }),
  ],
  ['tag-keys', `PATCH ${members}`, { Tags: [{ Key: 'team' }] }, `PATCH ${members}`, { Tags: [{ Key: 'aws:team' }] }],

  [
    'zones-in-region',
    `PATCH ${members}`,
    { NumCacheClusters: 3, PreferredCacheClusterAZs: ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'] },
    `PATCH ${members}`,
    { NumCacheClusters: 3, PreferredCacheClusterAZs: ['eu-west-1a', 'eu-west-1b', 'us-east-1c'] },
  ],
  ['target-is-member', failover, { PrimaryRegion: 'eu-west-1' }, failover, { PrimaryRegion: 'ap-northeast-1' }],
  ['target-is-secondary', failover, { PrimaryRegion: 'eu-west-1' }, failover, { PrimaryRegion: 'us-east-1' }],
  ['target-is-member', drill, drillTo('eu-west-1'), drill, drillTo('ap-northeast-1')],
  ['target-is-secondary', drill, drillTo('eu-west-1'), drill, drillTo('us-east-1')],
  ['datastore-state', drill, drillTo('eu-west-1'), `POST ${busy}/drills`, drillTo('us-east-1')],
  ['lag-within-limit', drill, drillTo('eu-west-1', 1), drill, drillTo('eu-west-1', 0)],
  [
    'datastore-state',
    failover,
    { PrimaryRegion: 'eu-west-1' },
    `POST ${lonely}/failover`,
    { PrimaryRegion: 'us-east-1' },
  ],

  [
    'node-type-supported',
    `PATCH ${orders}`,
    { CacheNodeType: 'cache.r7g.xlarge' },
    `PATCH ${orders}`,
    { CacheNodeType: 'cache.t3.small' },
  ],
  [
    'node-type-differs',
    `PATCH ${orders}`,
    { CacheNodeType: 'cache.r7g.xlarge' },
    `PATCH ${orders}`,
    { CacheNodeType: 'cache.r7g.large' },
  ],
  [
    'node-type-allowed',
    `PATCH ${orders}`,
    { CacheNodeType: 'cache.r7g.xlarge' },
    `PATCH ${orders}`,
    { CacheNodeType: 'cache.r6gd.xlarge' },
  ],
  ['engine-version-exists', `PATCH ${orders}`, { EngineVersion: '8.1' }, `PATCH ${orders}`, { EngineVersion: '12.0' }],
  ['engine-version', `PATCH ${orders}`, { EngineVersion: '8.1' }, `PATCH ${orders}`, { EngineVersion: '8.0' }],
  [
    'parameter-group-of-new-family',
    `PATCH ${orders}`,
    { EngineVersion: '8.1' },
    `PATCH ${older}`,
    { EngineVersion: '7.1' },
  ],
  [
    'parameter-group-exists',
    `PATCH ${older}`,
    { EngineVersion: '7.1', CacheParameterGroupName: 'default.redis7' },
    `PATCH ${older}`,
    { EngineVersion: '7.1', CacheParameterGroupName: 'nobody' },
  ],
  [
    'parameter-group-family',
    `PATCH ${older}`,
    { EngineVersion: '7.1', CacheParameterGroupName: 'default.redis7' },
    `PATCH ${older}`,
    { EngineVersion: '7.1', CacheParameterGroupName: 'default.valkey8' },
  ],
  [
    'parameter-group-cluster-mode',
    `PATCH ${older}`,
    { EngineVersion: '7.1', CacheParameterGroupName: 'default.redis7' },
    `PATCH ${older}`,
    { EngineVersion: '7.1', CacheParameterGroupName: 'default.redis7.cluster.on' },
  ],
  [
    'engine-change',
    `PATCH ${older}`,
    { Engine: 'valkey', EngineVersion: '8.0' },
    `PATCH ${rollback}`,
    { Engine: 'redis', EngineVersion: '7.1' },
    'warn',
  ],
  [
    'failover-differs',
    `PATCH ${orders}`,
    { AutomaticFailoverEnabled: false },
    `PATCH ${orders}`,
    { AutomaticFailoverEnabled: true },
  ],
  [
    'failover-with-cluster-mode',
    `PATCH ${orders}`,
    { AutomaticFailoverEnabled: false },
    `PATCH ${shards}`,
    { AutomaticFailoverEnabled: false },
  ],
  [
    'no-multi-az',
    `PATCH ${orders}`,
    { AutomaticFailoverEnabled: false },
    `PATCH ${zones}`,
    { AutomaticFailoverEnabled: false },
  ],
  [
    'enough-nodes',
    `PATCH ${rollback}`,
    { AutomaticFailoverEnabled: true },
    `PATCH ${older}`,
    { AutomaticFailoverEnabled: true },
  ],
  ['engine-version', `PATCH ${orders}`, { EngineVersion: '8.1' }, `PATCH ${orders}`, { EngineVersion: '7.2' }],
  [
    'engine-change',
    `PATCH ${orders}`,
    { Engine: 'valkey', EngineVersion: '8.1' },
    `PATCH ${orders}`,
    { Engine: 'redis', EngineVersion: '7.1' },
  ],
  [
    'parameter-group-with-major-version',
    `PATCH ${orders}`,
    { EngineVersion: '9.0', CacheParameterGroupName: 'default.valkey9' },
    `PATCH ${orders}`,
    { EngineVersion: '8.1', CacheParameterGroupName: 'default.valkey8' },
  ],

  [
    'cluster-mode',
    `PUT ${shards}/node-groups`,
    { NodeGroupCount: 3 },
    `PUT ${orders}/node-groups`,
    { NodeGroupCount: 3 },
  ],
  [
    'node-quota',
    `PUT ${shards}/node-groups`,
    { NodeGroupCount: 45 },
    `PUT ${shards}/node-groups`,
    { NodeGroupCount: 300 },
  ],
  [
    'node-quota',
    `PUT ${shards}/node-groups`,
    { NodeGroupCount: 45 },
    `PUT ${shards}/node-groups`,
    { NodeGroupCount: 200 },
    'warn',
  ],
  [
    'is-member',
    `PUT ${shards}/node-groups`,
    scaled('shards-use1', '0003', 'us-east-1a'),
    `PUT ${shards}/node-groups`,
    scaled('nobody', '0003', 'us-east-1a'),
  ],
  [
    'node-groups-of-count',
    `PUT ${shards}/node-groups`,
    scaled('shards-use1', '0003', 'us-east-1a'),
    `PUT ${shards}/node-groups`,
    scaled('shards-use1', '0004', 'us-east-1a'),
  ],
  [
    'zones-in-region',
    `PUT ${shards}/node-groups`,
    scaled('shards-use1', '0003', 'us-east-1a'),
    `PUT ${shards}/node-groups`,
    scaled('shards-use1', '0003', 'eu-west-1a'),
  ],
  [
    'node-groups-exist',
    `PUT ${shards}/node-groups`,
    { NodeGroupCount: 1 },
    `PUT ${shards}/node-groups`,
    { NodeGroupCount: 1, GlobalNodeGroupsToRetain: ['ldgnf-shards-0009'] },
  ],
  [
    'node-groups-match-count',
    `PUT ${shards}/node-groups`,
    { NodeGroupCount: 1 },
    `PUT ${shards}/node-groups`,
    { NodeGroupCount: 1, GlobalNodeGroupsToRemove: ['ldgnf-shards-0001', 'ldgnf-shards-0002'] },
  ],

  ['is-member', `DELETE ${members}`, undefined, `DELETE ${orders}/members/eu-west-1/none`, undefined],
  ['member-is-secondary', `DELETE ${members}`, undefined, `DELETE ${orders}/members/us-east-1/orders-use1`, undefined],
  ['datastore-state', `DELETE ${members}`, undefined, `DELETE ${busy}/members/us-east-1/busy-store`, undefined],
  ['cluster-mode', `POST ${uneven}/rebalance`, undefined, `POST ${orders}/rebalance`, undefined],
  ['slots-uneven', `POST ${uneven}/rebalance`, undefined, `POST ${shards}/rebalance`, undefined, 'warn'],
  ['datastore-state', `POST ${uneven}/rebalance`, undefined, `POST ${busy}/rebalance`, undefined],

  ['datastore-state', `DELETE ${lonely}`, undefined, `DELETE ${orders}`, undefined],
  ['no-secondaries', `DELETE ${lonely}`, undefined, `DELETE ${orders}`, undefined],
];

describe('a dry run of a drill', () => {
  test('lists both promotions, the hold and their effects, and starts nothing', async () => {
    await emulator.calls();

    const { body } = await call(`${drill}?DryRun=true`, { body: drillTo('eu-west-1') });

    expect(body).toMatchObject({
      Valid: true,
      Plan: [
        expect.stringMatching(/^Promote eu-west-1\/orders-euw1 to primary temporarily /),
        expect.stringMatching(/^The writes of the last 0\.4 s before the failover may be lost\./),
        expect.stringMatching(/^Clients have to write to orders-euw1\..+:6379 then\./),
        expect.stringMatching(/^Hold for 60 s: eu-west-1\/orders-euw1 is the primary\./),
        expect.stringMatching(/^Promote us-east-1\/orders-use1 to primary /),
        expect.stringMatching(/Clients have to write to its primary endpoint again\.$/),
      ],
    });
    expect((await emulator.calls()).filter(({ Action }) => Action.startsWith('Failover'))).toEqual([]);
  });
});

describe('A dry run', () => {
  test.each(rules)(
    '%s: %s',
    async (id, acceptedRequest, acceptedBody, refusedRequest, refusedBody, refusedOutcome = 'fail') => {
      expect(await outcome(acceptedRequest, acceptedBody, id)).toBe('pass');
      expect(await outcome(refusedRequest, refusedBody, id)).toBe(refusedOutcome);
    },
  );

  test('warns about a rule that it cannot check', async () => {
    await emulator.fail({ Action: 'DescribeCacheClusters', Name: 'InternalFailure', Times: 3 });

    expect(await outcome(createPath, acceptedInput, 'engine-version')).toBe('warn');
  });

  test('shows the plan and changes nothing', async () => {
    await emulator.calls();

    const reply = await call(`${createPath}?DryRun=true`, { body: acceptedInput });

    expect(reply.body.Plan).toEqual([
      'Create the datastore new with us-east-1/free-use1 as its primary (CreateGlobalReplicationGroup in us-east-1).',
    ]);
    expect((await emulator.calls()).filter(({ Action }) => !Action.startsWith('Describe'))).toEqual([]);
  });

  test('warns about a version in extended support', async () => {
    expect(await outcome(`PATCH ${older}`, { EngineVersion: '6.2' }, 'engine-in-extended-support')).toBe('warn');
    expect(await outcome(`PATCH ${older}`, { EngineVersion: '7.1' }, 'engine-in-extended-support')).toBeUndefined();
  });

  test('marks in the plan the changes that cannot be undone', async () => {
    const upgrade = await call(`PATCH ${orders}?DryRun=true`, { body: { EngineVersion: '8.1' } });
    const resize = await call(`PATCH ${orders}?DryRun=true`, { body: { CacheNodeType: 'cache.r7g.xlarge' } });

    expect(upgrade.body.Plan).toEqual([
      'Set EngineVersion to 8.1 in all members (ModifyGlobalReplicationGroup). An upgrade of the engine cannot be undone.',
    ]);
    expect(resize.body.Plan[0]).not.toContain('undone');
  });

  test('names the call that makes another member the primary, or deletes the datastore', async () => {
    const many = await call(`DELETE ${orders}/members/us-east-1/orders-use1?DryRun=true`);
    const one = await call(`DELETE ${lonely}/members/us-east-1/lonely-use1?DryRun=true`);

    expect(JSON.stringify(many.body.Checks)).toContain(`POST ${orders}/failover with {`);
    expect(JSON.stringify(one.body.Checks)).toContain(`DELETE ${lonely} deletes the datastore`);
  });

  test('warns about an operation that cannot be read', async () => {
    const request = 'POST /operations/ldgnf-nobody_0123456789abcdef/cancel';

    expect(await outcome(request, undefined, 'operation-exists')).toBe('warn');
  });

  test('refuses a malformed request as the change itself does', async () => {
    expect((await call(`${createPath}?DryRun=true`, { body: {} })).status).toBe(400);
    expect((await call(`${createPath}?DryRun=maybe`, { body: acceptedInput })).status).toBe(400);
  });
});

test('A refusal of AWS without a reason carries the failed checks', async () => {
  const reply = await call(createPath, { body: suffixed('small-use1') });

  expect(reply.status).toBe(400);
  expect(reply.body.code).toBe('InvalidParameterValueException');
  expect(reply.body.checks).toMatchObject([
    { Id: 'node-type-supported', Outcome: 'fail', Pointer: '#/PrimaryReplicationGroupId' },
  ]);
  expect(reply.body.detail).toMatch(
    /^Global replication group is not supported for the node type\. cache\.t4g\.small is not/,
  );
});
