import { beforeAll, describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { until } from '../support/emulator.ts';

const { call, emulator } = await startApi({
  regions: ['us-east-1', 'eu-west-1', 'ap-southeast-2', 'ap-northeast-1', 'cn-north-1', 'ap-east-2', 'eu-north-1'],
});
const orders = '/global-datastores/ldgnf-orders';
const shards = '/global-datastores/ldgnf-shards';
const lonely = '/global-datastores/ldgnf-lonely';
const secret = '/global-datastores/ldgnf-secret';

const create = (GlobalReplicationGroupIdSuffix: string, PrimaryReplicationGroupId: string) =>
  call('POST /global-datastores', { body: { GlobalReplicationGroupIdSuffix, PrimaryReplicationGroupId } });

const waitUntilStable = (home: string) =>
  until(async () => /available|primary-only/.test((await call(`GET ${home}`)).body.GlobalReplicationGroup?.Status));

async function addMember(home: string, ReplicationGroupId: string, ReplicationGroupRegion: string) {
  const response = await call(`POST ${home}/members`, { body: { ReplicationGroupId, ReplicationGroupRegion } });
  expect(response.status, JSON.stringify(response.body)).toBe(202);
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
    emulator.seed('secret-use1', 'us-east-1', withPassword),
    emulator.seed('small-use1', 'us-east-1', { CacheNodeType: 'cache.t4g.small' }),
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
  ]);
  await Promise.all([orders, lonely, shards, secret].map(waitUntilStable));
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
async function outcomeOf(request: string, body: object | undefined, id: string): Promise<string | undefined> {
  const [method, path] = request.split(' ');
  const response = await call(`${method} ${path}?DryRun=true`, { body });
  expect(response.status, JSON.stringify(response.body)).toBe(200);
  const { Checks, Valid } = response.body as { Checks: { Id: string; Outcome: string }[]; Valid: boolean };
  expect(Valid).toBe(!Checks.some(({ Outcome }) => Outcome === 'fail'));
  return Checks.find(({ Id }) => Id === id)?.Outcome;
}

const createBody = (PrimaryReplicationGroupId: string, more: object = {}) => ({
  GlobalReplicationGroupIdSuffix: 'new',
  PrimaryReplicationGroupId,
  ...more,
});
const memberBody = (ReplicationGroupRegion: string, more: object = {}) => ({
  ReplicationGroupId: 'new-member',
  ReplicationGroupRegion,
  ...more,
});
const inRegion = (PrimaryReplicationGroupRegion: string, GlobalReplicationGroupIdSuffix = 'new') => ({
  PrimaryReplicationGroupRegion,
  GlobalReplicationGroupIdSuffix,
});

const createPath = 'POST /global-datastores';
const validBody = createBody('free-use1');
const failover = `POST ${orders}/failover`;

/** Check id, a request that passes, a request that does not pass, and the outcome of the second. */
type Rule = [
  id: string,
  request: string,
  body: object | undefined,
  badRequest: string,
  badBody: object | undefined,
  badOutcome?: string,
];
const rules: Rule[] = [
  ['primary-exists', createPath, validBody, createPath, createBody('nobody')],
  ['primary-available', createPath, validBody, createPath, createBody('busy-use1')],
  ['primary-not-in-global', createPath, validBody, createPath, createBody('orders-use1')],
  ['node-type-supported', createPath, validBody, createPath, createBody('small-use1')],
  ['engine-version', createPath, validBody, createPath, createBody('old-use1')],
  ['network-type', createPath, validBody, createPath, createBody('six-use1')],
  ['region-supported', createPath, validBody, createPath, createBody('free-ape2', inRegion('ap-east-2'))],
  ['suffix-free', createPath, validBody, createPath, { ...validBody, GlobalReplicationGroupIdSuffix: 'orders' }],
  [
    'suffix-free',
    createPath,
    createBody('free-eun1', inRegion('eu-north-1')),
    createPath,
    createBody('free-eun1', inRegion('eu-north-1', 'taken')),
    'warn',
  ],
  [
    'suffix-syntax',
    createPath,
    validBody,
    createPath,
    { ...validBody, GlobalReplicationGroupIdSuffix: 'Orders' },
    'warn',
  ],

  [
    'datastore-exists',
    `POST ${lonely}/members`,
    memberBody('eu-west-1'),
    'POST /global-datastores/ldgnf-none/members',
    memberBody('eu-west-1'),
  ],
  [
    'max-two-secondaries',
    `POST ${lonely}/members`,
    memberBody('eu-west-1'),
    `POST ${orders}/members`,
    memberBody('eu-north-1'),
  ],
  [
    'region-distinct',
    `POST ${lonely}/members`,
    memberBody('eu-west-1'),
    `POST ${orders}/members`,
    memberBody('eu-west-1'),
  ],
  [
    'region-supported',
    `POST ${lonely}/members`,
    memberBody('eu-west-1'),
    `POST ${lonely}/members`,
    memberBody('ap-east-2'),
  ],
  [
    'same-partition',
    `POST ${lonely}/members`,
    memberBody('eu-west-1'),
    `POST ${lonely}/members`,
    memberBody('cn-north-1'),
  ],
  [
    'id-free',
    `POST ${lonely}/members`,
    memberBody('eu-west-1'),
    `POST ${lonely}/members`,
    memberBody('eu-west-1', { ReplicationGroupId: 'taken-euw1' }),
  ],
  [
    'nodes-fit-cluster-mode',
    `POST ${shards}/members`,
    memberBody('eu-west-1', { ReplicasPerNodeGroup: 1 }),
    `POST ${shards}/members`,
    memberBody('eu-west-1', { NumCacheClusters: 2 }),
  ],
  [
    'auth-token',
    `POST ${lonely}/members`,
    memberBody('eu-west-1'),
    `POST ${lonely}/members`,
    memberBody('eu-west-1', { AuthToken: 'a-password-of-16-characters' }),
  ],
  [
    'auth-token',
    `POST ${secret}/members`,
    memberBody('eu-west-1', { AuthToken: 'a-password-of-16-characters' }),
    `POST ${secret}/members`,
    memberBody('eu-west-1'),
    'warn',
  ],

  ['target-is-member', failover, { PrimaryRegion: 'eu-west-1' }, failover, { PrimaryRegion: 'ap-northeast-1' }],
  ['target-is-secondary', failover, { PrimaryRegion: 'eu-west-1' }, failover, { PrimaryRegion: 'us-east-1' }],
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

  ['datastore-state', `DELETE ${lonely}`, undefined, `DELETE ${orders}`, undefined],
  ['no-secondaries', `DELETE ${lonely}`, undefined, `DELETE ${orders}`, undefined],
];

describe('a dry run', () => {
  it.each(rules)(
    'reports the check %s for %s',
    async (id, goodRequest, goodBody, badRequest, badBody, badOutcome = 'fail') => {
      expect(await outcomeOf(goodRequest, goodBody, id)).toBe('pass');
      expect(await outcomeOf(badRequest, badBody, id)).toBe(badOutcome);
    },
  );

  it('reports a check that AWS cannot answer as a warning', async () => {
    await emulator.fail({ Action: 'DescribeCacheClusters', Name: 'InternalFailure', Times: 3 });

    expect(await outcomeOf(createPath, validBody, 'engine-version')).toBe('warn');
  });

  it('returns the plan and changes nothing', async () => {
    await emulator.calls();

    const response = await call(`${createPath}?DryRun=true`, { body: validBody });

    expect(response.body.Plan).toEqual([
      'Make the datastore new with us-east-1/free-use1 as its primary (CreateGlobalReplicationGroup in us-east-1).',
    ]);
    expect((await emulator.calls()).filter(({ Action }) => !Action.startsWith('Describe'))).toEqual([]);
  });

  it('answers 400 for an invalid request', async () => {
    expect((await call(`${createPath}?DryRun=true`, { body: {} })).status).toBe(400);
    expect((await call(`${createPath}?DryRun=maybe`, { body: validBody })).status).toBe(400);
  });
});

it('explains a refusal of AWS with the failed checks', async () => {
  const response = await call(createPath, { body: createBody('small-use1') });

  expect(response.status).toBe(400);
  expect(response.body.code).toBe('InvalidParameterValueException');
  expect(response.body.checks).toMatchObject([
    { Id: 'node-type-supported', Outcome: 'fail', Pointer: '#/PrimaryReplicationGroupId' },
  ]);
  expect(response.body.detail).toMatch(
    /^Global replication group is not supported for the node type\. cache\.t4g\.small is not/,
  );
});
