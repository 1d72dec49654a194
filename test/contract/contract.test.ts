import { afterEach, beforeAll, expect, it } from 'vitest';
import { AWS_PROBLEMS } from '../../src/problems/problemTypes.ts';
import { evacuationId, operationId } from '../../src/schemas/common.ts';
import type { Route } from '../../src/schemas/route.ts';
import { type RequestOptions, startApi } from '../support/api.ts';
import { assertMatchesContract, getDocumentedResponses } from '../support/contract.ts';
import { startDurable } from '../support/durable.ts';
import { exampleRequest } from '../support/requests.ts';

const durable = await startDurable();
const { call, emulator, routes } = await startApi({
  regions: ['us-east-1', 'eu-west-1'],
  environment: { POLL_MS: '20', AWS_ENDPOINT_URL_LAMBDA: durable.url },
});
const all = Object.entries(routes);

beforeAll(async () => {
  const body = { GlobalReplicationGroupIdSuffix: 'orders', PrimaryReplicationGroupId: 'orders-use1' };
  await emulator.seed('orders-use1', 'us-east-1', { NumCacheClusters: undefined, NumNodeGroups: 2 });
  await call('POST /global-datastores', { body, headers: { prefer: 'wait=10' } });
  await durable.start(operationId.examples[0], {
    Kind: 'APPLY',
    GlobalReplicationGroupId: 'ldgnf-orders',
    Members: [{ ReplicationGroupId: 'orders-use1', ReplicationGroupRegion: 'us-east-1', Role: 'PRIMARY' }],
    Known: [{ ReplicationGroupId: 'orders-use1', ReplicationGroupRegion: 'us-east-1' }],
    OnFailure: 'keep',
  });
  await durable.start(evacuationId.examples[0], {
    v: 1,
    Kind: 'EVACUATION',
    EvacuationId: evacuationId.examples[0],
    FromRegion: 'eu-west-1',
    MaxAtOnce: 5,
    Reason: 'an example',
    Datastores: [],
    Warnings: [],
    RequestedBy: 'test',
    Owners: ['*'],
    AcceptedAt: new Date().toISOString(),
    Url: 'https://api.test',
  });
});

afterEach(async () => {
  await emulator.clearFaults();
});

/** The part of a request that causes a status on every route. */
const byRequest: readonly [string, RequestOptions & { more?: string }][] = [
  ['304', { headers: { 'if-none-match': '*' } }],
  ['400', { more: 'NoSuchParameter=1' }],
  ['406', { headers: { accept: 'text/html' } }],
  ['412', { headers: { 'if-match': '"another"' } }],
  ['413', { raw: JSON.stringify({ GlobalReplicationGroupDescription: ' '.repeat(65_536) }) }],
  ['415', { headers: { 'content-type': 'text/plain' } }],
  ['504', { remainingMs: 0 }],
];

it.each(byRequest)('responds %s on every route whose contract has it', async (status, { more, ...options }) => {
  const documenting = all.filter(([name]) =>
    getDocumentedResponses(name).some((response) => response.status === status),
  );

  const responses = await Promise.all(documenting.map(([, route]) => send(route, options, more)));

  expect(responses.map((response) => response.status)).toEqual(documenting.map(() => Number(status)));
});

/** The errors of ElastiCache and their codes in the API. InvalidAction is a service error that the SDK does not retry. */
const byElastiCache: readonly [string, string][] = [
  ...Object.keys(AWS_PROBLEMS).map((name): [string, string] => [name, name]),
  ['AccessDenied', 'UpstreamAccessDenied'],
  ['InvalidAction', 'UpstreamError'],
  ['Throttling', 'UpstreamThrottled'],
];
const codes = new Set(all.flatMap(([name]) => getDocumentedResponses(name).flatMap((response) => response.codes)));

it.each(byElastiCache.filter(([, code]) => codes.has(code)))(
  'returns %s as %s on every route whose contract has it',
  async (Name, code) => {
    const documenting = all.filter(
      ([name, { awsActions }]) =>
        awsActions.length > 0 && getDocumentedResponses(name).some((response) => response.codes.includes(code)),
    ); // routes without an action call AWS only with a policy, to read the owner
    await emulator.fail({ Action: '*', Name, Times: 999 });

    const responses = await Promise.all(documenting.map(([, route]) => send(route)));

    expect(responses.map((response) => response.body.code)).toEqual(documenting.map(() => code));
  },
);

it('responds 200 to every GET request in the examples of the contract', async () => {
  const readRoutes = all.filter(([, { method }]) => method === 'GET');

  const responses = await Promise.all(readRoutes.map(([, route]) => send(route)));

  expect(responses.map((response) => response.status)).toEqual(readRoutes.map(() => 200));
});

it('responds 200 when the slots are distributed before the wait ends', async () => {
  const response = await call('POST /global-datastores/ldgnf-orders/rebalance', { headers: { prefer: 'wait=10' } });

  expect(response.status).toBe(200);
});

const health = { status: 200, text: '{"Status":"ok","Region":"us-east-1"}' };
const headers = { 'content-type': 'application/json', 'x-request-id': '1' };

it.each([
  ['the status 418 is not documented', { ...health, headers, status: 418 }],
  ['the media type text/plain is not documented', { ...health, headers: { ...headers, 'content-type': 'text/plain' } }],
  ['the header X-Request-Id is missing', { ...health, headers: { 'content-type': 'application/json' } }],
  ['the body  must NOT have additional properties', { ...health, headers, text: `{"More":1,${health.text.slice(1)}` }],
  ['the body /Status must be equal to one of', { ...health, headers, text: health.text.replace('ok', 'fair') }],
  ["the body  must have required property 'Region'", { ...health, headers, text: '{"Status":"ok"}' }],
])('assertMatchesContract throws: %s', (broken, response) => {
  expect(() => assertMatchesContract('GET', '/health', response)).toThrow(broken);
});

/** Sends the smallest request that a route accepts, from the examples of the contract. */
function send(route: Route, options: RequestOptions = {}, more = '') {
  const { request, body } = exampleRequest(route);
  return call(`${request}${more && `${request.includes('?') ? '&' : '?'}${more}`}`, { body, ...options });
}

it.each(['applyTopology', 'cancelOperation', 'rotateAuthToken', 'startDrill'])(
  'responds 422 when a key of %s is used for another request',
  async (name) => {
    const route = all.find(([operation]) => operation === name)?.[1];
    if (!route) throw new Error(`There is no ${name}.`);
    const headers = { 'idempotency-key': `once-${name}` };

    await send(route, { headers });
    const other = await send(route, { headers: { ...headers, 'if-match': '"another"' } });

    expect(other).toMatchObject({ status: 422, body: { code: 'IdempotencyKeyReused' } });
  },
);
