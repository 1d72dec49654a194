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

/** Creates a datastore directly in AWS (not through the API). */
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
  it('returns the datastore with its members', async () => {
    const response = await get('ldgnf-home');

    expect(response.status).toBe(200);
    expect(response.headers['content-type']).toBe('application/json');
    expect(response.body.GlobalReplicationGroup).toMatchObject({
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

  it('finds a datastore that only another region lists', async () => {
    const response = await get('gxeiz-away');

    expect(response.status).toBe(200);
    expect(response.body.GlobalReplicationGroup.Members).toMatchObject([{ ReplicationGroupRegion: 'eu-west-1' }]);
  });

  it('finds a datastore while its own region is unreachable', async () => {
    proxy.inject(modes.reset, { region: 'us-east-1', times: 99 });

    expect(await get('gxeiz-away')).toMatchObject({ status: 200 });
  });

  it('responds 404 when no region has the datastore', async () => {
    const response = await get('ldgnf-unknown');

    expect(response).toMatchObject({ status: 404, body: { code: 'GlobalReplicationGroupNotFoundFault' } });
    const regions = new Set((await emulator.calls()).map(({ Region }) => Region));
    expect([...regions].sort()).toEqual(['ap-southeast-2', 'eu-west-1', 'us-east-1']);
  });

  it.each(['us-east-1', 'eu-west-1', 'ap-southeast-2'])('does not respond 404 when %s fails', async (region) => {
    proxy.inject(modes.error500, { region, times: 3 });

    const response = await get('ldgnf-unknown');

    expect(response).toMatchObject({ status: 502, body: { code: 'UpstreamError', upstream: { region } } });
  });

  it('does not respond 404 when a region denies access', async () => {
    await emulator.fail({ Action: '*', Name: 'AccessDenied', Region: 'eu-west-1' });

    expect(await get('ldgnf-unknown')).toMatchObject({ status: 500, body: { code: 'UpstreamAccessDenied' } });
  });

  it.each([
    ['that starts with a digit', '1ldgnf'],
    ['with an underscore', 'ldgnf_home'],
    ['with a space', 'ldgnf%20home'],
    ['with a line break', 'ldgnf%0Ahome'],
    ['that is too long', `l${'x'.repeat(255)}`],
  ])('responds 400 without a call to AWS for an id %s', async (_, id) => {
    const response = await get(id);

    expect(response).toMatchObject({
      status: 400,
      body: { code: 'ValidationFailed', errors: [{ in: 'path', parameter: 'GlobalReplicationGroupId' }] },
    });
    expect(await emulator.calls()).toEqual([]);
  });

  it('refuses query parameters', async () => {
    const response = await get('ldgnf-home?ShowMemberInfo=true');

    expect(response).toMatchObject({ status: 400, body: { errors: [{ in: 'query', parameter: 'ShowMemberInfo' }] } });
  });
});

describe('HEAD /global-datastores/{id}', () => {
  it('responds with the headers of GET and no body', async () => {
    const response = await get('ldgnf-home');

    const { status, headers, body } = await call('HEAD /global-datastores/ldgnf-home');

    expect(status).toBe(200);
    expect(body).toBe('');
    const ids = { 'x-request-id': '', 'apigw-requestid': '' };
    expect({ ...headers, ...ids }).toEqual({ ...response.headers, ...ids });
  });

  it('responds 404 without a body', async () => {
    const { status, headers, body } = await call('HEAD /global-datastores/ldgnf-unknown');

    expect({ status, body }).toEqual({ status: 404, body: '' });
    expect(headers['content-type']).toBe('application/problem+json');
  });
});
