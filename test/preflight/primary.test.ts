import { beforeAll, describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { clusterMode } from '../support/datastore.ts';

const { call, emulator } = await startApi({ regions: ['us-east-1', 'eu-west-1', 'ap-southeast-2'] });

const wholeFailover = { AutomaticFailoverEnabled: true, MultiAZEnabled: true } as const;

/** The replication groups that requests name as the primary, by their names. */
const groups = {
  good: { ...wholeFailover },
  alone: { NumCacheClusters: 1, AutomaticFailoverEnabled: false },
  old: { ...wholeFailover, Engine: 'redis', EngineVersion: '5.0.6', CacheNodeType: 'cache.r5.large' },
  durable: {
    ...{ ...clusterMode, ...wholeFailover, EngineVersion: '9.0', TransitEncryptionEnabled: true },
    Durability: 'sync',
  },
} as const;

beforeAll(async () => {
  for (const [name, input] of Object.entries(groups)) await emulator.seed(name, 'us-east-1', input);
  await emulator.seed('elsewhere', 'eu-west-1');
  await emulator.seed('failed');
  emulator.store.viewFrom('us-east-1').getReplicationGroup('failed').changes.push({ id: 99, kind: 'failed' });
});

const create = (primary: string, query = '', suffix = `new-${primary}`) =>
  call(`POST /global-datastores${query}`, {
    body: { GlobalReplicationGroupIdSuffix: suffix, PrimaryReplicationGroupId: primary },
  });

type Row = [primary: string, id: string, outcome: 'warn' | 'fail', words: RegExp, suffix?: string];
const rows: Row[] = [
  ['alone', 'primary-failover', 'warn', /failover is disabled and Multi-AZ is disabled/],
  ['old', 'engine-in-extended-support', 'warn', /from 2026-02-01/],
  ['good', 'suffix-syntax', 'warn', /the id becomes ldgnf-ldgnf-orders\. Leave out the prefix\./, 'ldgnf-orders'],
  ['good', 'suffix-syntax', 'warn', /the id becomes ldgnf-gxeiz-orders\. Leave out the prefix\./, 'gxeiz-orders'],
  ['durable', 'durability', 'fail', /durability sync/],
  ['nobody', 'primary-exists', 'fail', /does not exist in us-east-1\. The primary is a replication group that exists/],
  ['elsewhere', 'primary-exists', 'fail', /is in eu-west-1: set PrimaryReplicationGroupRegion/],
  ['failed', 'primary-available', 'fail', /Delete failed and create it again/],
];

describe('POST /global-datastores', () => {
  it('passes all checks of a primary that has all that AWS recommends', async () => {
    const { body } = await create('good', '?DryRun=true');

    expect(body.Checks.filter(({ Outcome }: { Outcome: string }) => Outcome !== 'pass')).toEqual([]);
  });

  it.each(rows)('primary %s has the check %s with the outcome %s', async (primary, Id, Outcome, text, suffix) => {
    const { body } = await create(primary, '?DryRun=true', suffix);

    const check = { Id, Outcome, Detail: expect.stringMatching(text) };
    expect(body.Checks).toContainEqual(expect.objectContaining(check));
  });

  it.each(rows.filter(([, , outcome]) => outcome === 'fail'))('primary %s is refused with %s', async (primary, Id) => {
    const { status, body } = await create(primary);

    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(body.upstream).toBeDefined();
    if (status === 409) return; // the fault of AWS states that the group is not available
    expect(body.checks).toContainEqual(expect.objectContaining({ Id, Outcome: 'fail' }));
  });
});
