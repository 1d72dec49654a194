import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { createEmulator } from '../emulator/server.ts';
import { type LocalDynamoDB, startDynamoDB } from '../local/dynamoDb.ts';
import { stackName } from '../local/environment.ts';
import { listen } from '../local/ports.ts';
import { seed } from '../local/seed.ts';
import { type LocalApi, startLocalApi } from './localApi.ts';

const usage = `npm run drill:restore

Tries on this machine what a restore of the table from a point in time keeps and loses: makes changes, copies the table to another
name, makes more changes, and starts the API on the copy. Prints what is found. The exit code is 1 if it is not what is documented.`;

/** An observation of the API on the restored table. */
interface Finding {
  readonly what: string;
  readonly found: unknown;
  readonly documented: unknown;
}

const restored = 'global-datastore-api-restored';
const operator = 'arn:aws:sts::123456789012:assumed-role/Operators/ci';
const policy = {
  OwnerTag: 'team',
  Owners: { 'arn:aws:sts::123456789012:assumed-role/Operators': '*' },
  FailoverCooldownMinutes: 10,
};
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

const orders = '/global-datastores/ldgnf-orders';
const create = { GlobalReplicationGroupIdSuffix: 'orders', PrimaryReplicationGroupId: 'orders-use1' };
const scale = { CacheNodeType: 'cache.r7g.xlarge' };

/** The primaries of the datastores whose operation runs: one from before the point, one from after it. */
const sessions = { ReplicationGroupId: 'sessions-use1', ReplicationGroupRegion: 'us-east-1' };
const catalog = { ReplicationGroupId: 'catalog-euw1', ReplicationGroupRegion: 'eu-west-1' };

/** The fault by which AWS refuses the last step of both operations, so that they continue to run. */
const refusal = {
  Action: 'CreateReplicationGroup',
  Region: 'ap-southeast-2',
  Name: 'InvalidGlobalReplicationGroupStateFault',
  Times: 1_000,
};

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { help: { type: 'boolean' } } });
  if (values.help) return console.log(usage);
  const folder = mkdtempSync(join(tmpdir(), 'restore-'));
  const table = await startDynamoDB();
  try {
    await table.createTable(stackName);
    (await drill(join(folder, 'state'), table)).forEach(print);
  } finally {
    table.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function print({ what, found, documented }: Finding): void {
  const isAsDocumented = isDeepStrictEqual(found, documented);
  console.log(`${isAsDocumented ? 'ok  ' : 'FAIL'} ${what}: ${found}${isAsDocumented ? '' : `, not ${documented}`}`);
  if (!isAsDocumented) process.exitCode = 1;
}

/** Runs the API on the table and on its copy. ElastiCache and the executions of operations are not restored. */
async function drill(stateFile: string, table: LocalDynamoDB): Promise<Finding[]> {
  const POLICY_FILE = `${stateFile}.policy`;
  writeFileSync(POLICY_FILE, JSON.stringify(policy));
  const emulator = createEmulator({ transitionMs: 200 });
  const elastiCache = await listen(emulator);
  await seed(elastiCache, emulator.store);
  await setFaults(elastiCache, 'POST', refusal);
  const environment = { POLICY_FILE, AWS_ENDPOINT_URL_DYNAMODB: table.url, AWS_ENDPOINT_URL_ELASTICACHE: elastiCache };
  try {
    const former = await startLocalApi(['--state', stateFile], environment);
    const running = await changeAround(former, () => copyTable(table)).finally(former.kill);
    const api = await startLocalApi(['--state', stateFile], { ...environment, TABLE_NAME: restored });
    return await look(api, running, () => setFaults(elastiCache, 'DELETE')).finally(api.kill);
  } finally {
    emulator.close().closeAllConnections();
  }
}

/** The ids of the operations that run at the end. */
interface Running {
  readonly fromBefore: string;
  readonly fromAfter: string;
}

/** Makes changes before the point and after it. */
async function changeAround(api: LocalApi, atPoint: () => Promise<void>): Promise<Running> {
  await send(api, 'POST', '/global-datastores', create, 'create-orders');
  await stable(api);
  await send(api, 'POST', `${orders}/members`, memberIn('orders', 'eu-west-1'));
  await stable(api);
  const fromBefore = await startOperation(api, 'sessions', sessions);

  await atPoint();

  await send(api, 'PATCH', orders, scale, 'scale-orders');
  await stable(api);
  await send(api, 'POST', `${orders}/failover`, { PrimaryRegion: 'eu-west-1' });
  await stable(api);
  return { fromBefore, fromAfter: await startOperation(api, 'catalog', catalog) };
}

type MemberKey = typeof sessions;

/** Creates a datastore with a secondary. Returns the id of the operation when AWS has refused its last step. */
async function startOperation(api: LocalApi, name: string, primary: MemberKey): Promise<string> {
  const { body } = await send(api, 'POST', '/global-datastores', {
    GlobalReplicationGroupIdSuffix: name,
    PrimaryReplicationGroupId: primary.ReplicationGroupId,
    PrimaryReplicationGroupRegion: primary.ReplicationGroupRegion,
    Secondaries: [memberIn(name, 'ap-southeast-2')],
  });
  await until(async () => (await readOperation(api, body.OperationId)).LastRefusal !== undefined);
  return body.OperationId;
}

/** Copies the items of the table to a table of another name, as a restore does. */
async function copyTable({ url, createTable }: LocalDynamoDB): Promise<void> {
  await createTable(restored);
  const client = new DynamoDBClient({ region: 'us-east-1', endpoint: url, credentials });
  const { Items = [] } = await client.send(new ScanCommand({ TableName: stackName }));
  for (const Item of Items) await client.send(new PutItemCommand({ TableName: restored, Item }));
  client.destroy();
}

async function look(api: LocalApi, { fromBefore, fromAfter }: Running, refuseNothing: () => Promise<void>) {
  const finding = (what: string, found: unknown, documented: unknown): Finding => ({ what, found, documented });
  const running = await runningOperations(api);
  const routes = await auditedRoutes(api);
  const findings = [
    finding('a retry under a key from before the point is', await retry(api, 'POST', create), 'replayed (202)'),
    finding('a retry under a key from after the point is', await retry(api, 'PATCH', scale), 'a new request (400)'),
    finding('the audit trail has', routes.join(', '), 'addMember, createGlobalDatastore'),
    finding('checks that refuse a failover soon after the last one', await countCooldowns(api), 0),
    finding('the operation from before the point is listed as running', running.includes(fromBefore), true),
    finding('a second operation beside it is refused', await isKnown(api, fromBefore, sessions), true),
    finding('the operation from after the point is listed as running', running.includes(fromAfter), true),
    finding('a second operation beside it is refused', await isKnown(api, fromAfter, catalog), false),
  ];
  await refuseNothing();
  findings.push(finding('the operation from before the point ends as', await endOf(api, fromBefore), 'SUCCEEDED'));
  findings.push(finding('the operation from after the point ends as', await endOf(api, fromAfter), 'SUCCEEDED'));
  return findings;
}

async function runningOperations(api: LocalApi): Promise<string[]> {
  const { body } = await send(api, 'GET', '/operations');
  const operations: { OperationId: string; Status: string }[] = body.Operations;
  return operations.filter(({ Status }) => Status === 'RUNNING').map(({ OperationId }) => OperationId);
}

const routeNames: Readonly<Record<string, string>> = {
  'POST /global-datastores': 'createGlobalDatastore',
  'POST /global-datastores/{GlobalReplicationGroupId}/members': 'addMember',
};

async function auditedRoutes(api: LocalApi): Promise<string[]> {
  const { body } = await send(api, 'GET', `${orders}/audit`);
  return (body.AuditEntries as { Route: string }[]).map(({ Route }) => routeNames[Route] ?? Route);
}

async function retry(api: LocalApi, method: 'POST' | 'PATCH', body: object): Promise<string> {
  const [path, key] = method === 'POST' ? ['/global-datastores', 'create-orders'] : [orders, 'scale-orders'];
  const { status, isReplayed } = await request(api, method, path, body, key);
  return `${isReplayed ? 'replayed' : 'a new request'} (${status})`;
}

async function countCooldowns(api: LocalApi): Promise<number> {
  const { body } = await send(api, 'POST', `${orders}/failover?DryRun=true`, { PrimaryRegion: 'us-east-1' });
  const checks: { Id: string; Outcome: string }[] = body.Checks;
  return checks.filter(({ Id, Outcome }) => Id === 'policy-failover-cooldown' && Outcome === 'fail').length;
}

/** Returns whether a dry run of another topology fails because of the operation of its datastore. */
async function isKnown(api: LocalApi, OperationId: string, primary: MemberKey): Promise<boolean> {
  const [id = ''] = OperationId.split('_');
  const Members = [{ ...primary, Role: 'PRIMARY' }];
  const { body } = await send(api, 'PUT', `/global-datastores/${id}/topology?DryRun=true`, { Members });
  const checks: { Id: string; Outcome: string }[] = body.Checks;
  return checks.some(({ Id, Outcome }) => Id === 'no-operation-running' && Outcome === 'fail');
}

async function endOf(api: LocalApi, OperationId: string): Promise<string> {
  await until(async () => (await readOperation(api, OperationId)).Status !== 'RUNNING');
  return (await readOperation(api, OperationId)).Status;
}

const readOperation = async (api: LocalApi, id: string) => (await send(api, 'GET', `/operations/${id}`)).body.Operation;

const stable = (api: LocalApi) =>
  until(async () => {
    const { Status } = (await send(api, 'GET', orders)).body.GlobalReplicationGroup;
    return ['available', 'primary-only'].includes(Status);
  });

const memberIn = (name: string, ReplicationGroupRegion: string): MemberKey => ({
  ReplicationGroupId: `${name}-${ReplicationGroupRegion}`,
  ReplicationGroupRegion,
});

/** Sends a request. Throws unless it succeeds. */
async function send(...sent: Parameters<typeof request>): ReturnType<typeof request> {
  const response = await request(...sent);
  if (response.status < 300) return response;
  throw new Error(`${sent[1]} ${sent[2]}: ${response.status} ${JSON.stringify(response.body)}`);
}

async function request({ url }: LocalApi, method: string, path: string, body?: object, key?: string) {
  const headers = { 'x-local-caller': operator, ...(key && { 'idempotency-key': key }) };
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const isReplayed = response.headers.get('idempotency-replayed') === 'true';
  // biome-ignore lint/suspicious/noExplicitAny: the response of any route
  return { status: response.status, isReplayed, body: (await response.json()) as any };
}

async function setFaults(elastiCache: string, method: 'POST' | 'DELETE', fault?: object): Promise<void> {
  const init = fault && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(fault) };
  await fetch(`${elastiCache}/_emulator/faults`, { method, ...init });
}

async function until(done: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (await done()) return;
    await sleep(200);
  }
  throw new Error('A state that the drill needs is not reached within a minute.');
}

try {
  await main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
