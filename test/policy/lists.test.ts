import { CreateReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { beforeEach, describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { clusterMode, datastores } from '../support/datastore.ts';
import { operator, ownerA, ownerB, owners, tagged, unknownCaller, writePolicy } from '../support/policy.ts';

const regions = ['us-east-1', 'eu-west-1'];
const { call, emulator } = await startApi({
  regions,
  environment: { POLICY_FILE: writePolicy({ ...owners, MaxDatastores: 4 }), OWNER_CACHE_MS: '0' },
});
const { make, waitUntilStable } = datastores(emulator);
const names = ['one', 'two', 'three', 'four'];
for (const name of names) await make(name, [], tagged('a'));
const outside = await make('outside', [], { ...tagged('a'), ...clusterMode });
await emulator.client('ap-southeast-2').send(
  new CreateReplicationGroupCommand({
    GlobalReplicationGroupId: outside,
    ReplicationGroupId: 'outside-apse2',
    ReplicationGroupDescription: 'Secondary',
    ...tagged('a'),
  }),
);
await waitUntilStable(outside);
await emulator.seed('free-a', 'us-east-1', tagged('a'));
await emulator.seed('free-b', 'us-east-1', tagged('b'));

beforeEach(() => emulator.calls());

describe('a list of datastores', () => {
  it('describes the members of a region together and reads the tags of each once', async () => {
    const { body } = await call('GET /global-datastores', ownerA);
    const calls = await emulator.calls();
    const count = (action: string, region: string) =>
      calls.filter(({ Action, Region }) => Action === action && Region === region).length;

    expect(body.GlobalReplicationGroups).toHaveLength(names.length + 1);
    expect(regions.map((region) => count('DescribeReplicationGroups', region))).toEqual([1, 0]);
    expect(regions.map((region) => count('ListTagsForResource', region))).toEqual([names.length + 1, 0]);
  });

  it('reads no tags for an operator or a caller without an owner', async () => {
    await call('GET /global-datastores', operator);
    await call('GET /global-datastores', unknownCaller);
    await call('GET /replication-groups', unknownCaller);

    expect((await emulator.calls()).map(({ Action }) => Action)).not.toContain('ListTagsForResource');
  });
});

describe('a datastore with a member outside the regions of the API', () => {
  const path = `/global-datastores/${outside}`;

  it.each<[string, object?]>([
    ['GET /global-datastores?ShowMemberInfo=true'],
    [`GET ${path}`],
    [`PATCH ${path}`, { GlobalReplicationGroupDescription: 'changed' }],
    [`POST ${path}/failover?DryRun=true`, { PrimaryRegion: 'us-east-1' }],
    [
      `PUT ${path}/topology?DryRun=true`,
      { Members: [{ ReplicationGroupId: 'outside-us-east-1', ReplicationGroupRegion: 'us-east-1', Role: 'PRIMARY' }] },
    ],
    [`DELETE ${path}?DryRun=true`],
  ])('%s calls only the regions of the API', async (request, body) => {
    const { status } = await call(request, { ...ownerA, ...(body && { body }) });

    expect(Math.floor(status / 100)).toBe(2);
    expect((await emulator.calls()).filter(({ Region }) => !regions.includes(Region))).toEqual([]);
    await waitUntilStable(outside);
  });

  it('causes no call of such a region when a function reads it directly', async () => {
    const { findReplicationGroup } = await import('../../src/datastores/replicationGroup.ts');
    const { findGlobalDatastore } = await import('../../src/datastores/globalDatastore.ts');
    const signal = AbortSignal.timeout(5_000);
    await emulator.calls();

    await expect(findReplicationGroup(signal, 'ap-southeast-2', 'outside-apse2')).rejects.toThrow(
      'not one of the regions',
    );
    expect((await findGlobalDatastore(signal, outside, 'ap-southeast-2')).region).toBe('us-east-1');
    expect((await emulator.calls()).filter(({ Region }) => !regions.includes(Region))).toEqual([]);
  });
});

describe('MaxDatastores', () => {
  const create = (PrimaryReplicationGroupId: string, caller: typeof operator) =>
    call('POST /global-datastores?DryRun=true', {
      ...caller,
      body: { GlobalReplicationGroupIdSuffix: 'more', PrimaryReplicationGroupId },
    });

  it.each([
    ['its owner', 'free-a', ownerA, 'fail'],
    ['an operator, for its owner', 'free-a', operator, 'fail'],
    ['another owner', 'free-b', ownerB, 'pass'],
    ['an operator, for another owner', 'free-b', operator, 'pass'],
  ])('counts the datastores of the owner of a new one, created by %s', async (_, primary, caller, outcome) => {
    const { body } = await create(primary, caller);

    expect(body.Checks).toContainEqual(expect.objectContaining({ Id: 'policy-max-datastores', Outcome: outcome }));
  });
});

describe('a dry run', () => {
  it('does not name the datastore of another owner that has the suffix', async () => {
    const { body } = await call('POST /global-datastores?DryRun=true', {
      ...ownerB,
      body: { GlobalReplicationGroupIdSuffix: 'one', PrimaryReplicationGroupId: 'free-b' },
    });

    expect(body.Valid).toBe(false);
    expect(JSON.stringify(body)).not.toContain('ldgnf');
  });
});
