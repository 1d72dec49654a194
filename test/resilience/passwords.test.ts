import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Goal } from '../../src/operations/goal.ts';
import { startApi } from '../support/api.ts';
import { until } from '../support/emulator.ts';
import { layeredEncodings, passwords, xml } from '../support/encodings.ts';
import { createProxy, fault, modes } from '../support/proxy.ts';

/** The response of the durable engine to every read. */
const engine = { list: '{}' };
const lambda = createServer((_, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'x-amzn-requestid': 'lambda' });
  response.end(engine.list);
}).listen(0, '127.0.0.1');
await once(lambda, 'listening');
afterAll(() => lambda.close().closeAllConnections());

const proxy = createProxy();
const { call, emulator, table } = await startApi({
  proxy,
  environment: {
    AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`,
    LOG: 'on',
  },
});
const { initialProgress, reconcileOnce } = await import('../../src/operations/reconcile.ts');

const home = '/global-datastores/ldgnf-orders';
const secondary = { ReplicationGroupId: 'orders-euw1', ReplicationGroupRegion: 'eu-west-1' };
const primary = { ReplicationGroupId: 'orders-use1', ReplicationGroupRegion: 'us-east-1' };
const runOptions = { numRuns: 30 };

let log = '';

beforeAll(async () => {
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      log += text;
      return true;
    });
  }
  const AuthToken = 'The-Password-Of-The-Primary';
  await emulator.seed('orders-use1', 'us-east-1', { TransitEncryptionEnabled: true, AuthToken });
  const body = { GlobalReplicationGroupIdSuffix: 'orders', PrimaryReplicationGroupId: 'orders-use1' };
  await call('POST /global-datastores', { body });
  await until(async () => (await call(`GET ${home}`)).body.GlobalReplicationGroup.Status === 'primary-only');
});

beforeEach(() => {
  proxy.clear();
});

/** Returns whether a text contains a part, as it is or as in a JSON string. */
const includes = (text: string, part: string): boolean =>
  text.includes(part) || text.includes(JSON.stringify(part).slice(1, -1));

describe('a response of AWS that repeats the password in any encoding', () => {
  it.each([
    ['a refusal', 'InvalidParameterValue', 400],
    ['a refusal without a name in the SDK', 'SomeOtherFault', 400],
    ['throttling', 'Throttling', 400],
    ['a failure', 'InternalFailure', 500],
  ])('is %s: neither the response, the log, the audit trail nor the record has it', async (_, code, status) => {
    await fc.assert(
      fc.asyncProperty(passwords, layeredEncodings, fc.uuid(), async (AuthToken, encode, key) => {
        const repeated = encode(AuthToken);
        log = '';
        proxy.inject(fault(code, status, xml(`The value '${repeated}' is not valid.`)), {
          action: 'CreateReplicationGroup',
          times: 3,
        });

        const headers = { 'idempotency-key': key };
        const response = await call(`POST ${home}/members`, { headers, body: { ...secondary, AuthToken } });
        proxy.clear();

        const everything = [JSON.stringify(response), log, await table.contents()];
        expect(response.status).toBeGreaterThanOrEqual(400);
        expect(log).toContain('"message":"request"');
        for (const secret of [AuthToken, repeated])
          expect(everything.filter((text) => includes(text, secret))).toEqual([]);
      }),
      code === 'Throttling' || status === 500 ? { numRuns: 3 } : runOptions, // the SDK waits before each retry
    );
  });

  it('has it in the name of the error', async () => {
    const AuthToken = 'correct-horse-battery-staple';
    proxy.inject(fault(AuthToken, 400), { action: 'CreateReplicationGroup' });

    const response = await call(`POST ${home}/members`, { body: { ...secondary, AuthToken } });

    expect(response.status).toBe(502);
    expect(JSON.stringify(response) + log).not.toContain(AuthToken);
  });

  it('comes in a step of an operation: neither its progress nor the log has it', async () => {
    await fc.assert(
      fc.asyncProperty(passwords, layeredEncodings, async (AuthToken, encode) => {
        const repeated = encode(AuthToken);
        const signal = AbortSignal.timeout(10_000);
        log = '';
        proxy.inject(fault('InvalidParameterValue', 400, xml(`The value '${repeated}' is not valid.`)), {
          action: 'CreateReplicationGroup',
          times: 2,
        });

        const first = await reconcileOnce(signal, goalWith(AuthToken), initialProgress);
        const second = await reconcileOnce(signal, goalWith(AuthToken), first);
        proxy.clear();

        expect(second).toMatchObject({ Ended: true, LastRefusal: { Code: 'InvalidParameterValueException' } });
        for (const secret of [AuthToken, repeated])
          expect(includes(JSON.stringify([first, second]) + log, secret)).toBe(false);
      }),
      runOptions,
    );
  });
});

it('a password that an operation would store is refused and is not in the response, the log or the table', async () => {
  const AuthToken = 'correct-horse-battery-staple';
  log = '';

  const Members = [
    { ...primary, Role: 'PRIMARY' },
    { ...secondary, Role: 'SECONDARY', AuthToken },
  ];
  const response = await call(`PUT ${home}/topology`, { body: { Members } });

  expect(response).toMatchObject({ status: 400, body: { code: 'ValidationFailed' } });
  expect(JSON.stringify(response) + log + (await table.contents())).not.toContain(AuthToken);
});

it('a password in invalid JSON from the engine: neither the response nor the log has a part of it', async () => {
  // goals of an earlier release contain passwords
  const AuthToken = 'correct-horse-42';
  for (const text of [`"${AuthToken}`, `{"a":"${AuthToken}"x}`, `${AuthToken}`, `{"InputPayload":${AuthToken}}`]) {
    engine.list = text;
    log = '';

    const response = await call('GET /operations/ldgnf-orders_0123456789abcdef');

    expect(response).toMatchObject({ status: 503, body: { code: 'OperationsUnavailable' } });
    expect(JSON.stringify(response) + log).not.toMatch(/horse|correct-|rse-42/);
  }
});

it('a password is not in the response, the log or the table after a change of unknown outcome', async () => {
  const AuthToken = 'correct-horse-battery-staple';
  proxy.inject(modes.reset, { action: 'CreateReplicationGroup', times: 3 });
  log = '';

  const response = await call(`POST ${home}/members`, { body: { ...secondary, AuthToken } });

  expect(response.body.code).toBe('OutcomeUnknown');
  expect(JSON.stringify(response) + log + (await table.contents())).not.toContain(AuthToken);
});

const goalWith = (AuthToken: string): Goal => ({
  Kind: 'APPLY',
  GlobalReplicationGroupId: 'ldgnf-orders',
  Members: [
    { ...primary, Role: 'PRIMARY' },
    { ...secondary, Role: 'SECONDARY', AuthToken },
  ],
  Known: [primary],
  OnFailure: 'keep',
});
