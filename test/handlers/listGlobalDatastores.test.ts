import { CreateGlobalReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Reply, startApi } from '../support/api.ts';

const { call, emulator } = await startApi();
const list = (query = '') => call(`GET /global-datastores${query}`);
const idsOf = ({ body }: Reply): string[] =>
  body.GlobalReplicationGroups.map((group: { GlobalReplicationGroupId: string }) => group.GlobalReplicationGroupId);

it('lists no datastores in an empty account', async () => {
  expect(await list()).toMatchObject({ status: 200, body: { GlobalReplicationGroups: [] } });
});

describe('GET /global-datastores with 45 datastores', () => {
  const all = Array.from({ length: 45 }, (_, index) => `ldgnf-store-${String(index).padStart(2, '0')}`);

  beforeAll(async () => {
    await Promise.all(
      all.map(async (id) => {
        const suffix = id.slice('ldgnf-'.length);
        await emulator.seed(`of-${suffix}`);
        await emulator.client('us-east-1').send(
          new CreateGlobalReplicationGroupCommand({
            GlobalReplicationGroupIdSuffix: suffix,
            PrimaryReplicationGroupId: `of-${suffix}`,
          }),
        );
      }),
    );
  });

  it('returns one page without MaxRecords', async () => {
    const response = await list();

    expect(response.status).toBe(200);
    expect(idsOf(response)).toEqual(all);
    expect(response.body).not.toHaveProperty('Marker');
    expect(response.headers).not.toHaveProperty('link');
  });

  it('returns at most MaxRecords datastores and a Marker', async () => {
    const response = await list('?MaxRecords=20');

    expect(idsOf(response)).toEqual(all.slice(0, 20));
    expect(response.body.Marker).toBeTypeOf('string');
  });

  it('continues after a Marker', async () => {
    const { body } = await list('?MaxRecords=20');

    const next = await list(`?MaxRecords=20&Marker=${encodeURIComponent(body.Marker)}`);

    expect(idsOf(next)).toEqual(all.slice(20, 40));
  });

  it.each(['?MaxRecords=20', '?MaxRecords=21&ShowMemberInfo=true', '?MaxRecords=44', '?MaxRecords=45'])(
    'returns each datastore once when a client follows Link rel=next: %s',
    async (query) => {
      const ids: string[] = [];

      let next: string | undefined = `/global-datastores${query}`;
      for (let pages = 0; next && pages < 5; pages++) {
        const page: Reply = await call(`GET ${next}`);
        ids.push(...idsOf(page));
        next = page.headers.link?.match(/^<([^>]+)>; rel="next"$/)?.[1];
      }

      expect(next).toBeUndefined();
      expect(ids).toEqual(all);
    },
  );

  it('keeps the other query parameters in Link', async () => {
    const { headers } = await list('?MaxRecords=20&ShowMemberInfo=true');

    expect(headers.link).toMatch(/^<\/global-datastores\?MaxRecords=20&ShowMemberInfo=true&Marker=[^>]+>; rel="next"$/);
  });

  it.each([
    ['no query', '', false],
    ['ShowMemberInfo=false', '?ShowMemberInfo=false', false],
    ['ShowMemberInfo=true', '?ShowMemberInfo=true', true],
  ])('includes the members only on request: %s', async (_, query, shown) => {
    const { body } = await list(query);

    expect(body.GlobalReplicationGroups).toHaveLength(45);
    expect(body.GlobalReplicationGroups.every((group: object) => 'Members' in group)).toBe(shown);
  });

  it('responds to HEAD with the headers of GET and no body', async () => {
    const response = await list('?MaxRecords=20');

    const { status, headers, body } = await call('HEAD /global-datastores?MaxRecords=20');

    expect({ status, body }).toEqual({ status: 200, body: '' });
    expect(headers.link).toBe(response.headers.link);
  });
});

describe('GET /global-datastores validation', () => {
  it.each([
    ['MaxRecords=19', 'MaxRecords'],
    ['MaxRecords=101', 'MaxRecords'],
    ['MaxRecords=-20', 'MaxRecords'],
    ['MaxRecords=20.5', 'MaxRecords'],
    ['MaxRecords=2e1', 'MaxRecords'],
    ['MaxRecords=ten', 'MaxRecords'],
    ['MaxRecords=', 'MaxRecords'],
    ['MaxRecords', 'MaxRecords'],
    ['MaxRecords=20&MaxRecords=30', 'MaxRecords'],
    ['MaxRecords=99999999999999999999', 'MaxRecords'],
    ['ShowMemberInfo=yes', 'ShowMemberInfo'],
    ['ShowMemberInfo=TRUE', 'ShowMemberInfo'],
    ['ShowMemberInfo=true&ShowMemberInfo=true', 'ShowMemberInfo'],
    ['Marker=', 'Marker'],
    [`Marker=${'x'.repeat(4097)}`, 'Marker'],
    ['maxrecords=20', 'maxrecords'],
    ['GlobalReplicationGroupId=ldgnf-orders', 'GlobalReplicationGroupId'],
    ['__proto__=1', '__proto__'],
    ['constructor=1', 'constructor'],
  ])('responds 400 for ?%s', async (query, parameter) => {
    const response = await list(`?${query}`);

    expect(response).toMatchObject({
      status: 400,
      body: { code: 'ValidationFailed', errors: [{ in: 'query', parameter, detail: expect.any(String) }] },
    });
  });

  it('reports every invalid parameter at once', async () => {
    const { body } = await list('?MaxRecords=1&Marker=&ShowMemberInfo=1&Nothing=1');

    const parameters = body.errors.map(({ parameter }: { parameter: string }) => parameter);
    expect(parameters.sort()).toEqual(['Marker', 'MaxRecords', 'Nothing', 'ShowMemberInfo']);
  });

  it('suggests the parameter with a similar name', async () => {
    const { body } = await list('?maxrecords=20');

    expect(body.errors[0].detail).toContain('Did you mean MaxRecords?');
  });

  it.each(['rubbish', '%F0%9F%98%80', 'YWZ0ZXI', '"><script>'])(
    'responds 400 for the unknown Marker %s',
    async (marker) => {
      const response = await list(`?Marker=${marker}`);

      expect(response).toMatchObject({
        status: 400,
        body: { code: 'ValidationFailed', errors: [{ parameter: 'Marker' }] },
      });
    },
  );
});
