import { expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { datastores } from '../support/datastore.ts';
import { startDurable } from '../support/durable.ts';
import { operator, ownerA, writePolicy } from '../support/policy.ts';

const durable = await startDurable();
const { call, emulator } = await startApi({
  regions: ['eu-west-1', 'us-east-1'],
  environment: {
    AWS_ENDPOINT_URL_LAMBDA: durable.url,
    POLICY_FILE: writePolicy({
      FailoverMaxLagSeconds: 30,
      FailoverOverrideCallers: [operator.caller.replace(/\/[^/]*$/, '')],
    }),
  },
});
await datastores(emulator).make('lagging', ['eu-west-1']);

it('allows an evacuation only to callers that may override the lag limit', async () => {
  const body = { FromRegion: 'us-east-1', Reason: 'us-east-1 is lost' };

  const denied = await call('POST /evacuations', { ...ownerA, body });
  const dryRun = await call('POST /evacuations?DryRun=true', { ...ownerA, body });
  const accepted = await call('POST /evacuations', { ...operator, body });

  expect(denied).toMatchObject({ status: 403, body: { code: 'PolicyDenied' } });
  expect(dryRun.body).toMatchObject({ Valid: false });
  expect(accepted.status, JSON.stringify(accepted.body)).toBe(202);
});
