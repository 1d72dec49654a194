import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { datastores } from '../support/datastore.ts';
import { createProxy } from '../support/proxy.ts';

const proxy = createProxy();
const { call, emulator } = await startApi({
  proxy,
  existing: { parameterGroups: { 'custom-redis7': 'redis7', 'custom-valkey8': 'valkey8' } },
});
const { make, describeGroup, waitUntilStable, freeze } = datastores(emulator);
const modify = (id: string, body: unknown) => call(`PATCH /global-datastores/${id}`, { body });

/** Returns the parameters of each modification that AWS receives, without `Action` and `Version`. */
function takeModifications(): Record<string, string>[] {
  const changes = proxy.takeParameters().filter(({ Action }) => Action === 'ModifyGlobalReplicationGroup');
  return changes.map(({ Action: _, Version, ...parameters }) => parameters);
}

beforeEach(() => {
  proxy.takeParameters();
});

/** Name, primary, request body and the datastore after the change. */
const changes: [string, Parameters<typeof make>[2], object, object][] = [
  ['node-type', {}, { CacheNodeType: 'cache.r7g.xlarge' }, { CacheNodeType: 'cache.r7g.xlarge' }],
  ['version', {}, { EngineVersion: '8.1' }, { EngineVersion: '8.1.0' }],
  [
    'major-version',
    { Engine: 'redis', EngineVersion: '6.2' },
    { EngineVersion: '7.1', CacheParameterGroupName: 'default.redis7' },
    { Engine: 'redis', EngineVersion: '7.1.0' },
  ],
  [
    'engine',
    { Engine: 'redis', EngineVersion: '7.1' },
    { Engine: 'valkey', EngineVersion: '8.0' },
    { Engine: 'valkey', EngineVersion: '8.0.1' },
  ],
  [
    'own-parameters',
    { Engine: 'redis', EngineVersion: '7.1', CacheParameterGroupName: 'custom-redis7' },
    { Engine: 'valkey', EngineVersion: '8.0', CacheParameterGroupName: 'custom-valkey8' },
    { Engine: 'valkey', EngineVersion: '8.0.1' },
  ],
  [
    'description',
    {},
    { GlobalReplicationGroupDescription: 'Größer & <besser>' },
    { GlobalReplicationGroupDescription: 'Größer & <besser>' },
  ],
  ['no-description', {}, { GlobalReplicationGroupDescription: '' }, { GlobalReplicationGroupDescription: ' ' }],
  ['failover', {}, { AutomaticFailoverEnabled: false }, { Status: 'available' }],
];

describe('PATCH /global-datastores/{id}', () => {
  it.each(changes)('sends the change to AWS and applies it: %s', async (name, primary, body, after) => {
    const id = await make(name, ['eu-west-1'], primary);

    const response = await modify(id, body);

    expect(response).toMatchObject({
      status: 202,
      headers: { location: `/global-datastores/${id}`, 'retry-after': '15' },
      body: { GlobalReplicationGroup: { GlobalReplicationGroupId: id, Status: 'modifying' } },
    });
    const asText = Object.entries(body).map(([member, value]) => [member, String(value)]);
    expect(takeModifications()).toEqual([
      { GlobalReplicationGroupId: id, ApplyImmediately: 'true', ...Object.fromEntries(asText) },
    ]);
    expect(await waitUntilStable(id)).toMatchObject(after);
    expect((await call(`GET ${response.headers.location}`)).body.GlobalReplicationGroup).toMatchObject(after);
  });

  it('changes every member', async () => {
    const id = await make('everywhere', ['eu-west-1', 'ap-southeast-2']);

    await modify(id, { CacheNodeType: 'cache.m7g.large' });
    await waitUntilStable(id);

    for (const region of ['us-east-1', 'eu-west-1', 'ap-southeast-2']) {
      const group = await describeGroup(region, `everywhere-${region}`);
      expect(group).toMatchObject({ Status: 'available', CacheNodeType: 'cache.m7g.large' });
    }
  });

  it('shows automatic failover as disabling in every member', async () => {
    const id = await make('flag', ['eu-west-1']);
    const resume = freeze();

    await modify(id, { AutomaticFailoverEnabled: false });
    const { body } = await call(`GET /global-datastores/${id}`);
    resume();

    const flags = body.GlobalReplicationGroup.Members.map((member: Member) => member.AutomaticFailover);
    expect(flags).toEqual(['disabling', 'disabling']);
    expect((await waitUntilStable(id)).Members).toMatchObject([
      { AutomaticFailover: 'disabled' },
      { AutomaticFailover: 'disabled' },
    ]);
  });

  it('changes a datastore without secondaries', async () => {
    const id = await make('alone');

    expect(await modify(id, { CacheNodeType: 'cache.r7g.2xlarge' })).toMatchObject({ status: 202 });

    expect(await waitUntilStable(id)).toMatchObject({ Status: 'primary-only', CacheNodeType: 'cache.r7g.2xlarge' });
  });

  it.each([undefined, true])('applies the change immediately with ApplyImmediately %s', async (ApplyImmediately) => {
    const id = await make(`at-once-${ApplyImmediately}`);

    const response = await modify(id, { GlobalReplicationGroupDescription: 'now', ApplyImmediately });

    expect(response.status).toBe(202);
    expect(takeModifications()).toMatchObject([{ ApplyImmediately: 'true' }]);
  });
});

interface Member {
  AutomaticFailover: string;
}

interface Violation {
  pointer: string;
  detail: string;
}

/** A valid value for each property. */
const values = {
  CacheNodeType: 'cache.r7g.xlarge',
  Engine: 'valkey',
  EngineVersion: '8.1',
  CacheParameterGroupName: 'default.valkey8',
  GlobalReplicationGroupDescription: 'another',
  AutomaticFailoverEnabled: false,
};
type Property = keyof typeof values;
const properties = Object.keys(values) as Property[];
const bodyOf = (...names: Property[]) => Object.fromEntries(names.map((name) => [name, values[name]]));
const pairs = properties.flatMap((one, i) =>
  properties.slice(i + 1).map((other): [Property, Property] => [one, other]),
);
const engineProperties: Property[] = ['Engine', 'EngineVersion', 'CacheParameterGroupName'];

describe('PATCH /global-datastores/{id} accepts one property a call', () => {
  const conflicts = pairs.filter((pair) => !pair.every((name) => engineProperties.includes(name)));

  it.each(conflicts)('refuses %s together with %s and points to the second', async (one, other) => {
    const response = await modify('ldgnf-unknown', bodyOf(one, other));

    expect(response).toMatchObject({ status: 400, body: { code: 'ValidationFailed' } });
    const { errors }: { errors: Violation[] } = response.body;
    expect(errors).toContainEqual({
      pointer: `#/${other}`,
      detail: `${other} cannot be changed in the same call as ${one}: AWS takes one change a call. Send two, one after the other.`,
    });
    expect(proxy.takeParameters()).toEqual([]);
  });

  it('reports each of three conflicts', async () => {
    const { body } = await modify(
      'ldgnf-unknown',
      bodyOf('CacheNodeType', 'GlobalReplicationGroupDescription', 'AutomaticFailoverEnabled'),
    );

    expect(body.errors.map(({ pointer }: Violation) => pointer).sort()).toEqual([
      '#/AutomaticFailoverEnabled',
      '#/AutomaticFailoverEnabled',
      '#/GlobalReplicationGroupDescription',
    ]);
  });

  it.each(['Engine', 'CacheParameterGroupName'] as const)('requires EngineVersion together with %s', async (name) => {
    const response = await modify('ldgnf-unknown', bodyOf(name));

    expect(response).toMatchObject({
      status: 400,
      body: {
        errors: [{ pointer: '#/EngineVersion', detail: `EngineVersion is required together with ${name}.` }],
      },
    });
  });

  it.each([{}, { ApplyImmediately: true }])('refuses a body without a property to change: %j', async (body) => {
    const response = await modify('ldgnf-unknown', body);

    expect(response).toMatchObject({ status: 400, body: { errors: [{ pointer: '#' }] } });
    for (const name of properties) expect(response.body.errors[0].detail).toContain(name);
  });
});

describe('PATCH /global-datastores/{id} validation', () => {
  it.each([
    [{ ...bodyOf('EngineVersion'), ApplyImmediately: false }, '#/ApplyImmediately', 'cannot wait'],
    [{ ...bodyOf('EngineVersion'), ApplyImmediately: 'true' }, '#/ApplyImmediately', 'boolean'],
    [{ cacheNodeType: 'cache.r7g.large' }, '#/cacheNodeType', 'Did you mean CacheNodeType?'],
    [{ NodeGroupCount: 3 }, '#/NodeGroupCount', 'Known names are CacheNodeType'],
    [{ GlobalReplicationGroupId: 'ldgnf-other', ...bodyOf('EngineVersion') }, '#/GlobalReplicationGroupId', ''],
    [{ CacheNodeType: 'r7g.large' }, '#/CacheNodeType', 'cache.r7g.xlarge'],
    [{ CacheNodeType: null }, '#/CacheNodeType', 'string'],
    [{ Engine: 'memcached', EngineVersion: '1.6' }, '#/Engine', 'redis or valkey'],
    [{ EngineVersion: 8 }, '#/EngineVersion', 'string'],
    [{ EngineVersion: 'newest' }, '#/EngineVersion', 'such as 8.0'],
    [{ AutomaticFailoverEnabled: 'no' }, '#/AutomaticFailoverEnabled', 'boolean'],
    [{ GlobalReplicationGroupDescription: 'a\u0000b' }, '#/GlobalReplicationGroupDescription', 'control characters'],
    [{ GlobalReplicationGroupDescription: 'x'.repeat(1001) }, '#/GlobalReplicationGroupDescription', '1000'],
  ])('refuses an invalid body with a pointer and without a call to AWS: %j', async (body, pointer, expectedText) => {
    const response = await modify('ldgnf-unknown', body);

    expect(response).toMatchObject({ status: 400, body: { code: 'ValidationFailed' } });
    const refusal = response.body.errors.find((error: Violation) => error.pointer === pointer);
    expect(refusal?.detail).toContain(expectedText);
    expect(proxy.takeParameters()).toEqual([]);
  });
});

describe('PATCH /global-datastores/{id} refused by AWS', () => {
  let id: string;
  beforeAll(async () => {
    id = await make('firm');
  });

  it.each([
    ['a downgrade', { EngineVersion: '7.2' }, 'Cannot downgrade from valkey 8.0.1', '#/EngineVersion'],
    ['a change back to another engine', { Engine: 'redis', EngineVersion: '7.1' }, 'Cannot downgrade', '#/Engine'],
    ['a node type of the wrong family', { CacheNodeType: 'cache.t3.small' }, 'not supported', '#/CacheNodeType'],
    [
      'a parameter group without a new major version',
      { EngineVersion: '8.1', CacheParameterGroupName: 'default.valkey8' },
      'ModifyGlobalReplicationGroup API does not support cache parameter group modification without a change in major engine version.',
      '#/CacheParameterGroupName',
    ],
  ])('keeps the message of AWS and adds a pointer for %s', async (_, body, expectedText, pointer) => {
    const response = await modify(id, body);

    expect(response).toMatchObject({
      status: 400,
      body: {
        code: 'InvalidParameterValueException',
        checks: expect.arrayContaining([expect.objectContaining({ Outcome: 'fail', Pointer: pointer })]),
      },
    });
    expect(response.body.detail).toContain(expectedText);
  });

  it('responds 409 while another change is in progress and leaves the datastore unchanged', async () => {
    const busy = await make('busy');
    const resume = freeze();
    await modify(busy, { GlobalReplicationGroupDescription: 'first' });

    const response = await modify(busy, { CacheNodeType: 'cache.r7g.xlarge' });
    resume();

    expect(response).toMatchObject({
      status: 409,
      headers: { 'retry-after': '15' },
      body: { code: 'InvalidGlobalReplicationGroupStateFault' },
    });
    expect(await waitUntilStable(busy)).toMatchObject({ CacheNodeType: 'cache.r7g.large' });
  });

  it('responds 404 for an unknown datastore', async () => {
    const response = await modify('ldgnf-unknown', { EngineVersion: '8.1' });

    expect(response).toMatchObject({ status: 404, body: { code: 'GlobalReplicationGroupNotFoundFault' } });
  });
});
