import { beforeAll, describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { until } from '../support/emulator.ts';
import { createProxy, modes } from '../support/proxy.ts';
import { createRelay } from '../support/relay.ts';

const proxy = createProxy();
const relay = createRelay();
const { call, emulator, table } = await startApi({
  proxy,
  relay,
  transitionMs: 20,
  environment: { TABLE_TIMEOUT_MS: '3000', AUDIT_MS: '3000', ATTEMPT_MS: '1000' },
});

const ann = 'arn:aws:sts::123456789012:assumed-role/Deployer/ann';
const bob = 'arn:aws:iam::123456789012:user/bob';

const datastorePath = '/global-datastores/ldgnf-orders';
const readAuditEntries = async (query = '') => (await call(`GET ${datastorePath}/audit${query}`)).body.AuditEntries;
const waitUntilStable = () =>
  until(async () =>
    /available|primary-only/.test((await call(`GET ${datastorePath}`)).body.GlobalReplicationGroup?.Status),
  );

beforeAll(async () => {
  await emulator.seed('orders-use1');
  await call('POST /global-datastores', {
    caller: ann,
    headers: { 'x-request-id': 'creation' },
    body: { GlobalReplicationGroupIdSuffix: 'orders', PrimaryReplicationGroupId: 'orders-use1' },
  });
  await waitUntilStable();
});

describe('GET /global-datastores/{id}/audit', () => {
  it('records caller, time, request and AWS calls of a creation', async () => {
    const [entry] = await readAuditEntries();

    expect(entry).toEqual({
      Time: expect.stringMatching(/^20\d\d-\d\d-\d\dT/),
      Caller: ann,
      Route: 'POST /global-datastores',
      RequestId: 'creation',
      Request: {
        path: {},
        query: {},
        body: { GlobalReplicationGroupIdSuffix: 'orders', PrimaryReplicationGroupId: 'orders-use1' },
      },
      Outcome: 'accepted',
      Status: 202,
      After: expect.objectContaining({ Status: 'creating' }),
      AwsCalls: [{ Action: 'CreateGlobalReplicationGroup', Region: 'us-east-1', RequestId: expect.any(String) }],
    });
  });

  it('records the state before a change and the response of AWS, latest change first', async () => {
    const body = { ReplicationGroupId: 'orders-euw1', ReplicationGroupRegion: 'eu-west-1' };
    await call(`POST ${datastorePath}/members`, { caller: ann, body });
    await waitUntilStable();
    await call(`POST ${datastorePath}/failover`, { caller: bob, body: { PrimaryRegion: 'eu-west-1' } });
    await waitUntilStable();
    await call(`PATCH ${datastorePath}`, { caller: bob, body: { CacheNodeType: 'cache.r7g.xlarge' } });
    await waitUntilStable();

    const [modified, failedOver, added] = await readAuditEntries();

    expect(added).toMatchObject({
      Caller: ann,
      Route: `POST ${'/global-datastores/{GlobalReplicationGroupId}'}/members`,
    });
    expect(failedOver).toMatchObject({ Caller: bob, Request: { body: { PrimaryRegion: 'eu-west-1' } } });
    expect(failedOver.Before.Members).toContainEqual({
      ReplicationGroupRegion: 'us-east-1',
      ReplicationGroupId: 'orders-use1',
      Role: 'PRIMARY',
      Status: 'associated',
    });
    expect(modified).toMatchObject({
      Before: { Status: 'available', CacheNodeType: 'cache.r7g.large' },
      After: { Status: 'modifying' },
    });
    expect(modified.Before.Members).toContainEqual(
      expect.objectContaining({ ReplicationGroupRegion: 'eu-west-1', Role: 'PRIMARY' }),
    );
  });

  it('records refused changes and changes with an unknown outcome', async () => {
    await call(`PATCH ${datastorePath}`, { caller: bob, body: { CacheNodeType: 'cache.t4g.small' } });
    proxy.inject(modes.reset, { action: 'ModifyGlobalReplicationGroup' });
    await call(`PATCH ${datastorePath}`, { caller: bob, body: { GlobalReplicationGroupDescription: 'Lost' } });

    const [lost, refused] = await readAuditEntries();

    expect(refused).toMatchObject({ Outcome: 'refused', Status: 400, Code: 'InvalidParameterValueException' });
    expect(refused.AwsCalls).toMatchObject([{ Code: 'InvalidParameterValueException', RequestId: expect.any(String) }]);
    expect(lost).toMatchObject({ Outcome: 'unknown', Code: 'OutcomeUnknown' });
  });

  it('records one entry for requests with the same Idempotency-Key and none for dry runs or invalid requests', async () => {
    const before = (await readAuditEntries()).length;
    const options = {
      headers: { 'idempotency-key': 'once' },
      body: { GlobalReplicationGroupDescription: 'Once' },
    };
    for (let time = 0; time < 3; time++) await call(`PATCH ${datastorePath}`, options);
    await call(`PATCH ${datastorePath}?DryRun=true`, { body: options.body });
    await call(`PATCH ${datastorePath}`, { body: { Nonsense: true } });
    await waitUntilStable();

    expect(await readAuditEntries()).toHaveLength(before + 1);
  });

  it('returns pages of MaxRecords entries', async () => {
    for (let time = 0; time < 21; time++) await call(`DELETE ${datastorePath}/members/ap-southeast-2/unknown`);

    const first = await call(`GET ${datastorePath}/audit?MaxRecords=20`);
    const next = first.headers.link?.match(/^<([^>]+)>; rel="next"$/)?.[1];
    const second = await call(`GET ${next}`);
    const whole = await readAuditEntries();

    expect(first.body.AuditEntries).toHaveLength(20);
    expect([...first.body.AuditEntries, ...second.body.AuditEntries]).toEqual(whole);
    expect(second.headers).not.toHaveProperty('link');
  });

  it.each(['%20', 'x', 'a'.repeat(65)])('responds 400 for the Marker %s', async (marker) => {
    expect((await call(`GET ${datastorePath}/audit?Marker=${marker}`)).status).toBe(400);
  });

  it('returns no entries for an unknown datastore', async () => {
    const response = await call('GET /global-datastores/ldgnf-never/audit');

    expect(response.status).toBe(200);
    expect(response.body).toEqual({ GlobalReplicationGroupId: 'ldgnf-never', AuditEntries: [] });
  });

  it('accepts the id in any case', async () => {
    const response = await call('GET /global-datastores/LDGNF-Orders/audit');

    expect(response.body.AuditEntries.length).toBeGreaterThan(0);
  });

  it('hides passwords and records only the length of a long request', async () => {
    const AuthToken = 'correct-horse-battery-staple';
    const member = { ReplicationGroupId: 'orders-apse2', ReplicationGroupRegion: 'ap-southeast-2' };
    const Tags = Array.from({ length: 40 }, (_, index) => ({ Key: `tag${index}`, Value: 'v'.repeat(250) }));
    await call(`POST ${datastorePath}/members`, { body: { ...member, AuthToken } });
    await call(`POST ${datastorePath}/members`, { body: { ...member, Tags } });

    const [long, secret] = await readAuditEntries();

    expect(secret.Request.body).toEqual({ ...member, AuthToken: '(hidden)' });
    expect(long.Request).toEqual({ Omitted: expect.stringMatching(/^1\d{4} characters$/) });
    expect(await table.contents()).not.toContain(AuthToken);
  });
});

describe('while the table is unavailable', () => {
  it('responds 503 for changes and for the audit trail', async () => {
    await waitUntilStable();
    await relay.refuse();

    const changed = await call(`PATCH ${datastorePath}`, { body: { GlobalReplicationGroupDescription: 'Unseen' } });
    const read = await call(`GET ${datastorePath}/audit`);
    await relay.accept();

    expect(changed).toMatchObject({ status: 503, body: { code: 'IdempotencyStoreUnavailable' } });
    expect(read.status).toBe(503);
    expect(read.body.code).toBe('AuditUnavailable');
  });
});
