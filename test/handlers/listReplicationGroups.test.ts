import { DescribeReplicationGroupsCommand } from '@aws-sdk/client-elasticache';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Reply, startApi } from '../support/api.ts';
import { datastores } from '../support/datastore.ts';
import { createProxy } from '../support/proxy.ts';

const proxy = createProxy();
const { call, emulator } = await startApi({ proxy, regions: ['us-east-1', 'eu-west-1', 'sa-east-1', 'ap-south-1'] });
const { make } = datastores(emulator);
const regions = 'us-east-1, eu-west-1, sa-east-1, ap-south-1';
const list = (query = '') => call(`GET /replication-groups${query}`);
const idsOf = ({ body }: Reply): string[] =>
  body.ReplicationGroups.map((group: { ReplicationGroupId: string }) => group.ReplicationGroupId);

const many = Array.from({ length: 45 }, (_, index) => `group-${String(index).padStart(2, '0')}`);

beforeAll(async () => {
  await make('orders', ['eu-west-1']);
  await emulator.seed('free', 'us-east-1', { TransitEncryptionEnabled: true });
  await Promise.all(many.map((id) => emulator.seed(id, 'sa-east-1')));
});

beforeEach(() => {
  proxy.takeParameters();
});

describe('GET /replication-groups', () => {
  it.each([
    ['', 'us-east-1', ['free', 'orders-us-east-1']],
    ['?Region=us-east-1', 'us-east-1', ['free', 'orders-us-east-1']],
    ['?Region=eu-west-1', 'eu-west-1', ['orders-eu-west-1']],
  ])('with %j lists the groups of %s as AWS shows them', async (query, region, ids) => {
    const response = await list(query);

    const inAws = await emulator.client(region).send(new DescribeReplicationGroupsCommand({}));
    expect(response.status).toBe(200);
    expect(idsOf(response)).toEqual(ids);
    expect(response.body.ReplicationGroups).toEqual(JSON.parse(JSON.stringify(inAws.ReplicationGroups)));
    expect(response.body).not.toHaveProperty('Marker');
    expect(response.headers).not.toHaveProperty('link');
  });

  it('returns an empty list for a region without groups', async () => {
    expect(await list('?Region=ap-south-1')).toMatchObject({ status: 200, body: { ReplicationGroups: [] } });
  });

  it('returns pages of MaxRecords groups', async () => {
    const response = await list('?Region=sa-east-1&MaxRecords=20');

    expect(idsOf(response)).toEqual(many.slice(0, 20));
    expect(response.body.Marker).toBeTypeOf('string');
    expect(proxy.takeParameters()).toEqual([
      { Action: 'DescribeReplicationGroups', Version: '2015-02-02', MaxRecords: '20' },
    ]);
  });

  it.each(['?Region=sa-east-1&MaxRecords=20', '?MaxRecords=44&Region=sa-east-1', '?Region=sa-east-1&MaxRecords=45'])(
    'returns each group of one region once when a client follows Link rel=next: %s',
    async (query) => {
      const ids: string[] = [];

      let next: string | undefined = `/replication-groups${query}`;
      for (let pages = 0; next && pages < 5; pages++) {
        const page: Reply = await call(`GET ${next}`);
        ids.push(...idsOf(page));
        next = page.headers.link?.match(/^<([^>]+)>; rel="next"$/)?.[1];
      }

      expect(next).toBeUndefined();
      expect(ids).toEqual(many);
    },
  );

  it('responds to HEAD as to GET, without the body', async () => {
    const response = await list('?Region=sa-east-1&MaxRecords=20');

    const { status, headers, body } = await call('HEAD /replication-groups?Region=sa-east-1&MaxRecords=20');

    expect({ status, body }).toEqual({ status: 200, body: '' });
    expect(headers.link).toBe(response.headers.link);
  });
});

describe('GET /replication-groups is refused', () => {
  it.each([
    ['Region=eu-central-1', 'Region', regions],
    ['Region=', 'Region', regions],
    ['Region=us-east-1&Region=eu-west-1', 'Region', regions],
    ['Region=us-east-1.evil.example', 'Region', regions],
    ['region=eu-west-1', 'region', 'Did you mean Region?'],
    ['MaxRecords=19', 'MaxRecords', '20 to 100'],
    ['MaxRecords=101', 'MaxRecords', '20 to 100'],
    ['Marker=', 'Marker', ''],
    ['Marker=rubbish', 'Marker', 'the Marker of the previous page'],
    ['ReplicationGroupId=free', 'ReplicationGroupId', 'Known names are Region'],
  ])('with 400 for %s, without a call of AWS', async (query, parameter, text) => {
    const response = await list(`?${query}`);

    expect(response).toMatchObject({
      status: 400,
      body: { code: 'ValidationFailed', errors: [{ in: 'query', parameter }] },
    });
    expect(response.body.errors[0].detail).toContain(text);
    expect(proxy.takeParameters()).toEqual([]);
  });
});
