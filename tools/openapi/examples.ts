import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CreateReplicationGroupCommand,
  type CreateReplicationGroupCommandInput,
  ElastiCacheClient,
} from '@aws-sdk/client-elasticache';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { createEmulator } from '../../emulator/server.ts';
import { startDynamoDB } from '../../local/dynamoDb.ts';
import { createDurableApi } from '../../local/lambdaDurableApi.ts';
import manifest from '../../package.json' with { type: 'json' };
import { evacuationId, operationId } from '../../src/schemas/common.ts';
import { problem } from '../../src/schemas/problem.ts';
import type { Route } from '../../src/schemas/route.ts';
import { routes } from '../../src/schemas/routes.ts';
import { contextWith, eventOf, type RequestOptions } from '../../test/support/event.ts';

type Handler = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;
type Bodies = Record<string, unknown>;

const emulator = createEmulator({ transitionMs: 0 });
const examples: Record<string, Bodies> = {};
const caller = 'arn:aws:sts::123456789012:assumed-role/Deployer/ann';

const orders = '/global-datastores/ldgnf-orders';

/** Records a response of each operation with each successful status, from a run of the handlers against the emulator. */
async function recordExamples(): Promise<typeof examples> {
  await startEnvironment();
  await createGroup('orders-use1');
  await recordReads();
  await recordDatastore();
  await recordMembers();
  await recordSettings();
  await recordNodeGroups();
  await recordRotation();
  await recordEvacuation();
  await recordOperations();
  await recordDrill();
  await recordRemovals();
  return Object.fromEntries(Object.keys(routes).map((name) => [name, examples[name] ?? {}]));
}

async function recordReads(): Promise<void> {
  await record('200', 'GET /health');
  await record('200', 'GET /ready');
  await record('200', 'GET /problems/InvalidGlobalReplicationGroupStateFault');
  await record('200', 'GET /openapi.json');
  await record('200', 'GET /replication-groups?Region=us-east-1');
}

async function recordDatastore(): Promise<void> {
  const body = { GlobalReplicationGroupIdSuffix: 'orders', PrimaryReplicationGroupId: 'orders-use1' };
  await record('200.DryRun', 'POST /global-datastores?DryRun=true', { body });
  await recordAccepted('POST /global-datastores', { body });
  await record('200', `GET ${orders}/audit`);
  await createGroup('carts-use1');
  const other = { GlobalReplicationGroupIdSuffix: 'carts', PrimaryReplicationGroupId: 'carts-use1' };
  await record('200', 'POST /global-datastores', { body: other, headers: { prefer: 'wait=10' } });
}

const europe = { ReplicationGroupId: 'orders-euw1', ReplicationGroupRegion: 'eu-west-1' };
const asia = { ReplicationGroupId: 'orders-apse2', ReplicationGroupRegion: 'ap-southeast-2' };
const waiting = { headers: { prefer: 'wait=10' } };

async function recordMembers(): Promise<void> {
  await recordAccepted(`POST ${orders}/members`, { body: europe });
  await record('200', `POST ${orders}/members`, { body: asia, ...waiting });
  await record('200', `GET ${orders}`);
  await record('200', `GET ${orders}/replication`);
  await record('200', `GET ${orders}/connection`);
  await record('200', 'GET /global-datastores?ShowMemberInfo=true');
  await record('200', 'GET /replication-groups/eu-west-1/orders-euw1');
  await recordAccepted(`POST ${orders}/failover`, { body: { PrimaryRegion: 'eu-west-1' } });
  await record('200', `POST ${orders}/failover`, { body: { PrimaryRegion: 'us-east-1' }, ...waiting });
}

async function recordSettings(): Promise<void> {
  await recordAccepted(`PATCH ${orders}`, { body: { CacheNodeType: 'cache.r7g.xlarge' } });
  await record('200', `PATCH ${orders}`, { body: { GlobalReplicationGroupDescription: 'Orders' }, ...waiting });
}

async function recordNodeGroups(): Promise<void> {
  await createGroup('sessions-use1', { NumCacheClusters: undefined, NumNodeGroups: 2, ReplicasPerNodeGroup: 1 });
  const body = { GlobalReplicationGroupIdSuffix: 'sessions', PrimaryReplicationGroupId: 'sessions-use1' };
  await call('POST /global-datastores', { body });
  const sessions = '/global-datastores/ldgnf-sessions';
  await recordAccepted(`PUT ${sessions}/node-groups`, { body: { NodeGroupCount: 3 } });
  await record('200', `PUT ${sessions}/node-groups`, { body: { NodeGroupCount: 4 }, ...waiting });
  await recordAccepted(`POST ${sessions}/rebalance`);
  await record('200', `POST ${sessions}/rebalance`, waiting);
}

async function recordRotation(): Promise<void> {
  await createGroup('ledger-use1', { TransitEncryptionEnabled: true, AuthToken: 'the-former-token-1' });
  const body = { GlobalReplicationGroupIdSuffix: 'ledger', PrimaryReplicationGroupId: 'ledger-use1' };
  await call('POST /global-datastores', { body });
  const AuthTokenSecretArn = await createSecret('elasticache/ledger', 'the-next-token-22');
  const path = '/global-datastores/ldgnf-ledger/auth-token';
  await record('200', `POST ${path}?DryRun=true`, { body: { AuthTokenSecretArn } }); // the change itself responds 202
  await recordAccepted(`POST ${path}`, { body: { AuthTokenSecretArn } });
}

async function recordEvacuation(): Promise<void> {
  await call(`POST ${orders}/failover`, { body: { PrimaryRegion: 'eu-west-1' }, ...waiting });
  const body = {
    FromRegion: 'eu-west-1',
    GlobalReplicationGroupIds: ['ldgnf-orders'],
    Reason: 'eu-west-1 is lost, incident 4711',
  };
  await record('200', 'POST /evacuations?DryRun=true', { body });
  const { Evacuation } = (await record('202', 'POST /evacuations', { body })) as Seen;
  const hasEnded = (seen: Seen) => seen.Evacuation?.Status === 'SUCCEEDED';
  keep('getEvacuation', '200', await until(`/evacuations/${Evacuation?.EvacuationId}`, hasEnded));
}

async function recordOperations(): Promise<void> {
  const primary = { ReplicationGroupId: 'orders-use1', ReplicationGroupRegion: 'us-east-1', Role: 'PRIMARY' };
  const secondaries = [europe, asia].map((member) => ({ ...member, Role: 'SECONDARY' }));
  await record('200', `PUT ${orders}/topology`, { body: { Members: [primary, ...secondaries] } });
  const body = { Members: [primary, ...secondaries.slice(0, 1)] };
  await frozen(async () => {
    const { OperationId } = (await record('202', `PUT ${orders}/topology`, { body })) as { OperationId: string };
    const operation = `/operations/${OperationId}`;
    const isWaiting = ({ Operation: { Step = '', Attempts = 0 } = {} }: Seen) =>
      Step.startsWith('Wait for the datastore') && Attempts > 0; // before that the history has no progress
    keep('getOperation', '200', await until(operation, isWaiting));
    await record('200', 'GET /operations');
    await record('200', `POST ${operation}/cancel`);
  });
}

async function recordDrill(): Promise<void> {
  await until(orders, ({ GlobalReplicationGroup }) => GlobalReplicationGroup?.Status === 'available');
  const body = { PrimaryRegion: 'eu-west-1', HoldSeconds: 0, Reason: 'Monthly drill' };
  await record('200', `POST ${orders}/drills?DryRun=true`, { body });
  const { OperationId } = (await record('202', `POST ${orders}/drills`, { body })) as { OperationId: string };
  await until(`/operations/${OperationId}`, ({ Operation }) => Operation?.Status === 'SUCCEEDED');
  await record('200', `GET ${orders}/drills`);
}

async function recordRemovals(): Promise<void> {
  await until(orders, ({ GlobalReplicationGroup }) => GlobalReplicationGroup?.Members?.length === 2);
  const member = `PATCH ${orders}/members/eu-west-1/orders-euw1`;
  await recordAccepted(member, { body: { NumCacheClusters: 3 } });
  await record('200', member, { body: { SnapshotWindow: '05:00-06:00' }, ...waiting });
  await recordAccepted(`DELETE ${orders}/members/eu-west-1/orders-euw1`);
  await until(orders, ({ GlobalReplicationGroup }) => GlobalReplicationGroup?.Members?.length === 1);
  const back = { body: { ...europe, ReplicationGroupId: 'orders-euw2' }, ...waiting };
  await call(`POST ${orders}/members`, back);
  await record('200', `DELETE ${orders}/members/eu-west-1/orders-euw2`, waiting);
  await recordAccepted(`DELETE ${orders}`);
  await record('200', 'DELETE /global-datastores/ldgnf-carts', waiting);
}

/** Records the response while the change is in progress. */
async function recordAccepted(request: string, options: RequestOptions = {}): Promise<void> {
  await frozen(() => record('202', request, options));
}

/** Runs `calls` while the transitions of the emulator are frozen, then completes those changes. */
async function frozen(calls: () => Promise<unknown>): Promise<void> {
  const { options } = emulator.store;
  options.transitionMs = Number.POSITIVE_INFINITY;
  await calls();
  options.transitionMs = 0;
  emulator.store.tick();
}

/** Sends a request and records its response. Throws an Error unless the status is that of `key`. */
async function record(key: string, request: string, options: RequestOptions = {}): Promise<unknown> {
  const { name, status, body } = await call(request, options);
  if (status !== Number.parseInt(key, 10)) throw new Error(`${request}: ${status} ${JSON.stringify(body)}`);
  keep(name, key, name === 'getOpenApi' ? outlineOf(body as Bodies) : body);
  return body;
}

function keep(name: string, key: string, body: unknown): void {
  examples[name] = { ...examples[name], [key]: normalized(body) };
}

async function call(request: string, options: RequestOptions = {}) {
  const { name, event } = eventOf(request, { caller, ...options }, routes as Readonly<Record<string, Route>>);
  const { handler } = (await import(`../../src/handlers/${name}.ts`)) as { handler: Handler };
  const { statusCode: status = 0, body = '{}' } = await handler(event, contextWith(29_000));
  return { name, status, body: JSON.parse(body) as unknown };
}

interface Seen {
  readonly Operation?: { readonly Status?: string; readonly Step?: string; readonly Attempts?: number };
  readonly Evacuation?: { readonly EvacuationId: string; readonly Status: string };
  readonly GlobalReplicationGroup?: { readonly Status?: string; readonly Members?: readonly unknown[] };
}

/** Reads `path` until its response meets a condition, and returns that response. */
async function until(path: string, isDone: (seen: Seen) => boolean): Promise<unknown> {
  for (let attempt = 0; attempt < 500; attempt++) {
    const { body } = await call(`GET ${path}`);
    if (isDone(body as Seen)) return body;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${path} does not reach the expected state.`);
}

/** The document without its parts: it would contain itself. */
const outlineOf = ({ openapi, info }: Bodies): Bodies => ({
  openapi,
  info: { title: (info as Bodies).title, version: manifest.version },
  paths: {},
  components: {},
});

/** Replaces values that differ between two runs: times, random ids and counts. */
function normalized(body: unknown): unknown {
  const text = JSON.stringify(body)
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '2026-01-15T12:00:00.000Z')
    .replaceAll(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, requestId)
    .replaceAll(/ldgnf-(?:orders|ledger)_[0-9a-f]{16}/g, operationId.examples[0])
    .replaceAll(/evacuation-eu-west-1-[0-9a-f]{16}/g, evacuationId.examples[0])
    .replaceAll(/"Attempts":\d+/g, '"Attempts":7')
    .replaceAll(/"(Return)?RtoSeconds":[\d.]+/g, '"$1RtoSeconds":38.2')
    .replaceAll(/"ResolutionSeconds":[\d.]+/g, '"ResolutionSeconds":1.2');
  return JSON.parse(text);
}

const requestId = problem.properties.instance.examples[0].replace('urn:request:', '');

async function createGroup(id: string, settings: Partial<CreateReplicationGroupCommandInput> = {}): Promise<void> {
  const endpoint = process.env.AWS_ENDPOINT_URL_ELASTICACHE ?? '';
  const client = new ElastiCacheClient({ region: 'us-east-1', endpoint, credentials });
  const command = new CreateReplicationGroupCommand({
    ReplicationGroupId: id,
    ReplicationGroupDescription: id,
    Engine: 'valkey',
    EngineVersion: '8.0',
    CacheNodeType: 'cache.r7g.large',
    NumCacheClusters: 2,
    AutomaticFailoverEnabled: true,
    ...settings,
  });
  await client.send(command);
}

async function createSecret(Name: string, SecretString: string): Promise<string> {
  const endpoint = process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER ?? '';
  const client = new SecretsManagerClient({ region: 'us-east-1', endpoint, credentials });
  const { ARN = '' } = await client.send(new CreateSecretCommand({ Name, SecretString }));
  return ARN;
}

const credentials = { accessKeyId: 'example', secretAccessKey: 'example' };

/** Starts the emulator, the table and the durable engine, and sets the environment before `config.ts` reads it. */
async function startEnvironment(): Promise<void> {
  const table = await startDynamoDB();
  await table.createTable('examples');
  const endpoint = await urlOf(emulator.listen(0, '127.0.0.1'));
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    REGIONS: 'us-east-1,eu-west-1,ap-southeast-2',
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_ENDPOINT_URL_ELASTICACHE: endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
    AWS_ENDPOINT_URL_CLOUDWATCH: endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: table.url,
    TABLE_NAME: 'examples',
    TABLE_TIMEOUT_MS: '10000',
    LOG: 'off',
    POLL_MS: '20',
    RECONCILE_INTERVAL_SECONDS: '1',
  });
  const durable = createDurableApi({
    functions: {
      'global-datastore-api-dev-reconcile': async (event, context) => {
        const { handler } = await import('../../src/operations/reconcileFunction.ts');
        return handler(event, context);
      },
    },
  });
  process.env.AWS_ENDPOINT_URL_LAMBDA = await urlOf(durable.listen(0, '127.0.0.1'));
}

async function urlOf(server: Server): Promise<string> {
  if (!server.listening) await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const recorded = await recordExamples();
await writeFile(new URL('examples.json', import.meta.url), `${JSON.stringify(recorded, null, 2)}\n`);
process.exit(); // the servers and the durable engine would keep the process alive
