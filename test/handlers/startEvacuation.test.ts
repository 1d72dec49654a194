import { describe, expect, it } from 'vitest';
import { type Reply, startApi } from '../support/api.ts';
import { datastores } from '../support/datastore.ts';
import { startDurable } from '../support/durable.ts';
import { until } from '../support/emulator.ts';

// No server listens on the endpoint of us-east-1, the region to evacuate.

const durable = await startDurable({ secondMs: 50 });
const api = await startApi({
  regions: ['eu-west-1', 'us-east-1', 'ap-southeast-2'],
  environment: {
    AWS_ENDPOINT_URL_ELASTICACHE_US_EAST_1: 'http://127.0.0.1:9',
    AWS_ENDPOINT_URL_LAMBDA: durable.url,
    RECONCILE_INTERVAL_SECONDS: '1',
  },
});
const { call, emulator } = api;
const { make, describe: describeDatastore, freeze } = datastores(emulator);

const Reason = 'us-east-1 is lost, incident 4711';
const evacuate = (body: object, { query = '', key }: { query?: string; key?: string } = {}) =>
  call(`POST /evacuations${query}`, {
    body: { FromRegion: 'us-east-1', Reason, ...body },
    ...(key && { headers: { 'idempotency-key': key } }),
  });

/** Waits until an evacuation has ended. Returns it. */
async function waitForEnd({ status, headers, body }: Reply) {
  expect(status, JSON.stringify(body)).toBe(202);
  const read = async () => (await call(`GET ${headers.location}`)).body.Evacuation;
  await until(async () => (await read()).Status !== 'RUNNING', 20_000);
  return read();
}

const failovers = async () =>
  (await emulator.calls()).filter(({ Action, Code }) => Action === 'FailoverGlobalReplicationGroup' && !Code);

describe('POST /evacuations', () => {
  it('promotes a secondary of each datastore whose primary is in the region, and of no other', async () => {
    const one = await make('one', ['eu-west-1']);
    const two = await make('two', ['ap-southeast-2', 'eu-west-1']);
    const elsewhere = await make('elsewhere', ['eu-west-1']);
    await call(`POST /global-datastores/${elsewhere}/failover`, { body: { PrimaryRegion: 'eu-west-1' } });
    await emulator.calls();

    const accepted = await evacuate({});
    const evacuation = await waitForEnd(accepted);

    expect(accepted.headers.location).toMatch(/^\/evacuations\/evacuation-us-east-1-[0-9a-f]{16}$/);
    expect(evacuation).toMatchObject({
      Status: 'SUCCEEDED',
      Summary: { Done: 2, UnderWay: 0, Waiting: 0, Refused: 0, ByFailover: 2, ByDetach: 0 },
    });
    expect(evacuation.Datastores).toMatchObject(
      [one, two].map((id) => ({
        GlobalReplicationGroupId: id,
        Status: 'DONE',
        Way: 'FAILOVER',
        Writer: {
          Region: 'eu-west-1', // the first configured region with a secondary
          ReplicationGroupId: `${id.slice(6)}-eu-west-1`,
          Address: expect.stringContaining('.euw1.'),
          Port: 6379,
        },
        CleanUp: [expect.stringContaining(`us-east-1/${id.slice(6)}-us-east-1`), expect.anything()],
      })),
    );
    expect(await failovers()).toHaveLength(2);
    for (const id of [one, two]) {
      const { Members = [] } = await describeDatastore(id);
      expect(Members.find(({ Role }) => Role === 'PRIMARY')?.ReplicationGroupRegion).toBe('eu-west-1');
    }
  });

  it('shows each operation, and puts the reason into the audit entry of its change', async () => {
    const id = await make('audited', ['eu-west-1']);

    const { Datastores, EvacuationId } = await waitForEnd(await evacuate({ GlobalReplicationGroupIds: [id] }));

    const { OperationId } = Datastores[0];
    const { body } = await call(`GET /operations/${OperationId}`);
    expect(body.Operation).toMatchObject({
      Kind: 'EVACUATE',
      Status: 'SUCCEEDED',
      EvacuationId,
      Result: { Evacuated: { Way: 'FAILOVER', Writer: { Region: 'eu-west-1' } } },
    });
    const { body: audit } = await call(`GET /global-datastores/${id}/audit`);
    expect(audit.AuditEntries ?? audit.Entries).toContainEqual(
      expect.objectContaining({
        RequestId: OperationId,
        Outcome: 'accepted',
        Request: { step: expect.stringMatching(/^Promote eu-west-1\/audited-eu-west-1/), EvacuationId, Reason },
      }),
    );
    expect((await call('GET /operations')).body.Operations).not.toContainEqual(
      expect.objectContaining({ OperationId: EvacuationId }),
    );
    expect(await call(`GET /operations/${EvacuationId}`)).toMatchObject({ status: 404 });
    expect(await call(`GET /evacuations/${EvacuationId.replace(/.$/, 'x')}`)).toMatchObject({ status: 400 });
    expect(await call('GET /evacuations/evacuation-us-east-1-0123456789abcdef')).toMatchObject({
      status: 404,
      body: { code: 'EvacuationNotFound' },
    });
  });

  it('moves to ToRegion, and refuses a datastore that has no secondary there', async () => {
    const id = await make('chosen', ['eu-west-1', 'ap-southeast-2']);
    const other = await make('unchosen', ['eu-west-1']);

    const evacuation = await waitForEnd(
      await evacuate({ GlobalReplicationGroupIds: [id, other], ToRegion: 'ap-southeast-2' }),
    );

    expect(evacuation).toMatchObject({ Status: 'FAILED', Summary: { Done: 1, Refused: 1 } });
    expect(evacuation.Datastores).toMatchObject([
      { Status: 'DONE', Writer: { Region: 'ap-southeast-2' } },
      { Status: 'REFUSED', Code: 'MemberNotFound', Reason: expect.stringContaining('no secondary in ap-southeast-2') },
    ]);
  });

  it('detaches the secondary after DetachAfterSeconds, which becomes a standalone replication group', async () => {
    const id = await make('detached', ['eu-west-1']);
    await emulator.fail({
      Action: 'FailoverGlobalReplicationGroup',
      Name: 'InvalidParameterValueException',
      Times: 1000,
    });

    const evacuation = await waitForEnd(await evacuate({ GlobalReplicationGroupIds: [id], DetachAfterSeconds: 1 }));
    await emulator.clearFaults();

    expect(evacuation).toMatchObject({ Status: 'SUCCEEDED', Summary: { Done: 1, ByFailover: 0, ByDetach: 1 } });
    expect(evacuation.Datastores[0]).toMatchObject({
      Way: 'DETACH',
      Writer: { Region: 'eu-west-1', ReplicationGroupId: 'detached-eu-west-1', Port: 6379 },
    });
    expect(evacuation.Datastores[0].CleanUp).toEqual([
      expect.stringContaining('us-east-1/detached-us-east-1 is still the primary'),
      expect.stringContaining(`DELETE /global-datastores/${id}?DetachSecondaries=true`),
      expect.stringContaining('eu-west-1/detached-eu-west-1'),
      expect.stringContaining('Delete us-east-1/detached-us-east-1 in ElastiCache'),
    ]);
    expect((await describeDatastore(id)).Members).toHaveLength(1);
    const again = await waitForEnd(await evacuate({ GlobalReplicationGroupIds: [id] }));
    expect(again.Datastores[0]).toMatchObject({ Status: 'REFUSED', Code: 'MemberNotFound' });
  });

  it('continues after a datastore that AWS refuses', async () => {
    const ids = await Promise.all(['first', 'second', 'third'].map((name) => make(name, ['eu-west-1'])));
    await emulator.fail({ Action: 'FailoverGlobalReplicationGroup', Name: 'InvalidParameterValueException', Times: 2 });

    const evacuation = await waitForEnd(await evacuate({ GlobalReplicationGroupIds: ids, MaxAtOnce: 1 }));
    await emulator.clearFaults();

    expect(evacuation).toMatchObject({ Status: 'FAILED', Summary: { Done: 2, Refused: 1 } });
    expect(evacuation.Datastores.find(({ Status }: { Status: string }) => Status === 'REFUSED')).toMatchObject({
      OperationId: expect.any(String),
      Reason: expect.stringContaining('AWS rejected the change'),
    });
  });

  it('refuses a datastore that another operation changes, unless it supersedes the operation', async () => {
    const id = await make('busy', ['eu-west-1']);
    const resume = freeze();
    const member = (region: string, Role: string) => ({
      ReplicationGroupId: `busy-${region}`,
      ReplicationGroupRegion: region,
      Role,
    });
    const Members = [
      member('us-east-1', 'PRIMARY'),
      member('eu-west-1', 'SECONDARY'),
      member('ap-southeast-2', 'SECONDARY'),
    ];
    const { body } = await call(`PUT /global-datastores/${id}/topology`, { body: { Members } });

    const refused = await waitForEnd(await evacuate({ GlobalReplicationGroupIds: [id] }));
    const dryRun = await evacuate({ GlobalReplicationGroupIds: [id] }, { query: '?DryRun=true' });
    const superseding = await evacuate({ GlobalReplicationGroupIds: [id] }, { query: '?Supersede=true' });
    await until(async () => (await call(`GET /operations/${body.OperationId}`)).body.Operation.Status === 'STOPPED');
    resume();

    expect(refused.Datastores).toMatchObject([
      { Status: 'REFUSED', Code: 'OperationRunning', Reason: expect.stringContaining(body.OperationId) },
    ]);
    expect(dryRun.body).toMatchObject({ Valid: true });
    expect(dryRun.body.Checks).toContainEqual(expect.objectContaining({ Id: 'no-operation-running', Outcome: 'warn' }));
    expect(await waitForEnd(superseding)).toMatchObject({ Status: 'SUCCEEDED', Summary: { ByFailover: 1 } });
  });

  it('replaces a drill', async () => {
    const id = await make('drilled', ['eu-west-1']);
    const resume = freeze();
    const drill = await call(`POST /global-datastores/${id}/drills`, {
      body: { PrimaryRegion: 'eu-west-1', HoldSeconds: 600, Reason: 'monthly' },
    });
    expect(drill.status, JSON.stringify(drill.body)).toBe(202);

    const evacuation = await evacuate({ GlobalReplicationGroupIds: [id] });
    const drilled = async () => (await call(`GET /operations/${drill.body.OperationId}`)).body.Operation.Status;
    await until(async () => (await drilled()) === 'STOPPED');
    resume();

    expect((await waitForEnd(evacuation)).Datastores[0]).toMatchObject({
      Status: 'DONE',
      Writer: { Region: 'eu-west-1' },
    });
  });

  it('replays its response for its key, and joins the running operations without a key', async () => {
    const id = await make('twice', ['eu-west-1']);
    await emulator.calls();
    const resume = freeze();

    const first = await evacuate({ GlobalReplicationGroupIds: [id] }, { key: 'evacuate-twice' });
    const replayed = await evacuate({ GlobalReplicationGroupIds: [id] }, { key: 'evacuate-twice' });
    const other = await evacuate({ GlobalReplicationGroupIds: [id], MaxAtOnce: 1 }, { key: 'evacuate-twice' });
    const underWay = async (reply: Reply) => {
      const read = async () => (await call(`GET ${reply.headers.location}`)).body.Evacuation.Datastores[0];
      await until(async () => (await read()).Status === 'UNDER_WAY');
      return read();
    };
    const { OperationId } = await underWay(first);
    const second = await evacuate({ GlobalReplicationGroupIds: [id] });
    const joined = await underWay(second);
    resume();

    expect(replayed.headers).toMatchObject({ location: first.headers.location, 'idempotency-replayed': 'true' });
    expect([other.status, other.body.code]).toEqual([422, 'IdempotencyKeyReused']);
    expect(second.headers.location).not.toBe(first.headers.location);
    expect(joined.OperationId).toBe(OperationId);
    expect(await waitForEnd(first)).toMatchObject({ Status: 'SUCCEEDED' });
    expect(await waitForEnd(second)).toMatchObject({ Status: 'SUCCEEDED', Summary: { ByFailover: 1 } });
    expect(await failovers()).toHaveLength(1);
    const later = await waitForEnd(await evacuate({ GlobalReplicationGroupIds: [id] }));
    expect(later.Datastores[0]).toMatchObject({ Status: 'DONE', Way: 'NONE', Writer: { Region: 'eu-west-1' } });
    expect(await failovers()).toHaveLength(0);
  });

  it('shows the checks and the plan of each datastore in a dry run, and changes nothing', async () => {
    const id = await make('dry', ['eu-west-1']);
    const alone = await make('alone');
    await emulator.calls();

    const { status, body } = await evacuate(
      { GlobalReplicationGroupIds: [id, alone, 'ldgnf-nobody'], DetachAfterSeconds: 300 },
      { query: '?DryRun=true' },
    );

    expect(status).toBe(200);
    expect(body.Valid).toBe(true);
    expect(body.Plan).toEqual([
      expect.stringMatching(
        /^ldgnf-dry: Promote eu-west-1\/dry-eu-west-1 .* after 300 s: Detach eu-west-1\/dry-eu-west-1/,
      ),
    ]);
    const checks = body.Checks.map(({ Id, Outcome, Detail }: Record<string, string>) => `${Id} ${Outcome} ${Detail}`);
    expect(checks).toEqual([
      'datastores-found pass Datastores found: 3.',
      'evacuation-target pass ldgnf-dry: eu-west-1/dry-eu-west-1 takes the writes.',
      'no-operation-running pass ldgnf-dry: No operation is running.',
      expect.stringMatching(/^evacuation-target warn ldgnf-alone: It is refused: .* no secondary outside us-east-1/),
      'evacuation-target warn ldgnf-nobody: It is refused: Global datastore ldgnf-nobody does not exist.',
    ]);
    expect((await emulator.calls()).filter(({ Action }) => !Action.startsWith('Describe'))).toEqual([]);
  });

  it('refuses the region of the API itself, and invalid regions and reasons', async () => {
    const own = await evacuate({ FromRegion: 'eu-west-1' });

    expect(own).toMatchObject({ status: 409, body: { code: 'EvacuationOfOwnRegion' } });
    expect(own.body.detail).toContain('It runs in no other region');
    expect(await evacuate({ FromRegion: 'eu-west-1' }, { query: '?DryRun=true' })).toMatchObject({ status: 409 });
    expect(await evacuate({ FromRegion: 'us-west-2' })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '#/FromRegion' }] },
    });
    expect(await evacuate({ ToRegion: 'us-east-1' })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '#/ToRegion' }] },
    });
    expect(await evacuate({ Reason: ' ' })).toMatchObject({ status: 400, body: { errors: [{ pointer: '#/Reason' }] } });
  });
});
