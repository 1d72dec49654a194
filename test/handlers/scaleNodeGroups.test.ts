import { ModifyGlobalReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { clusterMode, datastores } from '../support/datastore.ts';
import { createProxy } from '../support/proxy.ts';

const proxy = createProxy();
const { call, emulator } = await startApi({ proxy });
const { make, describe: describeDatastore, describeGroup, rested, freeze } = datastores(emulator);
const scale = (id: string, body: unknown, query = '') =>
  call(`PUT /global-datastores/${id}/node-groups${query}`, { body });

/** Returns the changes that AWS receives, without `Version`. */
const takeChanges = () =>
  proxy
    .told()
    .filter(({ Action = '' }) => !Action.startsWith('Describe'))
    .map(({ Version, ...parameters }) => parameters);

/** Creates a datastore with the given number of node groups and returns its id. */
const createWithNodeGroups = (name: string, NumNodeGroups: number, secondaries = ['eu-west-1']) =>
  make(name, secondaries, { ...clusterMode, NumNodeGroups });

const idsOf = (id: string, ...numbers: number[]) => numbers.map((number) => `${id}-000${number}`);

/** Waits until the datastore is stable and returns its sorted node group ids. Asserts that each slot is assigned once. */
async function waitForNodeGroupIds(id: string): Promise<string[]> {
  const { GlobalNodeGroups = [] } = await rested(id);
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
  proxy.told();
});

describe('PUT /global-datastores/{id}/node-groups with a higher count', () => {
  it('sends an increase to the requested count and distributes the slots over all node groups', async () => {
    const id = await createWithNodeGroups('up', 2);

    const response = await scale(id, { NodeGroupCount: 5 });

    expect(response).toMatchObject({
      status: 202,
      headers: { location: `/global-datastores/${id}`, 'retry-after': '15' },
      body: {
        GlobalReplicationGroup: { GlobalReplicationGroupId: id, Status: 'modifying' },
        Plan: ['Increase from 2 to 5 node groups.'],
      },
    });
    expect(takeChanges()).toEqual([
      {
        Action: 'IncreaseNodeGroupsInGlobalReplicationGroup',
        GlobalReplicationGroupId: id,
        NodeGroupCount: '5',
        ApplyImmediately: 'true',
      },
    ]);
    expect(await waitForNodeGroupIds(id)).toEqual(idsOf(id, 1, 2, 3, 4, 5));
    expect((await call(`GET ${response.headers.location}`)).body.GlobalReplicationGroup).toEqual(
      await describeDatastore(id),
    );
  });

  it('adds the node groups in every member', async () => {
    const id = await createWithNodeGroups('every', 2, ['eu-west-1', 'ap-southeast-2']);

    await scale(id, { NodeGroupCount: 3 });
    await rested(id);

    for (const region of ['us-east-1', 'eu-west-1', 'ap-southeast-2']) {
      const { NodeGroups } = await describeGroup(region, `every-${region}`);
      expect(NodeGroups?.map(({ NodeGroupId }) => NodeGroupId)).toEqual(['0001', '0002', '0003']);
    }
  });

  it('places the new nodes in the requested availability zones', async () => {
    const id = await createWithNodeGroups('zoned', 2);

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
    expect(takeChanges()).toEqual([
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
    await rested(id);
    const { NodeGroups = [] } = await describeGroup('eu-west-1', 'zoned-eu-west-1');
    expect(NodeGroups[2]?.NodeGroupMembers?.map((node) => node.PreferredAvailabilityZone)).toEqual([
      'eu-west-1c',
      'eu-west-1a',
    ]);
  });
});

describe('PUT /global-datastores/{id}/node-groups with a lower count', () => {
  it('sends a decrease that retains the lowest-numbered node groups by default', async () => {
    const id = await createWithNodeGroups('down', 4);

    const response = await scale(id, { NodeGroupCount: 2 });

    expect(response).toMatchObject({
      status: 202,
      body: { Plan: [`Decrease from 4 to 2 node groups. Retain ${id}-0001, ${id}-0002.`] },
    });
    expect(takeChanges()).toEqual([
      {
        Action: 'DecreaseNodeGroupsInGlobalReplicationGroup',
        GlobalReplicationGroupId: id,
        NodeGroupCount: '2',
        ApplyImmediately: 'true',
        'GlobalNodeGroupsToRetain.GlobalNodeGroupId.1': `${id}-0001`,
        'GlobalNodeGroupsToRetain.GlobalNodeGroupId.2': `${id}-0002`,
      },
    ]);
    expect(await waitForNodeGroupIds(id)).toEqual(idsOf(id, 1, 2));
  });

  it('retains the node groups in GlobalNodeGroupsToRetain', async () => {
    const id = await createWithNodeGroups('retain', 4);

    const response = await scale(id, { NodeGroupCount: 2, GlobalNodeGroupsToRetain: idsOf(id, 4, 2) });

    expect(response.body.Plan).toEqual([`Decrease from 4 to 2 node groups: ${id}-0004, ${id}-0002 stay.`]);
    expect(await waitForNodeGroupIds(id)).toEqual(idsOf(id, 2, 4));
  });

  it('removes the node groups in GlobalNodeGroupsToRemove', async () => {
    const id = await createWithNodeGroups('remove', 3);

    const response = await scale(id, { NodeGroupCount: 2, GlobalNodeGroupsToRemove: idsOf(id, 1) });

    expect(response.body.Plan).toEqual([`Decrease from 3 to 2 node groups: ${id}-0001 go.`]);
    expect(takeChanges()).toMatchObject([{ 'GlobalNodeGroupsToRemove.GlobalNodeGroupId.1': `${id}-0001` }]);
    expect(await waitForNodeGroupIds(id)).toEqual(idsOf(id, 2, 3));
  });

  it('retains the lowest-numbered node groups when the numbers have gaps', async () => {
    const id = await createWithNodeGroups('gaps', 4);
    await scale(id, { NodeGroupCount: 3, GlobalNodeGroupsToRemove: idsOf(id, 1) });
    await rested(id);

    await scale(id, { NodeGroupCount: 2 });

    expect(await waitForNodeGroupIds(id)).toEqual(idsOf(id, 2, 3));
  });
});

describe('PUT /global-datastores/{id}/node-groups with the current count', () => {
  it('answers 200 with the datastore and sends no change to AWS', async () => {
    const id = await createWithNodeGroups('same', 2);

    const response = await scale(id, { NodeGroupCount: 2 });

    expect(response).toMatchObject({ status: 200, body: { Plan: ['Nothing: there are 2 node groups already.'] } });
    expect(response.body.GlobalReplicationGroup).toEqual(await describeDatastore(id));
    expect(takeChanges()).toEqual([]);
  });

  it('answers 409 while a change to another count is in progress', async () => {
    const id = await createWithNodeGroups('on-the-way', 2);
    const thaw = freeze();
    await scale(id, { NodeGroupCount: 3 });

    const response = await scale(id, { NodeGroupCount: 2 });
    thaw();

    expect(response).toMatchObject({
      status: 409,
      headers: { 'retry-after': '15' },
      body: { code: 'InvalidGlobalReplicationGroupStateFault' },
    });
    expect(await waitForNodeGroupIds(id)).toEqual(idsOf(id, 1, 2, 3));
  });
});

describe('PUT /global-datastores/{id}/node-groups validation', () => {
  let id: string;
  beforeAll(async () => {
    id = await createWithNodeGroups('firm', 2);
    await make('whole');
  });

  it.each([
    ['GlobalNodeGroupsToRetain', 3, ['ldgnf-firm-0001'], 'falls'],
    ['GlobalNodeGroupsToRemove', 3, ['ldgnf-firm-0001'], 'falls'],
    ['RegionalConfigurations', 1, [], 'rises'],
  ])(
    'refuses %s with NodeGroupCount %i, which changes in the other direction',
    async (name, NodeGroupCount, value, direction) => {
      const body = { NodeGroupCount, [name]: value };

      const responses = [await scale(id, body), await scale(id, body, '?DryRun=true')];

      const refusal = {
        status: 400,
        body: {
          code: 'ValidationFailed',
          errors: [
            {
              pointer: `#/${name}`,
              detail: `${name} goes with a count that ${direction}; there are 2 node groups now.`,
            },
          ],
        },
      };
      expect(responses).toMatchObject([refusal, refusal]);
      expect(takeChanges()).toEqual([]);
    },
  );

  it('refuses GlobalNodeGroupsToRetain together with GlobalNodeGroupsToRemove', async () => {
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
  ])('refuses an invalid body with a pointer and without a call to AWS: %j', async (body, pointer, expectedText) => {
    const response = await scale(id, body);

    expect(response).toMatchObject({ status: 400, body: { code: 'ValidationFailed' } });
    const refusal = response.body.errors.find((error: { pointer: string }) => error.pointer === pointer);
    expect(refusal?.detail).toContain(expectedText);
    expect(proxy.told()).toEqual([]);
  });

  it.each([
    [{ NodeGroupCount: 1, GlobalNodeGroupsToRetain: ['ldgnf-firm-0009'] }, '#/GlobalNodeGroupsToRetain', '0009'],
    [
      { NodeGroupCount: 1, GlobalNodeGroupsToRemove: ['ldgnf-firm-0001', 'ldgnf-firm-0002'] },
      '#/GlobalNodeGroupsToRemove',
      'from 2 to 1 requires 1',
    ],
  ])('adds a pointer to a refusal by AWS: %j', async (body, pointer, expectedText) => {
    const response = await scale(id, body);

    expect(response).toMatchObject({ status: 400, body: { checks: [{ Outcome: 'fail', Pointer: pointer }] } });
    expect(response.body.detail).toContain(expectedText);
  });

  it('answers 400 for any count when cluster mode is disabled', async () => {
    const responses = [
      await scale('ldgnf-whole', { NodeGroupCount: 1 }),
      await scale('ldgnf-whole', { NodeGroupCount: 3 }),
    ];

    for (const response of responses) {
      expect(response).toMatchObject({ status: 400, body: { code: 'InvalidParameterValueException' } });
      expect(response.body.detail).toContain('Cluster mode is disabled');
    }
  });

  it('answers 409 while another change is in progress', async () => {
    const busy = await createWithNodeGroups('busy', 2);
    const thaw = freeze();
    await emulator.client('us-east-1').send(
      new ModifyGlobalReplicationGroupCommand({
        GlobalReplicationGroupId: busy,
        ApplyImmediately: true,
        CacheNodeType: 'cache.r7g.xlarge',
      }),
    );

    const responses = [await scale(busy, { NodeGroupCount: 3 }), await scale(busy, { NodeGroupCount: 1 })];
    thaw();

    for (const response of responses) {
      expect(response).toMatchObject({ status: 409, body: { code: 'InvalidGlobalReplicationGroupStateFault' } });
    }
    expect(await waitForNodeGroupIds(busy)).toEqual(idsOf(busy, 1, 2));
  });

  it('answers 404 for an unknown datastore', async () => {
    const response = await scale('ldgnf-unknown', { NodeGroupCount: 3 });

    expect(response).toMatchObject({ status: 404, body: { code: 'GlobalReplicationGroupNotFoundFault' } });
  });
});
