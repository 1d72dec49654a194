import { beforeEach, describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { clusterMode, datastores } from '../support/datastore.ts';
import { createProxy } from '../support/proxy.ts';

const proxy = createProxy();
const { call, emulator } = await startApi({ proxy });
const { make, waitUntilStable, freeze } = datastores(emulator);
const rebalance = (id: string) => call(`POST /global-datastores/${id}/rebalance`);

beforeEach(() => {
  proxy.takeParameters();
});

describe('POST /global-datastores/{id}/rebalance', () => {
  it('distributes the slots evenly over the node groups', async () => {
    const uneven = ['0-99,16000-16383', '100-15999'].map((Slots) => ({ Slots, ReplicaCount: 1 }));
    const id = await make('uneven', ['eu-west-1'], {
      ...clusterMode,
      ReplicasPerNodeGroup: undefined,
      NodeGroupConfiguration: uneven,
    });
    proxy.takeParameters();

    const response = await rebalance(id);

    expect(response).toMatchObject({
      status: 202,
      headers: { location: `/global-datastores/${id}`, 'retry-after': '15' },
      body: {
        GlobalReplicationGroup: {
          Status: 'modifying',
          GlobalNodeGroups: [{ Slots: '0-99,16000-16383' }, { Slots: '100-15999' }],
        },
      },
    });
    expect(proxy.takeParameters()[1]).toEqual({
      Action: 'RebalanceSlotsInGlobalReplicationGroup',
      Version: '2015-02-02',
      GlobalReplicationGroupId: id,
      ApplyImmediately: 'true',
    });
    const { GlobalNodeGroups = [] } = await waitUntilStable(id);
    expect(GlobalNodeGroups.map(({ Slots }) => countSlots(Slots))).toEqual([8192, 8192]);
    expect((await call(`GET ${response.headers.location}`)).body.GlobalReplicationGroup).toMatchObject({
      Status: 'available',
      GlobalNodeGroups,
    });
  });

  it('responds 409 while another change is in progress', async () => {
    const id = await make('busy', [], clusterMode);
    const resume = freeze();
    await rebalance(id);

    const response = await rebalance(id);
    resume();

    expect(response).toMatchObject({
      status: 409,
      headers: { 'retry-after': '15' },
      body: { code: 'InvalidGlobalReplicationGroupStateFault' },
    });
  });

  it('responds 400 when cluster mode is disabled', async () => {
    const id = await make('whole');

    const response = await rebalance(id);

    expect(response).toMatchObject({ status: 400, body: { code: 'InvalidParameterValueException' } });
    expect(response.body.detail).toContain('cluster mode');
  });

  it('responds 404 for an unknown datastore', async () => {
    expect(await rebalance('ldgnf-unknown')).toMatchObject({
      status: 404,
      body: { code: 'GlobalReplicationGroupNotFoundFault' },
    });
  });

  it('refuses query parameters', async () => {
    const response = await call('POST /global-datastores/ldgnf-unknown/rebalance?ApplyImmediately=false');

    expect(response).toMatchObject({ status: 400, body: { errors: [{ in: 'query', parameter: 'ApplyImmediately' }] } });
    expect(proxy.takeParameters()).toEqual([]);
  });
});

function countSlots(slots = ''): number {
  return slots
    .split(',')
    .map((range) => range.split('-').map(Number))
    .reduce((sum, [from = 0, to = from]) => sum + to - from + 1, 0);
}
