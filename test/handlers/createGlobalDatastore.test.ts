import { DescribeGlobalReplicationGroupsCommand } from '@aws-sdk/client-elasticache';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { until } from '../support/emulator.ts';
import { afterEffect, createProxy, type Mode, modes } from '../support/proxy.ts';

const proxy = createProxy();
const { call, emulator } = await startApi({ proxy, environment: { RETRY_AFTER_SECONDS: '7' } });

/** The number of primaries so far. Each test creates its own: a group can be the primary of one datastore only. */
let primaryCount = 0;
async function seedPrimary(region = 'us-east-1', input: Parameters<typeof emulator.seed>[2] = {}): Promise<string> {
  const id = `primary-${++primaryCount}`;
  await emulator.seed(id, region, input);
  return id;
}

const create = (body: unknown) => call('POST /global-datastores', { body });

/** Returns a datastore as an SDK client reads it directly from AWS (not through the API). */
async function describeInAws(GlobalReplicationGroupId: string, region = 'us-east-1') {
  const { GlobalReplicationGroups = [] } = await emulator
    .client(region)
    .send(new DescribeGlobalReplicationGroupsCommand({ GlobalReplicationGroupId, ShowMemberInfo: true }));
  return JSON.parse(JSON.stringify(GlobalReplicationGroups[0]));
}

const countOf = async (suffix: string) => {
  const { GlobalReplicationGroups = [] } = await emulator
    .client('us-east-1')
    .send(new DescribeGlobalReplicationGroupsCommand({}));
  return GlobalReplicationGroups.filter(({ GlobalReplicationGroupId: id }) => id?.endsWith(`-${suffix}`)).length;
};

beforeEach(() => proxy.clear());

describe('POST /global-datastores', () => {
  it('responds 202 with the datastore of AWS, Location and Retry-After', async () => {
    const PrimaryReplicationGroupId = await seedPrimary();

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
      PrimaryReplicationGroupId: await seedPrimary(),
    });

    await until(async () => {
      const { body } = await call(`GET ${headers.location}`);
      return body.GlobalReplicationGroup.Status === 'primary-only';
    });
  });

  it('shows the node groups of a primary with cluster mode, as an SDK client reads them', async () => {
    const PrimaryReplicationGroupId = await seedPrimary('us-east-1', {
      NumCacheClusters: undefined,
      NumNodeGroups: 2,
      ReplicasPerNodeGroup: 1,
    });

    const { body } = await create({ GlobalReplicationGroupIdSuffix: 'sharded', PrimaryReplicationGroupId });

    const inAws = await describeInAws('ldgnf-sharded');
    expect(body.GlobalReplicationGroup.ClusterEnabled).toBe(true);
    expect(body.GlobalReplicationGroup.GlobalNodeGroups).toEqual([
      { GlobalNodeGroupId: 'ldgnf-sharded-0001', Slots: '0-8191' },
      { GlobalNodeGroupId: 'ldgnf-sharded-0002', Slots: '8192-16383' },
    ]);
    const { Status, Members, ...stableFields } = inAws;
    expect(body.GlobalReplicationGroup).toMatchObject(stableFields);
  });

  it('creates the datastore in the region of the primary, with the prefix of that region', async () => {
    const PrimaryReplicationGroupId = await seedPrimary('eu-west-1');

    const response = await create({
      GlobalReplicationGroupIdSuffix: 'europe',
      PrimaryReplicationGroupId,
      PrimaryReplicationGroupRegion: 'eu-west-1',
    });

    expect(response.status).toBe(202);
    expect(response.headers.location).toBe('/global-datastores/gxeiz-europe');
    expect(response.body.GlobalReplicationGroup.Members).toMatchObject([{ ReplicationGroupRegion: 'eu-west-1' }]);
  });

  it('passes names on unchanged; AWS converts them to lower case', async () => {
    const PrimaryReplicationGroupId = (await seedPrimary()).toUpperCase();

    const response = await create({ GlobalReplicationGroupIdSuffix: 'MixedCase', PrimaryReplicationGroupId });

    expect(response.status).toBe(202);
    expect(response.body.GlobalReplicationGroup.GlobalReplicationGroupId).toBe('ldgnf-mixedcase');
  });

  it.each([
    ['markup', `<b>&amp; "quotes" & 'more' ]]> <!-- -->`],
    ['emoji', 'Orders 🛒 für Zürich 日本 👩‍👩‍👧'],
    ['lines and tabs', 'one\ntwo\tthree\n'],
    ['blanks around', '  padded  '],
    ['form data', 'a=b&c=d%20e+f'],
    ['1000 characters', 'é'.repeat(1000)],
  ])('passes a description with %s on unchanged', async (name, GlobalReplicationGroupDescription) => {
    const suffix = `text-${name.split(' ')[0]}`;

    const { status, body } = await create({
      GlobalReplicationGroupIdSuffix: suffix,
      GlobalReplicationGroupDescription,
      PrimaryReplicationGroupId: await seedPrimary(),
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
    ['a digit first', { GlobalReplicationGroupIdSuffix: '1orders' }, '#/GlobalReplicationGroupIdSuffix'],
    ['a hyphen last', { GlobalReplicationGroupIdSuffix: 'orders-' }, '#/GlobalReplicationGroupIdSuffix'],
    ['two hyphens in a row', { GlobalReplicationGroupIdSuffix: 'or--ders' }, '#/GlobalReplicationGroupIdSuffix'],
    ['blanks', { GlobalReplicationGroupIdSuffix: 'my orders' }, '#/GlobalReplicationGroupIdSuffix'],
    ['a line break last', { GlobalReplicationGroupIdSuffix: 'orders\n' }, '#/GlobalReplicationGroupIdSuffix'],
    ['letters beyond ASCII', { GlobalReplicationGroupIdSuffix: 'bestellungenß' }, '#/GlobalReplicationGroupIdSuffix'],
    ['no primary', { PrimaryReplicationGroupId: undefined }, '#/PrimaryReplicationGroupId'],
    ['a primary that is an ARN', { PrimaryReplicationGroupId: 'arn:aws:x' }, '#/PrimaryReplicationGroupId'],
    [
      'a region of AWS that is none of the API',
      { PrimaryReplicationGroupRegion: 'us-west-2' },
      '#/PrimaryReplicationGroupRegion',
    ],
    ['a region that is a host', { PrimaryReplicationGroupRegion: 'evil.example#' }, '#/PrimaryReplicationGroupRegion'],
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
    ['a member that nobody knows', { Unknown: 1 }, '#/Unknown'],
    ['a name with a slash', { 'a/b~c': 1 }, '#/a~1b~0c'],
    ['a member of another call', { GlobalReplicationGroupId: 'ldgnf-x' }, '#/GlobalReplicationGroupId'],
    ['a name in lower case', { primaryReplicationGroupId: 'x' }, '#/primaryReplicationGroupId'],
  ])('refuses %s', async (_, invalid, pointer) => {
    const response = await create({ ...required, ...invalid });

    expect(response).toMatchObject({ status: 400, body: { code: 'ValidationFailed' } });
    expect(response.body.errors[0]).toEqual({ pointer, detail: expect.stringMatching(/^.{20,}[.?]$/s) });
    expect(response.body.errors.every((error: { pointer: string }) => error.pointer === pointer)).toBe(true);
  });

  it('names every violation at once', async () => {
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
    expect(response.body.detail).toContain('5 violations');
  });

  it('names the configured regions', async () => {
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
    ['over a replication group that is not there', 'new', 'nowhere', 404, 'ReplicationGroupNotFoundFault'],
    ['under a suffix that is taken', 'taken', 'free', 409, 'GlobalReplicationGroupAlreadyExistsFault'],
    ['over a member of another datastore', 'new', 'taken', 400, 'InvalidParameterValueException'],
    ['over a node type without global datastores', 'new', 'tiny', 400, 'InvalidParameterValueException'],
  ])('%s', async (_, GlobalReplicationGroupIdSuffix, PrimaryReplicationGroupId, status, code) => {
    const response = await create({ GlobalReplicationGroupIdSuffix, PrimaryReplicationGroupId });

    expect(response).toMatchObject({ status, body: { code } });
    expect(await countOf('new')).toBe(0);
  });

  it('in a region without the primary', async () => {
    const response = await create({
      GlobalReplicationGroupIdSuffix: 'elsewhere',
      PrimaryReplicationGroupId: 'free',
      PrimaryReplicationGroupRegion: 'eu-west-1',
    });

    expect(response).toMatchObject({ status: 404, body: { code: 'ReplicationGroupNotFoundFault' } });
  });
});

/** The ways in which the response to a create is lost after the create has taken effect. */
const losses: [string, Mode][] = [
  ['reset', modes.reset],
  ['closed connection', modes.close],
  ['error 500', modes.error500],
  ['error 503', modes.error503],
  ['page of a gateway', modes.html500],
  ['cut', modes.cut],
  ['half of it', modes.truncated],
  ['empty', modes.empty],
  ['of another operation', modes.otherOperation],
  ['another page', modes.html200],
];

describe('POST /global-datastores with a lost response', () => {
  it.each(losses)('%s: is accepted, and creates one datastore', async (name, loss) => {
    const suffix = `lost-${name.replaceAll(' ', '-')}`;
    proxy.inject(afterEffect(loss), { action: 'CreateGlobalReplicationGroup' });

    const response = await create({
      GlobalReplicationGroupIdSuffix: suffix,
      PrimaryReplicationGroupId: await seedPrimary(),
    });

    expect(response).toMatchObject({
      status: 202,
      headers: { location: `/global-datastores/ldgnf-${suffix}`, 'retry-after': '7' },
    });
    expect(response.body.GlobalReplicationGroup).toMatchObject({ GlobalReplicationGroupId: `ldgnf-${suffix}` });
    expect(response.body.GlobalReplicationGroup.Members).toHaveLength(1);
    expect(await countOf(suffix)).toBe(1);
  });

  it('is accepted when the responses to all attempts are lost', async () => {
    proxy.inject(afterEffect(modes.reset), { action: 'CreateGlobalReplicationGroup', times: 3 });

    const response = await create({
      GlobalReplicationGroupIdSuffix: 'all-lost',
      PrimaryReplicationGroupId: await seedPrimary(),
    });

    expect(response).toMatchObject({ status: 202, headers: { location: '/global-datastores/ldgnf-all-lost' } });
  });

  it('is accepted in another region too', async () => {
    proxy.inject(afterEffect(modes.reset), { action: 'CreateGlobalReplicationGroup' });

    const response = await create({
      GlobalReplicationGroupIdSuffix: 'Far-Lost',
      PrimaryReplicationGroupId: (await seedPrimary('eu-west-1')).toUpperCase(),
      PrimaryReplicationGroupRegion: 'eu-west-1',
    });

    expect(response).toMatchObject({ status: 202, headers: { location: '/global-datastores/gxeiz-far-lost' } });
  });

  it('responds 409 when another caller created the datastore', async () => {
    const [theirs, ours] = [await seedPrimary(), await seedPrimary()];
    await create({ GlobalReplicationGroupIdSuffix: 'theirs', PrimaryReplicationGroupId: theirs });
    proxy.inject(modes.reset, { action: 'CreateGlobalReplicationGroup' });

    const response = await create({ GlobalReplicationGroupIdSuffix: 'theirs', PrimaryReplicationGroupId: ours });

    expect(response).toMatchObject({ status: 409, body: { code: 'GlobalReplicationGroupAlreadyExistsFault' } });
  });

  it('responds OutcomeUnknown when every attempt is lost and no datastore exists', async () => {
    proxy.inject(modes.reset, { action: 'CreateGlobalReplicationGroup', times: 3 });

    const response = await create({
      GlobalReplicationGroupIdSuffix: 'unmade',
      PrimaryReplicationGroupId: await seedPrimary(),
    });

    expect(response).toMatchObject({ status: 502, body: { code: 'OutcomeUnknown' } });
    expect(await countOf('unmade')).toBe(0);
  });

  it('leads to OutcomeUnknown when the datastore cannot be read', async () => {
    proxy.inject(afterEffect(modes.reset), { action: 'CreateGlobalReplicationGroup' });
    proxy.inject(modes.pass, { action: 'DescribeReplicationGroups' });
    proxy.inject(modes.error500, { action: 'DescribeReplicationGroups', times: 3 });

    const response = await create({
      GlobalReplicationGroupIdSuffix: 'unsure',
      PrimaryReplicationGroupId: await seedPrimary(),
    });

    expect(response).toMatchObject({ status: 502, body: { code: 'OutcomeUnknown' } });
  });
});

describe('POST /global-datastores sent twice', () => {
  it('responds 409 when no response was lost', async () => {
    const body = { GlobalReplicationGroupIdSuffix: 'twice', PrimaryReplicationGroupId: await seedPrimary() };
    await create(body);

    expect(await create(body)).toMatchObject({ status: 409 });
  });

  it('creates one datastore from many requests at the same time', async () => {
    const body = { GlobalReplicationGroupIdSuffix: 'crowd', PrimaryReplicationGroupId: await seedPrimary() };

    const responses = await Promise.all(Array.from({ length: 10 }, () => create(body)));

    expect(responses.map(({ status }) => status).sort()).toEqual([202, ...Array(9).fill(409)]);
  });
});
