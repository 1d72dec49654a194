import { describe, expect, it } from 'vitest';
import type { Check } from '../../src/problems/check.ts';
import { startApi } from '../support/api.ts';
import { datastores } from '../support/datastore.ts';
import { writePolicy } from '../support/policy.ts';

const { call, emulator } = await startApi({
  environment: {
    POLICY_FILE: writePolicy({
      FailoverCooldownMinutes: 30,
      Regions: ['us-east-1', 'eu-west-1'],
      SuffixPattern: '^team-[a-z]+$',
    }),
  },
});
const { make, addSecondary, waitUntilStable } = datastores(emulator);
await emulator.seed('free');

const member = (name: string, region: string, Role: string) => ({
  ReplicationGroupId: `${name}-${region}`,
  ReplicationGroupRegion: region,
  Role,
});
const topology = (name: string, Members: object[]) =>
  call(`PUT /global-datastores/ldgnf-${name}/topology?DryRun=true`, { body: { Members } });
const outcomesOf = ({ body }: { body: { Checks: Check[] } }, Id: string) =>
  body.Checks.filter((check) => check.Id === Id).map(({ Outcome }) => Outcome);

describe('the cool-down of a topology', () => {
  it('is not evaluated for a topology without a failover', async () => {
    await make('kept', ['eu-west-1']);

    const result = await topology('kept', [
      member('kept', 'us-east-1', 'PRIMARY'),
      member('kept', 'eu-west-1', 'SECONDARY'),
    ]);

    expect(result.status).toBe(200);
    expect(outcomesOf(result, 'policy-failover-cooldown')).toEqual([]);
  });

  it('refuses a failover after another one', async () => {
    const id = await make('moved', ['eu-west-1']);
    const back = [member('moved', 'us-east-1', 'PRIMARY'), member('moved', 'eu-west-1', 'SECONDARY')];
    const forward = [member('moved', 'us-east-1', 'SECONDARY'), member('moved', 'eu-west-1', 'PRIMARY')];
    expect(outcomesOf(await topology('moved', forward), 'policy-failover-cooldown')).toEqual(['pass']);
    await call(`POST /global-datastores/${id}/failover`, { body: { PrimaryRegion: 'eu-west-1' } });
    await waitUntilStable(id);

    expect(outcomesOf(await topology('moved', back), 'policy-failover-cooldown')).toEqual(['fail']);
    expect(await call(`PUT /global-datastores/${id}/topology`, { body: { Members: back } })).toMatchObject({
      status: 403,
      body: { code: 'PolicyDenied', checks: [{ Id: 'policy-failover-cooldown' }] },
    });
  });

  it('refuses two failovers in one topology, although the primary stays in its region', async () => {
    const id = await make('replaced', ['eu-west-1']);
    const Members = [
      { ...member('replaced', 'us-east-1', 'PRIMARY'), ReplicationGroupId: 'replaced-new' },
      member('replaced', 'eu-west-1', 'SECONDARY'),
    ];

    const dryRun = await topology('replaced', Members);
    expect(dryRun.body.Plan.filter((step: string) => step.startsWith('Promote'))).toHaveLength(2);
    expect(outcomesOf(dryRun, 'policy-failover-cooldown')).toEqual(['fail']);
    expect(await call(`PUT /global-datastores/${id}/topology`, { body: { Members } })).toMatchObject({
      status: 403,
      body: { code: 'PolicyDenied', checks: [{ Id: 'policy-failover-cooldown' }] },
    });
  });
});

describe('the regions of a topology', () => {
  it('are those of the members that it adds', async () => {
    const id = await make('wide');
    await addSecondary(id, 'ap-southeast-2', 'wide-ap-southeast-2');
    const existing = [member('wide', 'us-east-1', 'PRIMARY'), member('wide', 'ap-southeast-2', 'SECONDARY')];
    const added = [member('wide', 'us-east-1', 'PRIMARY'), member('new', 'ap-southeast-2', 'SECONDARY')];

    expect(outcomesOf(await topology('wide', existing), 'policy-regions')).toEqual([]);
    expect(outcomesOf(await topology('wide', added), 'policy-regions')).toEqual(['fail']);
  });
});

describe('a suffix', () => {
  it.each([
    ['Team-Orders', 'pass'],
    ['team-orders', 'pass'],
    ['Orders', 'fail'],
  ])('%s is compared as AWS stores it', async (GlobalReplicationGroupIdSuffix, outcome) => {
    const result = await call('POST /global-datastores?DryRun=true', {
      body: { GlobalReplicationGroupIdSuffix, PrimaryReplicationGroupId: 'free' },
    });

    expect(outcomesOf(result, 'policy-suffix')).toEqual([outcome]);
  });
});
