import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { until } from '../support/emulator.ts';
import { afterEffect, createProxy, modes } from '../support/proxy.ts';

const proxy = createProxy();
const { call, emulator } = await startApi({
  proxy,
  transitionMs: 20,
  existing: { userGroups: { readers: 'active' } },
});

const former = 'the-former-token-1';
const datastorePath = '/global-datastores/ldgnf-ledger';
const path = `${datastorePath}/members/us-east-1/ledger-use1`;

beforeAll(async () => {
  await emulator.seed('ledger-use1', 'us-east-1', { TransitEncryptionEnabled: true, AuthToken: former });
  const body = { GlobalReplicationGroupIdSuffix: 'ledger', PrimaryReplicationGroupId: 'ledger-use1' };
  await call('POST /global-datastores', { body });
});

beforeEach(async () => {
  await until(async () => {
    const { Status } = (await call('GET /replication-groups/us-east-1/ledger-use1')).body.ReplicationGroup;
    return (
      Status === 'available' &&
      (await call(`GET ${datastorePath}`)).body.GlobalReplicationGroup.Status === 'primary-only'
    );
  });
  proxy.clear();
  proxy.takeParameters();
});

const change = (body: object, query = '') => call(`PATCH ${path}${query}`, { body });
const sent = () => proxy.takeParameters().filter(({ Action }) => Action === 'ModifyReplicationGroup');

describe('PATCH of a member with an AUTH token', () => {
  it('sends a literal token, the token of a secret, and its strategy', async () => {
    const AuthTokenSecretArn = await emulator.secret('elasticache/ledger', 'the-next-token-22');

    const rotated = await change({ AuthTokenSecretArn, SnapshotRetentionLimit: 3 });
    await until(async () => (await change({ AuthToken: 'x'.repeat(16) }, '?DryRun=true')).body.Valid);
    const set = await change({ AuthToken: 'the-next-token-22', AuthTokenUpdateStrategy: 'SET' });

    expect([rotated.status, set.status]).toEqual([202, 202]);
    expect(sent()).toMatchObject([
      { AuthToken: 'the-next-token-22', AuthTokenUpdateStrategy: 'ROTATE', SnapshotRetentionLimit: '3' },
      { AuthToken: 'the-next-token-22', AuthTokenUpdateStrategy: 'SET' },
    ]);
    expect(JSON.stringify([rotated, set])).not.toContain('the-next');
  });

  it('finds a change whose response was lost, and sends it once', async () => {
    proxy.inject(afterEffect(modes.reset), { action: 'ModifyReplicationGroup' });

    const response = await change({ AuthToken: 'the-third-token-333' });

    expect(response.status).toBe(202);
    expect(sent()).toHaveLength(1);
  });

  it.each([
    ['two tokens', { AuthToken: former, AuthTokenSecretArn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:a' }],
    ['no token', { AuthTokenUpdateStrategy: 'SET' }],
    ['a token to delete', { AuthToken: former, AuthTokenUpdateStrategy: 'DELETE' }],
  ])('refuses %s', async (_, body) => {
    const response = await change(body);

    expect(response).toMatchObject({ status: 400, body: { code: 'ValidationFailed' } });
    expect(JSON.stringify(response)).not.toContain(former);
  });

  it('sends nothing to ElastiCache when access to the secret is denied', async () => {
    const AuthTokenSecretArn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:elasticache/ledger-a1b2c3';

    const response = await change({ AuthTokenSecretArn });

    expect(response).toMatchObject({ status: 403, body: { code: 'SecretAccessDenied' } });
    expect(sent()).toEqual([]);
  });

  it('explains the refusal of a DELETE without a user group, and accepts one with a user group', async () => {
    const refused = await change({ AuthTokenUpdateStrategy: 'DELETE' });
    const dryRun = await change({ AuthTokenUpdateStrategy: 'DELETE' }, '?DryRun=true');
    const changed = await change({ AuthTokenUpdateStrategy: 'DELETE', UserGroupIds: ['readers'] });

    expect(refused).toMatchObject({
      status: 400,
      body: { checks: [{ Id: 'user-group-for-delete', Outcome: 'fail' }] },
    });
    expect(dryRun.body.Valid).toBe(false);
    expect(changed.status).toBe(202);
  });
});
