import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { until } from '../support/emulator.ts';
import { createRelay } from '../support/relay.ts';

process.env.POWERTOOLS_LOG_LEVEL = 'INFO';
const relay = createRelay();
const { call, emulator } = await startApi({ relay, environment: { TABLE_TIMEOUT_MS: '2000', ATTEMPT_MS: '1000' } });

const ann = 'arn:aws:iam::123456789012:user/ann';
const home = '/global-datastores/ldgnf-orders';

/** What was written to the log since the test began, as it was written. */
let written = '';
const streams = [process.stdout, process.stderr];
const writes = streams.map((stream) => stream.write);

beforeEach(() => {
  written = '';
  for (const stream of streams) {
    stream.write = (text: string | Uint8Array) => {
      written += text;
      return true;
    };
  }
});

afterEach(() => {
  for (const [index, stream] of streams.entries()) stream.write = writes[index] as typeof stream.write;
});

const lines = () =>
  written
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
const lineOfRequest = () => lines().findLast(({ message }) => message === 'request');

beforeAll(async () => {
  await emulator.seed('orders-use1');
  await call('POST /global-datastores', {
    body: { GlobalReplicationGroupIdSuffix: 'orders', PrimaryReplicationGroupId: 'orders-use1' },
  });
  await until(async () => (await call(`GET ${home}`)).body.GlobalReplicationGroup.Status === 'primary-only');
});

describe('The log line of a request', () => {
  it('names the caller, the route, the target, the status and the AWS calls', async () => {
    const headers = { 'idempotency-key': 'my-secret-key', 'x-request-id': 'mine' };
    await call(`PATCH ${home}`, { caller: ann, headers, body: { GlobalReplicationGroupDescription: 'A' } });

    expect(lineOfRequest()).toMatchObject({
      level: 'INFO',
      request_id: 'mine',
      caller: ann,
      route: 'PATCH /global-datastores/{GlobalReplicationGroupId}',
      method: 'PATCH',
      target: { GlobalReplicationGroupId: 'ldgnf-orders' },
      status: 202,
      duration_ms: expect.any(Number),
      idempotency: 'first',
      idempotency_key_digest: expect.stringMatching(/^[\w-]{16}$/),
      aws_calls: [
        { action: 'DescribeGlobalReplicationGroups', region: 'us-east-1', requestId: expect.any(String) },
        { action: 'ModifyGlobalReplicationGroup', region: 'us-east-1', requestId: expect.any(String) },
      ],
    });
    expect(written).not.toContain('my-secret-key');

    await call(`PATCH ${home}`, { caller: ann, headers, body: { GlobalReplicationGroupDescription: 'A' } });
    expect(lineOfRequest()).toMatchObject({ idempotency: 'replayed', aws_calls: [] });
  });

  it('names the code of a refusal and the request id of AWS', async () => {
    await call('GET /global-datastores/ldgnf-nowhere', { caller: ann });

    expect(lineOfRequest()).toMatchObject({
      status: 404,
      code: 'GlobalReplicationGroupNotFoundFault',
      upstream: { requestId: expect.any(String) },
    });
  });

  it('counts in CloudWatch by route and class of status', async () => {
    await call('GET /global-datastores/ldgnf-nowhere');

    const { _aws, ...values } = lineOfRequest();

    expect(values).toMatchObject({
      Route: 'GET /global-datastores/{GlobalReplicationGroupId}',
      StatusClass: '4xx',
      Requests: 1,
      Duration: expect.any(Number),
    });
    expect(_aws.Timestamp).toBeGreaterThan(1_700_000_000_000);
    for (const { Namespace, Dimensions, Metrics } of _aws.CloudWatchMetrics) {
      expect(Namespace).toBe(process.env.TABLE_NAME);
      for (const name of [...Dimensions.flat(), ...Metrics.map(({ Name }: { Name: string }) => Name)]) {
        expect(values).toHaveProperty(name);
      }
    }
  });

  it('counts errors of the table, and holds the audit entry that was not written', async () => {
    await relay.refuse();
    await call(`PATCH ${home}`, { caller: ann, body: { GlobalReplicationGroupDescription: 'B' } });
    await relay.accept();

    expect(lineOfRequest().TableErrors).toBeGreaterThan(0);
    expect(lines().find(({ message }) => message === 'audit entry not added')).toMatchObject({
      level: 'ERROR',
      GlobalReplicationGroupId: 'ldgnf-orders',
      entry: { Caller: ann, Outcome: 'accepted', Status: 202 },
    });
  });
});

describe('No part of a request', () => {
  it.each([
    ['line breaks', 'a\r\n{"level":"ERROR","message":"forged"}\r\nb'],
    ['terminal sequences', 'a\u001b[2J\u001b[31mforged\u001b]0;title\u0007'],
    ['line separators', 'a\u2028{"level":"ERROR"}\u2029\u0085'],
  ])('breaks a line of the log: %s', async (_, nasty) => {
    await call(`GET /global-datastores/${encodeURIComponent(nasty)}`, { caller: nasty, userAgent: nasty });
    await call('GET /global-datastores', { headers: { 'x-request-id': nasty, 'user-agent': nasty } });
    await call('POST /global-datastores', { headers: { 'idempotency-key': nasty }, body: { [nasty]: nasty } });

    const all = written.split('\n').filter(Boolean);
    expect(all).toHaveLength(3);
    for (const line of all) {
      expect(JSON.parse(line).message).toBe('request');
      expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
    }
  });

  it('makes a log line long', async () => {
    const huge = 'x'.repeat(8_000);
    await call(`GET /global-datastores/${huge}`, { caller: huge, userAgent: huge });

    expect(written.length).toBeLessThan(4_000);
    expect(lineOfRequest().user_agent).toHaveLength(257);
  });

  it('brings an AuthToken into the log, the response or the audit trail, even when AWS repeats it', async () => {
    const AuthToken = 'correct-horse-battery-staple';
    const body = { ReplicationGroupId: 'orders-euw1', ReplicationGroupRegion: 'eu-west-1', AuthToken };
    const answers = [];
    for (const Name of ['InvalidParameterValueException', 'InternalFailure']) {
      const Message = `The AuthToken ${AuthToken} is not right`;
      await emulator.fail({ Action: 'CreateReplicationGroup', Name, Times: 3, Message });
      answers.push(await call(`POST ${home}/members`, { headers: { 'idempotency-key': `key-${Name}` }, body }));
      await emulator.clearFaults();
    }
    answers.push(await call(`GET ${home}/audit`));

    expect(answers.map(({ status }) => status)).toEqual([400, 502, 200]);
    expect(JSON.stringify(answers)).not.toContain(AuthToken);
    expect(written).not.toContain(AuthToken);
    expect(lines().length).toBeGreaterThan(2);
  });
});
