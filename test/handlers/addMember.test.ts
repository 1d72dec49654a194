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
  environment: { LOG: 'on' },
  existing: {
    subnetGroups: ['default', 'orders-subnets'],
    userGroups: { readers: 'active' },
  },
});
const { make, describe: describeInAws, describeGroup, waitUntilStable, freeze } = datastores(emulator);
const datastorePath = (id: string) => `/global-datastores/${id}`;
const add = (id: string, body: unknown, query = '') => call(`POST ${datastorePath(id)}/members${query}`, { body });
const europe = (name: string) => ({ ReplicationGroupId: name, ReplicationGroupRegion: 'eu-west-1' });

/** Returns the parameters of the calls of CreateReplicationGroup, without Action and Version. */
function sentToAws(): Record<string, string>[] {
  const creations = proxy.takeParameters().filter(({ Action }) => Action === 'CreateReplicationGroup');
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
  proxy.takeParameters();
});

describe('POST /global-datastores/{id}/members', () => {
  it('creates a secondary in its region; Location names the datastore', async () => {
    const id = await make('plain');
    proxy.takeParameters();

    const response = await add(id, europe('plain-euw1'));

    expect(response).toMatchObject({
      status: 202,
      headers: { location: datastorePath(id), 'retry-after': '15' },
      body: { ReplicationGroup: { ReplicationGroupId: 'plain-euw1', Status: 'creating' } },
    });
    expect(sentToAws()).toEqual([
      {
        GlobalReplicationGroupId: id,
        ReplicationGroupId: 'plain-euw1',
        ReplicationGroupDescription: `Secondary of ${id}`,
      },
    ]);
    await waitUntilStable(id);
    const { body } = await call(`GET ${response.headers.location}`);
    expect(body.GlobalReplicationGroup.Members).toContainEqual({
      ReplicationGroupId: 'plain-euw1',
      ReplicationGroupRegion: 'eu-west-1',
      Role: 'SECONDARY',
      AutomaticFailover: 'enabled',
      Status: 'associated',
    });
  });

  it('inherits from the primary the settings that all members share', async () => {
    const id = await make('shared', [], { ...clusterMode, NumNodeGroups: 3, TransitEncryptionEnabled: true });

    await add(id, europe('shared-euw1'));
    await waitUntilStable(id);

    const primary = await describeGroup('us-east-1', 'shared-us-east-1');
    const { CacheNodeType, Engine, ClusterEnabled, TransitEncryptionEnabled, AtRestEncryptionEnabled } = primary;
    expect(await describeGroup('eu-west-1', 'shared-euw1')).toMatchObject({
      ...{ CacheNodeType, Engine, ClusterEnabled, TransitEncryptionEnabled, AtRestEncryptionEnabled },
      NodeGroups: primary.NodeGroups?.map(({ NodeGroupId, Slots }) => ({ NodeGroupId, Slots })),
    });
  });

  it('accepts an id that a member in another region has', async () => {
    const id = await make('twin');

    expect(await add(id, europe('twin-us-east-1'))).toMatchObject({ status: 202 });
    await waitUntilStable(id);

    const { Members = [] } = await describeInAws(id);
    expect(Members.map((member) => member.ReplicationGroupId)).toEqual(['twin-us-east-1', 'twin-us-east-1']);
  });

  it('accepts a second member while the first one joins, as the dry run predicts', async () => {
    const id = await make('pair');
    const second = { ReplicationGroupId: 'pair-apse2', ReplicationGroupRegion: 'ap-southeast-2' };
    const resume = freeze();

    const first = await add(id, europe('pair-euw1'));
    const dryRun = await add(id, second, '?DryRun=true');
    const response = await add(id, second);
    resume();

    expect([first.status, response.status]).toEqual([202, 202]);
    expect(dryRun.body).toMatchObject({ Valid: true });
    expect(dryRun.body.Checks).toContainEqual(expect.objectContaining({ Id: 'datastore-state', Outcome: 'warn' }));
    expect((await waitUntilStable(id)).Members).toHaveLength(3);
  });

  it.each([
    ['NumCacheClusters', 3],
    ['ReplicasPerNodeGroup', 2],
  ])('accepts %s without cluster mode, as the dry run predicts', async (name, value) => {
    const id = await make(`nodes-${value}`);
    const body = { ...europe(`nodes-${value}-euw1`), [name]: value };

    const dryRun = await add(id, body, '?DryRun=true');
    const response = await add(id, body);
    await waitUntilStable(id);

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

/** The parameters that a new member accepts, each with a value, the expected group, and the settings of the primary. */
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
      { NodeGroupId: '0002', ReplicaCount: 1, PrimaryAvailabilityZone: 'eu-west-1b' },
    ],
    { shards: [{ zones: ['eu-west-1c', 'eu-west-1b', 'eu-west-1a'] }, { zones: ['eu-west-1b', 'eu-west-1c'] }] },
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

/** The parameters that a new member does not accept, each with a value and words of the reason. */
const inherited: [keyof Input, unknown, string][] = [
  ['GlobalReplicationGroupId', 'ldgnf-other', 'the path names the datastore'],
  ['PrimaryClusterId', 'somebody-001', 'from the primary of the datastore'],
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

describe('the parameters of CreateReplicationGroup', () => {
  const ofAws: readonly string[] = CreateReplicationGroupMessage$[4];
  const chosen = choices.map(([member]) => member);
  const refused = inherited.map(([member]) => member);

  it('are all either accepted or refused by name', () => {
    const known = Object.keys(routes.addMember?.body?.properties ?? {});

    expect(['ReplicationGroupId', ...chosen, ...refused].sort()).toEqual([...ofAws].sort());
    expect(known.sort()).toEqual(['AuthTokenSecretArn', 'ReplicationGroupRegion', ...ofAws].sort());
  });

  it.each(choices)('are passed on: %s', async (member, value, effect, primary) => {
    const name = `with-${member.toLowerCase()}`.slice(0, 28);
    const id = await make(name, [], primary);
    proxy.takeParameters();

    const response = await add(id, { ...europe(`${name}-euw1`), [member]: value });

    expect(response.status).toBe(202);
    const [sent = {}] = sentToAws();
    expect(new Set(Object.keys(sent).map((parameter) => parameter.split('.')[0]))).toEqual(
      new Set(['GlobalReplicationGroupId', 'ReplicationGroupId', 'ReplicationGroupDescription', member]),
    );
    await waitUntilStable(id);
    const group = emulator.store.viewFrom('eu-west-1').getReplicationGroup(`${name}-euw1`);
    if (typeof effect === 'function') effect(group);
    else expect(group).toMatchObject(effect);
  });

  it('are passed on together and shown', async () => {
    const id = await make('together');
    const Tags = [{ Key: 'team', Value: 'orders' }];

    await add(id, {
      ...europe('together-euw1'),
      ...{ Port: 7000, NumCacheClusters: 3, MultiAZEnabled: true, KmsKeyId: 'alias/europe', SnapshotRetentionLimit: 2 },
      ...{ SnapshotWindow: '01:00-02:00', LogDeliveryConfigurations: twoLogs, Tags },
    });
    await waitUntilStable(id);

    const { body } = await call('GET /replication-groups/eu-west-1/together-euw1');
    expect(body.ReplicationGroup).toMatchObject({
      ...{ MultiAZ: 'enabled', KmsKeyId: 'alias/europe', SnapshotRetentionLimit: 2, SnapshotWindow: '01:00-02:00' },
      ...{ LogDeliveryConfigurations: twoLogs, MemberClusters: { length: 3 } },
      NodeGroups: [{ PrimaryEndpoint: { Port: 7000 } }],
    });
    const tags = new ListTagsForResourceCommand({ ResourceName: body.ReplicationGroup.ARN });
    expect(await emulator.client('eu-west-1').send(tags)).toMatchObject({ TagList: Tags });
  });

  it.each(inherited)('are refused by name if all members share them: %s', async (member, value, reason) => {
    const response = await add('ldgnf-nobody', { ...europe('new'), [member]: value });

    expect(response).toMatchObject({
      status: 400,
      body: { code: 'ValidationFailed', errors: [{ pointer: `#/${member}` }] },
    });
    const [{ detail }] = response.body.errors;
    expect(detail).toMatch(new RegExp(`^${member} cannot be chosen for a new member: `));
    expect(detail).toContain(reason);
    expect(proxy.takeParameters()).toEqual([]);
  });

  it('are refused together, each by its name', async () => {
    const all = Object.fromEntries(inherited.map(([member, value]) => [member, value]));

    const { body } = await add('ldgnf-nobody', { ...europe('new'), ...all });

    const pointers = body.errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(pointers.sort()).toEqual(inherited.map(([member]) => `#/${member}`).sort());
  });
});

describe('POST /global-datastores/{id}/members refuses a member', () => {
  it.each([
    [{ ReplicationGroupId: 'new' }, '#/ReplicationGroupRegion', 'required'],
    [{ ReplicationGroupRegion: 'eu-west-1' }, '#/ReplicationGroupId', 'required'],
    [{ ...europe('new'), ReplicationGroupRegion: 'eu-central-1' }, '#/ReplicationGroupRegion', 'us-east-1, eu-west-1'],
    [europe('new_one'), '#/ReplicationGroupId', 'letters, digits and hyphens'],
    [{ ...europe('new'), Region: 'eu-west-1' }, '#/Region', 'Known names are'],
    [{ ...europe('new'), numCacheClusters: 2 }, '#/numCacheClusters', 'Did you mean NumCacheClusters?'],
    [{ ...europe('new'), NumCacheClusters: 7 }, '#/NumCacheClusters', 'up to 5 replicas'],
    [{ ...europe('new'), Port: 0 }, '#/Port', ''],
    [{ ...europe('new'), SnapshotRetentionLimit: 36 }, '#/SnapshotRetentionLimit', '0 to 35'],
    [{ ...europe('new'), SnapshotWindow: 'at night' }, '#/SnapshotWindow', 'such as 05:00-06:00'],
    [{ ...europe('new'), SnapshotWindow: '24:00-25:00' }, '#/SnapshotWindow', 'such as 05:00-06:00'],
    [{ ...europe('new'), SnapshotWindow: '05:60-07:00' }, '#/SnapshotWindow', 'such as 05:00-06:00'],
    [
      { ...europe('new'), PreferredMaintenanceWindow: 'sun:24:00-mon:01:30' },
      '#/PreferredMaintenanceWindow',
      'sun:23:00-mon:01:30',
    ],
    [{ ...europe('new'), PreferredMaintenanceWindow: 'sunday' }, '#/PreferredMaintenanceWindow', 'sun:23:00-mon:01:30'],
    [{ ...europe('new'), Tags: [{ Value: 'x' }] }, '#/Tags/0/Key', 'required'],
    [{ ...europe('new'), Tags: Array(51).fill({ Key: 'k' }) }, '#/Tags', '50'],
    [{ ...europe('new'), NodeGroupConfiguration: [{ Slots: '0-1' }] }, '#/NodeGroupConfiguration/0/Slots', ''],
    [{ ...europe('new'), UserGroupIds: ['one', 'two'] }, '#/UserGroupIds', ''],
  ])('with a pointer and without a call of AWS: %j', async (body, pointer, text) => {
    const response = await add('ldgnf-nobody', body);

    expect(response).toMatchObject({ status: 400, body: { code: 'ValidationFailed' } });
    const refusal = response.body.errors.find((error: { pointer: string }) => error.pointer === pointer);
    expect(refusal?.detail).toContain(text);
    expect(proxy.takeParameters()).toEqual([]);
  });

  it('while a modification is in progress', async () => {
    const id = await make('busy');
    const resume = freeze();
    await call(`PATCH ${datastorePath(id)}`, { body: { GlobalReplicationGroupDescription: 'changed' } });

    const response = await add(id, europe('busy-euw1'));
    resume();

    expect(response).toMatchObject({ status: 409, body: { code: 'InvalidGlobalReplicationGroupStateFault' } });
    expect((await waitUntilStable(id)).Members).toHaveLength(1);
  });

  it.each([
    ['in the region of another', { ReplicationGroupRegion: 'eu-west-1' }, '#/ReplicationGroupRegion'],
    ['in the region of the primary', { ReplicationGroupRegion: 'us-east-1' }, '#/ReplicationGroupRegion'],
    ['with a password that the primary has not', { AuthToken: 'a-password-of-16' }, '#/AuthToken'],
  ])("%s, with AWS's refusal and the failed check", async (title, invalid, pointer) => {
    const id = await make(`firm-${title.length}`, ['eu-west-1']);

    const response = await add(id, { ReplicationGroupId: 'new', ReplicationGroupRegion: 'ap-southeast-2', ...invalid });

    expect(response).toMatchObject({ status: 400, body: { checks: [{ Outcome: 'fail', Pointer: pointer }] } });
  });

  it('as the third secondary', async () => {
    const id = await make('full', ['eu-west-1', 'ap-southeast-2']);

    const response = await add(id, { ReplicationGroupId: 'new', ReplicationGroupRegion: 'ca-central-1' });

    expect(response).toMatchObject({ status: 400, body: { checks: [{ Id: 'max-two-secondaries', Outcome: 'fail' }] } });
    expect(response.body.detail).toContain('ap-southeast-2/full-ap-southeast-2 (SECONDARY, associated)');
  });

  it('with an id that exists in that region', async () => {
    const id = await make('taken');
    await emulator.seed('taken-euw1', 'eu-west-1');

    const response = await add(id, europe('taken-euw1'));

    expect(response).toMatchObject({ status: 409, body: { code: 'ReplicationGroupAlreadyExistsFault' } });
    expect(await describeGroup('eu-west-1', 'taken-euw1')).toMatchObject({ GlobalReplicationGroupInfo: {} });
  });

  it('with 404 if the datastore does not exist', async () => {
    const response = await add('ldgnf-nobody', europe('new'));

    expect(response).toMatchObject({ status: 404, body: { code: 'GlobalReplicationGroupNotFoundFault' } });
  });
});

/** The ways in which the response to a change is lost after the change has taken effect. */
const losses: [string, Mode][] = [
  ['reset', modes.reset],
  ['error500', modes.error500],
  ['cut', modes.cut],
  ['truncated', modes.truncated],
  ['empty', modes.empty],
];

describe('POST /global-datastores/{id}/members with a lost response', () => {
  it.each(losses)('%s: is accepted, and adds one member', async (name, loss) => {
    const path = datastorePath(await make(`lost-${name}`));
    proxy.inject(afterEffect(loss), { action: 'CreateReplicationGroup' });

    const body = { ReplicationGroupId: `lost-${name}-euw1`, ReplicationGroupRegion: 'eu-west-1' };
    const response = await call(`POST ${path}/members`, { body });

    expect(response).toMatchObject({ status: 202, headers: { location: path } });
    expect(response.body.ReplicationGroup).toMatchObject({ ReplicationGroupId: `lost-${name}-euw1` });
    const { body: read } = await call(`GET ${path}`);
    expect(read.GlobalReplicationGroup.Members).toHaveLength(2);
  });

  it('responds 409 when another caller created the replication group of that name', async () => {
    const path = datastorePath(await make('mine'));
    await emulator.seed('theirs-euw1', 'eu-west-1');
    proxy.inject(modes.reset, { action: 'CreateReplicationGroup' });

    const body = { ReplicationGroupId: 'theirs-euw1', ReplicationGroupRegion: 'eu-west-1' };
    const response = await call(`POST ${path}/members`, { body });

    expect(response).toMatchObject({ status: 409, body: { code: 'ReplicationGroupAlreadyExistsFault' } });
  });

  it('leads to OutcomeUnknown when the replication group cannot be read', async () => {
    const path = datastorePath(await make('unsure'));
    proxy.inject(afterEffect(modes.reset), { action: 'CreateReplicationGroup' });
    proxy.inject(modes.pass, { action: 'DescribeReplicationGroups' });
    proxy.inject(modes.error500, { action: 'DescribeReplicationGroups', times: 3 });

    const body = { ReplicationGroupId: 'unsure-euw1', ReplicationGroupRegion: 'eu-west-1' };
    const response = await call(`POST ${path}/members`, { body });

    expect(response).toMatchObject({ status: 502, body: { code: 'OutcomeUnknown' } });
  });
});

describe('an AuthToken', () => {
  const body = { ...europe('guarded-euw1'), AuthToken: token };
  let open: string;
  let guarded: string;

  beforeAll(async () => {
    open = await make('open');
    guarded = await make('guarded', [], withPassword);
  });

  /** Sends a request. Returns the response, and the log and the response as one text. */
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
    ['at another place', { Tags: [{ Key: 'x', AuthToken: token }], KmsKeyId: { AuthToken: token } }],
    ['beside something that is wrong', { AuthToken: token, Port: 'high', Engine: 'valkey' }],
  ])('appears in no response and no log of a wrong request: %s', async (_, invalid) => {
    const { response, all } = await send(`POST ${datastorePath(guarded)}/members`, {
      body: { ...europe('wrong'), ...invalid },
    });

    expect(response.status).toBe(400);
    expect(all).not.toContain('Sesame');
  });

  it.each([
    ['that stands twice', `{"AuthToken":"${token}","AuthToken":"${token}"}`],
    ['that ends early', `{"ReplicationGroupId":"x","AuthToken":"${token}`],
    ['that is no object', `"${token}"`],
    ['that is no JSON', `AuthToken=${token}`],
  ])('appears in no response and no log when it is in a body %s', async (_, raw) => {
    const { response, all } = await send(`POST ${datastorePath(guarded)}/members`, { raw });

    expect(response.status).toBe(400);
    expect(all).not.toContain('Sesame');
  });

  it('appears in no response and no log when it is in the query', async () => {
    const { response, all } = await send(`POST ${datastorePath(guarded)}/members?AuthToken=${token}`, { body });

    expect(response.status).toBe(400);
    expect(all).not.toContain('Sesame');
  });

  it.each([
    ['as AWS does', undefined],
    ['and says it back', fault('InvalidParameterValue', 400, `The AuthToken ${token} is not valid.`)],
    ['and says all of it back', fault('ReplicationGroupAlreadyExists', 400, `AuthToken=${encodeURIComponent(token)}`)],
  ])('appears in no response and no log when AWS refuses %s', async (_, mode) => {
    if (mode) proxy.inject(mode, { action: 'CreateReplicationGroup' });

    const { response, all } = await send(`POST ${datastorePath(open)}/members`, { body });

    expect([400, 409]).toContain(response.status);
    expect(response.body.upstream).toMatchObject({ service: 'ElastiCache', region: 'eu-west-1' });
    expect(all).not.toContain('Sesame');
  });

  it.each<[string, Mode]>([
    ['InternalFailure', modes.error500],
    ['InternalFailure that says it back', fault('InternalFailure', 500, `AuthToken ${token}`)],
    ['AccessDenied that says it back', fault('AccessDenied', 403, `AuthToken ${token}`)],
    ['a gateway that says it back', respondWith(502, 'text/html', `<p>AuthToken=${encodeURIComponent(token)}</p>`)],
    ['something that says it back', respondWith(200, 'text/html', `<p>AuthToken=${token}`)],
    ['XML that says it back', respondWith(200, 'text/xml', `<CreateReplicationGroupResponse><AuthToken>${token}`)],
    ['a tag that says it back', respondWith(200, 'text/xml', `<${token}></AuthToken>`)],
    ['a reset', modes.reset],
    ['garbage', modes.garbage],
  ])('appears in no response and no log when AWS fails: %s', async (_, mode) => {
    proxy.inject(mode, { action: 'CreateReplicationGroup', times: 9 });

    const { response, all } = await send(`POST ${datastorePath(guarded)}/members`, { body });

    expect(response.status).toBeGreaterThanOrEqual(500);
    expect(all).not.toContain('Sesame');
  });

  it('appears in no response and no log of a dry run', async () => {
    const { response, all } = await send(`POST ${datastorePath(guarded)}/members?DryRun=true`, { body });

    expect(response).toMatchObject({ status: 200, body: { Valid: true } });
    expect(all).not.toContain('Sesame');
  });

  it('appears in no response and no log of an accepted request, nor of later ones', async () => {
    const { response, all } = await send(`POST ${datastorePath(guarded)}/members`, { body });
    await waitUntilStable(guarded);
    const group = await send('GET /replication-groups/eu-west-1/guarded-euw1', {});
    const listed = await send('GET /replication-groups?Region=eu-west-1', {});
    const datastore = await send(`GET ${datastorePath(guarded)}`, {});

    expect(response.status).toBe(202);
    expect(group.response.body.ReplicationGroup).toMatchObject({ AuthTokenEnabled: true });
    expect(all + group.all + listed.all + datastore.all).not.toContain('Sesame');
  });
});

/** Returns a proxy mode that responds with a text that is not from ElastiCache. */
function respondWith(status: number, type: string, text: string): Mode {
  return ({ response }) => void response.writeHead(status, { 'content-type': type }).end(text);
}
