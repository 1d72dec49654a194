import {
  DisassociateGlobalReplicationGroupCommand,
  FailoverGlobalReplicationGroupCommand,
} from '@aws-sdk/client-elasticache';
import { beforeEach, describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { datastores } from '../support/datastore.ts';
import { until } from '../support/emulator.ts';
import { createProxy } from '../support/proxy.ts';

const proxy = createProxy();
const { call, emulator } = await startApi({ proxy });
const { make, describeGroup, rested, freeze } = datastores(emulator);
const remove = (id: string, query = '') => call(`DELETE /global-datastores/${id}${query}`);
const deletions = () => proxy.told().filter(({ Action }) => Action === 'DeleteGlobalReplicationGroup');
const gone = (id: string) => until(async () => (await call(`GET /global-datastores/${id}`)).status === 404);

beforeEach(() => {
  proxy.told();
});

describe('DELETE /global-datastores/{id}', () => {
  it('answers 202 and tells AWS to retain the primary', async () => {
    const id = await make('plain');

    const answer = await remove(id);

    expect(answer).toMatchObject({
      status: 202,
      headers: { location: `/global-datastores/${id}`, 'retry-after': '15' },
      body: { GlobalReplicationGroup: { GlobalReplicationGroupId: id, Status: 'deleting' } },
    });
    expect(deletions()).toEqual([
      {
        Action: 'DeleteGlobalReplicationGroup',
        Version: '2015-02-02',
        GlobalReplicationGroupId: id,
        RetainPrimaryReplicationGroup: 'true',
      },
    ]);
    await gone(id);
  });

  it('shows the deleting datastore at its Location', async () => {
    const id = await make('watched');
    const thaw = freeze();

    const { headers } = await remove(id);
    const { body } = await call(`GET ${headers.location}`);
    thaw();

    expect(body.GlobalReplicationGroup.Status).toBe('deleting');
    await gone(id);
  });

  it('leaves the primary as a standalone replication group', async () => {
    const id = await make('left');
    const before = await describeGroup('us-east-1', 'left-us-east-1');

    await remove(id);
    await gone(id);

    const after = await describeGroup('us-east-1', 'left-us-east-1');
    expect(before.GlobalReplicationGroupInfo).toMatchObject({ GlobalReplicationGroupMemberRole: 'PRIMARY' });
    expect(after).toEqual({ ...before, GlobalReplicationGroupInfo: {} });
  });

  it('leaves the current primary, in whichever region it is', async () => {
    const id = await make('moved', ['eu-west-1']);
    const europe = emulator.client('eu-west-1');
    await europe.send(
      new FailoverGlobalReplicationGroupCommand({
        GlobalReplicationGroupId: id,
        PrimaryRegion: 'eu-west-1',
        PrimaryReplicationGroupId: 'moved-eu-west-1',
      }),
    );
    await rested(id);
    await europe.send(
      new DisassociateGlobalReplicationGroupCommand({
        GlobalReplicationGroupId: id,
        ReplicationGroupRegion: 'us-east-1',
        ReplicationGroupId: 'moved-us-east-1',
      }),
    );
    await rested(id);

    await remove(id);
    await gone(id);

    expect(await describeGroup('eu-west-1', 'moved-eu-west-1')).toMatchObject({ Status: 'available' });
  });
});

describe('DELETE /global-datastores/{id} with secondaries attached', () => {
  it('answers 409 with the secondaries and calls AWS for no change', async () => {
    const id = await make('held', ['eu-west-1', 'ap-southeast-2']);

    const answer = await remove(id);

    expect(answer).toMatchObject({ status: 409, body: { code: 'SecondariesAttached' } });
    expect(answer.body.detail).toContain('eu-west-1/held-eu-west-1 (SECONDARY, associated)');
    expect(answer.body.detail).toContain('ap-southeast-2/held-ap-southeast-2 (SECONDARY, associated)');
    expect(answer.body.detail).not.toContain('PRIMARY,');
    expect(answer.body.remedies.map(({ href }: Remedy) => href).sort()).toEqual([
      `/global-datastores/${id}/members/ap-southeast-2/held-ap-southeast-2`,
      `/global-datastores/${id}/members/eu-west-1/held-eu-west-1`,
    ]);
    expect(deletions()).toEqual([]);
  });

  it('gives remedies that work unchanged, one after the other', async () => {
    const id = await make('walked', ['eu-west-1', 'ap-southeast-2']);
    const { body } = await remove(id);

    for (const { method, href } of body.remedies as Remedy[]) {
      expect(await call(`${method} ${href}`)).toMatchObject({ status: 202 });
      await rested(id);
    }

    expect(await remove(id)).toMatchObject({ status: 202 });
    await gone(id);
  });

  it('changes nothing in a dry run', async () => {
    const id = await make('tried', ['eu-west-1']);

    const { status, body } = await remove(id, '?DryRun=true');

    expect({ status, valid: body.Valid }).toEqual({ status: 200, valid: false });
    expect(deletions()).toEqual([]);
  });
});

interface Remedy {
  method: string;
  href: string;
}

describe('DELETE /global-datastores/{id} is refused', () => {
  it('while a change is in progress, and the datastore remains', async () => {
    const id = await make('changing');
    const thaw = freeze();
    await call(`PATCH /global-datastores/${id}`, { body: { GlobalReplicationGroupDescription: 'changed' } });

    const answer = await remove(id);
    thaw();

    expect(answer).toMatchObject({
      status: 409,
      headers: { 'retry-after': '15' },
      body: {
        code: 'InvalidGlobalReplicationGroupStateFault',
        detail: 'Cannot delete a global replication group in modifying state',
      },
    });
    expect(await rested(id)).toMatchObject({ GlobalReplicationGroupDescription: 'changed' });
  });

  it('for the moment only, when the last secondary is being detached', async () => {
    const id = await make('leaving', ['eu-west-1']);
    const thaw = freeze();
    await call(`DELETE /global-datastores/${id}/members/eu-west-1/leaving-eu-west-1`);
    emulator.store.tick();

    const answer = await remove(id);
    thaw();

    expect(answer).toMatchObject({ status: 409, body: { code: 'InvalidGlobalReplicationGroupStateFault' } });
    expect(answer.body).not.toHaveProperty('remedies');
  });

  it('the second time', async () => {
    const id = await make('twice');
    const thaw = freeze();
    await remove(id);

    const again = await remove(id);
    thaw();
    await gone(id);

    expect(again).toMatchObject({ status: 409, body: { code: 'InvalidGlobalReplicationGroupStateFault' } });
    expect(await remove(id)).toMatchObject({ status: 404, body: { code: 'GlobalReplicationGroupNotFoundFault' } });
  });

  it.each(['RetainPrimaryReplicationGroup=false', 'RetainPrimaryReplicationGroup=true', 'Force=true'])(
    'with 400 for ?%s: nothing but the datastore is ever deleted',
    async (query) => {
      const answer = await remove('ldgnf-nobody', `?${query}`);

      expect(answer).toMatchObject({
        status: 400,
        body: { code: 'ValidationFailed', errors: [{ in: 'query', parameter: query.split('=')[0] }] },
      });
      expect(proxy.told()).toEqual([]);
    },
  );
});
