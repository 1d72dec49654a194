import type { GlobalReplicationGroup } from '@aws-sdk/client-elasticache';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { datastores } from '../support/datastore.ts';
import { until } from '../support/emulator.ts';
import { createProxy } from '../support/proxy.ts';

const proxy = createProxy();
const { call, emulator } = await startApi({ proxy });
const { make, describe: describeInAws, waitUntilStable, freeze } = datastores(emulator);
const failover = (id: string, body: unknown) => call(`POST /global-datastores/${id}/failover`, { body });

/** Makes all calls to a region fail with InternalFailure. */
const failRegion = (Region: string) => emulator.fail({ Action: '*', Name: 'InternalFailure', Region, Times: 99 });

/** Returns the regions in which the failover was called, each once, in the order of the calls. */
async function calledRegions(): Promise<string[]> {
  const failovers = (await emulator.calls()).filter(({ Action }) => Action === 'FailoverGlobalReplicationGroup');
  return [...new Set(failovers.map(({ Region }) => Region))];
}

const primaries = ({ Members = [] }: GlobalReplicationGroup) =>
  Members.filter(({ Role }) => Role === 'PRIMARY').map((member) => member.ReplicationGroupRegion);

beforeEach(async () => {
  await emulator.clearFaults();
  await emulator.calls();
  proxy.takeParameters();
});

describe('POST /global-datastores/{id}/failover', () => {
  it('promotes the named member; the previous primary becomes a secondary', async () => {
    const id = await make('plain', ['eu-west-1', 'ap-southeast-2']);
    proxy.takeParameters();

    const response = await failover(id, {
      PrimaryRegion: 'eu-west-1',
      PrimaryReplicationGroupId: 'plain-eu-west-1',
    });

    expect(response).toMatchObject({
      status: 202,
      headers: { location: `/global-datastores/${id}`, 'retry-after': '15' },
      body: { GlobalReplicationGroup: { GlobalReplicationGroupId: id, Status: 'modifying' } },
    });
    expect(proxy.takeParameters().filter(({ Action }) => !Action?.startsWith('Describe'))).toEqual([
      {
        Action: 'FailoverGlobalReplicationGroup',
        Version: '2015-02-02',
        GlobalReplicationGroupId: id,
        PrimaryRegion: 'eu-west-1',
        PrimaryReplicationGroupId: 'plain-eu-west-1',
      },
    ]);
    const after = await waitUntilStable(id);
    expect(primaries(after)).toEqual(['eu-west-1']);
    expect(after.Members).toHaveLength(3);
    expect((await call(`GET ${response.headers.location}`)).body.GlobalReplicationGroup).toEqual(after);
  });

  it('promotes the only member of a region without its id', async () => {
    const id = await make('found', ['eu-west-1']);
    proxy.takeParameters();

    const response = await failover(id, { PrimaryRegion: 'eu-west-1' });

    expect(response.status).toBe(202);
    expect(proxy.takeParameters()).toMatchObject([
      { Action: 'DescribeGlobalReplicationGroups' },
      { Action: 'FailoverGlobalReplicationGroup', PrimaryReplicationGroupId: 'found-eu-west-1' },
      { Action: 'DescribeReplicationGroups', ReplicationGroupId: 'found-eu-west-1' }, // its address
    ]);
    expect(primaries(await waitUntilStable(id))).toEqual(['eu-west-1']);
  });

  it('accepts an id in any case', async () => {
    const id = await make('loud', ['eu-west-1']);

    await failover(id, { PrimaryRegion: 'eu-west-1', PrimaryReplicationGroupId: 'LOUD-EU-WEST-1' });

    expect(primaries(await waitUntilStable(id))).toEqual(['eu-west-1']);
  });

  it('promotes a member and back', async () => {
    const id = await make('to-and-fro', ['eu-west-1']);

    for (const PrimaryRegion of ['eu-west-1', 'us-east-1', 'eu-west-1']) {
      expect(await failover(id, { PrimaryRegion })).toMatchObject({ status: 202 });
      expect(primaries(await waitUntilStable(id))).toEqual([PrimaryRegion]);
    }
  });
});

describe('the call of FailoverGlobalReplicationGroup', () => {
  it.each([{}, { PrimaryReplicationGroupId: 'routed-eu-west-1' }])(
    'goes to the region of the target only: %j',
    async (named) => {
      const id = await make(named.PrimaryReplicationGroupId ? 'routed' : 'routed-too', ['eu-west-1']);
      await emulator.calls();

      await failover(id, { PrimaryRegion: 'eu-west-1', ...named });

      expect(new Set((await emulator.calls()).map(({ Region }) => Region))).toEqual(new Set(['eu-west-1']));
    },
  );

  it.each([{}, { PrimaryReplicationGroupId: 'cut-off-eu-west-1' }])(
    'works while the region of the old primary fails: %j',
    async (named) => {
      const id = await make(named.PrimaryReplicationGroupId ? 'cut-off' : 'cut-off-too', ['eu-west-1']);
      await failRegion('us-east-1');

      const response = await failover(id, { PrimaryRegion: 'eu-west-1', ...named });

      expect(response.status).toBe(202);
      await emulator.clearFaults();
      expect(primaries(await waitUntilStable(id))).toEqual(['eu-west-1']);
    },
  );

  it('goes to another region when all calls to the region of the target fail', async () => {
    const id = await make('quiet', ['eu-west-1']);
    await emulator.calls();
    await failRegion('eu-west-1');

    const response = await failover(id, { PrimaryRegion: 'eu-west-1' });

    expect(response.status).toBe(202);
    const [first, ...others] = await calledRegions();
    expect(first).toBe('eu-west-1');
    expect(others).toHaveLength(1);
    await emulator.clearFaults();
    expect(primaries(await waitUntilStable(id))).toEqual(['eu-west-1']);
  });

  it('goes to a third region when all calls to the regions of the target and of the old primary fail', async () => {
    const id = await make('third', ['eu-west-1']);
    await emulator.calls();
    await failRegion('eu-west-1');
    await failRegion('us-east-1');

    const response = await failover(id, { PrimaryRegion: 'eu-west-1', PrimaryReplicationGroupId: 'third-eu-west-1' });

    expect(response.status).toBe(202);
    expect((await calledRegions()).sort()).toEqual(['ap-southeast-2', 'eu-west-1', 'us-east-1']);
    await emulator.clearFaults();
    expect(primaries(await waitUntilStable(id))).toEqual(['eu-west-1']);
  });

  it('responds 502 when every region fails, and changes nothing', async () => {
    const id = await make('dark', ['eu-west-1']);
    for (const region of ['us-east-1', 'eu-west-1', 'ap-southeast-2']) await failRegion(region);

    const response = await failover(id, { PrimaryRegion: 'eu-west-1', PrimaryReplicationGroupId: 'dark-eu-west-1' });

    expect(response.status).toBe(502);
    await emulator.clearFaults();
    expect(primaries(await describeInAws(id))).toEqual(['us-east-1']);
  });

  it('is not repeated in another region after one region has refused it', async () => {
    const id = await make('refused', ['eu-west-1']);
    await emulator.calls();

    const response = await failover(id, { PrimaryRegion: 'us-east-1' });

    expect(response.status).toBe(400);
    expect(await calledRegions()).toEqual(['us-east-1']);
  });
});

describe('where only the regions of members list a datastore, the call', () => {
  beforeAll(() => {
    emulator.store.options.globalScope = 'member-regions';
    return () => {
      emulator.store.options.globalScope = 'account';
    };
  });

  it('continues after a region that does not list the datastore', async () => {
    const id = await make('wanderer', ['eu-west-1', 'ap-southeast-2']);
    await failover(id, { PrimaryRegion: 'ap-southeast-2' });
    await waitUntilStable(id);
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
    expect(await calledRegions()).toEqual(['eu-west-1', 'us-east-1', 'ap-southeast-2']);
  });

  it('does not respond 404 when the target region has no member', async () => {
    const id = await make('known', ['eu-west-1']);

    const response = await failover(id, { PrimaryRegion: 'ap-southeast-2', PrimaryReplicationGroupId: 'stranger' });

    expect(response).toMatchObject({ status: 400, body: { code: 'InvalidParameterValueException' } });
    expect(response.body.detail).toContain('eu-west-1/known-eu-west-1 (SECONDARY, associated)');
  });

  it('responds 404 when no region lists the datastore', async () => {
    const response = await failover('ldgnf-nobody', {
      PrimaryRegion: 'eu-west-1',
      PrimaryReplicationGroupId: 'nobody',
    });

    expect(response).toMatchObject({ status: 404, body: { code: 'GlobalReplicationGroupNotFoundFault' } });
    expect(await calledRegions()).toHaveLength(3);
  });

  it('does not respond 404 while a region fails', async () => {
    await failRegion('eu-west-1');

    const response = await failover('ldgnf-nobody', {
      PrimaryRegion: 'eu-west-1',
      PrimaryReplicationGroupId: 'nobody',
    });

    expect(response).toMatchObject({ status: 502 });
  });
});

describe('POST /global-datastores/{id}/failover during another change', () => {
  it.each([
    ['a modification', 'PATCH', '', { CacheNodeType: 'cache.r7g.xlarge' }],
    ['a new member', 'POST', '/members', { ReplicationGroupId: 'newcomer', ReplicationGroupRegion: 'ap-southeast-2' }],
  ])('is accepted during %s', async (title, method, path, body) => {
    const id = await make(title.replaceAll(' ', '-'), ['eu-west-1']);
    const resume = freeze();
    expect(await call(`${method} /global-datastores/${id}${path}`, { body })).toMatchObject({ status: 202 });

    const response = await failover(id, { PrimaryRegion: 'eu-west-1' });
    resume();

    expect(response.status).toBe(202);
    const after = await waitUntilStable(id);
    expect(primaries(after)).toEqual(['eu-west-1']);
    expect(after.CacheNodeType).toBe('CacheNodeType' in body ? body.CacheNodeType : 'cache.r7g.large');
    expect(after.Members).toHaveLength('ReplicationGroupId' in body ? 3 : 2);
  });

  it('accepts one of two failovers, and leaves exactly one primary', async () => {
    const id = await make('raced', ['eu-west-1', 'ap-southeast-2']);
    const resume = freeze();

    const responses = await Promise.all([
      failover(id, { PrimaryRegion: 'eu-west-1' }),
      failover(id, { PrimaryRegion: 'ap-southeast-2' }),
    ]);
    resume();

    expect(responses.map(({ status }) => status).sort()).toEqual([202, 409]);
    const [winner, ...others] = primaries(await waitUntilStable(id));
    expect(['eu-west-1', 'ap-southeast-2']).toContain(winner);
    expect(others).toEqual([]);
  });

  it('refuses the opposite failover, and leaves exactly one primary', async () => {
    const id = await make('opposed', ['eu-west-1']);
    const resume = freeze();
    await failover(id, { PrimaryRegion: 'eu-west-1' });

    const opposite = await failover(id, { PrimaryRegion: 'us-east-1' });
    resume();

    expect(opposite).toMatchObject({ status: 409, body: { code: 'FailoverUnderWay' } });
    expect(primaries(await waitUntilStable(id))).toEqual(['eu-west-1']);
  });

  it('leaves exactly one primary after many failovers in both directions', async () => {
    const id = await make('stormed', ['eu-west-1', 'ap-southeast-2']);
    const regions = ['us-east-1', 'eu-west-1', 'ap-southeast-2'];

    const responses = await Promise.all(
      Array.from({ length: 12 }, (_, i) => failover(id, { PrimaryRegion: regions[i % 3] })),
    );

    expect(responses.every(({ status }) => [202, 400, 409].includes(status))).toBe(true);
    expect(primaries(await waitUntilStable(id))).toHaveLength(1);
  });
});

describe('a refused failover names the members', () => {
  const members = [
    'us-east-1/reported-us-east-1 (PRIMARY, associated)',
    'eu-west-1/reported-eu-west-1 (SECONDARY, associated)',
  ];
  let id: string;
  beforeAll(async () => {
    id = await make('reported', ['eu-west-1']);
    await make('alone');
  });

  it.each([
    ['to the primary', { PrimaryRegion: 'us-east-1' }, 400, 'InvalidParameterValueException'],
    ['to a region without a member', { PrimaryRegion: 'ap-southeast-2' }, 404, 'MemberNotFound'],
    [
      'to a stranger in a region without a member',
      { PrimaryRegion: 'ap-southeast-2', PrimaryReplicationGroupId: 'stranger' },
      400,
      'InvalidParameterValueException',
    ],
    [
      'to a stranger in a region with a member',
      { PrimaryRegion: 'eu-west-1', PrimaryReplicationGroupId: 'stranger' },
      400,
      'InvalidParameterValueException',
    ],
    [
      'to a member in another’s region',
      { PrimaryRegion: 'eu-west-1', PrimaryReplicationGroupId: 'reported-us-east-1' },
      400,
      'InvalidParameterValueException',
    ],
  ])('%s', async (_, body, status, code) => {
    const response = await failover(id, body);

    expect(response).toMatchObject({ status, body: { code } });
    for (const member of members) expect(response.body.detail.split(member)).toHaveLength(2);
    expect(primaries(await describeInAws(id))).toEqual(['us-east-1']);
  });

  it('when the datastore has one member', async () => {
    const response = await failover('ldgnf-alone', { PrimaryRegion: 'us-east-1' });

    expect(response).toMatchObject({ status: 409, body: { code: 'InvalidGlobalReplicationGroupStateFault' } });
    expect(response.body.detail).toContain('us-east-1/alone-us-east-1 (PRIMARY, associated)');
  });

  it('when the target is still being created', async () => {
    const young = await make('young', ['eu-west-1']);
    const resume = freeze();
    const body = { ReplicationGroupId: 'young-ap', ReplicationGroupRegion: 'ap-southeast-2' };
    await call(`POST /global-datastores/${young}/members`, { body });

    const response = await failover(young, { PrimaryRegion: 'ap-southeast-2' });
    resume();

    expect(response).toMatchObject({ status: 409, body: { code: 'InvalidGlobalReplicationGroupStateFault' } });
    expect(response.body.detail).toContain('ap-southeast-2/young-ap (SECONDARY, associating)');
  });

  it('when the target is being detached', async () => {
    const old = await make('old', ['eu-west-1', 'ap-southeast-2']);
    const resume = freeze();
    await call(`DELETE /global-datastores/${old}/members/eu-west-1/old-eu-west-1`);

    const response = await failover(old, { PrimaryRegion: 'eu-west-1' });
    resume();

    expect(response).toMatchObject({ status: 409, body: { code: 'InvalidGlobalReplicationGroupStateFault' } });
    expect(response.body.detail).toContain('eu-west-1/old-eu-west-1 (SECONDARY, associated)');
  });

  it('when a region has several members, which AWS does not allow today', async () => {
    const crowded = await make('crowded', ['eu-west-1']);
    const group = emulator.store.getGlobalGroup(crowded);
    group.members.push({ id: 'crowded-us-east-1', region: 'eu-west-1', role: 'SECONDARY', status: 'associated' });
    const primaryGroup = emulator.store.viewFrom('us-east-1').getReplicationGroup('crowded-us-east-1');
    emulator.store.addReplicationGroup({ ...primaryGroup, region: 'eu-west-1' });

    const response = await failover(crowded, { PrimaryRegion: 'eu-west-1' });

    expect(response).toMatchObject({
      status: 400,
      body: { code: 'ValidationFailed', errors: [{ pointer: '#/PrimaryReplicationGroupId' }] },
    });
    expect(response.body.errors[0].detail).toContain('eu-west-1/crowded-eu-west-1 (SECONDARY, associated)');
    expect(response.body.errors[0].detail).toContain('eu-west-1/crowded-us-east-1 (SECONDARY, associated)');
  });
});

describe('POST /global-datastores/{id}/failover is refused', () => {
  it.each([
    [{}, '#/PrimaryRegion', 'PrimaryRegion is required'],
    [{ PrimaryRegion: 'eu-central-1' }, '#/PrimaryRegion', 'us-east-1, eu-west-1, ap-southeast-2'],
    [{ PrimaryRegion: 'eu-west-1.evil.example' }, '#/PrimaryRegion', 'us-east-1, eu-west-1, ap-southeast-2'],
    [{ PrimaryRegion: 'eu-west-1', PrimaryReplicationGroupId: '' }, '#/PrimaryReplicationGroupId', ''],
    [{ PrimaryRegion: 'eu-west-1', ReplicationGroupId: 'x' }, '#/ReplicationGroupId', 'Known names are PrimaryRegion'],
  ])('with a pointer and without a call of AWS: %j', async (body, pointer, text) => {
    const response = await failover('ldgnf-nobody', body);

    expect(response).toMatchObject({ status: 400, body: { code: 'ValidationFailed' } });
    const refusal = response.body.errors.find((error: { pointer: string }) => error.pointer === pointer);
    expect(refusal?.detail).toContain(text);
    expect(proxy.takeParameters()).toEqual([]);
  });

  it.each([{}, { PrimaryReplicationGroupId: 'nobody' }])(
    'with 404 if the datastore does not exist: %j',
    async (named) => {
      const response = await failover('ldgnf-nobody', { PrimaryRegion: 'eu-west-1', ...named });

      expect(response).toMatchObject({ status: 404, body: { code: 'GlobalReplicationGroupNotFoundFault' } });
    },
  );
});
