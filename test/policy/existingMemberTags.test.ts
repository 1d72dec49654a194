import { ListTagsForResourceCommand } from '@aws-sdk/client-elasticache';
import { beforeEach, describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { datastores } from '../support/datastore.ts';
import { startDurable } from '../support/durable.ts';
import { operator, ownerA, owners, tagged, writePolicy } from '../support/policy.ts';

const durable = await startDurable();
const { call, emulator } = await startApi({
  environment: { POLICY_FILE: writePolicy(owners), AWS_ENDPOINT_URL_LAMBDA: durable.url, OWNER_CACHE_MS: '0' },
});
const { make, describeGroup } = datastores(emulator);
const id = await make('orders', [], tagged('a'));
await call(`POST /global-datastores/${id}/members`, {
  ...ownerA,
  headers: { prefer: 'wait=20' },
  body: { ReplicationGroupId: 'orders-eu-west-1', ReplicationGroupRegion: 'eu-west-1' },
});
const member = `/global-datastores/${id}/members/eu-west-1/orders-eu-west-1`;
const changes = async () => (await emulator.calls()).filter(({ Action }) => !/^(Describe|List)/.test(Action));

async function tags() {
  const { ARN } = await describeGroup('eu-west-1', 'orders-eu-west-1');
  const list = new ListTagsForResourceCommand({ ResourceName: ARN });
  return (await emulator.client('eu-west-1').send(list)).TagList;
}

beforeEach(async () => {
  await emulator.calls();
});

interface Existing {
  ReplicationGroupId: string;
  ReplicationGroupRegion: string;
  Role: string;
  Tags?: object[];
}

const topology = (Tags: object[]): { Members: Existing[] } => ({
  Members: [
    { ReplicationGroupId: 'orders-us-east-1', ReplicationGroupRegion: 'us-east-1', Role: 'PRIMARY' },
    { ReplicationGroupId: 'orders-eu-west-1', ReplicationGroupRegion: 'eu-west-1', Role: 'SECONDARY', Tags },
  ],
});
const toB = [{ Key: 'team', Value: 'b' }];

describe.each([
  ['the owner', ownerA],
  ['an operator', operator],
])('the tag with the owner of a member that exists, for %s', (_, caller) => {
  it.each<[string, string, object, string]>([
    ['PATCH of the member', `PATCH ${member}`, { Tags: toB }, '#/Tags'],
    ['PATCH that removes it', `PATCH ${member}`, { TagKeys: ['stage', 'team'] }, '#/TagKeys'],
    ['a topology', `PUT /global-datastores/${id}/topology`, topology(toB), '#/Members/1/Tags'],
  ])('is not changed by %s', async (_name, request, body, pointer) => {
    const response = await call(request, { ...caller, body });

    expect(response).toMatchObject({ status: 400, body: { code: 'ValidationFailed', errors: [{ pointer }] } });
    expect(await changes()).toEqual([]);
    expect(await tags()).toEqual([{ Key: 'team', Value: 'a' }]);
  });

  it('is accepted with its present value', async () => {
    const Tags = [{ Key: 'team', Value: 'a' }];

    expect((await call(`PATCH ${member}`, { ...caller, body: { Tags } })).status).toBe(200);
    expect((await call(`PUT /global-datastores/${id}/topology`, { ...caller, body: topology(Tags) })).status).toBe(200);
    expect(await changes()).toEqual([]);
  });
});

it('a topology adds the tag of the owner to new members only', async () => {
  const added = { ReplicationGroupId: 'orders-new', ReplicationGroupRegion: 'ap-southeast-2', Role: 'SECONDARY' };
  const { Members } = topology([]);
  const body = { Members: [...Members.map(({ Tags: _, ...existing }) => existing), added] };

  const { OperationId } = (await call(`PUT /global-datastores/${id}/topology`, { ...ownerA, body })).body;
  const { Wanted } = (await call(`GET /operations/${OperationId}`, ownerA)).body.Operation;

  expect(Wanted.Members.map(({ Tags }: { Tags?: object[] }) => Tags)).toEqual([
    undefined,
    undefined,
    [{ Key: 'team', Value: 'a' }],
  ]);
});
