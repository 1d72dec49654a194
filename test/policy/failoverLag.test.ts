import { beforeEach, describe, expect, it } from 'vitest';
import type { Check } from '../../src/problems/check.ts';
import { type RequestOptions, startApi } from '../support/api.ts';
import { datastores } from '../support/datastore.ts';
import { writePolicy } from '../support/policy.ts';

const role = 'arn:aws:sts::123456789012:assumed-role';
const { call, emulator } = await startApi({
  environment: {
    POLICY_FILE: writePolicy({
      FailoverMaxLagSeconds: 10,
      FailoverOverrideCallers: [`${role}/BreakGlass`, 'ben'],
      FailoverReasonRequired: true,
    }),
  },
});
const { loadPolicy } = await import('../../src/policy/policy.ts');
const { make, waitUntilStable } = datastores(emulator);

const setLag = (lag: object) => emulator.control('POST', 'lag', { Region: 'eu-west-1', ...lag });
const breakGlass = { caller: `${role}/BreakGlass/ana` };
const reason = { Reason: 'us-east-1 is impaired' };
const override = { ...reason, Override: true };

const failover = (id: string, body: object, options: RequestOptions = {}) =>
  call(`POST /global-datastores/${id}/failover`, { ...options, body: { PrimaryRegion: 'eu-west-1', ...body } });

const member = (name: string, region: string, Role: string) => ({
  ReplicationGroupId: `${name}-${region}`,
  ReplicationGroupRegion: region,
  Role,
});
const moving = (name: string) => ({
  Members: [member(name, 'us-east-1', 'SECONDARY'), member(name, 'eu-west-1', 'PRIMARY')],
});
const staying = (name: string) => ({
  Members: [member(name, 'us-east-1', 'PRIMARY'), member(name, 'eu-west-1', 'SECONDARY')],
});
const checkOf = (checks: Check[], id: string) => checks.find(({ Id }) => Id === id);

beforeEach(() => setLag({ Seconds: 0.4 }));

describe('FailoverMaxLagSeconds', () => {
  it('accepts a failover within the limit', async () => {
    const id = await make('near', ['eu-west-1']);
    await setLag({ Seconds: 10 });

    expect(await failover(id, reason)).toMatchObject({ status: 202 });
  });

  it.each([
    ['behind', { Seconds: 11 }, 'ReplicationLagTooHigh'],
    ['unknown', { Unknown: true }, 'ReplicationLagUnknown'],
  ])('refuses a failover whose lag is %s, without a remedy that the policy forbids', async (name, lag, code) => {
    const id = await make(name, ['eu-west-1']);
    await setLag(lag);

    const { status, body } = await failover(id, reason);

    expect({ status, code: body.code }).toEqual({ status: 409, code });
    expect(body.detail).toMatch(/The limit is 10 s\.$/);
    expect(body.remedies).toHaveLength(1);
  });

  it.each([
    [5, '5 s'],
    [60, '10 s'],
  ])('applies with MaxLagSeconds %i as the stricter of both: %s', async (MaxLagSeconds, limit) => {
    const id = await make(`both-${MaxLagSeconds}`, ['eu-west-1']);
    await setLag({ Seconds: 12 });

    const { body } = await failover(id, { ...reason, MaxLagSeconds });

    expect(body).toMatchObject({ code: 'ReplicationLagTooHigh', detail: expect.stringContaining(`limit is ${limit}`) });
  });

  it('is the limit of a dry run', async () => {
    const id = await make('dry', ['eu-west-1']);
    await setLag({ Seconds: 12 });

    const { body } = await call(`POST /global-datastores/${id}/failover?DryRun=true`, {
      body: { PrimaryRegion: 'eu-west-1', ...reason },
    });

    expect(body.Valid).toBe(false);
    expect(checkOf(body.Checks, 'lag-within-limit')).toMatchObject({
      Outcome: 'fail',
      Detail: expect.stringContaining('The limit is 10 s.'),
    });
  });
});

describe('Override', () => {
  it.each([
    ['a role', breakGlass],
    ['the subject of a token', { claims: { sub: 'ben' } }],
  ])('allows a failover without a lag check to a caller that the policy names: %s', async (subject, caller) => {
    const id = await make(subject === 'a role' ? 'named' : 'subject', ['eu-west-1']);
    await setLag({ Seconds: 3_600 });
    await emulator.calls();

    expect(await failover(id, override, caller)).toMatchObject({ status: 202 });

    expect((await emulator.calls()).map(({ Action }) => Action)).not.toContain('GetMetricData');
  });

  it('is in the audit entry with its reason', async () => {
    const id = await make('audited', ['eu-west-1']);
    await setLag({ Unknown: true });
    await failover(id, override, breakGlass);

    const { body } = await call(`GET /global-datastores/${id}/audit`);

    expect(body.AuditEntries[0]).toMatchObject({
      Outcome: 'accepted',
      Caller: breakGlass.caller,
      Request: { body: override },
    });
  });

  it('keeps the limit of the request', async () => {
    const id = await make('own', ['eu-west-1']);
    await setLag({ Seconds: 30 });

    expect(await failover(id, { ...override, MaxLagSeconds: 20 }, breakGlass)).toMatchObject({
      status: 409,
      body: { code: 'ReplicationLagTooHigh' },
    });
    expect(await failover(id, { ...override, MaxLagSeconds: 40 }, breakGlass)).toMatchObject({ status: 202 });
  });

  it.each([
    ['another role', { caller: `${role}/Deployer/BreakGlass` }],
    ['a user of that name', { caller: 'arn:aws:iam::123456789012:user/BreakGlass' }],
    ['another subject', { claims: { sub: 'ana' } }],
  ])('is refused with its pointer for %s', async (subject, caller) => {
    const id = await make(subject.replaceAll(' ', '-'), ['eu-west-1']);

    const { status, body } = await failover(id, override, caller);

    expect(status).toBe(403);
    expect(body).toMatchObject({
      code: 'PolicyDenied',
      checks: [{ Id: 'policy-failover-override', Outcome: 'fail', Pointer: '#/Override' }],
    });
  });

  it('is refused without a Reason, with the pointer', async () => {
    const id = await make('mute', ['eu-west-1']);

    expect(await failover(id, { Override: true }, breakGlass)).toMatchObject({
      status: 400,
      body: { code: 'ValidationFailed', errors: [{ pointer: '#/Reason' }] },
    });
  });
});

describe('a topology that changes the primary', () => {
  const apply = (name: string, body: object, options: RequestOptions = {}) =>
    call(`PUT /global-datastores/ldgnf-${name}/topology?DryRun=true`, { ...options, body });

  it.each([
    ['near', { Seconds: 10 }, 'pass'],
    ['far', { Seconds: 11 }, 'fail'],
    ['lost', { Unknown: true }, 'fail'],
  ])('has the limit of the policy: %s', async (name, lag, Outcome) => {
    await make(`topo-${name}`, ['eu-west-1']);
    await setLag(lag);

    const { body } = await apply(`topo-${name}`, { ...moving(`topo-${name}`), ...reason });

    expect(checkOf(body.Checks, 'lag-within-limit')).toMatchObject({ Outcome, Pointer: '#/Members' });
    expect(body.Plan).toEqual([
      expect.stringMatching(/^Promote eu-west-1\/topo-/),
      expect.stringMatching(/^The writes of the last /),
      expect.stringMatching(/^Clients have to write to topo-/),
    ]);
  });

  it('needs a reason with FailoverReasonRequired', async () => {
    await make('topo-why', ['eu-west-1']);

    const without = await apply('topo-why', moving('topo-why'));
    const withReason = await apply('topo-why', { ...moving('topo-why'), ...reason });

    expect(checkOf(without.body.Checks, 'policy-failover-reason')).toMatchObject({
      Outcome: 'fail',
      Pointer: '#/Reason',
    });
    expect(checkOf(withReason.body.Checks, 'policy-failover-reason')).toMatchObject({ Outcome: 'pass' });
  });

  it('allows Override only to callers that the policy names', async () => {
    await make('topo-over', ['eu-west-1']);
    await setLag({ Seconds: 60 });
    const body = { ...moving('topo-over'), ...override };

    const own = await apply('topo-over', body, breakGlass);
    const other = await apply('topo-over', body);

    expect(checkOf(own.body.Checks, 'policy-failover-override')).toMatchObject({ Outcome: 'pass' });
    expect(checkOf(own.body.Checks, 'lag-within-limit')).toMatchObject({ Outcome: 'pass' });
    expect(checkOf(other.body.Checks, 'policy-failover-override')).toMatchObject({
      Outcome: 'fail',
      Pointer: '#/Override',
    });
  });

  it('has no lag check if it changes no primary', async () => {
    const id = await make('topo-same', ['eu-west-1']);
    await waitUntilStable(id);
    await setLag({ Seconds: 60 });
    await emulator.calls();

    const { body } = await apply('topo-same', { ...staying('topo-same'), Override: true, ...reason });

    expect(body.Valid).toBe(true);
    expect(checkOf(body.Checks, 'lag-within-limit')).toBeUndefined();
    expect(checkOf(body.Checks, 'policy-failover-override')).toBeUndefined();
    expect((await emulator.calls()).map(({ Action }) => Action)).not.toContain('GetMetricData');
  });
});

describe('the policy', () => {
  it.each([
    ['FailoverOverrideCallers without a limit', { FailoverOverrideCallers: ['ben'] }],
    ['a negative limit', { FailoverMaxLagSeconds: -1 }],
    ['a limit that is not an integer', { FailoverMaxLagSeconds: 0.5 }],
  ])('is refused with %s', (_, policy) => {
    expect(() => loadPolicy(writePolicy(policy))).toThrow(/The policy in .* is not valid/);
  });
});
