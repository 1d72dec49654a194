import { DescribeGlobalReplicationGroupsCommand } from '@aws-sdk/client-elasticache';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { until } from '../support/emulator.ts';
import { afterEffect, createProxy, type Mode, modes } from '../support/proxy.ts';

const proxy = createProxy();
const { call, emulator } = await startApi({ proxy, environment: { RETRY_AFTER_SECONDS: '7' } });

/** Creates a replication group and returns its id. A group can be the primary of one datastore only. */
let primaryCount = 0;
async function createPrimary(region = 'us-east-1', input: Parameters<typeof emulator.seed>[2] = {}): Promise<string> {
  const id = `primary-${++primaryCount}`;
  await emulator.seed(id, region, input);
  return id;
}

const create = (body: unknown) => call('POST /global-datastores', { body });

/** Returns the datastore as the SDK describes it, without this API. */
async function describeWithSdk(GlobalReplicationGroupId: string, region = 'us-east-1') {
  const { GlobalReplicationGroups = [] } = await emulator
    .client(region)
    .send(new DescribeGlobalReplicationGroupsCommand({ GlobalReplicationGroupId, ShowMemberInfo: true }));
  return JSON.parse(JSON.stringify(GlobalReplicationGroups[0]));
}

const countDatastores = async (suffix: string) => {
  const { GlobalReplicationGroups = [] } = await emulator
    .client('us-east-1')
    .send(new DescribeGlobalReplicationGroupsCommand({}));
  return GlobalReplicationGroups.filter(({ GlobalReplicationGroupId: id }) => id?.endsWith(`-${suffix}`)).length;
};

beforeEach(() => proxy.clear());

describe('POST /global-datastores', () => {
  it('answers 202 with the datastore, Location and Retry-After', async () => {
    const PrimaryReplicationGroupId = await createPrimary();

    const response = await create({
      GlobalReplicationGroupIdSuffix: 'whole',
      GlobalReplicationGroupDescription: 'Everything',
      PrimaryReplicationGroupId,
    });

    expect(response).toMatchObject({
      status: 202,
      headers: {
        'content-type': 'application/json',
        location: '/global-datastores/ldgnf-whole',
        'retry-after': '7',
      },
    });
    expect(response.body).toEqual({
      GlobalReplicationGroup: {
        GlobalReplicationGroupId: 'ldgnf-whole',
        GlobalReplicationGroupDescription: 'Everything',
        Status: 'creating',
        CacheNodeType: 'cache.r7g.large',
        Engine: 'valkey',
        EngineVersion: expect.stringMatching(/^8\.0/),
        Members: [
          {
            ReplicationGroupId: PrimaryReplicationGroupId,
            ReplicationGroupRegion: 'us-east-1',
            Role: 'PRIMARY',
            AutomaticFailover: 'enabled',
            Status: 'associating',
          },
        ],
        ClusterEnabled: false,
        AuthTokenEnabled: false,
        TransitEncryptionEnabled: false,
        AtRestEncryptionEnabled: true,
        ARN: 'arn:aws:elasticache::000000000000:globalreplicationgroup:ldgnf-whole',
      },
    });
  });

  it('creates a datastore that becomes stable at its Location', async () => {
    const { headers } = await create({
      GlobalReplicationGroupIdSuffix: 'followed',
      PrimaryReplicationGroupId: await createPrimary(),
    });

    await until(async () => {
      const { body } = await call(`GET ${headers.location}`);
      return body.GlobalReplicationGroup.Status === 'primary-only';
    });
  });

  it('returns the node groups when cluster mode is enabled, as the SDK describes them', async () => {
    const PrimaryReplicationGroupId = await createPrimary('us-east-1', {
      NumCacheClusters: undefined,
      NumNodeGroups: 2,
      ReplicasPerNodeGroup: 1,
    });

    const { body } = await create({ GlobalReplicationGroupIdSuffix: 'sharded', PrimaryReplicationGroupId });

    const described = await describeWithSdk('ldgnf-sharded');
    expect(body.GlobalReplicationGroup.ClusterEnabled).toBe(true);
    expect(body.GlobalReplicationGroup.GlobalNodeGroups).toEqual([
      { GlobalNodeGroupId: 'ldgnf-sharded-0001', Slots: '0-8191' },
      { GlobalNodeGroupId: 'ldgnf-sharded-0002', Slots: '8192-16383' },
    ]);
    const { Status, Members, ...stable } = described;
    expect(body.GlobalReplicationGroup).toMatchObject(stable);
  });

  it('creates the datastore in the region of the primary with the prefix of that region', async () => {
    const PrimaryReplicationGroupId = await createPrimary('eu-west-1');

    const response = await create({
      GlobalReplicationGroupIdSuffix: 'europe',
      PrimaryReplicationGroupId,
      PrimaryReplicationGroupRegion: 'eu-west-1',
    });

    expect(response.status).toBe(202);
    expect(response.headers.location).toBe('/global-datastores/gxeiz-europe');
    expect(response.body.GlobalReplicationGroup.Members).toMatchObject([{ ReplicationGroupRegion: 'eu-west-1' }]);
  });

  it('passes names on unchanged, and AWS converts them to lower case', async () => {
    const PrimaryReplicationGroupId = (await createPrimary()).toUpperCase();

    const response = await create({ GlobalReplicationGroupIdSuffix: 'MixedCase', PrimaryReplicationGroupId });

    expect(response.status).toBe(202);
    expect(response.body.GlobalReplicationGroup.GlobalReplicationGroupId).toBe('ldgnf-mixedcase');
  });

  it.each([
    ['markup', `<b>&amp; "quotes" & 'more' ]]> <!-- -->`],
    ['emoji', 'Orders 🛒 für Zürich 日本 👩‍👩‍👧'],
    ['line breaks and tabs', 'one\ntwo\tthree\n'],
    ['outer spaces', '  padded  '],
    ['form data', 'a=b&c=d%20e+f'],
    ['1000 characters', 'é'.repeat(1000)],
  ])('keeps a description with %s', async (name, GlobalReplicationGroupDescription) => {
    const suffix = `text-${name.split(' ')[0]}`;

    const { status, body } = await create({
      GlobalReplicationGroupIdSuffix: suffix,
      GlobalReplicationGroupDescription,
      PrimaryReplicationGroupId: await createPrimary(),
    });

    expect(status).toBe(202);
    expect(body.GlobalReplicationGroup.GlobalReplicationGroupDescription).toBe(GlobalReplicationGroupDescription);
    const { body: read } = await call(`GET /global-datastores/ldgnf-${suffix}`);
    expect(read.GlobalReplicationGroup.GlobalReplicationGroupDescription).toBe(GlobalReplicationGroupDescription);
  });
});

describe('POST /global-datastores validation', () => {
  const required = { GlobalReplicationGroupIdSuffix: 'orders', PrimaryReplicationGroupId: 'nowhere' };

  it.each([
    ['the two required members', {}],
    ['a description', { GlobalReplicationGroupDescription: 'Orders' }],
    ['an empty description', { GlobalReplicationGroupDescription: '' }],
    ['a region of the API', { PrimaryReplicationGroupRegion: 'eu-west-1' }],
    ['a suffix of one letter', { GlobalReplicationGroupIdSuffix: 'o' }],
    ['a suffix of 40 characters', { GlobalReplicationGroupIdSuffix: 'o'.repeat(40) }],
    ['single hyphens', { GlobalReplicationGroupIdSuffix: 'a-b-1' }],
  ])('accepts %s', async (_, more) => {
    const response = await create({ ...required, ...more });

    expect(response.body).toMatchObject({ status: 404, code: 'ReplicationGroupNotFoundFault' });
  });

  it.each([
    ['no suffix', { GlobalReplicationGroupIdSuffix: undefined }, '#/GlobalReplicationGroupIdSuffix'],
    ['an empty suffix', { GlobalReplicationGroupIdSuffix: '' }, '#/GlobalReplicationGroupIdSuffix'],
    ['a suffix that is null', { GlobalReplicationGroupIdSuffix: null }, '#/GlobalReplicationGroupIdSuffix'],
    ['a suffix that is a number', { GlobalReplicationGroupIdSuffix: 1 }, '#/GlobalReplicationGroupIdSuffix'],
    ['a suffix in an array', { GlobalReplicationGroupIdSuffix: ['orders'] }, '#/GlobalReplicationGroupIdSuffix'],
    [
      'a suffix of 41 characters',
      { GlobalReplicationGroupIdSuffix: 'o'.repeat(41) },
      '#/GlobalReplicationGroupIdSuffix',
    ],
    [
      'a suffix that starts with a digit',
      { GlobalReplicationGroupIdSuffix: '1orders' },
      '#/GlobalReplicationGroupIdSuffix',
    ],
    [
      'a suffix that ends with a hyphen',
      { GlobalReplicationGroupIdSuffix: 'orders-' },
      '#/GlobalReplicationGroupIdSuffix',
    ],
    ['two hyphens in a row', { GlobalReplicationGroupIdSuffix: 'or--ders' }, '#/GlobalReplicationGroupIdSuffix'],
    ['a suffix with spaces', { GlobalReplicationGroupIdSuffix: 'my orders' }, '#/GlobalReplicationGroupIdSuffix'],
    [
      'a suffix that ends with a line break',
      { GlobalReplicationGroupIdSuffix: 'orders\n' },
      '#/GlobalReplicationGroupIdSuffix',
    ],
    [
      'a suffix with letters beyond ASCII',
      { GlobalReplicationGroupIdSuffix: 'bestellungenß' },
      '#/GlobalReplicationGroupIdSuffix',
    ],
    ['no primary', { PrimaryReplicationGroupId: undefined }, '#/PrimaryReplicationGroupId'],
    ['a primary that is an ARN', { PrimaryReplicationGroupId: 'arn:aws:x' }, '#/PrimaryReplicationGroupId'],
    [
      'a region of AWS that the API does not serve',
      { PrimaryReplicationGroupRegion: 'us-west-2' },
      '#/PrimaryReplicationGroupRegion',
    ],
    [
      'a region that is a host name',
      { PrimaryReplicationGroupRegion: 'evil.example#' },
      '#/PrimaryReplicationGroupRegion',
    ],
    ['an empty region', { PrimaryReplicationGroupRegion: '' }, '#/PrimaryReplicationGroupRegion'],
    [
      'a description of 1001 characters',
      { GlobalReplicationGroupDescription: 'x'.repeat(1001) },
      '#/GlobalReplicationGroupDescription',
    ],
    [
      'a description that XML cannot carry',
      { GlobalReplicationGroupDescription: 'a\u0000b' },
      '#/GlobalReplicationGroupDescription',
    ],
    ['half of an emoji', { GlobalReplicationGroupDescription: '\ud83d' }, '#/GlobalReplicationGroupDescription'],
    ['an unknown member', { Unknown: 1 }, '#/Unknown'],
    ['a name with a slash', { 'a/b~c': 1 }, '#/a~1b~0c'],
    ['a member of another call', { GlobalReplicationGroupId: 'ldgnf-x' }, '#/GlobalReplicationGroupId'],
    ['a name in lower case', { primaryReplicationGroupId: 'x' }, '#/primaryReplicationGroupId'],
  ])('refuses %s', async (_, wrong, pointer) => {
    const response = await create({ ...required, ...wrong });

    expect(response).toMatchObject({ status: 400, body: { code: 'ValidationFailed' } });
    expect(response.body.errors[0]).toEqual({ pointer, detail: expect.stringMatching(/^.{20,}[.?]$/s) });
    expect(response.body.errors.every((error: { pointer: string }) => error.pointer === pointer)).toBe(true);
  });

  it('reports every invalid member at once', async () => {
    const response = await create({
      GlobalReplicationGroupIdSuffix: '-',
      GlobalReplicationGroupDescription: 7,
      PrimaryReplicationGroupRegion: 'moon-1',
      Extra: true,
    });

    const pointers = response.body.errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(pointers.sort()).toEqual([
      '#/Extra',
      '#/GlobalReplicationGroupDescription',
      '#/GlobalReplicationGroupIdSuffix',
      '#/PrimaryReplicationGroupId',
      '#/PrimaryReplicationGroupRegion',
    ]);
    expect(response.body.detail).toContain('5 places');
  });

  it('lists the regions of the API', async () => {
    const { body } = await create({ ...required, PrimaryReplicationGroupRegion: 'us-west-2' });

    expect(body.errors[0].detail).toContain('us-east-1, eu-west-1, ap-southeast-2');
  });
});

describe('POST /global-datastores refused by AWS', () => {
  beforeAll(async () => {
    await emulator.seed('taken');
    await create({ GlobalReplicationGroupIdSuffix: 'taken', PrimaryReplicationGroupId: 'taken' });
    await emulator.seed('tiny', 'us-east-1', { CacheNodeType: 'cache.t4g.small' });
    await emulator.seed('free');
  });

  it.each([
    ['an unknown primary', 'new', 'nowhere', 404, 'ReplicationGroupNotFoundFault'],
    ['an existing suffix', 'taken', 'free', 409, 'GlobalReplicationGroupAlreadyExistsFault'],
    ['a member of another datastore', 'new', 'taken', 400, 'InvalidParameterValueException'],
    ['a node type that global datastores do not support', 'new', 'tiny', 400, 'InvalidParameterValueException'],
  ])('refuses %s', async (_, GlobalReplicationGroupIdSuffix, PrimaryReplicationGroupId, status, code) => {
    const response = await create({ GlobalReplicationGroupIdSuffix, PrimaryReplicationGroupId });

    expect(response).toMatchObject({ status, body: { code } });
    expect(await countDatastores('new')).toBe(0);
  });

  it('refuses a region without the primary', async () => {
    const response = await create({
      GlobalReplicationGroupIdSuffix: 'elsewhere',
      PrimaryReplicationGroupId: 'free',
      PrimaryReplicationGroupRegion: 'eu-west-1',
    });

    expect(response).toMatchObject({ status: 404, body: { code: 'ReplicationGroupNotFoundFault' } });
  });
});

/** Ways to lose the response to a creation that has taken effect. */
const losses: [string, Mode][] = [
  ['reset', modes.reset],
  ['closed connection', modes.close],
  ['error 500', modes.error500],
  ['error 503', modes.error503],
  ['gateway page', modes.html500],
  ['cut', modes.cut],
  ['truncated', modes.truncated],
  ['empty', modes.empty],
  ['another operation', modes.otherOperation],
  ['another page', modes.html200],
];

describe('POST /global-datastores when the response of AWS is lost', () => {
  it.each(losses)('answers 202 and creates one datastore: %s', async (name, loss) => {
    const suffix = `lost-${name.replaceAll(' ', '-')}`;
    proxy.will(afterEffect(loss), { action: 'CreateGlobalReplicationGroup' });

    const response = await create({
      GlobalReplicationGroupIdSuffix: suffix,
      PrimaryReplicationGroupId: await createPrimary(),
    });

    expect(response).toMatchObject({
      status: 202,
      headers: { location: `/global-datastores/ldgnf-${suffix}`, 'retry-after': '7' },
    });
    expect(response.body.GlobalReplicationGroup).toMatchObject({ GlobalReplicationGroupId: `ldgnf-${suffix}` });
    expect(response.body.GlobalReplicationGroup.Members).toHaveLength(1);
    expect(await countDatastores(suffix)).toBe(1);
  });

  it('answers 202 when the responses to all attempts are lost', async () => {
    proxy.will(afterEffect(modes.reset), { action: 'CreateGlobalReplicationGroup', times: 3 });

    const response = await create({
      GlobalReplicationGroupIdSuffix: 'all-lost',
      PrimaryReplicationGroupId: await createPrimary(),
    });

    expect(response).toMatchObject({ status: 202, headers: { location: '/global-datastores/ldgnf-all-lost' } });
  });

  it('answers 202 in another region', async () => {
    proxy.will(afterEffect(modes.reset), { action: 'CreateGlobalReplicationGroup' });

    const response = await create({
      GlobalReplicationGroupIdSuffix: 'Far-Lost',
      PrimaryReplicationGroupId: (await createPrimary('eu-west-1')).toUpperCase(),
      PrimaryReplicationGroupRegion: 'eu-west-1',
    });

    expect(response).toMatchObject({ status: 202, headers: { location: '/global-datastores/gxeiz-far-lost' } });
  });

  it('answers 409 when the datastore has another primary', async () => {
    const [firstPrimary, secondPrimary] = [await createPrimary(), await createPrimary()];
    await create({ GlobalReplicationGroupIdSuffix: 'existing', PrimaryReplicationGroupId: firstPrimary });
    proxy.will(modes.reset, { action: 'CreateGlobalReplicationGroup' });

    const response = await create({
      GlobalReplicationGroupIdSuffix: 'existing',
      PrimaryReplicationGroupId: secondPrimary,
    });

    expect(response).toMatchObject({ status: 409, body: { code: 'GlobalReplicationGroupAlreadyExistsFault' } });
  });

  it('answers OutcomeUnknown when all attempts are lost and no datastore exists', async () => {
    proxy.will(modes.reset, { action: 'CreateGlobalReplicationGroup', times: 3 });

    const response = await create({
      GlobalReplicationGroupIdSuffix: 'unmade',
      PrimaryReplicationGroupId: await createPrimary(),
    });

    expect(response).toMatchObject({ status: 502, body: { code: 'OutcomeUnknown' } });
    expect(await countDatastores('unmade')).toBe(0);
  });

  it('answers OutcomeUnknown when ElastiCache cannot be read', async () => {
    proxy.will(afterEffect(modes.reset), { action: 'CreateGlobalReplicationGroup' });
    proxy.will(modes.error500, { action: 'DescribeReplicationGroups', times: 3 });

    const response = await create({
      GlobalReplicationGroupIdSuffix: 'unsure',
      PrimaryReplicationGroupId: await createPrimary(),
    });

    expect(response).toMatchObject({ status: 502, body: { code: 'OutcomeUnknown' } });
  });
});

describe('POST /global-datastores sent again', () => {
  it('answers 409 when no response is lost', async () => {
    const body = { GlobalReplicationGroupIdSuffix: 'twice', PrimaryReplicationGroupId: await createPrimary() };
    await create(body);

    expect(await create(body)).toMatchObject({ status: 409 });
  });

  it('creates one datastore for concurrent requests', async () => {
    const body = { GlobalReplicationGroupIdSuffix: 'crowd', PrimaryReplicationGroupId: await createPrimary() };

    const responses = await Promise.all(Array.from({ length: 10 }, () => create(body)));

    expect(responses.map(({ status }) => status).sort()).toEqual([202, ...Array(9).fill(409)]);
  });
});
