import { afterEach, describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { clusterMode, datastores } from '../support/datastore.ts';

process.env.POLL_MS = '20';
const { call, emulator, routes } = await startApi({ transitionMs: 60 });
const { make } = datastores(emulator);
const wait = { prefer: 'wait=10' };

interface Kind {
  /** The action of AWS that accepts the change. */
  readonly action: string;
  readonly secondaries?: readonly string[];
  readonly primary?: object;
  /** Creates the resources that the request needs besides the datastore. */
  readonly prepare?: (id: string) => Promise<unknown>;
  readonly request: (id: string, name: string) => { readonly request: string; readonly body?: object };
  /** The part of `detail` that describes the missing change. */
  readonly missing: RegExp;
}

const kinds: Readonly<Record<string, Kind>> = {
  createGlobalDatastore: {
    action: 'CreateGlobalReplicationGroup',
    request: (_, name) => ({
      request: 'POST /global-datastores',
      body: { GlobalReplicationGroupIdSuffix: `${name}-new`, PrimaryReplicationGroupId: `${name}-single` },
    }),
    prepare: (id) => emulator.seed(`${id.slice(6)}-single`),
    missing: /The datastore ldgnf-\S+-new does not exist/,
  },
  addMember: {
    action: 'CreateReplicationGroup',
    request: (id, name) => ({
      request: `POST /global-datastores/${id}/members`,
      body: { ReplicationGroupId: `${name}-new`, ReplicationGroupRegion: 'eu-west-1' },
    }),
    missing: /replication group eu-west-1\/\S+-new does not exist/,
  },
  removeMember: {
    action: 'DisassociateGlobalReplicationGroup',
    secondaries: ['eu-west-1'],
    request: (id, name) => ({ request: `DELETE /global-datastores/${id}/members/eu-west-1/${name}-eu-west-1` }),
    missing: /eu-west-1\/\S+-eu-west-1 is still a member/,
  },
  failoverGlobalDatastore: {
    action: 'FailoverGlobalReplicationGroup',
    secondaries: ['eu-west-1'],
    request: (id) => ({ request: `POST /global-datastores/${id}/failover`, body: { PrimaryRegion: 'eu-west-1' } }),
    missing: /The primary is another member.*us-east-1\/\S+ \(PRIMARY, associated\)/,
  },
  modifyGlobalDatastore: {
    action: 'ModifyGlobalReplicationGroup',
    request: (id) => ({
      request: `PATCH /global-datastores/${id}`,
      body: { CacheNodeType: 'cache.r7g.xlarge' },
    }),
    missing: /CacheNodeType is cache.r7g.large, not cache.r7g.xlarge/,
  },
  modifyMember: {
    action: 'IncreaseReplicaCount',
    secondaries: ['eu-west-1'],
    request: (id, name) => ({
      request: `PATCH /global-datastores/${id}/members/eu-west-1/${name}-eu-west-1`,
      body: { NumCacheClusters: 3 },
    }),
    missing: /the nodes is 2, not 3/,
  },
  scaleNodeGroups: {
    action: 'IncreaseNodeGroupsInGlobalReplicationGroup',
    primary: clusterMode,
    request: (id) => ({ request: `PUT /global-datastores/${id}/node-groups`, body: { NodeGroupCount: 3 } }),
    missing: /The datastore has 2 node groups, not 3/,
  },
  rebalanceSlots: {
    action: 'RebalanceSlotsInGlobalReplicationGroup',
    primary: {
      NumNodeGroups: 2,
      NodeGroupConfiguration: [{ Slots: '0-999' }, { Slots: '1000-16383' }],
      NumCacheClusters: undefined,
      ReplicasPerNodeGroup: 1,
    },
    request: (id) => ({ request: `POST /global-datastores/${id}/rebalance` }),
    missing: /same slots as before/,
  },
  deleteGlobalDatastore: {
    action: 'DeleteGlobalReplicationGroup',
    request: (id) => ({ request: `DELETE /global-datastores/${id}` }),
    missing: /The datastore ldgnf-\S+ still exists and is primary-only/,
  },
};

afterEach(() => emulator.clearFaults());

describe.each(Object.entries(kinds))('%s that AWS accepts and drops', (operation, kind) => {
  const prepared = async (name: string) => {
    const id = await make(name, kind.secondaries, kind.primary);
    await kind.prepare?.(id);
    return kind.request(id, name);
  };

  it('returns ChangeNotApplied with the state, the remedies and an audit entry, also in a replay', async () => {
    const name = `dropped-${operation.toLowerCase().slice(0, 12)}`;
    const { request, body } = await prepared(name);
    const headers = { ...wait, 'idempotency-key': `key-${operation}` };
    await emulator.fail({ Action: kind.action, Dropped: true });
    await emulator.calls();

    const response = await call(request, { headers, body });
    const replay = await call(request, { headers, body });
    const sent = (await emulator.calls()).filter(({ Action }) => Action === kind.action);

    expect(response).toMatchObject({ status: 424, body: { code: 'ChangeNotApplied' } });
    expect(response.body.detail).toMatch(kind.missing);
    const [method, href] = request.split(' ');
    expect(response.body.remedies.at(-1)).toEqual({ method, href });
    expect(response.headers).not.toHaveProperty('retry-after');
    if (operation === 'createGlobalDatastore') expect(response.body.current).toEqual({});
    else expect(response.body.current.GlobalReplicationGroup.GlobalReplicationGroupId).toBe(`ldgnf-${name}`);
    expect(replay).toMatchObject({ status: 424, headers: { 'idempotency-replayed': 'true' }, body: response.body });
    expect(replay.headers['content-type']).toBe(response.headers['content-type']);
    expect(sent).toHaveLength(1);
    const subject = operation === 'createGlobalDatastore' ? `us-east-1/${name}-single` : `ldgnf-${name}`;
    const entries = await auditEntriesOf(subject);
    expect(entries.at(0)).toMatchObject({ Outcome: 'notApplied', Status: 424, Code: 'ChangeNotApplied' });
  });

  it('returns 200 when AWS applies it', async () => {
    const { request, body } = await prepared(`applied-${operation.toLowerCase().slice(0, 12)}`);

    expect(await call(request, { headers: wait, body })).toMatchObject({ status: 200 });
  });
});

describe('a PATCH that AWS accepts and drops', () => {
  it.each([
    ['CacheNodeType', 'cache.r7g.xlarge', 'CacheNodeType is cache.r7g.large, not cache.r7g.xlarge.'],
    ['EngineVersion', '8.1', 'EngineVersion is 8.0.1, not 8.1.'],
    ['AutomaticFailoverEnabled', false, 'AutomaticFailoverEnabled is true, not false.'],
    ['GlobalReplicationGroupDescription', 'new', 'GlobalReplicationGroupDescription is , not new.'],
  ])('names %s', async (setting, value, sentence) => {
    const id = await make(`patch-${setting.toLowerCase().slice(0, 12)}`);
    await emulator.fail({ Action: 'ModifyGlobalReplicationGroup', Dropped: true });

    const response = await call(`PATCH /global-datastores/${id}`, { headers: wait, body: { [setting]: value } });

    expect(response).toMatchObject({ status: 424, body: { code: 'ChangeNotApplied' } });
    expect(response.body.detail).toContain(sentence);
  });
});

describe('a PATCH of a member that AWS accepts and drops', () => {
  const token = { TransitEncryptionEnabled: true, AuthToken: 'a-token-of-16-letters' };
  it.each<[string, object, string, object?]>([
    ['SnapshotRetentionLimit', { SnapshotRetentionLimit: 7 }, 'SnapshotRetentionLimit is 0, not 7.'],
    ['Tags', { Tags: [{ Key: 'team', Value: 'a' }] }, 'team'],
    ['AuthToken', { AuthToken: 'another-token-of-16' }, 'the AUTH token is the one before.', token],
  ])('names %s', async (setting, body, sentence, primary) => {
    const name = `member-${setting.toLowerCase().slice(0, 12)}`;
    const id = await make(name, [], primary);
    await emulator.fail({ Action: 'Tags' in body ? 'AddTagsToResource' : 'ModifyReplicationGroup', Dropped: true });

    const response = await call(`PATCH /global-datastores/${id}/members/us-east-1/${name}-us-east-1`, {
      headers: wait,
      body,
    });

    expect(response).toMatchObject({ status: 424, body: { code: 'ChangeNotApplied' } });
    expect(response.body.detail).toContain(sentence);
  });
});

describe('a member that ends create-failed', () => {
  it('returns ChangeNotApplied with its name, its status and the command that deletes it', async () => {
    const id = await make('broken');
    emulator.store.accountState.failOnCreate.push('eu-west-1/broken-euw1');
    const body = { ReplicationGroupId: 'Broken-EUW1', ReplicationGroupRegion: 'eu-west-1' };
    const headers = { ...wait, 'idempotency-key': 'broken' };

    const response = await call(`POST /global-datastores/${id}/members`, { headers, body });
    const replay = await call(`POST /global-datastores/${id}/members`, { headers, body });

    expect(response).toMatchObject({
      status: 424,
      body: {
        code: 'ChangeNotApplied',
        current: { ReplicationGroup: { ReplicationGroupId: 'broken-euw1', Status: 'create-failed' } },
        remedies: [
          { method: 'GET', href: '/replication-groups/eu-west-1/broken-euw1' },
          { method: 'GET', href: `/global-datastores/${id}` },
          { method: 'POST', href: `/global-datastores/${id}/members` },
        ],
      },
    });
    expect(response.body.detail).toContain('eu-west-1/broken-euw1 is create-failed and no member');
    expect(response.body.detail).toContain(
      'aws elasticache delete-replication-group --replication-group-id broken-euw1 --region eu-west-1',
    );
    expect(replay.body).toEqual(response.body);
    expect((await auditEntriesOf(id))[0]).toMatchObject({ Outcome: 'notApplied' });
  });
});

it('names the caller of a later change of the datastore', async () => {
  const id = await make('contested', ['eu-west-1']);
  const { putOutcome } = await import('../../src/audit/auditTrail.ts');
  const Time = new Date(Date.now() + 3_600_000).toISOString();
  const facts = { Time, Caller: 'other', Route: 'POST /undo', RequestId: 'other', Request: {}, AwsCalls: [] };
  await putOutcome({ id: 'other', subjects: [id], facts }, { Outcome: 'accepted', Status: 202 });
  await emulator.fail({ Action: 'FailoverGlobalReplicationGroup', Dropped: true });
  const body = { PrimaryRegion: 'eu-west-1' };

  const response = await call(`POST /global-datastores/${id}/failover`, { headers: wait, body });

  expect(response.body).toMatchObject({ code: 'ChangeNotApplied' });
  expect(response.body.detail).toContain(`other sent POST /undo at ${Time} (accepted).`);
});

it('responds 202 when only one read shows the old state', async () => {
  const id = await make('brief');
  await emulator.fail({ Action: 'ModifyGlobalReplicationGroup', Dropped: true });
  const headers = { prefer: 'wait=0' };

  const response = await call(`PATCH /global-datastores/${id}`, {
    headers,
    body: { CacheNodeType: 'cache.r7g.xlarge' },
  });

  expect(response.status).toBe(202);
});

it('covers every change with Prefer: wait', () => {
  const waiting = Object.entries(routes).filter(
    ([, { method, headers }]) => method !== 'GET' && headers?.includes('Prefer'),
  );

  expect(waiting.map(([name]) => name).sort()).toEqual(Object.keys(kinds).sort());
});

async function auditEntriesOf(subject: string): Promise<{ Outcome: string }[]> {
  const { readAuditTrail } = await import('../../src/audit/auditTrail.ts');
  const { entries } = await readAuditTrail(subject, { limit: 5, isVisible: () => true });
  return [...entries];
}
