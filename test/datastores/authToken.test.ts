import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { startDurable } from '../support/durable.ts';
import { type InjectedFault, until } from '../support/emulator.ts';
import { createProxy } from '../support/proxy.ts';

const durable = await startDurable();
const proxy = createProxy();
const { call, emulator } = await startApi({
  proxy,
  transitionMs: 20,
  environment: { AWS_ENDPOINT_URL_LAMBDA: durable.url, RECONCILE_INTERVAL_SECONDS: '1', ATTEMPT_MS: '500' },
});

const token = 'Sesame-Open$Sesame42';
const datastorePath = '/global-datastores/ldgnf-orders';
const primary = { ReplicationGroupId: 'orders-use1', ReplicationGroupRegion: 'us-east-1', Role: 'PRIMARY' };
const secondary = { ReplicationGroupId: 'orders-euw1', ReplicationGroupRegion: 'eu-west-1' };
const topology = (AuthTokenSecretArn: string, ReplicationGroupId = 'other-euw1') => ({
  Members: [primary, { ...secondary, ReplicationGroupId, Role: 'SECONDARY', AuthTokenSecretArn }],
});
const arn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:elasticache/orders-AbCdEf';

/** Creates the datastore with a primary and a secondary that have the token. */
beforeAll(async () => {
  await emulator.seed('orders-use1', 'us-east-1', { TransitEncryptionEnabled: true, AuthToken: token });
  const body = { GlobalReplicationGroupIdSuffix: 'orders', PrimaryReplicationGroupId: 'orders-use1' };
  await call('POST /global-datastores', { body });
  await rested();
  await call(`POST ${datastorePath}/members`, { body: { ...secondary, AuthToken: token } });
  await rested();
});

beforeEach(async () => {
  proxy.clear();
  proxy.takeParameters();
  await emulator.clearFaults();
  await emulator.calls();
});

const rested = () =>
  until(async () => {
    const { Status, Members } = (await call(`GET ${datastorePath}`)).body.GlobalReplicationGroup;
    const associated = (Members as { Status: string }[]).every((member) => member.Status === 'associated');
    return ['available', 'primary-only'].includes(Status) && associated;
  });

const membersNow = async () =>
  (await call(`GET ${datastorePath}`)).body.GlobalReplicationGroup.Members.map(
    (member: typeof secondary) => member.ReplicationGroupId,
  ).sort();

describe('AuthTokenSecretArn', () => {
  it.each([
    ['the whole text of the secret', token],
    ['password in a JSON object', JSON.stringify({ username: 'default', password: token })],
    ['a text of digits', '1234567890123456'],
  ])('is read as %s, in the region of its ARN, and passed on as the token', async (_, text) => {
    const AuthTokenSecretArn = await emulator.secret('elasticache/forms', text, 'eu-west-1');
    await emulator.calls();
    const third = { ReplicationGroupId: 'orders-apse2', ReplicationGroupRegion: 'ap-southeast-2' };

    const added = await call(`POST ${datastorePath}/members`, { body: { ...third, AuthTokenSecretArn } });

    expect(added.status, JSON.stringify(added.body)).toBe(202);
    expect(proxy.takeParameters().filter(({ Action }) => Action === 'CreateReplicationGroup')).toMatchObject([
      { AuthToken: text.includes(token) ? token : text },
    ]);
    expect(await emulator.calls()).toContainEqual(
      expect.objectContaining({ Action: 'GetSecretValue', Region: 'eu-west-1' }),
    );
    await rested();
    await call(`DELETE ${datastorePath}/members/ap-southeast-2/orders-apse2`);
    await until(async () => (await membersNow()).length === 2);
    emulator.store.viewFrom('ap-southeast-2').removeReplicationGroup('orders-apse2');
    await rested();
  });

  it('is refused together with AuthToken, which alone is refused where an operation would store it', async () => {
    const both = { ...secondary, AuthToken: token, AuthTokenSecretArn: arn };
    const stored = { ...topology(arn).Members[1], AuthToken: token };
    const alone = { ...stored, AuthTokenSecretArn: undefined };
    const create = { GlobalReplicationGroupIdSuffix: 'other', PrimaryReplicationGroupId: 'other-use1' };

    const responses = [
      await call(`POST ${datastorePath}/members`, { body: both }),
      await call(`PUT ${datastorePath}/topology`, { body: { Members: [primary, stored] } }),
      await call(`PUT ${datastorePath}/topology`, { body: { Members: [primary, alone] } }),
      await call('POST /global-datastores', { body: { ...create, Secondaries: [{ ...secondary, AuthToken: token }] } }),
    ];

    expect(responses.map(({ status, body }) => [status, body.code])).toEqual(
      responses.map(() => [400, 'ValidationFailed']),
    );
    expect(responses.map(({ body }) => body.errors)).toEqual([
      [{ pointer: '#/AuthToken', detail: 'Set AuthToken or AuthTokenSecretArn, not both.' }],
      [{ pointer: '#/Members/1/AuthToken', detail: expect.stringContaining('would have to store it') }],
      [{ pointer: '#/Members/1/AuthToken', detail: expect.stringContaining('set AuthTokenSecretArn') }],
      [{ pointer: '#/Secondaries/0/AuthToken', detail: expect.stringContaining('would have to store it') }],
    ]);
    expect(JSON.stringify(responses)).not.toContain('Sesame');
  });
});

/** Secrets that a request cannot use: the text, the ARN or the fault of Secrets Manager, and the problem. */
const unusable: [string, { text?: string; arn?: string; fault?: string }, number, string][] = [
  ['does not exist', { arn }, 404, 'SecretNotFound'],
  ['is scheduled for deletion', { fault: 'InvalidRequestException' }, 404, 'SecretNotFound'],
  ['may not be read', { fault: 'AccessDeniedException' }, 403, 'SecretAccessDenied'],
  ['belongs to another account', { arn: arn.replace('000000000000', '123456789012') }, 403, 'SecretAccessDenied'],
  ['cannot be decrypted', { fault: 'DecryptionFailure' }, 403, 'SecretAccessDenied'],
  ['has an ARN that AWS does not take', { fault: 'InvalidParameterException' }, 400, 'SecretInvalid'],
  ['is too short', { text: 'Sesame' }, 400, 'SecretInvalid'],
  ['is too long', { text: 'Sesame'.repeat(30) }, 400, 'SecretInvalid'],
  ['has another character', { text: `${token}@` }, 400, 'SecretInvalid'],
  ['is a JSON object without password', { text: JSON.stringify({ token }) }, 400, 'SecretInvalid'],
  ['is a JSON object whose password is no text', { text: '{"password":1234567890123456}' }, 400, 'SecretInvalid'],
  ['is in a region of no API', { arn: arn.replace('us-east-1', 'sa-east-1') }, 400, 'SecretInvalid'],
  ['is in another partition', { arn: arn.replace('arn:aws:', 'arn:aws-cn:') }, 400, 'SecretInvalid'],
];

describe.each(unusable)('a secret that %s', (name, { text, arn, fault }, status, code) => {
  const prepare = async () => {
    const secret = arn ?? (await emulator.secret(`elasticache/${name.replaceAll(' ', '-')}`, text ?? token));
    if (fault) await emulator.fail({ Action: 'GetSecretValue', Name: fault, Times: 9 });
    return secret;
  };

  it(`leads to ${status} ${code} for a new member`, async () => {
    const body = {
      ReplicationGroupId: 'x',
      ReplicationGroupRegion: 'ap-southeast-2',
      AuthTokenSecretArn: await prepare(),
    };

    const live = await call(`POST ${datastorePath}/members`, { body });
    const dryRun = await call(`POST ${datastorePath}/members?DryRun=true`, { body });

    expect(live).toMatchObject({ status, body: { code } });
    expect(live.body.detail).toContain(body.AuthTokenSecretArn);
    expect(dryRun.body.Checks).toContainEqual(
      expect.objectContaining({ Id: 'auth-token-secret', Outcome: 'fail', Pointer: '#/AuthTokenSecretArn' }),
    );
    expect(JSON.stringify([live, dryRun])).not.toContain('Sesame');
  });

  it('is refused by a topology before it detaches a member', async () => {
    const body = topology(await prepare());

    const live = await call(`PUT ${datastorePath}/topology`, { body });
    const dryRun = await call(`PUT ${datastorePath}/topology?DryRun=true`, { body });

    const check = { Id: 'auth-token-secret', Outcome: 'fail', Pointer: '#/Members/1/AuthTokenSecretArn' };
    expect(live).toMatchObject({ status: 409, body: { code: 'TopologyRefused', checks: [check] } });
    expect(dryRun.body).toMatchObject({ Valid: false });
    expect(dryRun.body.Checks).toContainEqual(expect.objectContaining(check));
    expect(JSON.stringify([live, dryRun])).not.toContain('Sesame');
    expect(await membersNow()).toEqual(['orders-euw1', 'orders-use1']);
  });
});

const failures: [string, Partial<InjectedFault>][] = [
  ['fails', { Name: 'InternalServiceError' }],
  ['throttles', { Name: 'ThrottlingException' }],
  ['closes the connection', { Network: 'reset' }],
  ['does not respond', { Network: 'hang' }],
];

describe.each(failures)('Secrets Manager %s', (_, fault) => {
  it('leads to 503 for a live call and a warning in a dry run', async () => {
    const AuthTokenSecretArn = await emulator.secret('elasticache/orders', token);
    await emulator.fail({ Action: 'GetSecretValue', Times: 99, ...fault });

    const third = { ReplicationGroupId: 'x', ReplicationGroupRegion: 'ap-southeast-2', AuthTokenSecretArn };
    const added = await call(`POST ${datastorePath}/members`, { body: third });
    const applied = await call(`PUT ${datastorePath}/topology`, { body: topology(AuthTokenSecretArn) });
    const dryRun = await call(`PUT ${datastorePath}/topology?DryRun=true`, { body: topology(AuthTokenSecretArn) });

    for (const response of [added, applied])
      expect(response).toMatchObject({
        status: 503,
        body: { code: 'SecretUnavailable' },
        headers: { 'retry-after': '5' },
      });
    expect(dryRun.body.Checks).toContainEqual(expect.objectContaining({ Id: 'auth-token-secret', Outcome: 'warn' }));
    expect(await membersNow()).toEqual(['orders-euw1', 'orders-use1']);
  });

  it('once: the read is repeated', async () => {
    const AuthTokenSecretArn = await emulator.secret('elasticache/orders', token);
    await emulator.fail({ Action: 'GetSecretValue', Times: 1, ...fault });

    const dryRun = await call(`PUT ${datastorePath}/topology?DryRun=true`, { body: topology(AuthTokenSecretArn) });

    expect(dryRun.body.Checks).toContainEqual(expect.objectContaining({ Id: 'auth-token-secret', Outcome: 'pass' }));
  });
});

describe('an operation', () => {
  const waitForEnd = async (id: string) => {
    await until(async () => (await call(`GET /operations/${id}`)).body.Operation.Status !== 'RUNNING', 30_000);
    return (await call(`GET /operations/${id}`)).body.Operation;
  };

  it('reads the secret when it adds the member, again after an outage, and shows its ARN only', async () => {
    const AuthTokenSecretArn = await emulator.secret('elasticache/orders', token);
    const started = await call(`PUT ${datastorePath}/topology`, { body: topology(AuthTokenSecretArn) });
    expect(started.status, JSON.stringify(started.body)).toBe(202);
    await emulator.fail({ Action: 'GetSecretValue', Name: 'InternalServiceError', Times: 3 });

    const operation = await waitForEnd(started.body.OperationId);

    expect(operation).toMatchObject({ Status: 'SUCCEEDED', LastRefusal: { Code: 'SecretUnavailable' } });
    expect(operation.Wanted.Members[1]).toMatchObject({ ReplicationGroupId: 'other-euw1', AuthTokenSecretArn });
    expect(JSON.stringify(operation)).not.toContain('Sesame');
    expect(await membersNow()).toEqual(['orders-use1', 'other-euw1']);
  });

  it('ends with the reason when the secret has become unusable', async () => {
    const AuthTokenSecretArn = await emulator.secret('elasticache/orders', token);
    const body = topology(AuthTokenSecretArn, 'last-euw1');
    const started = await call(`PUT ${datastorePath}/topology`, { body });
    await emulator.secret('elasticache/orders', 'no token');

    const operation = await waitForEnd(started.body.OperationId);

    expect(operation).toMatchObject({ Status: 'FAILED', LastRefusal: { Code: 'SecretInvalid' } });
    expect(operation.Reason).toContain(AuthTokenSecretArn);
    expect(operation.Advice).toContain('password');
  });
});
