import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { until } from '../support/emulator.ts';
import { createRelay } from '../support/relay.ts';

process.env.LOG = 'on';
const relay = createRelay();
const { call, emulator } = await startApi({ relay, environment: { TABLE_TIMEOUT_MS: '2000', ATTEMPT_MS: '1000' } });

const ann = 'arn:aws:iam::123456789012:user/ann';
const datastorePath = '/global-datastores/ldgnf-orders';

/** The text written to the log since the test began. */
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

const logLines = () =>
  written
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
const findRequestLine = () => logLines().findLast(({ message }) => message === 'request');

/** Returns the metrics that CloudWatch reads from a log line, which has to be in the embedded metric format. */
function metricsIn({ _aws, ...members }: ReturnType<typeof JSON.parse>) {
  const [{ Namespace, Dimensions, Metrics }] = _aws.CloudWatchMetrics;
  expect([Namespace, Dimensions]).toEqual([process.env.TABLE_NAME, [[]]]);
  expect(_aws.Timestamp).toBeGreaterThan(1_700_000_000_000);
  return Object.fromEntries(Metrics.map(({ Name }: { Name: string }) => [Name, members[Name]]));
}

beforeAll(async () => {
  await emulator.seed('orders-use1');
  await call('POST /global-datastores', {
    body: { GlobalReplicationGroupIdSuffix: 'orders', PrimaryReplicationGroupId: 'orders-use1' },
  });
  await until(async () => (await call(`GET ${datastorePath}`)).body.GlobalReplicationGroup.Status === 'primary-only');
});

describe('the log line of a request', () => {
  it('has the caller, the route, the target, the status and the AWS calls', async () => {
    const headers = { 'idempotency-key': 'my-secret-key', 'x-request-id': 'mine' };
    await call(`PATCH ${datastorePath}`, { caller: ann, headers, body: { GlobalReplicationGroupDescription: 'A' } });

    expect(findRequestLine()).toMatchObject({
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

    await call(`PATCH ${datastorePath}`, { caller: ann, headers, body: { GlobalReplicationGroupDescription: 'A' } });
    expect(findRequestLine()).toMatchObject({ idempotency: 'replayed', aws_calls: [] });
  });

  it('has the problem code and the AWS request id of a refusal', async () => {
    await call('GET /global-datastores/ldgnf-nowhere', { caller: ann });

    expect(findRequestLine()).toMatchObject({
      status: 404,
      code: 'GlobalReplicationGroupNotFoundFault',
      upstream: { requestId: expect.any(String) },
    });
  });

  it('is no custom metric, since API Gateway and Lambda count requests and errors and time them', async () => {
    await call('GET /global-datastores/ldgnf-nowhere');

    expect(findRequestLine()).toMatchObject({ status: 404, duration_ms: expect.any(Number) });
    expect(findRequestLine()).not.toHaveProperty('_aws');
  });

  it('counts table errors, and each lost audit entry has a log line of its own', async () => {
    await relay.refuse();
    await call(`POST ${datastorePath}/failover`, { caller: ann, body: { PrimaryRegion: 'us-east-1' } });
    await relay.accept();

    const lost = logLines().filter(({ message }) => message === 'audit entry lost');
    expect(logLines().find(({ message }) => message === 'table call failed')).toMatchObject({
      level: 'ERROR',
      timestamp: expect.stringMatching(/^20.*Z$/),
      error: { name: expect.any(String), message: expect.any(String), stack: expect.stringContaining('at ') },
    });
    expect(metricsIn(findRequestLine())).toEqual({
      TableErrors: expect.any(Number),
      FailoverLatency: expect.any(Number),
    });
    expect(lost.map(metricsIn)).toEqual([{ AuditLost: 1 }, { AuditLost: 1 }]);
    expect(lost.map(({ item }) => JSON.parse(item.entry))).toMatchObject([
      { Caller: ann, Outcome: 'asked' },
      { Caller: ann, Outcome: 'refused' },
    ]);
    expect(lost[0].item).toMatchObject({
      v: 2,
      pk: 'AUDIT#ldgnf-orders',
      sk: expect.stringMatching(/^20.*#[0-9a-f]{16}$/),
    });
  });
});

describe('the log with untrusted input', () => {
  it.each([
    ['line breaks', 'a\r\n{"level":"ERROR","message":"forged"}\r\nb'],
    ['terminal sequences', 'a\u001b[2J\u001b[31mforged\u001b]0;title\u0007'],
    ['line separators', 'a\u2028{"level":"ERROR"}\u2029\u0085'],
  ])('writes one line per request with %s', async (_, text) => {
    await call(`GET /global-datastores/${encodeURIComponent(text)}`, { caller: text, userAgent: text });
    await call('GET /global-datastores', { headers: { 'x-request-id': text, 'user-agent': text } });
    await call('POST /global-datastores', { headers: { 'idempotency-key': text }, body: { [text]: text } });

    const all = written.split('\n').filter(Boolean);
    expect(all).toHaveLength(3);
    for (const line of all) {
      expect(JSON.parse(line).message).toBe('request');
      expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
    }
  });

  it('truncates long values', async () => {
    const huge = 'x'.repeat(8_000);
    await call(`GET /global-datastores/${huge}`, { caller: huge, userAgent: huge });

    expect(written.length).toBeLessThan(4_000);
    expect(findRequestLine().user_agent).toHaveLength(257);
  });

  it('has no password in log, response or audit trail when AWS repeats it', async () => {
    const AuthToken = 'correct-horse-battery-staple';
    const body = { ReplicationGroupId: 'orders-euw1', ReplicationGroupRegion: 'eu-west-1', AuthToken };
    const responses = [];
    for (const Name of ['InvalidParameterValueException', 'InternalFailure']) {
      const Message = `The AuthToken ${AuthToken} is not right`;
      await emulator.fail({ Action: 'CreateReplicationGroup', Name, Times: 3, Message });
      responses.push(
        await call(`POST ${datastorePath}/members`, { headers: { 'idempotency-key': `key-${Name}` }, body }),
      );
      await emulator.clearFaults();
    }
    responses.push(await call(`GET ${datastorePath}/audit`));

    expect(responses.map(({ status }) => status)).toEqual([400, 502, 200]);
    expect(JSON.stringify(responses)).not.toContain(AuthToken);
    expect(written).not.toContain(AuthToken);
    expect(logLines().length).toBeGreaterThan(2);
  });
});
