import { ReplicationGroup$ } from '@aws-sdk/client-elasticache';
import { NormalizedSchema } from '@smithy/core/schema';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findOperationSchema, writeOutput } from '../../emulator/protocol/queryProtocol.ts';
import { replicationGroup } from '../../src/schemas/replicationGroup.ts';
import { startApi } from '../support/api.ts';
import { clusterMode, datastores } from '../support/datastore.ts';
import { createProxy } from '../support/proxy.ts';

const proxy = createProxy();
const { call, emulator } = await startApi({ proxy, existing: { userGroups: { readers: 'active' } } });
const { make, describeGroup, freeze } = datastores(emulator);
const get = (region: string, id: string) => call(`GET /replication-groups/${region}/${id}`);
const asJson = (value: unknown) => JSON.parse(JSON.stringify(value));

beforeAll(async () => {
  await make('orders', ['eu-west-1'], { ...clusterMode, TransitEncryptionEnabled: true });
  await emulator.seed('carts', 'ap-southeast-2', {
    AuthToken: 'a-password-of-16-characters',
    TransitEncryptionEnabled: true,
    MultiAZEnabled: true,
    SnapshotRetentionLimit: 7,
    KmsKeyId: 'alias/carts',
  });
  await emulator.seed('users', 'ap-southeast-2', { TransitEncryptionEnabled: true, UserGroupIds: ['readers'] });
});

beforeEach(() => {
  proxy.clear();
  proxy.takeParameters();
});

describe('GET /replication-groups/{region}/{id}', () => {
  it.each([
    ['us-east-1', 'orders-us-east-1'],
    ['eu-west-1', 'orders-eu-west-1'],
    ['ap-southeast-2', 'carts'],
    ['ap-southeast-2', 'users'],
  ])('returns the group as AWS describes it, with dates as text: %s/%s', async (region, id) => {
    const response = await get(region, id);

    expect(response.status).toBe(200);
    const group = await describeGroup(region, id);
    expect(response.body).toEqual({ ReplicationGroup: asJson(group), Configuration: expect.any(Object) });
    expect(proxy.takeParameters()).toMatchObject([
      { Action: 'DescribeReplicationGroups', ReplicationGroupId: id },
      { Action: 'DescribeCacheClusters', CacheClusterId: group.MemberClusters?.[0] },
    ]);
  });

  it('shows the configuration endpoint when cluster mode is enabled', async () => {
    const { body } = await get('us-east-1', 'orders-us-east-1');

    expect(body.ReplicationGroup.ConfigurationEndpoint).toEqual({
      Address: expect.stringMatching(/^clustercfg\.orders-us-east-1\.\w{6}\.use1\.cache\.amazonaws\.com$/),
      Port: 6379,
    });
  });

  it('shows the primary and reader endpoints when cluster mode is disabled', async () => {
    const { body } = await get('ap-southeast-2', 'carts');

    expect(body.ReplicationGroup.NodeGroups).toMatchObject([
      {
        PrimaryEndpoint: { Address: expect.stringMatching(/^master\.carts\.\w{6}\.apse2\./), Port: 6379 },
        ReaderEndpoint: { Address: expect.stringMatching(/^replica\.carts\.\w{6}\.apse2\./), Port: 6379 },
        NodeGroupMembers: [{ CurrentRole: 'primary' }, { CurrentRole: 'replica' }],
      },
    ]);
    expect(body.ReplicationGroup).toMatchObject({
      AuthTokenEnabled: true,
      AuthTokenLastModifiedDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      ReplicationGroupCreateTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
    expect(JSON.stringify(body)).not.toContain('a-password-of-16-characters');
  });

  it.each([
    ['us-east-1', 'PRIMARY'],
    ['eu-west-1', 'SECONDARY'],
  ])('shows the role in its datastore: in %s it is %s', async (region, role) => {
    const { body } = await get(region, `orders-${region}`);

    expect(body.ReplicationGroup.GlobalReplicationGroupInfo).toEqual({
      GlobalReplicationGroupId: 'ldgnf-orders',
      GlobalReplicationGroupMemberRole: role,
    });
  });

  it('shows no endpoints while the group is being created', async () => {
    const resume = freeze();
    const body = { ReplicationGroupId: 'young', ReplicationGroupRegion: 'ap-southeast-2' };
    await call('POST /global-datastores/ldgnf-orders/members', { body });

    const response = await get('ap-southeast-2', 'young');
    resume();

    expect(response.body.ReplicationGroup.Status).toBe('creating');
    expect(response.body.ReplicationGroup).not.toHaveProperty('NodeGroups');
  });

  it('accepts the id in any case', async () => {
    expect(await get('ap-southeast-2', 'CARTS')).toMatchObject({
      status: 200,
      body: { ReplicationGroup: { ReplicationGroupId: 'carts' } },
    });
  });

  it('returns every member of the SDK shape at any depth', async () => {
    const ReplicationGroup = exampleOf(NormalizedSchema.of(ReplicationGroup$), replicationGroup) as object;
    const schema = findOperationSchema('DescribeReplicationGroups') ?? expect.unreachable();
    const xml = writeOutput(schema, { ReplicationGroups: [ReplicationGroup] }, 'from-proxy');
    proxy.inject(({ response }) => void response.writeHead(200, { 'content-type': 'text/xml' }).end(xml));

    const response = await get('us-east-1', 'whole');

    expect(response.body.ReplicationGroup).toEqual(asJson(ReplicationGroup));
  });

  it('responds to HEAD without a body', async () => {
    expect(await call('HEAD /replication-groups/ap-southeast-2/carts')).toMatchObject({ status: 200, body: '' });
  });
});

describe('GET /replication-groups/{region}/{id} Configuration', () => {
  const id = 'configured';

  beforeAll(async () => {
    await emulator.seed(id, 'ap-southeast-2', {
      EngineVersion: '7.2',
      PreferredMaintenanceWindow: 'Tue:23:00-wed:01:30',
      SecurityGroupIds: ['sg-1', 'sg-2'],
      NotificationTopicArn: 'arn:aws:sns:ap-southeast-2:000000000000:cache',
    });
  });

  it('shows the versions and settings of the nodes, with the names of AWS', async () => {
    const { body } = await get('ap-southeast-2', id);

    expect(body.Configuration).toEqual({
      Engine: 'valkey',
      EngineVersion: expect.stringMatching(/^7\.2\./),
      CacheNodeType: 'cache.r7g.large',
      CacheParameterGroupName: 'default.valkey7',
      ParameterApplyStatus: 'in-sync',
      CacheSubnetGroupName: 'default',
      PreferredMaintenanceWindow: 'tue:23:00-wed:01:30',
      SecurityGroupIds: ['sg-1', 'sg-2'],
      NotificationTopicArn: 'arn:aws:sns:ap-southeast-2:000000000000:cache',
    });
    expect(body).not.toHaveProperty('Warnings');
  });

  it.each(['us-east-1', 'eu-west-1'])('shows the parameter group that ElastiCache generated: %s', async (region) => {
    const { body } = await get(region, `orders-${region}`);

    expect(body.Configuration.CacheParameterGroupName).toMatch(
      new RegExp(`^global-datastore-orders-${region}[a-z]{4}$`),
    );
  });

  it.each(['AccessDenied', 'CacheClusterNotFoundFault', 'InternalFailure'])(
    'is left out with a warning after %s',
    async (Name) => {
      await emulator.fail({ Action: 'DescribeCacheClusters', Name, Times: 9 });

      const response = await get('ap-southeast-2', id);
      await emulator.clearFaults();

      expect(response.status).toBe(200);
      expect(response.body).not.toHaveProperty('Configuration');
      expect(response.body).toMatchObject({
        ReplicationGroup: { ReplicationGroupId: id },
        Warnings: [
          { Region: 'ap-southeast-2', Detail: expect.stringMatching(/^The configuration of configured-001 /) },
        ],
      });
    },
  );
});

interface JsonSchema {
  readonly type?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly enum?: readonly string[];
}

/** Returns an example with all members of the SDK shape and asserts that the JSON schema has the same members. */
function exampleOf(shape: NormalizedSchema, { properties = {}, items = {}, enum: values }: JsonSchema): unknown {
  if (shape.isStructSchema()) {
    const members = [...shape.structIterator()];
    expect(Object.keys(properties).sort()).toEqual(members.map(([name]) => name).sort());
    return Object.fromEntries(members.map(([name, member]) => [name, exampleOf(member, properties[name] ?? {})]));
  }
  if (shape.isListSchema()) return [exampleOf(shape.getValueSchema(), items)];
  if (shape.isTimestampSchema()) return new Date('2026-01-02T03:04:05Z');
  if (shape.isBooleanSchema()) return true;
  if (shape.isNumericSchema()) return 7;
  return values?.[0] ?? 'some text & <more>';
}

describe('GET /replication-groups/{region}/{id} of an unknown group', () => {
  it.each([
    ['us-east-1', 'unknown'],
    ['us-east-1', 'carts'],
  ])('responds 404: %s/%s', async (region, id) => {
    const response = await get(region, id);

    expect(response).toMatchObject({
      status: 404,
      body: { code: 'ReplicationGroupNotFoundFault', upstream: { region, code: 'ReplicationGroupNotFoundFault' } },
    });
    expect(response.body.detail).toContain(id);
  });
});

describe('GET /replication-groups/{region}/{id} validation', () => {
  it.each([
    ['eu-central-1', 'carts', 'Region', 'us-east-1, eu-west-1, ap-southeast-2'],
    ['US-EAST-1', 'carts', 'Region', 'us-east-1, eu-west-1, ap-southeast-2'],
    ['localhost', 'carts', 'Region', 'us-east-1, eu-west-1, ap-southeast-2'],
    ['us-east-1', '1carts', 'ReplicationGroupId', 'starts with a letter'],
    ['us-east-1', 'carts-', 'ReplicationGroupId', 'does not end with a hyphen'],
    ['us-east-1', 'x'.repeat(41), 'ReplicationGroupId', '40'],
  ])('responds 400 without a call to AWS: %s/%s', async (region, id, parameter, expectedText) => {
    const response = await get(region, id);

    expect(response).toMatchObject({
      status: 400,
      body: { code: 'ValidationFailed', errors: [{ in: 'path', parameter }] },
    });
    expect(response.body.errors[0].detail).toContain(expectedText);
    expect(proxy.takeParameters()).toEqual([]);
  });

  it('refuses query parameters', async () => {
    const response = await call('GET /replication-groups/us-east-1/carts?Marker=x');

    expect(response).toMatchObject({ status: 400, body: { errors: [{ in: 'query', parameter: 'Marker' }] } });
  });
});
