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
const { make, describeGroup, waitUntilStable, freeze } = datastores(emulator);
const remove = (id: string, query = '') => call(`DELETE /global-datastores/${id}${query}`);
const takeDeletions = () => proxy.takeParameters().filter(({ Action }) => Action === 'DeleteGlobalReplicationGroup');
const waitUntilDeleted = (id: string) => until(async () => (await call(`GET /global-datastores/${id}`)).status === 404);

beforeEach(() => {
  proxy.takeParameters();
});

describe('DELETE /global-datastores/{id}', () => {
  it('responds 202 and sends RetainPrimaryReplicationGroup to AWS', async () => {
    const id = await make('plain');

    const response = await remove(id);

    expect(response).toMatchObject({
      status: 202,
      headers: { location: `/global-datastores/${id}`, 'retry-after': '15' },
      body: { GlobalReplicationGroup: { GlobalReplicationGroupId: id, Status: 'deleting' } },
    });
    expect(takeDeletions()).toEqual([
      {
        Action: 'DeleteGlobalReplicationGroup',
        Version: '2015-02-02',
        GlobalReplicationGroupId: id,
        RetainPrimaryReplicationGroup: 'true',
      },
    ]);
    await waitUntilDeleted(id);
  });

  it.each<Record<string, string>>([{}, { prefer: 'wait=10' }])(
    'names the remaining resources of the primary, with the headers %o',
    async (headers) => {
      const name = `remains-${Object.keys(headers).length}`;
      const id = await make(name);

      const response = await call(`DELETE /global-datastores/${id}`, { headers });

      expect(response.status).toBe(headers.prefer ? 200 : 202);
      expect(response.body.Result).toEqual({
        Standalone: [{ ReplicationGroupId: `${name}-us-east-1`, ReplicationGroupRegion: 'us-east-1' }],
        ParameterGroups: [
          {
            CacheParameterGroupName: expect.stringMatching(`^global-datastore-${name}-us-east-1[a-z]{4}$`),
            Region: 'us-east-1',
          },
        ],
      });
    },
  );

  it('shows the status deleting at its Location', async () => {
    const id = await make('watched');
    const resume = freeze();

    const { headers } = await remove(id);
    const { body } = await call(`GET ${headers.location}`);
    resume();

    expect(body.GlobalReplicationGroup.Status).toBe('deleting');
    await waitUntilDeleted(id);
  });

  it('keeps the primary as a standalone replication group', async () => {
    const id = await make('standalone');
    const before = await describeGroup('us-east-1', 'standalone-us-east-1');

    await remove(id);
    await waitUntilDeleted(id);

    const after = await describeGroup('us-east-1', 'standalone-us-east-1');
    expect(before.GlobalReplicationGroupInfo).toMatchObject({ GlobalReplicationGroupMemberRole: 'PRIMARY' });
    expect(after).toEqual({ ...before, GlobalReplicationGroupInfo: {} });
  });

  it('keeps the current primary after a failover', async () => {
    const id = await make('moved', ['eu-west-1']);
    const europe = emulator.client('eu-west-1');
    await europe.send(
      new FailoverGlobalReplicationGroupCommand({
        GlobalReplicationGroupId: id,
        PrimaryRegion: 'eu-west-1',
        PrimaryReplicationGroupId: 'moved-eu-west-1',
      }),
    );
    await waitUntilStable(id);
    await europe.send(
      new DisassociateGlobalReplicationGroupCommand({
        GlobalReplicationGroupId: id,
        ReplicationGroupRegion: 'us-east-1',
        ReplicationGroupId: 'moved-us-east-1',
      }),
    );
    await waitUntilStable(id);

    await remove(id);
    await waitUntilDeleted(id);

    expect(await describeGroup('eu-west-1', 'moved-eu-west-1')).toMatchObject({ Status: 'available' });
  });
});

describe('DELETE /global-datastores/{id} with secondaries attached', () => {
  it('responds 409 with the secondaries and sends no deletion to AWS', async () => {
    const id = await make('held', ['eu-west-1', 'ap-southeast-2']);

    const response = await remove(id);

    expect(response).toMatchObject({ status: 409, body: { code: 'SecondariesAttached' } });
    expect(response.body.detail).toContain('eu-west-1/held-eu-west-1 (SECONDARY, associated)');
    expect(response.body.detail).toContain('ap-southeast-2/held-ap-southeast-2 (SECONDARY, associated)');
    expect(response.body.detail).not.toContain('PRIMARY,');
    expect(response.body.remedies.map(({ href }: Remedy) => href).sort()).toEqual([
      `/global-datastores/${id}/members/ap-southeast-2/held-ap-southeast-2`,
      `/global-datastores/${id}/members/eu-west-1/held-eu-west-1`,
    ]);
    expect(takeDeletions()).toEqual([]);
  });

  it('offers remedies that succeed in the given order', async () => {
    const id = await make('walked', ['eu-west-1', 'ap-southeast-2']);
    const { body } = await remove(id);

    for (const { method, href } of body.remedies as Remedy[]) {
      expect(await call(`${method} ${href}`)).toMatchObject({ status: 202 });
      await waitUntilStable(id);
    }

    expect(await remove(id)).toMatchObject({ status: 202 });
    await waitUntilDeleted(id);
  });

  it('sends no deletion to AWS in a dry run', async () => {
    const id = await make('tried', ['eu-west-1']);

    const { status, body } = await remove(id, '?DryRun=true');

    expect({ status, valid: body.Valid }).toEqual({ status: 200, valid: false });
    expect(takeDeletions()).toEqual([]);
  });
});

interface Remedy {
  method: string;
  href: string;
}

describe('DELETE /global-datastores/{id} validation', () => {
  it('responds 409 while a change is in progress and keeps the datastore', async () => {
    const id = await make('changing');
    const resume = freeze();
    await call(`PATCH /global-datastores/${id}`, { body: { GlobalReplicationGroupDescription: 'changed' } });

    const response = await remove(id);
    resume();

    expect(response).toMatchObject({
      status: 409,
      headers: { 'retry-after': '15' },
      body: {
        code: 'InvalidGlobalReplicationGroupStateFault',
        detail: 'Cannot delete a global replication group in modifying state',
      },
    });
    expect(await waitUntilStable(id)).toMatchObject({ GlobalReplicationGroupDescription: 'changed' });
  });

  it('responds 409 without remedies while the last secondary is being removed', async () => {
    const id = await make('leaving', ['eu-west-1']);
    const resume = freeze();
    await call(`DELETE /global-datastores/${id}/members/eu-west-1/leaving-eu-west-1`);
    emulator.store.tick();

    const response = await remove(id);
    resume();

    expect(response).toMatchObject({ status: 409, body: { code: 'InvalidGlobalReplicationGroupStateFault' } });
    expect(response.body).not.toHaveProperty('remedies');
  });

  it('responds 409 for a datastore that is being deleted and 404 for a deleted one', async () => {
    const id = await make('twice');
    const resume = freeze();
    await remove(id);

    const again = await remove(id);
    resume();
    await waitUntilDeleted(id);

    expect(again).toMatchObject({ status: 409, body: { code: 'InvalidGlobalReplicationGroupStateFault' } });
    expect(await remove(id)).toMatchObject({ status: 404, body: { code: 'GlobalReplicationGroupNotFoundFault' } });
  });

  it.each(['RetainPrimaryReplicationGroup=false', 'RetainPrimaryReplicationGroup=true', 'Force=true'])(
    'responds 400 for ?%s, because only the datastore can be deleted',
    async (query) => {
      const response = await remove('ldgnf-unknown', `?${query}`);

      expect(response).toMatchObject({
        status: 400,
        body: { code: 'ValidationFailed', errors: [{ in: 'query', parameter: query.split('=')[0] }] },
      });
      expect(proxy.takeParameters()).toEqual([]);
    },
  );
});
