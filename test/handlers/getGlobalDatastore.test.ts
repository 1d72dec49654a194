import { CreateGlobalReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { createProxy, modes } from '../support/proxy.ts';

const proxy = createProxy();
const { call, emulator } = await startApi({ proxy, globalScope: 'member-regions' });
const get = (id: string) => call(`GET /global-datastores/${id}`);

beforeAll(async () => {
  await make('home', 'us-east-1');
  await make('away', 'eu-west-1');
});

beforeEach(async () => {
  proxy.clear();
  await emulator.clearFaults();
  await emulator.calls();
});

/** A datastore made behind the API's back. */
async function make(suffix: string, region: string): Promise<void> {
  await emulator.seed(`${suffix}-primary`, region);
  await emulator.client(region).send(
    new CreateGlobalReplicationGroupCommand({
      GlobalReplicationGroupIdSuffix: suffix,
      PrimaryReplicationGroupId: `${suffix}-primary`,
    }),
  );
}

describe('GET /global-datastores/{id}', () => {
  it('shows the datastore with its members', async () => {
    const answer = await get('ldgnf-home');

    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.body.GlobalReplicationGroup).toMatchObject({
      GlobalReplicationGroupId: 'ldgnf-home',
      Status: 'primary-only',
      Members: [
        {
          ReplicationGroupId: 'home-primary',
          ReplicationGroupRegion: 'us-east-1',
          Role: 'PRIMARY',
          Status: 'associated',
        },
      ],
    });
    expect(await emulator.calls()).toHaveLength(1);
  });

  it('finds a datastore that only another region knows', async () => {
    const answer = await get('gxeiz-away');

    expect(answer.status).toBe(200);
    expect(answer.body.GlobalReplicationGroup.Members).toMatchObject([{ ReplicationGroupRegion: 'eu-west-1' }]);
  });

  it('finds a datastore while the API’s own region does not respond', async () => {
    proxy.will(modes.reset, { region: 'us-east-1', times: 99 });

    expect(await get('gxeiz-away')).toMatchObject({ status: 200 });
  });

  it('answers 404 when every region says so', async () => {
    const answer = await get('ldgnf-nobody');

    expect(answer).toMatchObject({ status: 404, body: { code: 'GlobalReplicationGroupNotFoundFault' } });
    const asked = (await emulator.calls()).map(({ Region }) => Region);
    expect(asked.sort()).toEqual(['ap-southeast-2', 'eu-west-1', 'us-east-1']);
  });

  it.each(['us-east-1', 'eu-west-1', 'ap-southeast-2'])(
    'does not answer 404 when %s does not respond',
    async (region) => {
      proxy.will(modes.error500, { region, times: 3 });

      const answer = await get('ldgnf-nobody');

      expect(answer).toMatchObject({ status: 502, body: { code: 'UpstreamError', upstream: { region } } });
    },
  );

  it('does not answer 404 when a region refuses the role of the function', async () => {
    await emulator.fail({ Action: '*', Name: 'AccessDenied', Region: 'eu-west-1' });

    expect(await get('ldgnf-nobody')).toMatchObject({ status: 500, body: { code: 'UpstreamAccessDenied' } });
  });

  it.each([
    ['that begins with a digit', '1ldgnf'],
    ['with an underscore', 'ldgnf_home'],
    ['with a path', '..%2F..%2Fetc'],
    ['with a line break', 'ldgnf%0Ahome'],
    ['that is too long', `l${'x'.repeat(255)}`],
  ])('answers 400 for an id %s and calls nothing', async (_, id) => {
    const answer = await get(id);

    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'ValidationFailed', errors: [{ in: 'path', parameter: 'GlobalReplicationGroupId' }] },
    });
    expect(await emulator.calls()).toEqual([]);
  });

  it('refuses a query', async () => {
    const answer = await get('ldgnf-home?ShowMemberInfo=true');

    expect(answer).toMatchObject({ status: 400, body: { errors: [{ in: 'query', parameter: 'ShowMemberInfo' }] } });
  });
});

describe('HEAD /global-datastores/{id}', () => {
  it('answers as GET does, without the body', async () => {
    const got = await get('ldgnf-home');

    const { status, headers, body } = await call('HEAD /global-datastores/ldgnf-home');

    expect(status).toBe(200);
    expect(body).toBe('');
    expect({ ...headers, 'x-request-id': '' }).toEqual({ ...got.headers, 'x-request-id': '' });
  });

  it('answers 404 without a body', async () => {
    const { status, headers, body } = await call('HEAD /global-datastores/ldgnf-nobody');

    expect({ status, body }).toEqual({ status: 404, body: '' });
    expect(headers['content-type']).toBe('application/problem+json');
  });
});
