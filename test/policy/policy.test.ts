import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Policy } from '../../src/policy/policy.ts';
import type { Check } from '../../src/problems/check.ts';
import { startApi } from '../support/api.ts';
import { clusterMode, datastores } from '../support/datastore.ts';

const folder = mkdtempSync(join(tmpdir(), 'policy-'));
afterAll(() => rmSync(folder, { recursive: true }));

function writePolicy(policy: unknown): string {
  const file = join(folder, `${Math.random()}.json`);
  writeFileSync(file, typeof policy === 'string' ? policy : JSON.stringify(policy));
  return file;
}

const rules: Policy = {
  Regions: ['us-east-1', 'eu-west-1'],
  SuffixPattern: '^team-[a-z]+$',
  NodeFamilies: ['r7g'],
  MaxDatastores: 4,
  FailoverCooldownMinutes: 30,
  FailoverReasonRequired: true,
};
const { call, emulator } = await startApi({ environment: { POLICY_FILE: writePolicy(rules) } });
const { loadPolicy } = await import('../../src/policy/policy.ts');
const { make, addSecondary } = datastores(emulator);
await emulator.seed('free');
await emulator.seed('other-family', 'us-east-1', { CacheNodeType: 'cache.m7g.large' });
await emulator.seed('far', 'ap-southeast-2');
const id = await make('orders', ['eu-west-1'], clusterMode);
const path = `/global-datastores/${id}`;

const created = { GlobalReplicationGroupIdSuffix: 'team-orders', PrimaryReplicationGroupId: 'free' };
const reason = { Reason: 'Exercise of the third quarter' };
const member = { ReplicationGroupId: 'orders-far', ReplicationGroupRegion: 'ap-southeast-2' };

const forbidden: [string, string, object, string, string?][] = [
  [
    'a primary in a forbidden region',
    'POST /global-datastores',
    { ...created, PrimaryReplicationGroupId: 'far', PrimaryReplicationGroupRegion: 'ap-southeast-2' },
    'policy-regions',
    '#/PrimaryReplicationGroupRegion',
  ],
  [
    'a secondary of a new datastore in a forbidden region',
    'POST /global-datastores',
    { ...created, Secondaries: [member] },
    'policy-regions',
    '#/Secondaries/0/ReplicationGroupRegion',
  ],
  ['a member in a forbidden region', `POST ${path}/members`, member, 'policy-regions', '#/ReplicationGroupRegion'],
  [
    'a topology with a forbidden region',
    `PUT ${path}/topology`,
    {
      Members: [
        { ReplicationGroupId: 'orders-us-east-1', ReplicationGroupRegion: 'us-east-1', Role: 'PRIMARY' },
        { ...member, Role: 'SECONDARY' },
      ],
    },
    'policy-regions',
    '#/Members/1/ReplicationGroupRegion',
  ],
  [
    'a suffix that does not match the pattern',
    'POST /global-datastores',
    { ...created, GlobalReplicationGroupIdSuffix: 'orders' },
    'policy-suffix',
    '#/GlobalReplicationGroupIdSuffix',
  ],
  [
    'a primary of a forbidden node family',
    'POST /global-datastores',
    { ...created, PrimaryReplicationGroupId: 'other-family' },
    'policy-node-families',
    '#/PrimaryReplicationGroupId',
  ],
  [
    'a change to a forbidden node family',
    `PATCH ${path}`,
    { CacheNodeType: 'cache.m7g.xlarge' },
    'policy-node-families',
    '#/CacheNodeType',
  ],
  [
    'a failover without a reason',
    `POST ${path}/failover`,
    { PrimaryRegion: 'eu-west-1' },
    'policy-failover-reason',
    '#/Reason',
  ],
  [
    'a failover through the topology',
    `PUT ${path}/topology`,
    {
      Members: [
        { ReplicationGroupId: 'orders-eu-west-1', ReplicationGroupRegion: 'eu-west-1', Role: 'PRIMARY' },
        { ReplicationGroupId: 'orders-us-east-1', ReplicationGroupRegion: 'us-east-1', Role: 'SECONDARY' },
      ],
    },
    'policy-failover-reason',
    '#/Reason',
  ],
];

describe('a policy', () => {
  it.each(forbidden)('forbids %s before any change in AWS', async (_, request, body, Id, Pointer) => {
    await emulator.calls();

    const response = await call(request, { body });

    expect(response).toMatchObject({
      status: 403,
      body: { code: 'PolicyDenied', checks: [{ Id, Outcome: 'fail', Pointer }] },
    });
    expect(response.body.detail).toContain('Policy rule');
    expect((await emulator.calls()).filter(({ Action }) => !/^(Describe|List)/.test(Action))).toEqual([]);
  });

  it.each(forbidden)('reports %s in a dry run', async (_, request, body, Id) => {
    const response = await call(`${request}?DryRun=true`, { body });

    expect(response).toMatchObject({ status: 200, body: { Valid: false } });
    expect(response.body.Checks.filter((check: Check) => check.Id === Id && check.Outcome === 'fail')).toHaveLength(1);
  });

  it('allows changes that follow the rules', async () => {
    expect(await call('POST /global-datastores', { body: created })).toMatchObject({ status: 202 });
    expect(await call(`PATCH ${path}`, { body: { CacheNodeType: 'cache.r7g.xlarge' } })).toMatchObject({ status: 202 });
  });

  it('refuses a failover within the cooldown and names the earliest time', async () => {
    const datastoreId = await make('moved', ['eu-west-1']);
    const failover = (PrimaryRegion: string) =>
      call(`POST /global-datastores/${datastoreId}/failover`, { body: { PrimaryRegion, ...reason } });

    expect(await failover('eu-west-1')).toMatchObject({ status: 202 });
    const response = await failover('us-east-1');

    expect(response).toMatchObject({
      status: 403,
      body: { code: 'PolicyDenied', checks: [{ Id: 'policy-failover-cooldown' }] },
    });
    expect(response.body.detail).toMatch(/at \d{4}-\d\d-\d\dT/);
  });

  it('replays the response for the same Idempotency-Key within the cooldown', async () => {
    const datastoreId = await make('repeated', ['eu-west-1']);
    const options = { body: { PrimaryRegion: 'eu-west-1', ...reason }, headers: { 'idempotency-key': 'the-one' } };

    const first = await call(`POST /global-datastores/${datastoreId}/failover`, options);
    const again = await call(`POST /global-datastores/${datastoreId}/failover`, options);

    expect([first.status, again.status]).toEqual([202, 202]);
    expect(again.headers['idempotency-replayed']).toBe('true');
  });

  it('refuses a datastore beyond MaxDatastores', async () => {
    await emulator.seed('one-more');

    const response = await call('POST /global-datastores', {
      body: { ...created, GlobalReplicationGroupIdSuffix: 'team-more', PrimaryReplicationGroupId: 'one-more' },
    });

    expect(response).toMatchObject({ status: 403, body: { checks: [{ Id: 'policy-max-datastores' }] } });
  });

  it('allows a failover to an existing member in a forbidden region', async () => {
    const datastoreId = await make('grown');
    await addSecondary(datastoreId, 'ap-southeast-2', 'grown-far');

    const response = await call(`POST /global-datastores/${datastoreId}/failover`, {
      body: { PrimaryRegion: 'ap-southeast-2', ...reason },
    });

    expect(response.status).toBe(202);
  });
});

describe('a policy file', () => {
  it('is optional', () => {
    expect(loadPolicy(undefined)).toEqual({});
  });

  it.each([
    ['is not JSON', '{', 'cannot be read'],
    ['has an unknown rule', { Region: ['us-east-1'] }, 'additional properties'],
    ['has an invalid pattern', { SuffixPattern: '(' }, '/SuffixPattern'],
    ['lists no regions', { Regions: [] }, '/Regions'],
    ['has owners without an owner tag', { Owners: { local: 'me' } }, 'OwnerTag'],
  ])('is refused when it %s', (_, policy, message) => {
    const file = writePolicy(policy);

    expect(() => loadPolicy(file)).toThrow(message);
    expect(() => loadPolicy(file)).toThrow(file);
  });
});
