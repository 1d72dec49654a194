import { beforeEach, describe, expect, it } from 'vitest';
import type { InjectedFault } from '../../emulator/admin/faultInjection.ts';
import type { Check } from '../../src/problems/check.ts';
import { startApi } from '../support/api.ts';
import { clusterMode, datastores } from '../support/datastore.ts';

const regions = ['us-east-1', 'eu-west-1', 'ap-southeast-2'];
const { call, emulator } = await startApi({ regions, environment: { REGION_MS: '800', ATTEMPT_MS: '800' } });
const { make, waitUntilStable, describe: describeDatastore } = datastores(emulator);

const setLag = (lag: object) => emulator.control('POST', 'lag', { Region: 'eu-west-1', ...lag });
const europe = { PrimaryRegion: 'eu-west-1' };
const failover = (id: string, body: object, query = '') =>
  call(`POST /global-datastores/${id}/failover${query}`, { body: { ...europe, ...body } });

async function primaryOf(id: string): Promise<string | undefined> {
  const { Members = [] } = await describeDatastore(id);
  return Members.find(({ Role }) => Role === 'PRIMARY')?.ReplicationGroupRegion;
}

/** Returns the actions that were called since the last read, each as often as it was called. */
const calledActions = async () => (await emulator.calls()).map(({ Action }) => Action);

beforeEach(async () => {
  await emulator.clearFaults();
  await setLag({ Seconds: 0.4 });
  await emulator.calls();
});

describe('POST /global-datastores/{id}/failover with MaxLagSeconds', () => {
  it.each([0.4, 5])('is accepted at a lag of %d s and a limit of 5 s', async (Seconds) => {
    const id = await make(`near-${Seconds * 10}`, ['eu-west-1']);
    await setLag({ Seconds });

    expect(await failover(id, { MaxLagSeconds: 5 })).toMatchObject({ status: 202 });

    await waitUntilStable(id);
    expect(await primaryOf(id)).toBe('eu-west-1');
  });

  it('is refused with the lag if the new primary is further behind, and can be sent without the limit', async () => {
    const id = await make('behind', ['eu-west-1']);
    await setLag({ Seconds: 12 });

    const { status, headers, body } = await failover(id, { MaxLagSeconds: 5, Reason: 'Exercise' });

    expect(status).toBe(409);
    expect(headers['retry-after']).toBe('60');
    expect(body.code).toBe('ReplicationLagTooHigh');
    expect(body.detail).toMatch(
      /^eu-west-1\/behind-eu-west-1 is 12 s behind the primary, as of \S+Z\. The limit is 5 s\.$/,
    );
    const [wait, override] = body.remedies;
    expect(wait).toMatchObject({ method: 'GET', href: `/global-datastores/${id}/replication` });
    expect(override).toMatchObject({ method: 'POST', body: { ...europe, Reason: 'Exercise' } });
    expect(await calledActions()).not.toContain('FailoverGlobalReplicationGroup');

    expect(await call(`POST ${override.href}`, { body: override.body })).toMatchObject({ status: 202 });
    await waitUntilStable(id);
    expect(await primaryOf(id)).toBe('eu-west-1');
  });

  it('uses the lag of the node group that is furthest behind', async () => {
    const id = await make('sharded', ['eu-west-1'], clusterMode);
    await setLag({ Seconds: 30, NodeGroupId: '0002' });

    const { body } = await failover(id, { MaxLagSeconds: 29 });

    expect(body).toMatchObject({ code: 'ReplicationLagTooHigh', detail: expect.stringContaining(' is 30 s behind ') });
  });

  it.each([
    ['has no points', 'none', { Unknown: true }],
    ['has no points of one node group', 'none-of-one', { Unknown: true, NodeGroupId: '0002' }],
    ['has only old points', 'old', { Seconds: 1, AgeSeconds: 300 }],
  ])('is refused if the metric %s', async (_, name, lag) => {
    const id = await make(name, ['eu-west-1'], clusterMode);
    await setLag(lag);

    expect(await failover(id, { MaxLagSeconds: 60 })).toMatchObject({
      status: 409,
      body: { code: 'ReplicationLagUnknown', remedies: [{ method: 'GET' }, { method: 'POST' }] },
    });
    expect(await calledActions()).not.toContain('FailoverGlobalReplicationGroup');
  });

  it.each<[string, Pick<InjectedFault, 'Action' | 'Name' | 'Network'>, string]>([
    ['does-not-respond', { Action: 'GetMetricData', Network: 'hang' }, 'CloudWatch did not respond in time.'],
    ['fails', { Action: 'GetMetricData', Name: 'InternalFailure' }, 'CloudWatch failed.'],
    ['denies', { Action: 'GetMetricData', Name: 'AccessDenied' }, 'AWS denied access to the role of this API.'],
  ])('is refused if CloudWatch %s', async (condition, fault, cause) => {
    const id = await make(`cw-${condition}`, ['eu-west-1']);
    await emulator.fail({ ...fault, Region: 'eu-west-1', Times: 99 });

    const { status, body } = await failover(id, { MaxLagSeconds: 60 });

    expect({ status, code: body.code }).toEqual({ status: 409, code: 'ReplicationLagUnknown' });
    expect(body.detail).toContain(` could not be read. ${cause} `);
  });

  it('is refused if the region of the new primary does not respond', async () => {
    const id = await make('silent', ['eu-west-1']);
    await emulator.fail({ Action: '*', Network: 'hang', Region: 'eu-west-1', Times: 99 });

    expect(await failover(id, { MaxLagSeconds: 60 })).toMatchObject({
      status: 409,
      body: { code: 'ReplicationLagUnknown' },
    });
  });

  it.each([
    ['the primary', { PrimaryRegion: 'us-east-1' }],
    ['no member', { PrimaryReplicationGroupId: 'stranger' }],
  ])('does not read the lag of a target that is %s: AWS refuses it', async (condition, body) => {
    const id = await make(condition.replaceAll(' ', '-'), ['eu-west-1']);
    await setLag({ Unknown: true });
    await emulator.calls();

    expect(await failover(id, { ...body, MaxLagSeconds: 5 })).toMatchObject({
      status: 400,
      body: { code: 'InvalidParameterValueException' },
    });
    expect(await calledActions()).not.toContain('GetMetricData');
  });

  it.each([-1, 1.5, '5', null])('refuses the limit %j with its pointer', async (MaxLagSeconds) => {
    expect(await failover('ldgnf-any', { MaxLagSeconds })).toMatchObject({
      status: 400,
      body: { code: 'ValidationFailed', errors: [{ pointer: '#/MaxLagSeconds' }] },
    });
  });

  it('releases its Idempotency-Key when it is refused, and is sent once when the lag is within the limit', async () => {
    const id = await make('keyed', ['eu-west-1']);
    const send = () =>
      call(`POST /global-datastores/${id}/failover`, {
        body: { ...europe, MaxLagSeconds: 5 },
        headers: { 'idempotency-key': '"keyed"' },
      });
    await setLag({ Seconds: 12 });
    expect(await send()).toMatchObject({ status: 409 });
    await setLag({ Seconds: 1 });
    await emulator.calls();

    const responses = [await send(), await send()];

    expect(responses).toMatchObject([{ status: 202 }, { status: 202, headers: { 'idempotency-replayed': 'true' } }]);
    const sent = (await calledActions()).filter((action) => action === 'FailoverGlobalReplicationGroup');
    expect(sent).toHaveLength(1);
  });

  it('records the refusal in the audit trail', async () => {
    const id = await make('audited', ['eu-west-1']);
    await setLag({ Seconds: 12 });
    await failover(id, { MaxLagSeconds: 5 });

    const { body } = await call(`GET /global-datastores/${id}/audit`);

    expect(body.AuditEntries[0]).toMatchObject({
      Outcome: 'refused',
      Code: 'ReplicationLagTooHigh',
      Request: { body: { MaxLagSeconds: 5 } },
    });
  });
});

describe('POST /global-datastores/{id}/failover without MaxLagSeconds', () => {
  it('does not call CloudWatch, also when AWS refuses the failover', async () => {
    const id = await make('emergency', ['eu-west-1']);
    await emulator.calls();

    expect(await failover(id, {})).toMatchObject({ status: 202 });
    await waitUntilStable(id);
    expect(await failover(id, {})).toMatchObject({ status: 400 });

    expect(await calledActions()).not.toContain('GetMetricData');
  });

  it('is accepted while CloudWatch does not respond and the lag is high', async () => {
    const id = await make('blind', ['eu-west-1']);
    await setLag({ Seconds: 3_600 });
    await emulator.fail({ Action: 'GetMetricData', Network: 'hang', Times: 99 });

    expect(await failover(id, {})).toMatchObject({ status: 202 });
  });
});

describe('the response to a failover', () => {
  it.each([
    ['plain', {}, 'plain-eu-west-1.'],
    ['cluster', clusterMode, 'cluster-eu-west-1.'],
    ['tls', { TransitEncryptionEnabled: true }, 'master.tls-eu-west-1.'],
  ])('has the address of the new primary: %s', async (name, settings, start) => {
    const id = await make(name, ['eu-west-1'], settings);

    const { Writer } = (await failover(id, {})).body;

    expect(Writer).toMatchObject({ Region: 'eu-west-1', ReplicationGroupId: `${name}-eu-west-1`, Port: 6379 });
    expect(Writer.Address.startsWith(start)).toBe(true);
    await waitUntilStable(id);
    expect((await call(`GET /global-datastores/${id}/connection`)).body.Writer).toEqual(Writer);
  });

  it('has the address after Prefer: wait, too', async () => {
    const id = await make('waited', ['eu-west-1']);

    const { status, body } = await call(`POST /global-datastores/${id}/failover`, {
      body: europe,
      headers: { prefer: 'wait=5' },
    });

    expect(status).toBe(200);
    expect(body).toMatchObject({ Writer: { Region: 'eu-west-1' }, GlobalReplicationGroup: { Status: 'available' } });
  });

  it.each<[string, Pick<InjectedFault, 'Name' | 'Network'>]>([
    ['does-not-respond', { Network: 'hang' }],
    ['fails', { Name: 'InternalFailure' }],
  ])('is 202 without the address if the region %s', async (condition, fault) => {
    const id = await make(`unread-${condition}`, ['eu-west-1']);
    await emulator.fail({ Action: 'DescribeReplicationGroups', Region: 'eu-west-1', Times: 99, ...fault });

    const { status, body } = await failover(id, {});

    expect(status).toBe(202);
    expect(body).not.toHaveProperty('Writer');
    await waitUntilStable(id);
    expect(await primaryOf(id)).toBe('eu-west-1');
  });
});

describe('a dry run of a failover', () => {
  const dryRun = (id: string, body: object = {}) => failover(id, body, '?DryRun=true');
  const lagCheckOf = (checks: Check[]) => checks.find(({ Id }) => Id === 'lag-within-limit');

  it('names the writes that may be lost and the address that clients have to write to', async () => {
    const id = await make('reported', ['eu-west-1'], { TransitEncryptionEnabled: true });
    await setLag({ Seconds: 12 });

    const { body } = await dryRun(id);

    expect(body.Valid).toBe(true);
    expect(body.Plan).toEqual([
      expect.stringMatching(/^Promote eu-west-1\/reported-eu-west-1 to primary/),
      expect.stringMatching(/^The writes of the last 12 s before the failover may be lost\. /),
      expect.stringMatching(/^Clients have to write to master\.reported-eu-west-1\.\S+:6379 then\. /),
    ]);
  });

  it.each([
    ['within-limit', { Seconds: 1 }, { MaxLagSeconds: 5 }, 'pass', true],
    ['above-limit', { Seconds: 12 }, { MaxLagSeconds: 5 }, 'fail', false],
    ['no-limit', { Seconds: 12 }, {}, 'pass', true],
    ['unknown-limit', { Unknown: true }, { MaxLagSeconds: 5 }, 'fail', false],
    ['unknown-no-limit', { Unknown: true }, {}, 'warn', true],
  ])('has the check lag-within-limit: %s', async (name, lag, limit, Outcome, Valid) => {
    const id = await make(name, ['eu-west-1']);
    await setLag(lag);

    const { status, body } = await dryRun(id, limit);

    expect(status).toBe(200);
    expect(lagCheckOf(body.Checks)).toMatchObject({ Outcome, Pointer: '#/PrimaryRegion' });
    expect(body.Valid).toBe(Valid);
  });

  it('does not fail while the region of the new primary does not respond', async () => {
    const id = await make('dry-silent', ['eu-west-1']);
    await emulator.fail({ Action: '*', Network: 'hang', Region: 'eu-west-1', Times: 99 });

    const { status, body } = await dryRun(id);

    expect(status).toBe(200);
    expect(lagCheckOf(body.Checks)).toMatchObject({ Outcome: 'warn' });
    expect(body.Plan).toEqual([
      expect.stringMatching(/^Promote /),
      expect.stringMatching(/^The writes of the last an unknown time/),
      expect.stringMatching(/the primary endpoint of eu-west-1\/dry-silent-eu-west-1, which could not be read/),
    ]);
  });
});

describe('a failover that no region has accepted', () => {
  const planB = (id: string, member: string) => ({
    method: 'DELETE',
    href: `/global-datastores/${id}/members/${member}`,
    detail: expect.stringMatching(/^Plan B, .*cannot rejoin the datastore with its data.*old data\.$/),
  });
  const failEverywhere = async (fault: Pick<InjectedFault, 'Name' | 'Network'>) => {
    for (const Region of regions)
      await emulator.fail({ Action: 'FailoverGlobalReplicationGroup', Region, Times: 99, ...fault });
  };

  it.each<[string, Pick<InjectedFault, 'Name' | 'Network'>, number]>([
    ['fail', { Name: 'InternalFailure' }, 502],
    ['hang', { Network: 'hang' }, 504],
    ['reset', { Network: 'reset' }, 502],
    ['refuse-state', { Name: 'InvalidGlobalReplicationGroupStateFault' }, 409],
    ['refuse-value', { Name: 'InvalidParameterValueException' }, 400],
  ])('names the detach of the secondary as a remedy: %s', async (name, fault, status) => {
    const id = await make(name, ['eu-west-1']);
    await failEverywhere(fault);

    const response = await failover(id, {});

    expect(response.status).toBe(status);
    expect(response.body.remedies[0]).toEqual({ method: 'GET', href: `/global-datastores/${id}` });
    expect(response.body.remedies.at(-1)).toEqual(planB(id, `eu-west-1/${name}-eu-west-1`));
  });

  it('has a remedy that makes the secondary a standalone primary', async () => {
    const id = await make('detached', ['eu-west-1']);
    await failEverywhere({ Name: 'InternalFailure' });
    const { method, href } = (await failover(id, {})).body.remedies.at(-1);

    expect(await call(`${method} ${href}`)).toMatchObject({ status: 202 });

    await waitUntilStable(id);
    expect((await describeDatastore(id)).Members).toHaveLength(1);
  });

  it('describes the detach in its detail if no region names the secondary', async () => {
    const id = await make('nameless', ['eu-west-1']);
    for (const Region of regions) await emulator.fail({ Action: '*', Name: 'InternalFailure', Region, Times: 99 });

    const { status, body } = await failover(id, {});

    expect(status).toBe(502);
    expect(body.detail).toMatch(/Plan B, .* Name the secondary in PrimaryReplicationGroupId\.$/);
  });

  it.each([
    ['the target is the primary', 'own', { PrimaryRegion: 'us-east-1' }],
    ['the target is no member', 'none', { PrimaryReplicationGroupId: 'stranger' }],
  ])('names no detach if %s', async (_, name, body) => {
    const id = await make(`no-b-${name}`, ['eu-west-1']);

    const response = await failover(id, body);

    expect(response.status).toBe(400);
    expect(JSON.stringify(response.body)).not.toContain('Plan B');
  });
});
