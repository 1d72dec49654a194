import {
  CreateReplicationGroupMessage$,
  type CreateReplicationGroupCommandInput as Input,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-elasticache';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Reply, startApi } from '../support/api.ts';
import { clusterMode, datastores } from '../support/datastore.ts';
import { afterEffect, createProxy, fault, type Mode, modes } from '../support/proxy.ts';

const proxy = createProxy();
const { call, emulator, routes } = await startApi({
  proxy,
  regions: ['us-east-1', 'eu-west-1', 'ap-southeast-2', 'ca-central-1'],
  environment: { POWERTOOLS_LOG_LEVEL: 'DEBUG' },
  existing: {
    subnetGroups: ['default', 'orders-subnets'],
    userGroups: { readers: 'active' },
  },
});
const { make, describe: describeDatastore, describeGroup, rested, freeze } = datastores(emulator);
const home = (id: string) => `/global-datastores/${id}`;
const add = (id: string, body: unknown, query = '') => call(`POST ${home(id)}/members${query}`, { body });
const memberInEurope = (name: string) => ({ ReplicationGroupId: name, ReplicationGroupRegion: 'eu-west-1' });

/** Returns the parameters of each creation that AWS receives, without `Action` and `Version`. */
function takeCreations(): Record<string, string>[] {
  const creations = proxy.told().filter(({ Action }) => Action === 'CreateReplicationGroup');
  return creations.map(({ Action: _, Version, ...parameters }) => parameters);
}

const logged: string[] = [];
beforeAll(() => {
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => logged.push(String(text)) > 0);
  }
});

beforeEach(async () => {
  await emulator.clearFaults();
  proxy.clear();
  proxy.told();
});

describe('POST /global-datastores/{id}/members', () => {
  it('creates a secondary in its region and answers with the Location of the datastore', async () => {
    const id = await make('plain');
    proxy.told();

    const response = await add(id, memberInEurope('plain-euw1'));

    expect(response).toMatchObject({
      status: 202,
      headers: { location: home(id), 'retry-after': '15' },
      body: { ReplicationGroup: { ReplicationGroupId: 'plain-euw1', Status: 'creating' } },
    });
    expect(takeCreations()).toEqual([
      {
        GlobalReplicationGroupId: id,
        ReplicationGroupId: 'plain-euw1',
        ReplicationGroupDescription: `Secondary of ${id}`,
      },
    ]);
    await rested(id);
    const { body } = await call(`GET ${response.headers.location}`);
    expect(body.GlobalReplicationGroup.Members).toContainEqual({
      ReplicationGroupId: 'plain-euw1',
      ReplicationGroupRegion: 'eu-west-1',
      Role: 'SECONDARY',
      AutomaticFailover: 'enabled',
      Status: 'associated',
    });
  });

  it('gives the member the shared settings of the primary', async () => {
    const id = await make('shared', [], { ...clusterMode, NumNodeGroups: 3, TransitEncryptionEnabled: true });

    await add(id, memberInEurope('shared-euw1'));
    await rested(id);

    const primary = await describeGroup('us-east-1', 'shared-us-east-1');
    const { CacheNodeType, Engine, ClusterEnabled, TransitEncryptionEnabled, AtRestEncryptionEnabled } = primary;
    expect(await describeGroup('eu-west-1', 'shared-euw1')).toMatchObject({
      ...{ CacheNodeType, Engine, ClusterEnabled, TransitEncryptionEnabled, AtRestEncryptionEnabled },
      NodeGroups: primary.NodeGroups?.map(({ NodeGroupId, Slots }) => ({ NodeGroupId, Slots })),
    });
  });

  it('accepts the id of a member in another region', async () => {
    const id = await make('same-id');

    expect(await add(id, memberInEurope('same-id-us-east-1'))).toMatchObject({ status: 202 });
    await rested(id);

    const { Members = [] } = await describeDatastore(id);
    expect(Members.map((member) => member.ReplicationGroupId)).toEqual(['same-id-us-east-1', 'same-id-us-east-1']);
  });

  it('adds a member while another is being added, as a dry run predicts', async () => {
    const id = await make('pair');
    const second = { ReplicationGroupId: 'pair-apse2', ReplicationGroupRegion: 'ap-southeast-2' };
    const thaw = freeze();

    const first = await add(id, memberInEurope('pair-euw1'));
    const dryRun = await add(id, second, '?DryRun=true');
    const response = await add(id, second);
    thaw();

    expect([first.status, response.status]).toEqual([202, 202]);
    expect(dryRun.body).toMatchObject({ Valid: true });
    expect(dryRun.body.Checks).toContainEqual(expect.objectContaining({ Id: 'datastore-state', Outcome: 'warn' }));
    expect((await rested(id)).Members).toHaveLength(3);
  });

  it.each([
    ['NumCacheClusters', 3],
    ['ReplicasPerNodeGroup', 2],
  ])('accepts %s when cluster mode is disabled, as a dry run predicts', async (name, value) => {
    const id = await make(`nodes-${value}`);
    const body = { ...memberInEurope(`nodes-${value}-euw1`), [name]: value };

    const dryRun = await add(id, body, '?DryRun=true');
    const response = await add(id, body);
    await rested(id);

    expect(dryRun.body).toMatchObject({ Valid: true });
    expect(response.status).toBe(202);
    const { MemberClusters } = await describeGroup('eu-west-1', `nodes-${value}-euw1`);
    expect(MemberClusters).toHaveLength(3);
  });
});

const token = 'Sesame-Open$Sesame42';
const withPassword = { AuthToken: token, TransitEncryptionEnabled: true };
const twoLogs = (['slow-log', 'engine-log'] as const).map((LogType) => ({
  LogType,
  DestinationType: 'cloudwatch-logs' as const,
  DestinationDetails: { CloudWatchLogsDetails: { LogGroup: `/orders/${LogType}` } },
  LogFormat: 'json' as const,
}));

type Stored = ReturnType<typeof emulator.store.getReplicationGroup>;

/** Parameter, value, the resulting replication group and the settings of the primary. */
const choices: [keyof Input, unknown, object | ((group: Stored) => void), Partial<Input>?][] = [
  ['ReplicationGroupDescription', 'Reads in Europe', { description: 'Reads in Europe' }],
  ['Port', 7000, { port: 7000 }],
  ['NumCacheClusters', 3, ({ shards }) => expect(shards.map(({ zones }) => zones.length)).toEqual([3])],
  [
    'ReplicasPerNodeGroup',
    2,
    ({ shards }) => expect(shards.map(({ zones }) => zones.length)).toEqual([3, 3]),
    clusterMode,
  ],
  ['CacheSubnetGroupName', 'orders-subnets', { subnetGroup: 'orders-subnets' }],
  ['PreferredCacheClusterAZs', ['eu-west-1c', 'eu-west-1a'], { shards: [{ zones: ['eu-west-1c', 'eu-west-1a'] }] }],
  [
    'NodeGroupConfiguration',
    [
      {
        NodeGroupId: '0001',
        ReplicaCount: 2,
        PrimaryAvailabilityZone: 'eu-west-1c',
        ReplicaAvailabilityZones: ['eu-west-1b', 'eu-west-1a'],
      },
      { NodeGroupId: '0002', ReplicaCount: 0, PrimaryAvailabilityZone: 'eu-west-1b' },
    ],
    { shards: [{ zones: ['eu-west-1c', 'eu-west-1b', 'eu-west-1a'] }, { zones: ['eu-west-1b'] }] },
    clusterMode,
  ],
  ['SecurityGroupIds', ['sg-1', 'sg-2'], { securityGroupIds: ['sg-1', 'sg-2'] }],
  ['KmsKeyId', 'alias/europe', { kmsKeyId: 'alias/europe' }],
  ['AuthToken', token, { authTokenEnabled: true, authTokenLastModified: expect.any(String) }, withPassword],
  ['MultiAZEnabled', true, { multiAz: true }],
  ['SnapshotRetentionLimit', 7, { snapshotRetentionLimit: 7 }],
  ['SnapshotWindow', '05:00-06:00', { snapshotWindow: '05:00-06:00' }],
  ['PreferredMaintenanceWindow', 'sat:23:00-sun:01:30', { maintenanceWindow: 'sat:23:00-sun:01:30' }],
  [
    'NotificationTopicArn',
    'arn:aws:sns:eu-west-1:123456789012:cache',
    { notificationTopicArn: 'arn:aws:sns:eu-west-1:123456789012:cache' },
  ],
  [
    'Tags',
    [
      { Key: 'team', Value: 'orders & co' },
      { Key: 'empty', Value: '' },
    ],
    {
      tags: [
        { Key: 'team', Value: 'orders & co' },
        { Key: 'empty', Value: '' },
      ],
    },
  ],
  ['UserGroupIds', ['readers'], { userGroupIds: ['readers'] }, { TransitEncryptionEnabled: true }],
  ['LogDeliveryConfigurations', twoLogs, { logDelivery: twoLogs }],
];

/** Parameters that a member shares with the primary or cannot have: a value and part of the reason. */
const inherited: [keyof Input, unknown, string][] = [
  ['GlobalReplicationGroupId', 'ldgnf-other', 'the path names the datastore'],
  ['PrimaryClusterId', 'unknown-001', 'from the primary of the datastore'],
  ['AutomaticFailoverEnabled', true, 'inherits it from the primary. Change it for the whole datastore with PATCH'],
  ['NumNodeGroups', 2, 'as many node groups as the primary. Change them with PUT'],
  ['CacheNodeType', 'cache.r7g.large', 'inherits it from the primary. Change it for the whole datastore with PATCH'],
  ['Engine', 'valkey', 'inherits it from the primary. Change it for the whole datastore with PATCH'],
  ['EngineVersion', '8.0', 'inherits it from the primary. Change it for the whole datastore with PATCH'],
  ['CacheParameterGroupName', 'default.valkey8', 'ElastiCache ignores it'],
  ['CacheSecurityGroupNames', ['default'], 'use SecurityGroupIds'],
  ['SnapshotArns', ['arn:aws:s3:::bucket/dump.rdb'], 'receives its data from the primary'],
  ['SnapshotName', 'yesterday', 'receives its data from the primary'],
  ['ServerlessCacheSnapshotName', 'yesterday', 'receives its data from the primary'],
  ['AutoMinorVersionUpgrade', true, 'is false in every member'],
  ['TransitEncryptionEnabled', true, 'inherits it from the primary and it cannot be changed'],
  ['TransitEncryptionMode', 'required', 'inherits it from the primary and it cannot be changed'],
  ['AtRestEncryptionEnabled', true, 'inherits it from the primary and it cannot be changed'],
  ['DataTieringEnabled', true, 'follows from the node type'],
  ['NetworkType', 'ipv4', 'members of a datastore are ipv4'],
  ['IpDiscovery', 'ipv4', 'members of a datastore are ipv4'],
  ['ClusterMode', 'enabled', 'inherits it from the primary and it cannot be changed'],
  ['Durability', 'sync', 'durability cannot belong to a datastore'],
];

describe('POST /global-datastores/{id}/members and the parameters of CreateReplicationGroup', () => {
  const awsParameters: readonly string[] = CreateReplicationGroupMessage$[4];
  const chosen = choices.map(([member]) => member);
  const refused = inherited.map(([member]) => member);

  it('accepts or refuses each parameter by name and knows no others', () => {
    const known = Object.keys(routes.addMember?.body?.properties ?? {});

    expect(['ReplicationGroupId', ...chosen, ...refused].sort()).toEqual([...awsParameters].sort());
    expect(known.sort()).toEqual(['ReplicationGroupRegion', ...awsParameters].sort());
  });

  it.each(choices)('sets %s of the member', async (member, value, effect, primary) => {
    const name = `with-${member.toLowerCase()}`.slice(0, 28);
    const id = await make(name, [], primary);
    proxy.told();

    const response = await add(id, { ...memberInEurope(`${name}-euw1`), [member]: value });

    expect(response.status).toBe(202);
    const [parameters = {}] = takeCreations();
    expect(new Set(Object.keys(parameters).map((parameter) => parameter.split('.')[0]))).toEqual(
      new Set(['GlobalReplicationGroupId', 'ReplicationGroupId', 'ReplicationGroupDescription', member]),
    );
    await rested(id);
    const created = emulator.store.viewFrom('eu-west-1').getReplicationGroup(`${name}-euw1`);
    if (typeof effect === 'function') effect(created);
    else expect(created).toMatchObject(effect);
  });

  it('sets several parameters together', async () => {
    const id = await make('together');
    const Tags = [{ Key: 'team', Value: 'orders' }];

    await add(id, {
      ...memberInEurope('together-euw1'),
      ...{ Port: 7000, NumCacheClusters: 3, MultiAZEnabled: true, KmsKeyId: 'alias/europe', SnapshotRetentionLimit: 2 },
      ...{ SnapshotWindow: '01:00-02:00', LogDeliveryConfigurations: twoLogs, Tags },
    });
    await rested(id);

    const { body } = await call('GET /replication-groups/eu-west-1/together-euw1');
    expect(body.ReplicationGroup).toMatchObject({
      ...{ MultiAZ: 'enabled', KmsKeyId: 'alias/europe', SnapshotRetentionLimit: 2, SnapshotWindow: '01:00-02:00' },
      ...{ LogDeliveryConfigurations: twoLogs, MemberClusters: { length: 3 } },
      NodeGroups: [{ PrimaryEndpoint: { Port: 7000 } }],
    });
    const tags = new ListTagsForResourceCommand({ ResourceName: body.ReplicationGroup.ARN });
    expect(await emulator.client('eu-west-1').send(tags)).toMatchObject({ TagList: Tags });
  });

  it.each(inherited)('refuses %s by name', async (member, value, reason) => {
    const response = await add('ldgnf-unknown', { ...memberInEurope('new'), [member]: value });

    expect(response).toMatchObject({
      status: 400,
      body: { code: 'ValidationFailed', errors: [{ pointer: `#/${member}` }] },
    });
    const [{ detail }] = response.body.errors;
    expect(detail).toMatch(new RegExp(`^${member} cannot be chosen for a new member: `));
    expect(detail).toContain(reason);
    expect(proxy.told()).toEqual([]);
  });

  it('reports all refused parameters at once', async () => {
    const all = Object.fromEntries(inherited.map(([member, value]) => [member, value]));

    const { body } = await add('ldgnf-unknown', { ...memberInEurope('new'), ...all });

    const pointers = body.errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(pointers.sort()).toEqual(inherited.map(([member]) => `#/${member}`).sort());
  });
});

describe('POST /global-datastores/{id}/members validation', () => {
  it.each([
    [{ ReplicationGroupId: 'new' }, '#/ReplicationGroupRegion', 'required'],
    [{ ReplicationGroupRegion: 'eu-west-1' }, '#/ReplicationGroupId', 'required'],
    [
      { ...memberInEurope('new'), ReplicationGroupRegion: 'eu-central-1' },
      '#/ReplicationGroupRegion',
      'us-east-1, eu-west-1',
    ],
    [memberInEurope('new_one'), '#/ReplicationGroupId', 'letters, digits and hyphens'],
    [{ ...memberInEurope('new'), Region: 'eu-west-1' }, '#/Region', 'known are'],
    [{ ...memberInEurope('new'), numCacheClusters: 2 }, '#/numCacheClusters', 'did you mean NumCacheClusters?'],
    [{ ...memberInEurope('new'), NumCacheClusters: 7 }, '#/NumCacheClusters', 'up to 5 replicas'],
    [{ ...memberInEurope('new'), Port: 0 }, '#/Port', ''],
    [{ ...memberInEurope('new'), SnapshotRetentionLimit: 36 }, '#/SnapshotRetentionLimit', '0 to 35'],
    [{ ...memberInEurope('new'), SnapshotWindow: 'at night' }, '#/SnapshotWindow', 'such as 05:00-06:00'],
    [
      { ...memberInEurope('new'), PreferredMaintenanceWindow: 'sunday' },
      '#/PreferredMaintenanceWindow',
      'sun:23:00-mon:01:30',
    ],
    [{ ...memberInEurope('new'), Tags: [{ Value: 'x' }] }, '#/Tags/0/Key', 'required'],
    [{ ...memberInEurope('new'), Tags: Array(51).fill({ Key: 'k' }) }, '#/Tags', '50'],
    [{ ...memberInEurope('new'), NodeGroupConfiguration: [{ Slots: '0-1' }] }, '#/NodeGroupConfiguration/0/Slots', ''],
    [{ ...memberInEurope('new'), UserGroupIds: ['one', 'two'] }, '#/UserGroupIds', ''],
  ])('refuses an invalid body with a pointer and without a call to AWS: %j', async (body, pointer, expectedText) => {
    const response = await add('ldgnf-unknown', body);

    expect(response).toMatchObject({ status: 400, body: { code: 'ValidationFailed' } });
    const refusal = response.body.errors.find((error: { pointer: string }) => error.pointer === pointer);
    expect(refusal?.detail).toContain(expectedText);
    expect(proxy.told()).toEqual([]);
  });

  it('answers 409 while a modification is in progress', async () => {
    const id = await make('busy');
    const thaw = freeze();
    await call(`PATCH ${home(id)}`, { body: { GlobalReplicationGroupDescription: 'changed' } });

    const response = await add(id, memberInEurope('busy-euw1'));
    thaw();

    expect(response).toMatchObject({ status: 409, body: { code: 'InvalidGlobalReplicationGroupStateFault' } });
    expect((await rested(id)).Members).toHaveLength(1);
  });

  it.each([
    ['the region of another member', { ReplicationGroupRegion: 'eu-west-1' }, '#/ReplicationGroupRegion'],
    ['the region of the primary', { ReplicationGroupRegion: 'us-east-1' }, '#/ReplicationGroupRegion'],
    ['a password when the primary has none', { AuthToken: 'a-password-of-16' }, '#/AuthToken'],
  ])('adds a pointer to a refusal by AWS: %s', async (description, wrong, pointer) => {
    const id = await make(`firm-${description.length}`, ['eu-west-1']);

    const response = await add(id, { ReplicationGroupId: 'new', ReplicationGroupRegion: 'ap-southeast-2', ...wrong });

    expect(response).toMatchObject({ status: 400, body: { checks: [{ Outcome: 'fail', Pointer: pointer }] } });
  });

  it('refuses a third secondary', async () => {
    const id = await make('full', ['eu-west-1', 'ap-southeast-2']);

    const response = await add(id, { ReplicationGroupId: 'new', ReplicationGroupRegion: 'ca-central-1' });

    expect(response).toMatchObject({ status: 400, body: { checks: [{ Id: 'max-two-secondaries', Outcome: 'fail' }] } });
    expect(response.body.detail).toContain('ap-southeast-2/full-ap-southeast-2 (SECONDARY, associated)');
  });

  it('answers 409 for an id that exists in the region', async () => {
    const id = await make('taken');
    await emulator.seed('taken-euw1', 'eu-west-1');

    const response = await add(id, memberInEurope('taken-euw1'));

    expect(response).toMatchObject({ status: 409, body: { code: 'ReplicationGroupAlreadyExistsFault' } });
    expect(await describeGroup('eu-west-1', 'taken-euw1')).toMatchObject({ GlobalReplicationGroupInfo: {} });
  });

  it('answers 404 for an unknown datastore', async () => {
    const response = await add('ldgnf-unknown', memberInEurope('new'));

    expect(response).toMatchObject({ status: 404, body: { code: 'GlobalReplicationGroupNotFoundFault' } });
  });
});

/** Ways to lose the response to a change that has taken effect. */
const losses: [string, Mode][] = [
  ['reset', modes.reset],
  ['error500', modes.error500],
  ['cut', modes.cut],
  ['truncated', modes.truncated],
  ['empty', modes.empty],
];

describe('POST /global-datastores/{id}/members when the response of AWS is lost', () => {
  it.each(losses)('answers 202 and adds one member: %s', async (name, loss) => {
    const path = home(await make(`lost-${name}`));
    proxy.will(afterEffect(loss), { action: 'CreateReplicationGroup' });

    const body = { ReplicationGroupId: `lost-${name}-euw1`, ReplicationGroupRegion: 'eu-west-1' };
    const response = await call(`POST ${path}/members`, { body });

    expect(response).toMatchObject({ status: 202, headers: { location: path } });
    expect(response.body.ReplicationGroup).toMatchObject({ ReplicationGroupId: `lost-${name}-euw1` });
    const { body: read } = await call(`GET ${path}`);
    expect(read.GlobalReplicationGroup.Members).toHaveLength(2);
  });

  it('answers 409 when an unrelated replication group has the id', async () => {
    const path = home(await make('mine'));
    await emulator.seed('unrelated-euw1', 'eu-west-1');
    proxy.will(modes.reset, { action: 'CreateReplicationGroup' });

    const body = { ReplicationGroupId: 'unrelated-euw1', ReplicationGroupRegion: 'eu-west-1' };
    const response = await call(`POST ${path}/members`, { body });

    expect(response).toMatchObject({ status: 409, body: { code: 'ReplicationGroupAlreadyExistsFault' } });
  });

  it('answers OutcomeUnknown when ElastiCache cannot be read', async () => {
    const path = home(await make('unsure'));
    proxy.will(afterEffect(modes.reset), { action: 'CreateReplicationGroup' });
    proxy.will(modes.error500, { action: 'DescribeReplicationGroups', times: 3 });

    const body = { ReplicationGroupId: 'unsure-euw1', ReplicationGroupRegion: 'eu-west-1' };
    const response = await call(`POST ${path}/members`, { body });

    expect(response).toMatchObject({ status: 502, body: { code: 'OutcomeUnknown' } });
  });
});

describe('AuthToken in POST /global-datastores/{id}/members', () => {
  const body = { ...memberInEurope('guarded-euw1'), AuthToken: token };
  let open: string;
  let guarded: string;

  beforeAll(async () => {
    open = await make('open');
    guarded = await make('guarded', [], withPassword);
  });

  /** Sends a request and returns the response and the text of log and response together. */
  async function send(request: string, options: Parameters<typeof call>[1]): Promise<{ response: Reply; all: string }> {
    logged.splice(0);
    const response = await call(request, options);
    const log = logged.join('');
    expect(log).toContain('"message":"request"');
    return { response, all: log + JSON.stringify(response) };
  }

  it.each([
    ['too short', { AuthToken: 'Sesame' }],
    ['too long', { AuthToken: 'Sesame'.repeat(30) }],
    ['with a character that is not allowed', { AuthToken: `${token} "@/` }],
    ['of another type', { AuthToken: [token] }],
    ['under another name', { authToken: token, AUTHTOKEN: token }],
    ['in another member', { Tags: [{ Key: 'x', AuthToken: token }], KmsKeyId: { AuthToken: token } }],
    ['with another invalid parameter', { AuthToken: token, Port: 'high', Engine: 'valkey' }],
  ])('appears in no response or log when the request is invalid: %s', async (_, wrong) => {
    const { response, all } = await send(`POST ${home(guarded)}/members`, {
      body: { ...memberInEurope('wrong'), ...wrong },
    });

    expect(response.status).toBe(400);
    expect(all).not.toContain('Sesame');
  });

  it.each([
    ['with a duplicate member', `{"AuthToken":"${token}","AuthToken":"${token}"}`],
    ['that is truncated', `{"ReplicationGroupId":"x","AuthToken":"${token}`],
    ['that is not an object', `"${token}"`],
    ['that is not JSON', `AuthToken=${token}`],
  ])('appears in no response or log when it is in a body %s', async (_, raw) => {
    const { response, all } = await send(`POST ${home(guarded)}/members`, { raw });

    expect(response.status).toBe(400);
    expect(all).not.toContain('Sesame');
  });

  it('appears in no response or log when it is in the query', async () => {
    const { response, all } = await send(`POST ${home(guarded)}/members?AuthToken=${token}`, { body });

    expect(response.status).toBe(400);
    expect(all).not.toContain('Sesame');
  });

  it.each([
    ['with its usual message', undefined],
    ['and repeats it', fault('InvalidParameterValue', 400, `The AuthToken ${token} is not valid.`)],
    [
      'and repeats it URL-encoded',
      fault('ReplicationGroupAlreadyExists', 400, `AuthToken=${encodeURIComponent(token)}`),
    ],
  ])('appears in no response or log when AWS refuses it %s', async (_, mode) => {
    if (mode) proxy.will(mode, { action: 'CreateReplicationGroup' });

    const { response, all } = await send(`POST ${home(open)}/members`, { body });

    expect([400, 409]).toContain(response.status);
    expect(response.body.upstream).toMatchObject({ service: 'ElastiCache', region: 'eu-west-1' });
    expect(all).not.toContain('Sesame');
  });

  it.each<[string, Mode]>([
    ['InternalFailure', modes.error500],
    ['InternalFailure that repeats it', fault('InternalFailure', 500, `AuthToken ${token}`)],
    ['AccessDenied that repeats it', fault('AccessDenied', 403, `AuthToken ${token}`)],
    ['a gateway page that repeats it', respondWith(502, 'text/html', `<p>AuthToken=${encodeURIComponent(token)}</p>`)],
    ['an HTML page that repeats it', respondWith(200, 'text/html', `<p>AuthToken=${token}`)],
    ['XML that repeats it', respondWith(200, 'text/xml', `<CreateReplicationGroupResponse><AuthToken>${token}`)],
    ['an XML tag that repeats it', respondWith(200, 'text/xml', `<${token}></AuthToken>`)],
    ['a connection reset', modes.reset],
    ['garbage', modes.garbage],
  ])('appears in no response or log when AWS fails: %s', async (_, mode) => {
    proxy.will(mode, { action: 'CreateReplicationGroup', times: 9 });

    const { response, all } = await send(`POST ${home(guarded)}/members`, { body });

    expect(response.status).toBeGreaterThanOrEqual(500);
    expect(all).not.toContain('Sesame');
  });

  it('appears in no response or log in a dry run', async () => {
    const { response, all } = await send(`POST ${home(guarded)}/members?DryRun=true`, { body });

    expect(response).toMatchObject({ status: 200, body: { Valid: true } });
    expect(all).not.toContain('Sesame');
  });

  it('appears in no response or log when the member is added or read later', async () => {
    const { response, all } = await send(`POST ${home(guarded)}/members`, { body });
    await rested(guarded);
    const shown = await send('GET /replication-groups/eu-west-1/guarded-euw1', {});
    const listed = await send('GET /replication-groups?Region=eu-west-1', {});
    const datastore = await send(`GET ${home(guarded)}`, {});

    expect(response.status).toBe(202);
    expect(shown.response.body.ReplicationGroup).toMatchObject({ AuthTokenEnabled: true });
    expect(all + shown.all + listed.all + datastore.all).not.toContain('Sesame');
  });
});

/** Returns a mode that responds with the given text. */
function respondWith(status: number, type: string, text: string): Mode {
  return ({ response }) => void response.writeHead(status, { 'content-type': type }).end(text);
}
