import { expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { datastores } from '../support/datastore.ts';
import { startDurable } from '../support/durable.ts';
import { until } from '../support/emulator.ts';
import { writePolicy } from '../support/policy.ts';

const durable = await startDurable();
const { call, emulator } = await startApi({
  transitionMs: 20,
  environment: {
    AWS_ENDPOINT_URL_LAMBDA: durable.url,
    RECONCILE_INTERVAL_SECONDS: '1',
    POLICY_FILE: writePolicy({
      Regions: ['us-east-1'],
      FailoverCooldownMinutes: 60,
      FailoverReasonRequired: true,
      FailoverMaxLagSeconds: 5,
    }),
  },
});
const { make, waitUntilStable } = datastores(emulator);
const id = await make('ledger', ['eu-west-1', 'ap-southeast-2']);
const datastorePath = `/global-datastores/${id}`;

const drill = (query = '') =>
  call(`POST ${datastorePath}/drills${query}`, {
    body: { PrimaryRegion: 'eu-west-1', HoldSeconds: 0, Reason: 'Monthly drill' },
  });

async function waitForEnd(OperationId: string) {
  const read = async () => (await call(`GET /operations/${OperationId}`)).body.Operation;
  await until(async () => (await read()).Status !== 'RUNNING', 20_000);
  return read();
}

const cooldownOf = ({ body }: Awaited<ReturnType<typeof drill>>) =>
  body.Checks.find(({ Id }: { Id: string }) => Id === 'policy-failover-cooldown')?.Outcome;

it('A drill counts as one failover. Its cool-down refuses further drills, but not its way back and not failovers', async () => {
  expect(cooldownOf(await drill('?DryRun=true'))).toBe('pass');
  const { status, body } = await drill();
  expect(status, JSON.stringify(body)).toBe(202); // to a region in which the policy allows no new member
  expect((await waitForEnd(body.OperationId)).Status).toBe('SUCCEEDED');

  expect(cooldownOf(await drill('?DryRun=true'))).toBe('fail');
  expect(await drill()).toMatchObject({ status: 403, body: { code: 'PolicyDenied' } });
  const failover = { PrimaryRegion: 'ap-southeast-2', Reason: 'us-east-1 is impaired' };
  expect((await call(`POST ${datastorePath}/failover`, { body: failover })).status).toBe(202);
});

it('The lag limit of the policy applies to drills, and a request can only be stricter', async () => {
  const other = await make('lagging', ['eu-west-1']);
  const start = (MaxLagSeconds?: number) =>
    call(`POST /global-datastores/${other}/drills`, {
      body: { PrimaryRegion: 'eu-west-1', HoldSeconds: 0, Reason: 'Lagging', ...(MaxLagSeconds && { MaxLagSeconds }) },
    });
  await emulator.control('POST', 'lag', { Region: 'eu-west-1', Seconds: 7 });

  for (const limit of [undefined, 60]) {
    const { status, body } = await start(limit);
    expect([status, body.code]).toEqual([409, 'ReplicationLagTooHigh']);
    expect(body.detail).toContain('The limit is 5 s.');
    expect(body.remedies).toMatchObject([{ method: 'GET' }]);
  }
  await emulator.control('POST', 'lag', { Region: 'eu-west-1', Seconds: 4 });
  expect((await start(3)).body.code).toBe('ReplicationLagTooHigh');
  expect(await waitForEnd((await start()).body.OperationId)).toMatchObject({ Wanted: { Drill: { MaxLagSeconds: 5 } } });
});

it('The cool-down of a failover refuses drills and further failovers', async () => {
  await waitUntilStable(id);
  const again = { PrimaryRegion: 'us-east-1', Reason: 'Back' };

  expect(await drill()).toMatchObject({ status: 403, body: { code: 'PolicyDenied' } });
  expect(await call(`POST ${datastorePath}/failover`, { body: again })).toMatchObject({ status: 403 });
});
