import {
  AddTagsToResourceCommand,
  DescribeCacheParameterGroupsCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-elasticache';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { clusterMode, datastores } from '../support/datastore.ts';
import { createProxy } from '../support/proxy.ts';

const proxy = createProxy();
const { call, emulator } = await startApi({ proxy });
const {
  make,
  describe: describeDatastore,
  describeGroup,
  addSecondary,
  waitUntilStable,
  freeze,
} = datastores(emulator);
const remove = (id: string, region: string, group: string, query = '') =>
  call(`DELETE /global-datastores/${id}/members/${region}/${group}${query}`);
const takeChanges = () => proxy.takeParameters().filter(({ Action = '' }) => !Action.startsWith('Describe'));

beforeEach(() => {
  proxy.takeParameters();
});

describe('DELETE /global-datastores/{id}/members/{region}/{group}', () => {
  it('responds 202 and disassociates the member', async () => {
    const id = await make('plain', ['eu-west-1', 'ap-southeast-2']);

    const response = await remove(id, 'eu-west-1', 'plain-eu-west-1');

    expect(response).toMatchObject({
      status: 202,
      headers: { location: `/global-datastores/${id}`, 'retry-after': '15' },
      body: { GlobalReplicationGroup: { GlobalReplicationGroupId: id, Status: 'modifying' } },
    });
    expect(response.body.GlobalReplicationGroup.Members).toHaveLength(3);
    expect(takeChanges()).toEqual([
      {
        Action: 'DisassociateGlobalReplicationGroup',
        Version: '2015-02-02',
        GlobalReplicationGroupId: id,
        ReplicationGroupRegion: 'eu-west-1',
        ReplicationGroupId: 'plain-eu-west-1',
      },
    ]);
    await waitUntilStable(id);
    const { body } = await call(`GET ${response.headers.location}`);
    const regions = body.GlobalReplicationGroup.Members.map((member: Member) => member.ReplicationGroupRegion);
    expect(regions.sort()).toEqual(['ap-southeast-2', 'us-east-1']);
  });

  it('names the remaining resources: the group, and the parameter group that ElastiCache created for it', async () => {
    const id = await make('leaver', ['eu-west-1']);

    const response = await remove(id, 'eu-west-1', 'leaver-eu-west-1');
    await waitUntilStable(id);
    const { CacheParameterGroups = [] } = await emulator
      .client('eu-west-1')
      .send(new DescribeCacheParameterGroupsCommand({}));

    const remainingGroups = CacheParameterGroups.filter(({ Description }) => Description?.endsWith(` ${id}`));
    expect(remainingGroups).toHaveLength(1);
    expect(response.body.Result).toEqual({
      Standalone: [{ ReplicationGroupId: 'leaver-eu-west-1', ReplicationGroupRegion: 'eu-west-1' }],
      ParameterGroups: [{ CacheParameterGroupName: remainingGroups[0]?.CacheParameterGroupName, Region: 'eu-west-1' }],
    });
  });

  it('is accepted when the parameter groups cannot be read, and names them without their last letters', async () => {
    const id = await make('unread', ['eu-west-1']);
    await emulator.fail({ Action: 'DescribeCacheParameterGroups', Name: 'AccessDenied', Times: 9 });

    const response = await remove(id, 'eu-west-1', 'unread-eu-west-1', '?DeleteReplicationGroup=false');
    await emulator.clearFaults();

    expect(response).toMatchObject({
      status: 202,
      body: {
        Result: {
          ParameterGroups: [{ CacheParameterGroupName: 'global-datastore-unread-eu-west-1*', Region: 'eu-west-1' }],
        },
      },
    });
  });

  it.each([
    ['of the API', 'us-east-1', ['eu-west-1']],
    ['of the member', 'eu-west-1', ['eu-west-1', 'us-east-1']],
  ])('is accepted while all calls to the region %s fail', async (_, Region, called) => {
    const id = await make(`cut-${Region}`, ['eu-west-1']);
    await emulator.calls();
    await emulator.fail({ Action: '*', Name: 'InternalFailure', Region, Times: 99 });

    const response = await remove(id, 'eu-west-1', `cut-${Region}-eu-west-1`);
    await emulator.clearFaults();

    expect(response.status).toBe(202);
    const sent = (await emulator.calls()).filter(({ Action }) => Action === 'DisassociateGlobalReplicationGroup');
    expect([...new Set(sent.map((one) => one.Region))]).toEqual(called);
    expect(await waitUntilStable(id)).toMatchObject({ Status: 'primary-only' });
  });

  it('shows the member as disassociating', async () => {
    const id = await make('on-its-way', ['eu-west-1']);
    const resume = freeze();

    await remove(id, 'eu-west-1', 'on-its-way-eu-west-1');
    emulator.store.tick();
    const { body } = await call(`GET /global-datastores/${id}`);
    resume();

    expect(body.GlobalReplicationGroup.Members).toContainEqual(
      expect.objectContaining({ ReplicationGroupRegion: 'eu-west-1', Status: 'disassociating' }),
    );
    expect(await waitUntilStable(id)).toMatchObject({ Status: 'primary-only' });
  });

  it('keeps the replication group with its settings, shards and tags', async () => {
    const id = await make('kept', ['eu-west-1'], { ...clusterMode, SnapshotRetentionLimit: 3 });
    const europe = emulator.client('eu-west-1');
    const before = await describeGroup('eu-west-1', 'kept-eu-west-1');
    const tags = { ResourceName: before.ARN, Tags: [{ Key: 'team', Value: 'orders' }] };
    await europe.send(new AddTagsToResourceCommand(tags));

    await remove(id, 'eu-west-1', 'kept-eu-west-1');
    await waitUntilStable(id);

    const { body } = await call('GET /replication-groups/eu-west-1/kept-eu-west-1');
    expect(before.GlobalReplicationGroupInfo).toMatchObject({ GlobalReplicationGroupMemberRole: 'SECONDARY' });
    expect(body.ReplicationGroup).toEqual(
      JSON.parse(JSON.stringify({ ...before, Status: 'available', GlobalReplicationGroupInfo: {} })),
    );
    expect(await europe.send(new ListTagsForResourceCommand(tags))).toMatchObject({ TagList: tags.Tags });
  });

  it('leaves a group that can become the primary of another datastore', async () => {
    const id = await make('free', ['eu-west-1']);

    await remove(id, 'eu-west-1', 'free-eu-west-1');
    await waitUntilStable(id);
    const created = await call('POST /global-datastores', {
      body: {
        GlobalReplicationGroupIdSuffix: 'free-again',
        PrimaryReplicationGroupId: 'free-eu-west-1',
        PrimaryReplicationGroupRegion: 'eu-west-1',
      },
    });

    expect(created).toMatchObject({
      status: 202,
      body: { GlobalReplicationGroup: { Members: [{ ReplicationGroupId: 'free-eu-west-1', Role: 'PRIMARY' }] } },
    });
    expect(await describeDatastore(id)).toMatchObject({
      Members: [{ ReplicationGroupId: 'free-us-east-1', Role: 'PRIMARY' }],
    });
  });

  it('distinguishes members with the same id by region', async () => {
    const id = await make('same');
    await addSecondary(id, 'eu-west-1', 'same-us-east-1');
    await addSecondary(id, 'ap-southeast-2', 'same-us-east-1');

    const ofPrimary = await remove(id, 'us-east-1', 'same-us-east-1');
    const ofSecondary = await remove(id, 'ap-southeast-2', 'same-us-east-1');
    const { Members = [] } = await waitUntilStable(id);

    expect([ofPrimary.status, ofSecondary.status]).toEqual([400, 202]);
    expect(Members.map((member) => member.ReplicationGroupRegion).sort()).toEqual(['eu-west-1', 'us-east-1']);
    expect(await describeGroup('ap-southeast-2', 'same-us-east-1')).toMatchObject({ GlobalReplicationGroupInfo: {} });
  });

  it('accepts the ids in any case', async () => {
    const id = await make('loud', ['eu-west-1']);

    expect(await remove(id.toUpperCase(), 'eu-west-1', 'LOUD-EU-WEST-1')).toMatchObject({ status: 202 });
  });
});

interface Member {
  ReplicationGroupRegion: string;
}

describe('DELETE /global-datastores/{id}/members/{region}/{group} of an unknown member', () => {
  let id: string;
  beforeAll(async () => {
    id = await make('named', ['eu-west-1']);
  });

  it.each([
    ['eu-west-1', 'unknown'],
    ['eu-west-1', 'named-us-east-1'],
    ['ap-southeast-2', 'named-eu-west-1'],
  ])('responds 404 with the members: %s/%s', async (region, group) => {
    const response = await remove(id, region, group);

    expect(response).toMatchObject({ status: 404, body: { code: 'MemberNotFound' } });
    expect(response.body.detail).toContain('us-east-1/named-us-east-1 (PRIMARY, associated)');
    expect(response.body.detail).toContain('eu-west-1/named-eu-west-1 (SECONDARY, associated)');
    expect(takeChanges()).toEqual([]);
  });

  it('responds 404 for an unknown datastore', async () => {
    const response = await remove('ldgnf-unknown', 'eu-west-1', 'unknown');

    expect(response).toMatchObject({ status: 404, body: { code: 'GlobalReplicationGroupNotFoundFault' } });
  });
});

describe('DELETE /global-datastores/{id}/members/{region}/{group} validation', () => {
  it('refuses to remove the primary', async () => {
    const id = await make('headed', ['eu-west-1']);

    const response = await remove(id, 'us-east-1', 'headed-us-east-1');

    expect(response).toMatchObject({ status: 400, body: { code: 'InvalidParameterValueException' } });
    expect(response.body.detail).toContain('is the primary');
    expect(await describeDatastore(id)).toMatchObject({ Status: 'available' });
  });

  it('responds 409 while a change is in progress', async () => {
    const id = await make('changing', ['eu-west-1']);
    const resume = freeze();
    await call(`PATCH /global-datastores/${id}`, { body: { GlobalReplicationGroupDescription: 'changed' } });

    const response = await remove(id, 'eu-west-1', 'changing-eu-west-1');
    resume();

    expect(response).toMatchObject({ status: 409, body: { code: 'InvalidGlobalReplicationGroupStateFault' } });
  });

  it('refuses DeleteReplicationGroup=true, because this API never deletes data', async () => {
    const response = await remove('ldgnf-unknown', 'eu-west-1', 'unknown', '?DeleteReplicationGroup=true');

    expect(response).toMatchObject({
      status: 400,
      body: { code: 'ValidationFailed', errors: [{ in: 'query', parameter: 'DeleteReplicationGroup' }] },
    });
    expect(response.body.errors[0].detail).toContain('This API never deletes data');
    expect(proxy.takeParameters()).toEqual([]);
  });

  it.each([
    ['us-west-2/unknown', 'ReplicationGroupRegion', 'us-east-1, eu-west-1, ap-southeast-2'],
    ['EU-WEST-1/unknown', 'ReplicationGroupRegion', 'us-east-1, eu-west-1, ap-southeast-2'],
    ['eu-west-1/-unknown', 'ReplicationGroupId', '1 to 40 letters, digits and hyphens'],
    ['eu-west-1/some_body', 'ReplicationGroupId', '1 to 40 letters, digits and hyphens'],
  ])('responds 400 for %s', async (member, parameter, expectedText) => {
    const response = await call(`DELETE /global-datastores/ldgnf-unknown/members/${member}`);

    expect(response).toMatchObject({ status: 400, body: { errors: [{ in: 'path', parameter }] } });
    expect(response.body.errors[0].detail).toContain(expectedText);
  });

  it('accepts DeleteReplicationGroup=false, which is the default', async () => {
    const id = await make('explicit', ['eu-west-1']);

    const response = await remove(id, 'eu-west-1', 'explicit-eu-west-1', '?DeleteReplicationGroup=false');

    expect(response.status).toBe(202);
  });
});
