import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { assertMatchesContract } from '../../support/contract.ts';
import { clusterMode } from '../../support/datastore.ts';
import { startEmulator } from '../../support/emulator.ts';
import { findFreePort, startLocalApi } from '../../support/npmStart.ts';
import { afterEffect, createProxy, fault, modes } from '../../support/proxy.ts';

const requests = Number(process.env.REQUESTS ?? 10_000);
const concurrency = 8;
const regions = ['us-east-1', 'eu-west-1', 'ap-southeast-2'];

/** The faults that the proxy injects into one call of ElastiCache in twenty. */
const injectedFaults = [
  fault('Throttling', 400),
  modes.error500,
  modes.error503,
  modes.reset,
  modes.close,
  modes.cut,
  modes.truncated,
  modes.empty,
  modes.html500,
  afterEffect(modes.reset),
  afterEffect(modes.error500),
  afterEffect(modes.empty),
  modes.hang,
  afterEffect(modes.hang),
  modes.drip,
];

const proxy = createProxy();
const emulator = await startEmulator({
  transitionMs: 50,
  quotas: { nodes: 1e6, replicationGroups: 1e6, nodeGroups: 1e6 },
});
let url = '';

beforeAll(async () => {
  ({ url } = await startLocalApi([], {
    PORT: `${await findFreePort()}`,
    REGIONS: regions.join(','),
    AWS_ENDPOINT_URL_ELASTICACHE: await proxy.listen(emulator.url),
    ATTEMPT_MS: '1000',
    REGION_MS: '1500',
    UNRESPONSIVE_MS: '500',
    TABLE_TIMEOUT_MS: '5000', // the local table shares the processor with the API and the emulator
    LOG: 'off',
  }));
  proxy.injectRandomly(0.05, injectedFaults);
});
afterAll(() => void proxy.close());

const tally = {
  sent: 0,
  responses: 0,
  lost: 0,
  hung: 0,
  contractViolations: [] as string[],
  statuses: new Map<number, number>(),
};
const durations: number[] = [];
/** The changes and waits that did not succeed, each with its reason. */
const failed: string[] = [];
let changes = 0;

interface Options {
  readonly body?: object;
  readonly headers?: Record<string, string>;
}

interface Reply {
  readonly status: number;
  /** The time to wait before the next attempt, in milliseconds. */
  readonly waitMs: number;
  readonly body: ReturnType<typeof JSON.parse>;
}

/** Sends one request and checks the response against the contract. */
async function send(request: string, { body, headers = {} }: Options = {}): Promise<Reply> {
  const [method = '', target = ''] = request.split(' ');
  tally.sent++;
  const start = performance.now();
  try {
    const response = await fetch(url + target, {
      method,
      headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    durations.push(performance.now() - start);
    tally.responses++;
    tally.statuses.set(response.status, (tally.statuses.get(response.status) ?? 0) + 1);
    try {
      assertMatchesContract(method, target.split('?')[0] ?? '', {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        text,
      });
    } catch (error) {
      tally.contractViolations.push((error as Error).message);
    }
    const waitMs = Number(response.headers.get('retry-after') ?? 0.1) * 1000;
    return { status: response.status, waitMs, body: text && JSON.parse(text) };
  } catch (error) {
    if ((error as Error).name === 'TimeoutError') tally.hung++;
    else tally.lost++;
    return { status: 0, waitMs: 100, body: {} };
  }
}

/** Returns whether to retry with the same key: after no response, a 5xx, or a conflict with a change in progress. */
const isRetryable = ({ status, body }: Reply) =>
  status === 0 || status >= 500 || (status === 409 && /State|InProgress/.test(body.code));

/** Sends a change with one key, and retries it until the response is final or 90 s have passed. */
async function change(request: string, body?: object): Promise<Reply> {
  changes++;
  const options = { headers: { 'idempotency-key': randomUUID() }, ...(body && { body }) };
  const end = Date.now() + 90_000;
  let reply = await send(request, options);
  while (isRetryable(reply) && Date.now() < end) {
    await sleep(reply.waitMs);
    reply = await send(request, options);
  }
  if (reply.status < 200 || reply.status > 299)
    failed.push(`${request}: ${reply.status} ${JSON.stringify(reply.body)}`);
  return reply;
}

/** Reads a datastore until it is stable or deleted. Sends one of `reads` after each read. */
async function waitUntilStable(path: string): Promise<void> {
  for (let polls = 0; polls < 100; polls++) {
    const { status, body } = await send(`GET ${path}`);
    const { Status, Members = [] } = body.GlobalReplicationGroup ?? {};
    const areAssociated = Members.every((member: { Status: string }) => member.Status === 'associated');
    if (status === 404 || (/available|primary-only/.test(Status) && areAssociated)) return;
    await send(reads[polls % reads.length] ?? '');
  }
  failed.push(`${path} did not become stable`);
}

const reads = [
  'GET /global-datastores?MaxRecords=20',
  'GET /global-datastores?ShowMemberInfo=true',
  'GET /replication-groups?Region=eu-west-1&MaxRecords=20',
  'GET /health',
  'GET /global-datastores/ldgnf-nobody',
  'GET /global-datastores?MaxRecords=1',
  'GET /nowhere',
  'DELETE /health',
  'HEAD /global-datastores',
  'GET /replication-groups/us-east-1/nobody',
  'GET /operations?MaxRecords=20',
  'GET /problems/PolicyDenied',
];

/** Tears a datastore down by an operation, and waits until the operation has succeeded. */
async function tearDown(path: string): Promise<void> {
  const { body } = await change(`DELETE ${path}?DetachSecondaries=true`);
  for (let polls = 0; polls < 100; polls++) {
    const { body: read } = await send(`GET /operations/${body.OperationId}`, { headers: { prefer: 'wait=10' } });
    if (read.Operation?.Status === 'SUCCEEDED') return;
  }
  failed.push(`${path} was not torn down in time`);
}

/** Creates one datastore, changes it and deletes it. Every tenth is deleted by an operation. */
async function runLifecycle(name: string, number: number): Promise<void> {
  const path = `/global-datastores/ldgnf-${name}`;
  await emulator.seed(`${name}-use1`, 'us-east-1', clusterMode);
  const steps: (() => Promise<unknown>)[] = [
    () =>
      change('POST /global-datastores', {
        GlobalReplicationGroupIdSuffix: name,
        PrimaryReplicationGroupId: `${name}-use1`,
      }),
    () => change(`PATCH ${path}`, { GlobalReplicationGroupDescription: `${name} one` }),
    () => change(`POST ${path}/members`, { ReplicationGroupId: `${name}-euw1`, ReplicationGroupRegion: 'eu-west-1' }),
    () => change(`PATCH ${path}`, { GlobalReplicationGroupDescription: `${name} two` }),
    () => change(`POST ${path}/failover`, { PrimaryRegion: 'eu-west-1' }),
    () => change(`PUT ${path}/node-groups`, { NodeGroupCount: 3 }),
    () => change(`POST ${path}/rebalance`),
    () => send(`GET ${path}/audit`),
    ...(number % 10 === 0
      ? [() => tearDown(path)]
      : [() => change(`DELETE ${path}/members/us-east-1/${name}-use1`), () => change(`DELETE ${path}`)]),
  ];
  for (const step of steps) {
    await step();
    await waitUntilStable(path);
  }
}

/** The actions that AWS must execute once for each value of a parameter, with that parameter. */
const uniqueParameters: Readonly<Record<string, string>> = {
  CreateGlobalReplicationGroup: 'GlobalReplicationGroupIdSuffix',
  ModifyGlobalReplicationGroup: 'GlobalReplicationGroupDescription',
  CreateReplicationGroup: 'ReplicationGroupId',
  FailoverGlobalReplicationGroup: 'GlobalReplicationGroupId',
  IncreaseNodeGroupsInGlobalReplicationGroup: 'GlobalReplicationGroupId',
  DisassociateGlobalReplicationGroup: 'GlobalReplicationGroupId',
  DeleteGlobalReplicationGroup: 'GlobalReplicationGroupId',
};

it('loses and repeats no change, and responds to every request within the contract', async () => {
  let lifecycles = 0;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (tally.sent < requests) await runLifecycle(`store-${++lifecycles}`, lifecycles);
    }),
  );
  const seconds = (performance.now() - start) / 1000;

  const executedCalls = proxy.getExecutedCalls();
  const counts = new Map<string, number>();
  for (const { Action = '', ...parameters } of executedCalls) {
    const parameter = uniqueParameters[Action];
    if (parameter)
      counts.set(`${Action} ${parameters[parameter]}`, (counts.get(`${Action} ${parameters[parameter]}`) ?? 0) + 1);
  }
  const repeated = [...counts].filter(([, count]) => count > 1).map(([call, count]) => `${call}: ${count}`);
  const isFailover = (call: string) => call.startsWith('Failover'); // one target a datastore: a repeat changes nothing
  const duplicated = repeated.filter((call) => !isFailover(call));
  const missing = lifecycles * (Object.keys(uniqueParameters).length + 1) - counts.size;
  const remaining = Object.keys(emulator.store.accountState.globalGroups).length;
  const calls = proxy.takeActions().length;

  durations.sort((a, b) => a - b);
  const percentile = (share: number) =>
    `${((durations[Math.floor(durations.length * share)] ?? 0) / 1000).toFixed(2)} s`;
  const statuses = [...tally.statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
  process.stdout.write(`
${tally.sent} requests in ${seconds.toFixed(0)} s (${(tally.sent / seconds).toFixed(0)} a second, ${concurrency} at a time), ${calls} calls of ElastiCache, one in twenty with a fault
${changes} changes of ${lifecycles} datastores: ${failed.length} failed, ${missing} not executed, ${duplicated.length} executed twice, ${remaining} datastores remaining
failovers that were sent to AWS again while they were in progress, which changes nothing: ${repeated.filter(isFailover).length}
responses lost: ${tally.lost}, hung: ${tally.hung}, outside the contract: ${tally.contractViolations.length}
median ${percentile(0.5)}, 99 % within ${percentile(0.99)}, longest ${percentile(0.999999)}
statuses: ${statuses.join(', ')}
`);
  expect({
    failed,
    duplicated,
    missing,
    remaining,
    lost: tally.lost,
    hung: tally.hung,
    contractViolations: tally.contractViolations,
  }).toEqual({
    failed: [],
    duplicated: [],
    missing: 0,
    remaining: 0,
    lost: 0,
    hung: 0,
    contractViolations: [],
  });
});
