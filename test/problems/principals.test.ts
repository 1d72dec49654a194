import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { redactPrincipals } from '../../src/lib/redactPrincipals.ts';
import { startApi } from '../support/api.ts';
import { until } from '../support/emulator.ts';

const { call, emulator } = await startApi();
const datastorePath = '/global-datastores/ldgnf-orders';
const role =
  'arn:aws:sts::123456789012:assumed-role/global-datastore-api-prod-DetacherRole-1A2B/failoverGlobalDatastore';

/** Texts in which AWS names the role of a function, in the forms that AWS documents. */
const texts = {
  'a denial': `User: ${role} is not authorized to perform: elasticache:FailoverGlobalReplicationGroup on resource: * because no identity-based policy allows the action`,
  'a denial of KMS': `The key cannot be used (User: ${role} is not authorized to perform: kms:CreateGrant).`,
  'a role without a session': 'arn:aws:iam::123456789012:role/service-role/DetacherRole-1A2B cannot be assumed',
  'another partition': `User: ${role.replace('arn:aws:', 'arn:aws-us-gov:')}, is not allowed.`,
  'an encoded denial':
    'Not authorized. Encoded authorization failure message: 4GIOHlTkIaWHQD0Q0m6XSnuMMCm-abcdefghijklmn_1A2B',
  'a unique id': 'The session AROA1A2B3C4D5E6F7G8H9:failoverGlobalDatastore has ended.',
  'an access key': 'The key ASIA1A2B3C4D5E6F7G8H is not valid.',
};
const principal = /123456789012|1A2B|failoverGlobalDatastore has/;

beforeAll(async () => {
  await emulator.seed('orders-use1');
  await call('POST /global-datastores', {
    body: { GlobalReplicationGroupIdSuffix: 'orders', PrimaryReplicationGroupId: 'orders-use1' },
  });
  await until(async () => (await call(`GET ${datastorePath}`)).body.GlobalReplicationGroup.Status === 'primary-only');
});

afterEach(() => emulator.clearFaults());

/** Requests that can show the text of an error: as their own problem, in a check of a dry run, in the warning of a list. */
const shown: [string, string, string, object?][] = [
  [
    'InvalidParameterValueException',
    'ModifyGlobalReplicationGroup',
    `PATCH ${datastorePath}`,
    { CacheNodeType: 'cache.r7g.xlarge' },
  ],
  ['InvalidGlobalReplicationGroupStateFault', 'DeleteGlobalReplicationGroup', `DELETE ${datastorePath}`],
  ['AccessDenied', 'RebalanceSlotsInGlobalReplicationGroup', `POST ${datastorePath}/rebalance`],
  [
    'InvalidParameterValueException',
    'ModifyReplicationGroup',
    `PATCH ${datastorePath}/members/us-east-1/orders-use1`,
    { SnapshotRetentionLimit: 3 },
  ],
  ['GlobalReplicationGroupNotFoundFault', 'DescribeGlobalReplicationGroups', `GET ${datastorePath}`],
  ['InvalidParameterValueException', 'DescribeReplicationGroups', 'GET /replication-groups/us-east-1/orders-use1'],
  ['AccessDenied', 'DescribeGlobalReplicationGroups', 'GET /global-datastores'],
  [
    'ReplicationGroupNotFoundFault',
    'DescribeReplicationGroups',
    'POST /global-datastores?DryRun=true',
    { GlobalReplicationGroupIdSuffix: 'carts', PrimaryReplicationGroupId: 'orders-use1' },
  ],
];

describe.each(Object.entries(texts))('with %s', (_, Message) => {
  it.each(shown)('a response to %s of %s hides it: %s', async (Name, Action, request, body) => {
    await emulator.fail({ Action, Name, Message, Times: 20 });

    const response = await call(request, body ? { body } : {});

    expect((await emulator.calls()).map(({ Code }) => Code)).toContainEqual(expect.any(String));
    expect(JSON.stringify(response)).not.toMatch(principal);
  });
});

it('shows the rest of the text', async () => {
  const Message = `The key cannot be used (User: ${role} is not authorized).`;
  await emulator.fail({ Action: 'ModifyGlobalReplicationGroup', Name: 'InvalidParameterValueException', Message });

  const { body } = await call(`PATCH ${datastorePath}`, { body: { CacheNodeType: 'cache.r7g.xlarge' } });

  expect(body.detail).toContain('The key cannot be used (User: (hidden) is not authorized).');
});

it('leaves the ids that a caller sent', () => {
  const text = 'arn:aws:elasticache:us-east-1:123456789012:replicationgroup:orders is not available in us-east-1.';

  expect(redactPrincipals(text)).toBe(text);
});

it('hides any identity of any partition at any place in a text', () => {
  const name = fc.stringMatching(/^[A-Za-z0-9+=,@_-]{3,40}$/);
  const arn = fc
    .record({
      partition: fc.constantFrom('aws', 'aws-cn', 'aws-us-gov', 'aws-iso-b'),
      account: fc.stringMatching(/^\d{12}$/),
      identity: fc.oneof(
        fc.tuple(name, name).map((names) => ['sts', `assumed-role/${names.join('/')}`]),
        fc.tuple(name, name).map((names) => ['iam', `role/${names.join('/')}`]),
        name.map((user) => ['iam', `user/${user}`]),
        name.map((user) => ['sts', `federated-user/${user}`]),
      ),
    })
    .map(({ partition, account, identity: [service, path] }) => ({
      account,
      path: `${path}`,
      arn: `arn:${partition}:${service}::${account}:${path}`,
    }));
  const around = fc.constantFrom(' ', '"', "'", '(', ')', '. ', '\n', ': ', '; ', '<', '>');

  fc.assert(
    fc.property(arn, around, around, ({ arn, account, path }, before, after) => {
      const text = redactPrincipals(`User${before}${arn}${after}is not authorized`);

      expect(text).not.toContain(account);
      expect(text).not.toContain(path.replace(/^.*\//, '/'));
      expect(text).toMatch(/^User.*\(hidden\).*is not authorized$/s);
    }),
  );
});
