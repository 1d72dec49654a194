import type { GlobalReplicationGroup } from '@aws-sdk/client-elasticache';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { datastores } from '../support/datastore.ts';
import { until } from '../support/emulator.ts';
import { createProxy } from '../support/proxy.ts';

const proxy = createProxy();
const { call, emulator } = await startApi({ proxy });
const { make, describe: describeDatastore, rested, freeze } = datastores(emulator);
const failover = (id: string, body: unknown) => call(`POST /global-datastores/${id}/failover`, { body });

/** Makes every call to a region fail. */
const failRegion = (Region: string) => emulator.fail({ Action: '*', Name: 'InternalFailure', Region, Times: 99 });

/** Returns the distinct regions that receive the failover, in order of the calls. */
async function listCalledRegions(): Promise<string[]> {
  const failovers = (await emulator.calls()).filter(({ Action }) => Action === 'FailoverGlobalReplicationGroup');
  return [...new Set(failovers.map(({ Region }) => Region))];
}

const primaryRegionsOf = ({ Members = [] }: GlobalReplicationGroup) =>
  Members.filter(({ Role }) => Role === 'PRIMARY').map((member) => member.ReplicationGroupRegion);

beforeEach(async () => {
  await emulator.clearFaults();
  await emulator.calls();
  proxy.told();
});

describe('POST /global-datastores/{id}/failover', () => {
  it('promotes the named member and demotes the primary', async () => {
    const id = await make('plain', ['eu-west-1', 'ap-southeast-2']);
    proxy.told();

    const response = await failover(id, {
      PrimaryRegion: 'eu-west-1',
      PrimaryReplicationGroupId: 'plain-eu-west-1',
    });

    expect(response).toMatchObject({
      status: 202,
      headers: { location: `/global-datastores/${id}`, 'retry-after': '15' },
      body: { GlobalReplicationGroup: { GlobalReplicationGroupId: id, Status: 'modifying' } },
    });
    expect(proxy.told()).toEqual([
      {
        Action: 'FailoverGlobalReplicationGroup',
        Version: '2015-02-02',
        GlobalReplicationGroupId: id,
        PrimaryRegion: 'eu-west-1',
        PrimaryReplicationGroupId: 'plain-eu-west-1',
      },
    ]);
    const after = await rested(id);
    expect(primaryRegionsOf(after)).toEqual(['eu-west-1']);
    expect(after.Members).toHaveLength(3);
    expect((await call(`GET ${response.headers.location}`)).body.GlobalReplicationGroup).toEqual(after);
  });

  it('promotes the only member of the named region', async () => {
    const id = await make('single', ['eu-west-1']);
    proxy.told();

    const response = await failover(id, { PrimaryRegion: 'eu-west-1' });

    expect(response.status).toBe(202);
    expect(proxy.told()).toMatchObject([
      { Action: 'DescribeGlobalReplicationGroups' },
      { Action: 'FailoverGlobalReplicationGroup', PrimaryReplicationGroupId: 'single-eu-west-1' },
    ]);
    expect(primaryRegionsOf(await rested(id))).toEqual(['eu-west-1']);
  });

  it('accepts the id in any case', async () => {
    const id = await make('loud', ['eu-west-1']);

    await failover(id, { PrimaryRegion: 'eu-west-1', PrimaryReplicationGroupId: 'LOUD-EU-WEST-1' });

    expect(primaryRegionsOf(await rested(id))).toEqual(['eu-west-1']);
  });

  it('promotes members in alternation', async () => {
    const id = await make('alternate', ['eu-west-1']);

    for (const PrimaryRegion of ['eu-west-1', 'us-east-1', 'eu-west-1']) {
      expect(await failover(id, { PrimaryRegion })).toMatchObject({ status: 202 });
      expect(primaryRegionsOf(await rested(id))).toEqual([PrimaryRegion]);
    }
  });
});

describe('POST /global-datastores/{id}/failover region routing', () => {
  it.each([{}, { PrimaryReplicationGroupId: 'routed-eu-west-1' }])(
    'calls only the target region: %j',
    async (named) => {
      const id = await make(named.PrimaryReplicationGroupId ? 'routed' : 'routed-too', ['eu-west-1']);
      await emulator.calls();

      await failover(id, { PrimaryRegion: 'eu-west-1', ...named });

      expect(new Set((await emulator.calls()).map(({ Region }) => Region))).toEqual(new Set(['eu-west-1']));
    },
  );

  it.each([{}, { PrimaryReplicationGroupId: 'cut-off-eu-west-1' }])(
    'succeeds while the region of the primary fails: %j',
    async (named) => {
      const id = await make(named.PrimaryReplicationGroupId ? 'cut-off' : 'cut-off-too', ['eu-west-1']);
      await failRegion('us-east-1');

      const response = await failover(id, { PrimaryRegion: 'eu-west-1', ...named });

      expect(response.status).toBe(202);
      await emulator.clearFaults();
      expect(primaryRegionsOf(await rested(id))).toEqual(['eu-west-1']);
    },
  );

  it('calls another region when the target region fails', async () => {
    const id = await make('quiet', ['eu-west-1']);
    await emulator.calls();
    await failRegion('eu-west-1');

    const response = await failover(id, { PrimaryRegion: 'eu-west-1' });

    expect(response.status).toBe(202);
    const [first, ...others] = await listCalledRegions();
    expect(first).toBe('eu-west-1');
    expect(others).toHaveLength(1);
    await emulator.clearFaults();
    expect(primaryRegionsOf(await rested(id))).toEqual(['eu-west-1']);
  });

  it('calls a third region when the target region and the primary region fail', async () => {
    const id = await make('third', ['eu-west-1']);
    await emulator.calls();
    await failRegion('eu-west-1');
    await failRegion('us-east-1');

    const response = await failover(id, { PrimaryRegion: 'eu-west-1', PrimaryReplicationGroupId: 'third-eu-west-1' });

    expect(response.status).toBe(202);
    expect((await listCalledRegions()).sort()).toEqual(['ap-southeast-2', 'eu-west-1', 'us-east-1']);
    await emulator.clearFaults();
    expect(primaryRegionsOf(await rested(id))).toEqual(['eu-west-1']);
  });

  it('answers 502 when every region fails and changes nothing', async () => {
    const id = await make('dark', ['eu-west-1']);
    for (const region of ['us-east-1', 'eu-west-1', 'ap-southeast-2']) await failRegion(region);

    const response = await failover(id, { PrimaryRegion: 'eu-west-1', PrimaryReplicationGroupId: 'dark-eu-west-1' });

    expect(response.status).toBe(502);
    await emulator.clearFaults();
    expect(primaryRegionsOf(await describeDatastore(id))).toEqual(['us-east-1']);
  });

  it('calls no other region after a refusal', async () => {
    const id = await make('refused', ['eu-west-1']);
    await emulator.calls();

    const response = await failover(id, { PrimaryRegion: 'us-east-1' });

    expect(response.status).toBe(400);
    expect(await listCalledRegions()).toEqual(['us-east-1']);
  });
});

describe('POST /global-datastores/{id}/failover when only member regions list the datastore', () => {
  beforeAll(() => {
    emulator.store.options.globalScope = 'member-regions';
    return () => {
      emulator.store.options.globalScope = 'account';
    };
  });

  it('continues after a region that does not list the datastore', async () => {
    const id = await make('wanderer', ['eu-west-1', 'ap-southeast-2']);
    await failover(id, { PrimaryRegion: 'ap-southeast-2' });
    await rested(id);
    await call(`DELETE /global-datastores/${id}/members/us-east-1/wanderer-us-east-1`);
    await until(
      async () => (await call(`GET /global-datastores/${id}`)).body.GlobalReplicationGroup.Members.length === 2,
    );
    await emulator.calls();
    await failRegion('eu-west-1');

    const response = await failover(id, {
      PrimaryRegion: 'eu-west-1',
      PrimaryReplicationGroupId: 'wanderer-eu-west-1',
    });

    expect(response.status).toBe(202);
    expect(await listCalledRegions()).toEqual(['eu-west-1', 'us-east-1', 'ap-southeast-2']);
  });

  it('does not answer 404 when the target region has no member', async () => {
    const id = await make('known', ['eu-west-1']);

    const response = await failover(id, { PrimaryRegion: 'ap-southeast-2', PrimaryReplicationGroupId: 'unknown' });

    expect(response).toMatchObject({ status: 400, body: { code: 'InvalidParameterValueException' } });
    expect(response.body.detail).toContain('eu-west-1/known-eu-west-1 (SECONDARY, associated)');
  });

  it('answers 404 when no region lists the datastore', async () => {
    const response = await failover('ldgnf-unknown', {
      PrimaryRegion: 'eu-west-1',
      PrimaryReplicationGroupId: 'unknown',
    });

    expect(response).toMatchObject({ status: 404, body: { code: 'GlobalReplicationGroupNotFoundFault' } });
    expect(await listCalledRegions()).toHaveLength(3);
  });

  it('does not answer 404 while a region fails', async () => {
    await failRegion('eu-west-1');

    const response = await failover('ldgnf-unknown', {
      PrimaryRegion: 'eu-west-1',
      PrimaryReplicationGroupId: 'unknown',
    });

    expect(response).toMatchObject({ status: 502 });
  });
});

describe('POST /global-datastores/{id}/failover during another change', () => {
  it.each([
    ['a modification', 'PATCH', '', { CacheNodeType: 'cache.r7g.xlarge' }],
    [
      'the addition of a member',
      'POST',
      '/members',
      { ReplicationGroupId: 'newcomer', ReplicationGroupRegion: 'ap-southeast-2' },
    ],
  ])('succeeds during %s', async (change, method, path, body) => {
    const id = await make(change.replaceAll(' ', '-'), ['eu-west-1']);
    const thaw = freeze();
    expect(await call(`${method} /global-datastores/${id}${path}`, { body })).toMatchObject({ status: 202 });

    const response = await failover(id, { PrimaryRegion: 'eu-west-1' });
    thaw();

    expect(response.status).toBe(202);
    const after = await rested(id);
    expect(primaryRegionsOf(after)).toEqual(['eu-west-1']);
    expect(after.CacheNodeType).toBe('CacheNodeType' in body ? body.CacheNodeType : 'cache.r7g.large');
    expect(after.Members).toHaveLength('ReplicationGroupId' in body ? 3 : 2);
  });

  it('accepts one of two concurrent failovers and leaves exactly one primary', async () => {
    const id = await make('raced', ['eu-west-1', 'ap-southeast-2']);
    const thaw = freeze();

    const responses = await Promise.all([
      failover(id, { PrimaryRegion: 'eu-west-1' }),
      failover(id, { PrimaryRegion: 'ap-southeast-2' }),
    ]);
    thaw();

    expect(responses.map(({ status }) => status).sort()).toEqual([202, 409]);
    const [winner, ...others] = primaryRegionsOf(await rested(id));
    expect(['eu-west-1', 'ap-southeast-2']).toContain(winner);
    expect(others).toEqual([]);
  });

  it('answers 409 for the opposite failover and leaves exactly one primary', async () => {
    const id = await make('opposed', ['eu-west-1']);
    const thaw = freeze();
    await failover(id, { PrimaryRegion: 'eu-west-1' });

    const opposite = await failover(id, { PrimaryRegion: 'us-east-1' });
    thaw();

    expect(opposite).toMatchObject({ status: 409, body: { code: 'FailoverUnderWay' } });
    expect(primaryRegionsOf(await rested(id))).toEqual(['eu-west-1']);
  });

  it('leaves exactly one primary after many concurrent failovers', async () => {
    const id = await make('stormed', ['eu-west-1', 'ap-southeast-2']);
    const regions = ['us-east-1', 'eu-west-1', 'ap-southeast-2'];

    const responses = await Promise.all(
      Array.from({ length: 12 }, (_, i) => failover(id, { PrimaryRegion: regions[i % 3] })),
    );

    expect(responses.every(({ status }) => [202, 400, 409].includes(status))).toBe(true);
    expect(primaryRegionsOf(await rested(id))).toHaveLength(1);
  });
});

describe('POST /global-datastores/{id}/failover refusals', () => {
  const members = [
    'us-east-1/listed-us-east-1 (PRIMARY, associated)',
    'eu-west-1/listed-eu-west-1 (SECONDARY, associated)',
  ];
  let id: string;
  beforeAll(async () => {
    id = await make('listed', ['eu-west-1']);
    await make('alone');
  });

  it.each([
    ['the primary as target', { PrimaryRegion: 'us-east-1' }, 400, 'InvalidParameterValueException'],
    ['a region without a member', { PrimaryRegion: 'ap-southeast-2' }, 404, 'MemberNotFound'],
    [
      'an unknown group in a region without a member',
      { PrimaryRegion: 'ap-southeast-2', PrimaryReplicationGroupId: 'unknown' },
      400,
      'InvalidParameterValueException',
    ],
    [
      'an unknown group in a region with a member',
      { PrimaryRegion: 'eu-west-1', PrimaryReplicationGroupId: 'unknown' },
      400,
      'InvalidParameterValueException',
    ],
    [
      'a member of another region',
      { PrimaryRegion: 'eu-west-1', PrimaryReplicationGroupId: 'listed-us-east-1' },
      400,
      'InvalidParameterValueException',
    ],
  ])('lists the members for %s', async (_, body, status, code) => {
    const response = await failover(id, body);

    expect(response).toMatchObject({ status, body: { code } });
    for (const member of members) expect(response.body.detail.split(member)).toHaveLength(2);
    expect(primaryRegionsOf(await describeDatastore(id))).toEqual(['us-east-1']);
  });

  it('lists the members for the only member as target', async () => {
    const response = await failover('ldgnf-alone', { PrimaryRegion: 'us-east-1' });

    expect(response).toMatchObject({ status: 409, body: { code: 'InvalidGlobalReplicationGroupStateFault' } });
    expect(response.body.detail).toContain('us-east-1/alone-us-east-1 (PRIMARY, associated)');
  });

  it('lists the members for a target that is being added', async () => {
    const young = await make('young', ['eu-west-1']);
    const thaw = freeze();
    const body = { ReplicationGroupId: 'young-ap', ReplicationGroupRegion: 'ap-southeast-2' };
    await call(`POST /global-datastores/${young}/members`, { body });

    const response = await failover(young, { PrimaryRegion: 'ap-southeast-2' });
    thaw();

    expect(response).toMatchObject({ status: 409, body: { code: 'InvalidGlobalReplicationGroupStateFault' } });
    expect(response.body.detail).toContain('ap-southeast-2/young-ap (SECONDARY, associating)');
  });

  it('lists the members for a target that is being removed', async () => {
    const old = await make('old', ['eu-west-1', 'ap-southeast-2']);
    const thaw = freeze();
    await call(`DELETE /global-datastores/${old}/members/eu-west-1/old-eu-west-1`);

    const response = await failover(old, { PrimaryRegion: 'eu-west-1' });
    thaw();

    expect(response).toMatchObject({ status: 409, body: { code: 'InvalidGlobalReplicationGroupStateFault' } });
    expect(response.body.detail).toContain('eu-west-1/old-eu-west-1 (SECONDARY, associated)');
  });

  it('lists the members for a region with several members, which AWS does not allow today', async () => {
    const crowded = await make('crowded', ['eu-west-1']);
    const group = emulator.store.getGlobalGroup(crowded);
    group.members.push({ id: 'crowded-us-east-1', region: 'eu-west-1', role: 'SECONDARY', status: 'associated' });
    const there = emulator.store.viewFrom('us-east-1').getReplicationGroup('crowded-us-east-1');
    emulator.store.addReplicationGroup({ ...there, region: 'eu-west-1' });

    const response = await failover(crowded, { PrimaryRegion: 'eu-west-1' });

    expect(response).toMatchObject({
      status: 400,
      body: { code: 'ValidationFailed', errors: [{ pointer: '#/PrimaryReplicationGroupId' }] },
    });
    expect(response.body.errors[0].detail).toContain('eu-west-1/crowded-eu-west-1 (SECONDARY, associated)');
    expect(response.body.errors[0].detail).toContain('eu-west-1/crowded-us-east-1 (SECONDARY, associated)');
  });
});

describe('POST /global-datastores/{id}/failover validation', () => {
  it.each([
    [{}, '#/PrimaryRegion', 'PrimaryRegion is required'],
    [{ PrimaryRegion: 'eu-central-1' }, '#/PrimaryRegion', 'us-east-1, eu-west-1, ap-southeast-2'],
    [{ PrimaryRegion: 'eu-west-1.evil.example' }, '#/PrimaryRegion', 'us-east-1, eu-west-1, ap-southeast-2'],
    [{ PrimaryRegion: 'eu-west-1', PrimaryReplicationGroupId: '' }, '#/PrimaryReplicationGroupId', ''],
    [{ PrimaryRegion: 'eu-west-1', ReplicationGroupId: 'x' }, '#/ReplicationGroupId', 'known are PrimaryRegion'],
  ])('refuses an invalid body with a pointer and without a call to AWS: %j', async (body, pointer, expectedText) => {
    const response = await failover('ldgnf-unknown', body);

    expect(response).toMatchObject({ status: 400, body: { code: 'ValidationFailed' } });
    const refusal = response.body.errors.find((error: { pointer: string }) => error.pointer === pointer);
    expect(refusal?.detail).toContain(expectedText);
    expect(proxy.told()).toEqual([]);
  });

  it.each([{}, { PrimaryReplicationGroupId: 'unknown' }])('answers 404 for an unknown datastore: %j', async (named) => {
    const response = await failover('ldgnf-unknown', { PrimaryRegion: 'eu-west-1', ...named });

    expect(response).toMatchObject({ status: 404, body: { code: 'GlobalReplicationGroupNotFoundFault' } });
  });
});
