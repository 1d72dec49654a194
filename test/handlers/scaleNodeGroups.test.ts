import { ModifyGlobalReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { clusterMode, datastores } from '../support/datastore.ts';
import { createProxy } from '../support/proxy.ts';

const proxy = createProxy();
const { call, emulator } = await startApi({ proxy });
const { make, describe: describeInAws, describeGroup, waitUntilStable, freeze } = datastores(emulator);
const scale = (id: string, body: unknown, query = '') =>
  call(`PUT /global-datastores/${id}/node-groups${query}`, { body });

/** Returns the calls since the last read that change something, without Version. */
const changes = () =>
  proxy
    .takeParameters()
    .filter(({ Action = '' }) => !Action.startsWith('Describe'))
    .map(({ Version, ...parameters }) => parameters);

/** Creates a datastore with this number of node groups and, by default, a secondary in eu-west-1. Returns its id. */
const withNodeGroups = (name: string, NumNodeGroups: number, secondaries = ['eu-west-1']) =>
  make(name, secondaries, { ...clusterMode, NumNodeGroups });

const idsOf = (id: string, ...numbers: number[]) => numbers.map((number) => `${id}-000${number}`);

/** Waits until a datastore is stable, checks that it has each slot of 0 to 16383 once, returns the ids of its node groups. */
async function wholeNodeGroups(id: string): Promise<string[]> {
  const { GlobalNodeGroups = [] } = await waitUntilStable(id);
  const slots = GlobalNodeGroups.flatMap(({ Slots = '' }) =>
    Slots.split(',').flatMap((range) => {
      const [from = 0, to = from] = range.split('-').map(Number);
      return Array.from({ length: to - from + 1 }, (_, i) => from + i);
    }),
  );
  expect(slots.sort((a, b) => a - b)).toEqual(Array.from({ length: 16384 }, (_, i) => i));
  return GlobalNodeGroups.map(({ GlobalNodeGroupId = '' }) => GlobalNodeGroupId).sort();
}

beforeEach(() => {
  proxy.takeParameters();
});

describe('PUT /global-datastores/{id}/node-groups with a higher count', () => {
  it('increases the node groups and spreads the slots over them', async () => {
    const id = await withNodeGroups('up', 2);

    const response = await scale(id, { NodeGroupCount: 5 });

    expect(response).toMatchObject({
      status: 202,
      headers: { location: `/global-datastores/${id}`, 'retry-after': '15' },
      body: {
        GlobalReplicationGroup: { GlobalReplicationGroupId: id, Status: 'modifying' },
        Plan: ['Increase from 2 to 5 node groups.'],
      },
    });
    expect(changes()).toEqual([
      {
        Action: 'IncreaseNodeGroupsInGlobalReplicationGroup',
        GlobalReplicationGroupId: id,
        NodeGroupCount: '5',
        ApplyImmediately: 'true',
      },
    ]);
    expect(await wholeNodeGroups(id)).toEqual(idsOf(id, 1, 2, 3, 4, 5));
    expect((await call(`GET ${response.headers.location}`)).body.GlobalReplicationGroup).toEqual(
      await describeInAws(id),
    );
  });

  it('changes every member', async () => {
    const id = await withNodeGroups('every', 2, ['eu-west-1', 'ap-southeast-2']);

    await scale(id, { NodeGroupCount: 3 });
    await waitUntilStable(id);

    for (const region of ['us-east-1', 'eu-west-1', 'ap-southeast-2']) {
      const { NodeGroups } = await describeGroup(region, `every-${region}`);
      expect(NodeGroups?.map(({ NodeGroupId }) => NodeGroupId)).toEqual(['0001', '0002', '0003']);
    }
  });

  it('passes RegionalConfigurations on', async () => {
    const id = await withNodeGroups('zoned', 2);

    const response = await scale(id, {
      NodeGroupCount: 3,
      RegionalConfigurations: [
        {
          ReplicationGroupId: 'zoned-eu-west-1',
          ReplicationGroupRegion: 'eu-west-1',
          ReshardingConfiguration: [{ NodeGroupId: '0003', PreferredAvailabilityZones: ['eu-west-1c', 'eu-west-1a'] }],
        },
      ],
    });

    expect(response.status).toBe(202);
    const configuration = 'RegionalConfigurations.RegionalConfiguration.1';
    const resharding = `${configuration}.ReshardingConfiguration.ReshardingConfiguration.1`;
    expect(changes()).toEqual([
      {
        Action: 'IncreaseNodeGroupsInGlobalReplicationGroup',
        GlobalReplicationGroupId: id,
        NodeGroupCount: '3',
        ApplyImmediately: 'true',
        [`${configuration}.ReplicationGroupId`]: 'zoned-eu-west-1',
        [`${configuration}.ReplicationGroupRegion`]: 'eu-west-1',
        [`${resharding}.NodeGroupId`]: '0003',
        [`${resharding}.PreferredAvailabilityZones.AvailabilityZone.1`]: 'eu-west-1c',
        [`${resharding}.PreferredAvailabilityZones.AvailabilityZone.2`]: 'eu-west-1a',
      },
    ]);
    await waitUntilStable(id);
    const { NodeGroups = [] } = await describeGroup('eu-west-1', 'zoned-eu-west-1');
    expect(NodeGroups[2]?.NodeGroupMembers?.map((node) => node.PreferredAvailabilityZone)).toEqual([
      'eu-west-1c',
      'eu-west-1a',
    ]);
  });
});

describe('PUT /global-datastores/{id}/node-groups with a lower count', () => {
  it('keeps the lowest numbered node groups by default', async () => {
    const id = await withNodeGroups('down', 4);

    const response = await scale(id, { NodeGroupCount: 2 });

    expect(response).toMatchObject({
      status: 202,
      body: { Plan: [`Decrease from 4 to 2 node groups. Retain ${id}-0001, ${id}-0002.`] },
    });
    expect(changes()).toEqual([
      {
        Action: 'DecreaseNodeGroupsInGlobalReplicationGroup',
        GlobalReplicationGroupId: id,
        NodeGroupCount: '2',
        ApplyImmediately: 'true',
        'GlobalNodeGroupsToRetain.GlobalNodeGroupId.1': `${id}-0001`,
        'GlobalNodeGroupsToRetain.GlobalNodeGroupId.2': `${id}-0002`,
      },
    ]);
    expect(await wholeNodeGroups(id)).toEqual(idsOf(id, 1, 2));
  });

  it('keeps the named node groups', async () => {
    const id = await withNodeGroups('retain', 4);

    const response = await scale(id, { NodeGroupCount: 2, GlobalNodeGroupsToRetain: idsOf(id, 4, 2) });

    expect(response.body.Plan).toEqual([`Decrease from 4 to 2 node groups. Retain ${id}-0004, ${id}-0002.`]);
    expect(await wholeNodeGroups(id)).toEqual(idsOf(id, 2, 4));
  });

  it('removes the named node groups', async () => {
    const id = await withNodeGroups('remove', 3);

    const response = await scale(id, { NodeGroupCount: 2, GlobalNodeGroupsToRemove: idsOf(id, 1) });

    expect(response.body.Plan).toEqual([`Decrease from 3 to 2 node groups. Remove ${id}-0001.`]);
    expect(changes()).toMatchObject([{ 'GlobalNodeGroupsToRemove.GlobalNodeGroupId.1': `${id}-0001` }]);
    expect(await wholeNodeGroups(id)).toEqual(idsOf(id, 2, 3));
  });

  it('keeps the lowest numbered of the existing node groups', async () => {
    const id = await withNodeGroups('gaps', 4);
    await scale(id, { NodeGroupCount: 3, GlobalNodeGroupsToRemove: idsOf(id, 1) });
    await waitUntilStable(id);

    await scale(id, { NodeGroupCount: 2 });

    expect(await wholeNodeGroups(id)).toEqual(idsOf(id, 2, 3));
  });
});

describe('PUT /global-datastores/{id}/node-groups with the current count', () => {
  it('responds 200 with the datastore and sends no change to AWS', async () => {
    const id = await withNodeGroups('same', 2);

    const dryRun = await scale(id, { NodeGroupCount: 2 }, '?DryRun=true');
    const response = await scale(id, { NodeGroupCount: 2 });

    expect(dryRun.body).toMatchObject({ Valid: true, ChangesNothing: true });
    expect(response).toMatchObject({
      status: 200,
      body: { Plan: ['Nothing to do. The datastore already has 2 node groups.'] },
    });
    expect(response.body.GlobalReplicationGroup).toEqual(await describeInAws(id));
    expect(changes()).toEqual([]);
  });

  it('responds 409 while another scaling is in progress', async () => {
    const id = await withNodeGroups('on-the-way', 2);
    const resume = freeze();
    await scale(id, { NodeGroupCount: 3 });

    const response = await scale(id, { NodeGroupCount: 2 });
    resume();

    expect(response).toMatchObject({
      status: 409,
      headers: { 'retry-after': '15' },
      body: { code: 'InvalidGlobalReplicationGroupStateFault' },
    });
    expect(await wholeNodeGroups(id)).toEqual(idsOf(id, 1, 2, 3));
  });
});

describe('PUT /global-datastores/{id}/node-groups is refused', () => {
  let id: string;
  beforeAll(async () => {
    id = await withNodeGroups('firm', 2);
    await make('whole');
  });

  it.each([
    ['GlobalNodeGroupsToRetain', 3, ['ldgnf-firm-0001'], 'a decrease'],
    ['GlobalNodeGroupsToRemove', 3, ['ldgnf-firm-0001'], 'a decrease'],
    ['RegionalConfigurations', 1, [], 'an increase'],
  ])('with %s, which does not apply to a change to %i node groups', async (name, NodeGroupCount, value, direction) => {
    const body = { NodeGroupCount, [name]: value };

    const responses = [await scale(id, body), await scale(id, body, '?DryRun=true')];

    const refused = {
      status: 400,
      body: {
        code: 'ValidationFailed',
        errors: [
          { pointer: `#/${name}`, detail: `${name} applies only to ${direction}. The datastore has 2 node groups.` },
        ],
      },
    };
    expect(responses).toMatchObject([refused, refused]);
    expect(changes()).toEqual([]);
  });

  it('with the node groups to keep and those to remove', async () => {
    const both = { GlobalNodeGroupsToRetain: idsOf(id, 1), GlobalNodeGroupsToRemove: idsOf(id, 2) };

    const response = await scale(id, { NodeGroupCount: 1, ...both });

    expect(response).toMatchObject({ status: 400, body: { errors: [{ pointer: '#/GlobalNodeGroupsToRemove' }] } });
    expect(response.body.errors[0].detail).toContain('not both');
  });

  it.each([
    [{}, '#/NodeGroupCount', 'required'],
    [{ NodeGroupCount: 0 }, '#/NodeGroupCount', '1 to 500'],
    [{ NodeGroupCount: 501 }, '#/NodeGroupCount', '1 to 500'],
    [{ NodeGroupCount: 2.5 }, '#/NodeGroupCount', 'integer'],
    [{ NodeGroupCount: '3' }, '#/NodeGroupCount', 'integer'],
    [{ NodeGroupCount: 3, ApplyImmediately: false }, '#/ApplyImmediately', 'cannot wait'],
    [{ NodeGroupCount: 1, GlobalNodeGroupsToRetain: ['0001'] }, '#/GlobalNodeGroupsToRetain/0', ''],
    [{ NodeGroupCount: 1, GlobalNodeGroupsToRetain: [] }, '#/GlobalNodeGroupsToRetain', ''],
    [{ NodeGroupCount: 1, GlobalNodeGroupsToRemove: ['l-s-0001', 'l-s-0001'] }, '#/GlobalNodeGroupsToRemove', ''],
    [{ NodeGroupCount: 3, NumNodeGroups: 3 }, '#/NumNodeGroups', 'Known names are NodeGroupCount'],
    [
      { NodeGroupCount: 3, RegionalConfigurations: [{ ReplicationGroupId: 'x' }] },
      '#/RegionalConfigurations/0/ReplicationGroupRegion',
      'required',
    ],
  ])('with a pointer and without a call of AWS: %j', async (body, pointer, text) => {
    const response = await scale(id, body);

    expect(response).toMatchObject({ status: 400, body: { code: 'ValidationFailed' } });
    const refusal = response.body.errors.find((error: { pointer: string }) => error.pointer === pointer);
    expect(refusal?.detail).toContain(text);
    expect(proxy.takeParameters()).toEqual([]);
  });

  it.each([
    [{ NodeGroupCount: 1, GlobalNodeGroupsToRetain: ['ldgnf-firm-0009'] }, '#/GlobalNodeGroupsToRetain', '0009'],
    [
      { NodeGroupCount: 1, GlobalNodeGroupsToRemove: ['ldgnf-firm-0001', 'ldgnf-firm-0002'] },
      '#/GlobalNodeGroupsToRemove',
      'from 2 to 1 requires 1',
    ],
  ])('by AWS, with the failed check: %j', async (body, pointer, text) => {
    const response = await scale(id, body);

    expect(response).toMatchObject({ status: 400, body: { checks: [{ Outcome: 'fail', Pointer: pointer }] } });
    expect(response.body.detail).toContain(text);
  });

  it('without cluster mode, for any count', async () => {
    const responses = [
      await scale('ldgnf-whole', { NodeGroupCount: 1 }),
      await scale('ldgnf-whole', { NodeGroupCount: 3 }),
    ];

    for (const response of responses) {
      expect(response).toMatchObject({ status: 400, body: { code: 'InvalidParameterValueException' } });
      expect(response.body.detail).toContain('Cluster mode is disabled');
    }
  });

  it('during another change', async () => {
    const busy = await withNodeGroups('busy', 2);
    const resume = freeze();
    await emulator.client('us-east-1').send(
      new ModifyGlobalReplicationGroupCommand({
        GlobalReplicationGroupId: busy,
        ApplyImmediately: true,
        CacheNodeType: 'cache.r7g.xlarge',
      }),
    );

    const responses = [await scale(busy, { NodeGroupCount: 3 }), await scale(busy, { NodeGroupCount: 1 })];
    resume();

    for (const response of responses) {
      expect(response).toMatchObject({ status: 409, body: { code: 'InvalidGlobalReplicationGroupStateFault' } });
    }
    expect(await wholeNodeGroups(busy)).toEqual(idsOf(busy, 1, 2));
  });

  it('with 404 if the datastore does not exist', async () => {
    const response = await scale('ldgnf-nobody', { NodeGroupCount: 3 });

    expect(response).toMatchObject({ status: 404, body: { code: 'GlobalReplicationGroupNotFoundFault' } });
  });
});
