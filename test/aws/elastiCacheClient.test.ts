import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startApi } from '../support/api.ts';
import { createProxy, fault, modes } from '../support/proxy.ts';

const proxy = createProxy();
const { call, emulator } = await startApi({ proxy, environment: { LOG: 'on' } });
const orders = { GlobalReplicationGroupIdSuffix: 'orders', PrimaryReplicationGroupId: 'orders-use1' };
const logged: string[] = [];

beforeAll(async () => {
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => logged.push(String(text)) > 0);
  }
  await emulator.seed('orders-use1');
  expect(await call('POST /global-datastores', { body: orders })).toMatchObject({ status: 202 });
});

beforeEach(() => {
  logged.splice(0);
  proxy.clear();
  proxy.takeActions();
});

/** The modes of the proxy, each with the code of the 502 response and the number of calls before it. */
const failureModes: [keyof typeof modes, string, number][] = [
  ['reset', 'UpstreamUnreachable', 3],
  ['close', 'UpstreamUnreachable', 3],
  ['cut', 'UpstreamUnreachable', 3],
  ['error500', 'UpstreamError', 3],
  ['error503', 'UpstreamError', 3],
  ['redirect', 'UpstreamError', 1],
  ['truncated', 'UpstreamAnswerInvalid', 3],
  ['empty', 'UpstreamAnswerInvalid', 3],
  ['otherOperation', 'UpstreamAnswerInvalid', 3],
  ['html200', 'UpstreamAnswerInvalid', 3],
  ['html404', 'UpstreamAnswerInvalid', 3],
  ['html500', 'UpstreamAnswerInvalid', 3],
  ['json', 'UpstreamAnswerInvalid', 3],
  ['garbage', 'UpstreamAnswerInvalid', 3],
];

describe('an unusable response of ElastiCache', () => {
  it.each(failureModes.filter(([, , attempts]) => attempts > 1))('%s, once, is retried', async (failureMode) => {
    proxy.inject(modes[failureMode]);

    expect(await call('GET /replication-groups')).toMatchObject({ status: 200 });
  });

  it.each(failureModes)('%s leads to 502 %s for a list after %i calls', async (failureMode, code, attempts) => {
    proxy.inject(modes[failureMode], { times: 99 });

    const response = await call('GET /replication-groups');

    expect(response).toMatchObject({ status: 502, body: { status: 502, code } });
    expect(response.headers).toMatchObject({ 'content-type': 'application/problem+json', 'retry-after': '5' });
    expect(proxy.takeActions()).toHaveLength(attempts);
  });

  it.each(failureModes)('%s leads to 502 %s for a read, not to 404', async (failureMode, code) => {
    proxy.inject(modes[failureMode], { times: 99, region: 'us-east-1' });

    const response = await call('GET /global-datastores/ldgnf-nobody');

    expect(response).toMatchObject({ status: 502, body: { status: 502, code } });
  });

  it.each(failureModes)('%s leads to 502 OutcomeUnknown for a create', async (failureMode) => {
    proxy.inject(modes[failureMode], { times: 99, action: 'CreateGlobalReplicationGroup' });

    const body = { ...orders, GlobalReplicationGroupIdSuffix: 'more', PrimaryReplicationGroupRegion: 'eu-west-1' };
    const response = await call('POST /global-datastores', { body });

    expect(response).toMatchObject({ status: 502, body: { status: 502, code: 'OutcomeUnknown' } });
    expect(response.body.remedies).toEqual([{ method: 'GET', href: '/replication-groups/eu-west-1/orders-use1' }]);
  });

  it('leads to 502 UpstreamUnreachable when no server listens', async () => {
    await proxy.refuse();

    const refused = await call('GET /replication-groups');

    await proxy.accept();
    expect(refused).toMatchObject({ status: 502, body: { code: 'UpstreamUnreachable' } });
    expect(await call('GET /replication-groups')).toMatchObject({ status: 200 });
  });
});

describe('an internal failure', () => {
  const inside = 'User: arn:aws:sts::123456789012:assumed-role/Writer/x is not authorized to perform: elasticache:List';

  it.each([
    ['AccessDenied', 403, 500],
    ['InternalFailure', 500, 502],
    ['Mystery', 400, 502],
  ])('appears in the log and not in the response: %s', async (code, wireStatus, status) => {
    proxy.inject(fault(code, wireStatus, inside), { times: 3 });

    const response = await call('GET /replication-groups', { headers: { authorization: 'Bearer secret' } });

    expect(response.status).toBe(status);
    expect(JSON.stringify(response)).not.toMatch(/arn:|not authorized|123456789012|node_modules|src\/|\.ts/);
    const line = JSON.parse(logged.join(''));
    expect(line).toMatchObject({ level: 'ERROR', status, code: response.body.code, error: { message: inside } });
    expect(line.error.stack).toContain('elastiCacheClient.ts');
    expect(line.request_id).toBe(response.headers['x-request-id']);
    expect(JSON.stringify(line)).not.toContain('secret');
  });

  it('of the caller writes one log line without an error', async () => {
    await call('GET /global-datastores?MaxRecords=1', { headers: { authorization: 'Bearer secret' } });

    expect(logged).toHaveLength(1);
    expect(JSON.parse(logged.join(''))).toMatchObject({ level: 'INFO', status: 400, code: 'ValidationFailed' });
    expect(logged.join('')).not.toContain('secret');
  });
});
