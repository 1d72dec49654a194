import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Check } from '../../src/problems/check.ts';
import { startApi } from '../support/api.ts';
import { datastores } from '../support/datastore.ts';
import { writePolicy } from '../support/policy.ts';
import { createRelay } from '../support/relay.ts';

const relay = createRelay();
const policy = {
  Regions: ['us-east-1', 'eu-west-1'],
  NodeFamilies: ['r7g'],
  MaxDatastores: 50,
  FailoverCooldownMinutes: 30,
  FailoverReasonRequired: true,
};
const { call, emulator } = await startApi({
  relay,
  environment: { POLICY_FILE: writePolicy(policy), TABLE_TIMEOUT_MS: '500', REGION_MS: '1500' },
});
const { make } = datastores(emulator);
const id = await make('orders', ['eu-west-1']);
await emulator.seed('free');

const create = {
  request: 'POST /global-datastores',
  body: { GlobalReplicationGroupIdSuffix: 'more', PrimaryReplicationGroupId: 'free' },
};
const failover = {
  request: `POST /global-datastores/${id}/failover`,
  body: { PrimaryRegion: 'eu-west-1', Reason: 'Exercise' },
};
const member = (region: string, Role: string) => ({
  ReplicationGroupId: `orders-${region}`,
  ReplicationGroupRegion: region,
  Role,
});
const topology = {
  request: `PUT /global-datastores/${id}/topology`,
  body: { Members: [member('us-east-1', 'PRIMARY'), member('eu-west-1', 'SECONDARY')] },
};

/** Returns a function that makes an action fail with an error. That function returns the one that ends the fault. */
const failCalls = (Action: string) => async (Name: string) => {
  await emulator.fail({ Action, Name, Times: 1_000 });
  return () => emulator.clearFaults();
};
async function refuseTable() {
  await relay.refuse();
  return () => relay.accept();
}

/** Each rule whose data has to be read, with a change that it applies to and the function that makes the read fail. */
const unreadable = [
  ['NodeFamilies', 'policy-node-families', create, failCalls('DescribeReplicationGroups')],
  ['MaxDatastores', 'policy-max-datastores', create, failCalls('DescribeGlobalReplicationGroups')],
  ['FailoverCooldownMinutes', 'policy-failover-cooldown', failover, refuseTable],
  ['FailoverCooldownMinutes', 'policy-failover-cooldown', topology, failCalls('DescribeGlobalReplicationGroups')],
  ['FailoverReasonRequired', 'policy-failover-reason', topology, failCalls('DescribeGlobalReplicationGroups')],
  ['Regions', 'policy-regions', topology, failCalls('DescribeGlobalReplicationGroups')],
] as const;

let endFault: () => unknown = () => {};

describe('a rule that cannot be evaluated', () => {
  beforeEach(() => emulator.calls());
  afterEach(() => endFault());

  it.each(unreadable)('%s refuses the change: %s', async (rule, Id, { request, body }, fail) => {
    endFault = await fail('Throttling');

    const { status, body: problem } = await call(request, { body });

    expect([status, problem.code]).toEqual([503, 'PolicyUnavailable']);
    expect(problem.detail).toContain(`Policy rule ${rule}:`);
    expect(problem.checks.map((check: Check) => [check.Id, check.Outcome])).toContainEqual([Id, 'warn']);
    expect((await emulator.calls()).filter(({ Action }) => !/^(Describe|List)/.test(Action))).toEqual([]);
  });

  it.each(unreadable)('%s causes a warning in a dry run: %s', async (_, Id, { request, body }, fail) => {
    endFault = await fail('AccessDenied'); // not retried

    const { status, body: result } = await call(`${request}?DryRun=true`, { body });

    expect(status).toBe(200);
    expect(result.Checks).toContainEqual(expect.objectContaining({ Id, Outcome: 'warn' }));
  });

  it('does not hide that a primary does not exist', async () => {
    endFault = () => {};
    const body = { ...create.body, PrimaryReplicationGroupId: 'none' };

    expect(await call(create.request, { body })).toMatchObject({
      status: 404,
      body: { code: 'ReplicationGroupNotFoundFault' },
    });
  });
});
