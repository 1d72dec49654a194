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
  proxy.told();
});

describe('GET /replication-groups/{Region}/{id}', () => {
  it.each([
    ['us-east-1', 'orders-us-east-1'],
    ['eu-west-1', 'orders-eu-west-1'],
    ['ap-southeast-2', 'carts'],
    ['ap-southeast-2', 'users'],
  ])('is shown as AWS does, with dates as text: %s/%s', async (region, id) => {
    const answer = await get(region, id);

    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ ReplicationGroup: asJson(await describeGroup(region, id)) });
    expect(proxy.told()).toMatchObject([{ Action: 'DescribeReplicationGroups', ReplicationGroupId: id }]);
  });

  it('shows where clients connect to, with cluster mode', async () => {
    const { body } = await get('us-east-1', 'orders-us-east-1');

    expect(body.ReplicationGroup.ConfigurationEndpoint).toEqual({
      Address: expect.stringMatching(/^clustercfg\.orders-us-east-1\.\w{6}\.use1\.cache\.amazonaws\.com$/),
      Port: 6379,
    });
  });

  it('shows where clients connect to, without cluster mode', async () => {
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
  ])('shows its place in a datastore: in %s it is %s', async (region, role) => {
    const { body } = await get(region, `orders-${region}`);

    expect(body.ReplicationGroup.GlobalReplicationGroupInfo).toEqual({
      GlobalReplicationGroupId: 'ldgnf-orders',
      GlobalReplicationGroupMemberRole: role,
    });
  });

  it('shows no endpoints during creation', async () => {
    const thaw = freeze();
    const body = { ReplicationGroupId: 'young', ReplicationGroupRegion: 'ap-southeast-2' };
    await call('POST /global-datastores/ldgnf-orders/members', { body });

    const answer = await get('ap-southeast-2', 'young');
    thaw();

    expect(answer.body.ReplicationGroup.Status).toBe('creating');
    expect(answer.body.ReplicationGroup).not.toHaveProperty('NodeGroups');
  });

  it('accepts an id in any case', async () => {
    expect(await get('ap-southeast-2', 'CARTS')).toMatchObject({
      status: 200,
      body: { ReplicationGroup: { ReplicationGroupId: 'carts' } },
    });
  });

  it('shows every member that the SDK knows, at any depth', async () => {
    const ReplicationGroup = everything(NormalizedSchema.of(ReplicationGroup$), replicationGroup) as object;
    const schema = findOperationSchema('DescribeReplicationGroups') ?? expect.unreachable();
    const xml = writeOutput(schema, { ReplicationGroups: [ReplicationGroup] }, 'told-by-proxy');
    proxy.will(({ response }) => void response.writeHead(200, { 'content-type': 'text/xml' }).end(xml));

    const answer = await get('us-east-1', 'whole');

    expect(answer.body).toEqual({ ReplicationGroup: asJson(ReplicationGroup) });
  });

  it('answers HEAD without the body', async () => {
    expect(await call('HEAD /replication-groups/ap-southeast-2/carts')).toMatchObject({ status: 200, body: '' });
  });
});

interface Described {
  readonly type?: unknown;
  readonly properties?: Readonly<Record<string, Described>>;
  readonly items?: Described;
  readonly enum?: readonly string[];
}

/** A value with all members of the SDK's shape, which are those of our schema, and with a value that both take. */
function everything(shape: NormalizedSchema, { properties = {}, items = {}, enum: values }: Described): unknown {
  if (shape.isStructSchema()) {
    const members = [...shape.structIterator()];
    expect(Object.keys(properties).sort()).toEqual(members.map(([name]) => name).sort());
    return Object.fromEntries(members.map(([name, member]) => [name, everything(member, properties[name] ?? {})]));
  }
  if (shape.isListSchema()) return [everything(shape.getValueSchema(), items)];
  if (shape.isTimestampSchema()) return new Date('2026-01-02T03:04:05Z');
  if (shape.isBooleanSchema()) return true;
  if (shape.isNumericSchema()) return 7;
  return values?.[0] ?? 'some text & <more>';
}

describe('GET /replication-groups/{Region}/{id} answers 404', () => {
  it.each([
    ['us-east-1', 'nobody'],
    ['us-east-1', 'carts'],
  ])('is 404: %s/%s', async (region, id) => {
    const answer = await get(region, id);

    expect(answer).toMatchObject({
      status: 404,
      body: { code: 'ReplicationGroupNotFoundFault', upstream: { region, code: 'ReplicationGroupNotFoundFault' } },
    });
    expect(answer.body.detail).toContain(id);
  });
});

describe('GET /replication-groups/{Region}/{id} is refused', () => {
  it.each([
    ['eu-central-1', 'carts', 'Region', 'us-east-1, eu-west-1, ap-southeast-2'],
    ['US-EAST-1', 'carts', 'Region', 'us-east-1, eu-west-1, ap-southeast-2'],
    ['localhost', 'carts', 'Region', 'us-east-1, eu-west-1, ap-southeast-2'],
    ['us-east-1', '1carts', 'ReplicationGroupId', 'starts with a letter'],
    ['us-east-1', 'carts-', 'ReplicationGroupId', 'does not end with a hyphen'],
    ['us-east-1', 'x'.repeat(41), 'ReplicationGroupId', '40'],
  ])('with 400, and nobody is asked: %s/%s', async (region, id, parameter, words) => {
    const answer = await get(region, id);

    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'ValidationFailed', errors: [{ in: 'path', parameter }] },
    });
    expect(answer.body.errors[0].detail).toContain(words);
    expect(proxy.told()).toEqual([]);
  });

  it('with 400 for a query', async () => {
    const answer = await call('GET /replication-groups/us-east-1/carts?Marker=x');

    expect(answer).toMatchObject({ status: 400, body: { errors: [{ in: 'query', parameter: 'Marker' }] } });
  });
});
