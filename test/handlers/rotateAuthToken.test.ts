import { ModifyReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { startDurable } from '../support/durable.ts';
import { until } from '../support/emulator.ts';
import { afterEffect, createProxy, modes } from '../support/proxy.ts';

const durable = await startDurable();
const proxy = createProxy();
const { call, emulator } = await startApi({
  proxy,
  transitionMs: 20,
  environment: { AWS_ENDPOINT_URL_LAMBDA: durable.url, RECONCILE_INTERVAL_SECONDS: '1' },
});

const former = 'the-former-token-1';
const datastorePath = '/global-datastores/ldgnf-ledger';
let AuthTokenSecretArn: string;
let count = 0;

/** Creates a datastore with AUTH and three members. */
beforeAll(async () => {
  await emulator.seed('ledger-use1', 'us-east-1', { TransitEncryptionEnabled: true, AuthToken: former });
  const body = { GlobalReplicationGroupIdSuffix: 'ledger', PrimaryReplicationGroupId: 'ledger-use1' };
  await call('POST /global-datastores', { body });
  await rested();
  for (const [ReplicationGroupRegion, ReplicationGroupId] of [
    ['eu-west-1', 'ledger-euw1'],
    ['ap-southeast-2', 'ledger-apse2'],
  ]) {
    await call(`POST ${datastorePath}/members`, {
      body: { ReplicationGroupId, ReplicationGroupRegion, AuthToken: former },
    });
    await rested();
  }
});

/** Every test rotates to a token of its own. */
beforeEach(async () => {
  AuthTokenSecretArn = await emulator.secret('elasticache/ledger', nextToken());
  proxy.clear();
  proxy.takeParameters();
  await emulator.clearFaults();
  await emulator.calls();
});

const nextToken = () => `the-next-token-${String(++count).padStart(4, '0')}`;
const currentToken = () => `the-next-token-${String(count).padStart(4, '0')}`;

const rested = () =>
  until(async () => {
    const { Status, Members } = (await call(`GET ${datastorePath}`)).body.GlobalReplicationGroup;
    const associated = (Members as { Status: string }[]).every((member) => member.Status === 'associated');
    return ['available', 'primary-only'].includes(Status) && associated;
  });

const rotate = (more: object = {}, query = '', headers: Record<string, string> = {}) =>
  call(`POST ${datastorePath}/auth-token${query}`, { body: { AuthTokenSecretArn, ...more }, headers });

async function waitForEnd(id: string) {
  await until(async () => (await call(`GET /operations/${id}`)).body.Operation.Status !== 'RUNNING', 30_000);
  return (await call(`GET /operations/${id}`)).body.Operation;
}

/** Returns the changes of tokens that were sent to ElastiCache since the last read, in order. */
const rotations = () =>
  proxy
    .takeParameters()
    .filter(({ Action }) => Action === 'ModifyReplicationGroup')
    .map(({ ReplicationGroupId, AuthToken, AuthTokenUpdateStrategy }) => [
      ReplicationGroupId,
      AuthTokenUpdateStrategy,
      AuthToken,
    ]);

const inOrder = ['ledger-apse2', 'ledger-euw1', 'ledger-use1'];

describe('POST /global-datastores/{GlobalReplicationGroupId}/auth-token', () => {
  it('rotates one member after the other, the primary last, and then sets the same token', async () => {
    const rotated = await rotate();
    expect(rotated).toMatchObject({ status: 202, body: { GlobalReplicationGroup: { Status: 'available' } } });
    expect(rotated.headers.link).toBe(`</operations/${rotated.body.OperationId}>; rel="monitor"`);
    const first = await waitForEnd(rotated.body.OperationId);
    const second = await waitForEnd((await rotate({ AuthTokenUpdateStrategy: 'SET' })).body.OperationId);

    expect(first).toMatchObject({
      Kind: 'ROTATE_AUTH_TOKEN',
      Status: 'SUCCEEDED',
      Wanted: { AuthTokenSecretArn, AuthTokenUpdateStrategy: 'ROTATE', Members: { length: 3 } },
    });
    expect(second).toMatchObject({ Status: 'SUCCEEDED', Wanted: { AuthTokenUpdateStrategy: 'SET' } });
    expect(rotations()).toEqual(
      ['ROTATE', 'SET'].flatMap((strategy) => inOrder.map((id) => [id, strategy, currentToken()])),
    );
  });

  it('changes no member while another one changes', async () => {
    const { body } = await rotate();
    const busy: string[] = [];
    for (let isRunning = true; isRunning; ) {
      const groups = inOrder.map((id, index) =>
        emulator.store.viewFrom(['ap-southeast-2', 'eu-west-1', 'us-east-1'][index] ?? '').getReplicationGroup(id),
      );
      busy.push(groups.filter(({ changes }) => changes.length > 0).length > 1 ? 'several' : 'one');
      isRunning = (await call(`GET /operations/${body.OperationId}`)).body.Operation.Status === 'RUNNING';
    }

    expect(busy).not.toContain('several');
    expect((await waitForEnd(body.OperationId)).Status).toBe('SUCCEEDED');
  });

  it('shows its current step and the remaining steps', async () => {
    const { body } = await rotate();
    const { options } = emulator.store;
    options.transitionMs = Number.POSITIVE_INFINITY;
    let running: ReturnType<typeof JSON.parse>;
    await until(async () => {
      running = (await call(`GET /operations/${body.OperationId}`)).body.Operation;
      return running.Attempts !== undefined && running.Step.startsWith('Wait for');
    }, 10_000);
    options.transitionMs = 20;
    emulator.store.tick();
    const done = await waitForEnd(body.OperationId);

    expect(running.Step).toBe('Wait for ap-southeast-2/ledger-apse2 (modifying) to be available.');
    expect(running.Remaining.map((step: string) => step.match(/\w+-\w+-\d\/[\w-]+/)?.[0])).toEqual([
      'eu-west-1/ledger-euw1',
      'us-east-1/ledger-use1',
    ]);
    expect(done).toMatchObject({ Status: 'SUCCEEDED' });
    expect(done).not.toHaveProperty('Remaining');
  });

  it('sends the change of a member once when its response is lost', async () => {
    proxy.inject(afterEffect(modes.reset), { action: 'ModifyReplicationGroup', times: 3 });

    const operation = await waitForEnd((await rotate()).body.OperationId);

    // LastRefusal is the lost response, a failed read on the same connection, or a refusal while the member still changes.
    const Code = expect.stringMatching(/^(OutcomeUnknown|UpstreamUnreachable|Invalid\w+StateFault)$/);
    expect(operation).toMatchObject({ Status: 'SUCCEEDED', LastRefusal: { Code } });
    expect(rotations().map(([id]) => id)).toEqual(inOrder);
  });

  it('sends to every member the version of the secret that was current at the start', async () => {
    const token = currentToken();
    const { body } = await rotate();
    await emulator.secret('elasticache/ledger', nextToken());

    const operation = await waitForEnd(body.OperationId);

    expect(operation.Status).toBe('SUCCEEDED');
    expect(rotations().map(([, , sent]) => sent)).toEqual([token, token, token]);
  });

  it('continues after a failover, and does not change the roles', async () => {
    const { body } = await rotate();
    await call(`POST ${datastorePath}/failover`, { body: { PrimaryRegion: 'eu-west-1' } });

    const operation = await waitForEnd(body.OperationId);
    const primary = operation.Actual.Members.find(({ Role }: { Role: string }) => Role === 'PRIMARY');

    expect(operation.Status).toBe('SUCCEEDED');
    expect(primary.ReplicationGroupRegion).toBe('eu-west-1');
    await call(`POST ${datastorePath}/failover`, { body: { PrimaryRegion: 'us-east-1' } });
    await rested();
  });

  it('ends with the reason and the members that remain when AWS refuses a member', async () => {
    await emulator.fail({
      Action: 'ModifyReplicationGroup',
      Name: 'InvalidParameterCombinationException',
      Region: 'eu-west-1',
      Times: 9,
    });

    const operation = await waitForEnd((await rotate()).body.OperationId);

    expect(operation).toMatchObject({ Status: 'FAILED', LastRefusal: { Region: 'eu-west-1' } });
    expect(operation.Remaining).toEqual([
      expect.stringMatching(/^Change the AUTH token of eu-west-1\/ledger-euw1 \(ModifyReplicationGroup/),
      expect.stringMatching(/^Change the AUTH token of us-east-1\/ledger-use1 /),
    ]);
    expect(rotations().map(([id]) => id)).toEqual(['ledger-apse2', 'ledger-euw1', 'ledger-euw1']);
  });

  it('fails for SET without a previous ROTATE to the token, and warns in a dry run', async () => {
    const dryRun = await rotate({ AuthTokenUpdateStrategy: 'SET' }, '?DryRun=true');
    const operation = await waitForEnd((await rotate({ AuthTokenUpdateStrategy: 'SET' })).body.OperationId);

    expect(dryRun.body.Checks).toContainEqual(expect.objectContaining({ Id: 'token-rotated', Outcome: 'warn' }));
    expect(operation).toMatchObject({ Status: 'FAILED', Remaining: { length: 3 } });
  });

  it('fails if a member joins during the rotation', async () => {
    const { body } = await rotate();
    await call(`DELETE ${datastorePath}/members/ap-southeast-2/ledger-apse2`);
    await until(async () => (await call(`GET ${datastorePath}`)).body.GlobalReplicationGroup.Members.length === 2);
    await waitForEnd(body.OperationId);
    const next = await rotate();
    const joining = { ReplicationGroupId: 'ledger-apse3', ReplicationGroupRegion: 'ap-southeast-2', AuthToken: former };
    await call(`POST ${datastorePath}/members`, { body: joining });

    const operation = await waitForEnd(next.body.OperationId);

    expect(operation).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('ledger-apse3 has joined') });
    await rested();
  });
});

describe('a dry run', () => {
  it('shows the plan and changes nothing', async () => {
    const { status, body } = await rotate({}, '?DryRun=true');

    expect(status).toBe(200);
    expect(body).toMatchObject({ Valid: true });
    expect(body.Plan.map((step: string) => step.match(/^Change the AUTH token of (\S+)/)?.[1])).toEqual([
      'ap-southeast-2/ledger-apse3',
      'eu-west-1/ledger-euw1',
      'us-east-1/ledger-use1',
    ]);
    expect((await emulator.calls()).every(({ Action }) => /^(Describe|Get)/.test(Action))).toBe(true);
  });

  it('warns when the members cannot be read', async () => {
    await emulator.fail({ Action: 'DescribeReplicationGroups', Name: 'AccessDenied', Times: 9 });

    const { body } = await rotate({}, '?DryRun=true');

    expect(body.Checks).toContainEqual(expect.objectContaining({ Id: 'members-readable', Outcome: 'warn' }));
  });
});

describe('a request that is not possible', () => {
  it('fails the same checks in a dry run and a live call of a datastore without encryption', async () => {
    await emulator.seed('open-use1');
    const create = { GlobalReplicationGroupIdSuffix: 'open', PrimaryReplicationGroupId: 'open-use1' };
    await call('POST /global-datastores', { body: create });
    const send = (query: string) =>
      call(`POST /global-datastores/ldgnf-open/auth-token${query}`, { body: { AuthTokenSecretArn } });

    const dryRun = await send('?DryRun=true');
    const live = await send('');

    expect(dryRun.body.Valid).toBe(false);
    expect(live).toMatchObject({ status: 409, body: { checks: [{ Id: 'transit-encryption', Outcome: 'fail' }] } });
    expect(dryRun.body.Checks).toContainEqual(live.body.checks[0]);
  });

  it('is refused without a usable secret', async () => {
    AuthTokenSecretArn = await emulator.secret('elasticache/ledger', 'short');

    const live = await rotate();

    expect(live).toMatchObject({ status: 409, body: { checks: [{ Id: 'auth-token-secret', Outcome: 'fail' }] } });
    expect(rotations()).toEqual([]);
  });

  it.each([
    ['without a secret', { AuthTokenSecretArn: undefined }, '#/AuthTokenSecretArn'],
    ['with a literal token', { AuthToken: former }, '#/AuthToken'],
    ['with another strategy', { AuthTokenUpdateStrategy: 'DELETE' }, '#/AuthTokenUpdateStrategy'],
  ])('is refused with 400 %s', async (_, more, pointer) => {
    const { status, body } = await rotate(more);

    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ pointer }]);
    expect(JSON.stringify(body)).not.toContain(former);
  });

  it('is refused with 404 for a datastore that does not exist', async () => {
    const response = await call('POST /global-datastores/ldgnf-none/auth-token', { body: { AuthTokenSecretArn } });

    expect(response).toMatchObject({ status: 404, body: { code: 'GlobalReplicationGroupNotFoundFault' } });
  });
});

describe('one operation a datastore', () => {
  it('is shared by the same rotation, refuses another change, and can be superseded', async () => {
    const running = await rotate();
    const same = await rotate();
    const other = await rotate({ AuthTokenUpdateStrategy: 'SET' });
    const superseding = await rotate({ AuthTokenUpdateStrategy: 'SET' }, '?Supersede=true');

    expect(same).toMatchObject({ status: 202, body: { OperationId: running.body.OperationId } });
    expect(other).toMatchObject({ status: 409, body: { code: 'OperationRunning' } });
    expect(superseding.status).toBe(202);
    expect((await waitForEnd(running.body.OperationId)).Status).toBe('STOPPED');
    await waitForEnd(superseding.body.OperationId);
  });

  it('is started once under an Idempotency-Key, and not if the datastore has changed', async () => {
    const headers = { 'idempotency-key': 'rotation-1' };
    const first = await rotate({}, '', headers);
    const again = await rotate({}, '', headers);
    const changed = await rotate({}, '', { 'if-match': '"of-yesterday"' });

    expect(again.body.OperationId).toBe(first.body.OperationId);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(changed.status).toBe(412);
    await waitForEnd(first.body.OperationId);
  });

  it('is in the audit trail, with each change of a member and without the token', async () => {
    const { body } = await rotate();
    await waitForEnd(body.OperationId);

    const { AuditEntries } = (await call(`GET ${datastorePath}/audit`)).body;
    const own = (AuditEntries as { RequestId: string; Route: string }[]).filter(
      ({ RequestId, Route }) => RequestId === body.OperationId || Route.endsWith('/auth-token'),
    );

    expect(own.slice(0, 4).map(({ Route }) => Route)).toEqual([
      'operation',
      'operation',
      'operation',
      'POST /global-datastores/{GlobalReplicationGroupId}/auth-token',
    ]);
    expect(JSON.stringify(AuditEntries)).toContain(AuthTokenSecretArn);
    expect(JSON.stringify(AuditEntries)).not.toContain('the-next-token');
  });
});

it('skips a member whose token a client outside the API changes during the rotation', async () => {
  const { options } = emulator.store;
  options.transitionMs = Number.POSITIVE_INFINITY;
  const { body } = await rotate();
  await until(async () => rotations().length > 0, 10_000);
  options.transitionMs = 20;
  const other = { ReplicationGroupId: 'ledger-euw1', AuthToken: 'the-token-of-ops-1', ApplyImmediately: true };
  await emulator.client('eu-west-1').send(new ModifyReplicationGroupCommand(other));
  emulator.store.tick();

  const operation = await waitForEnd(body.OperationId);

  expect(operation.Status).toBe('SUCCEEDED');
  expect(rotations().map(([id]) => id)).toEqual(['ledger-use1']); // a changed token counts as rotated
});
