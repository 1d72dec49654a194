import { subscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import {
  CreateGlobalReplicationGroupCommand,
  CreateReplicationGroupCommand,
  ElastiCacheClient,
} from '@aws-sdk/client-elasticache';
import { createEmulator } from '../emulator/server.ts';
import { startDynamoDB } from '../local/dynamoDb.ts';
import { createDurableApi } from '../local/lambdaDurableApi.ts';

/**
 * Runs the services that the functions call: the emulator, DynamoDB and Lambda's durable API. The emulator has a datastore
 * `ldgnf-orders` with a secondary in eu-west-1, and a replication group `sessions-use1` without a datastore. It resets its
 * state after each response, so the same request can be repeated. If the argument is a folder of certificates, ElastiCache is
 * served over TLS. `tableCalls` responds with the calls of DynamoDB since the last request to it. Prints the environment of the
 * functions as JSON.
 */
const emulator = createEmulator({ transitionMs: Number.POSITIVE_INFINITY });
const plain = await listen(emulator, 'http');
await seed(plain);
const initialState = emulator.store.save();
emulator.on('request', (_, response) => response.once('finish', restore));
const [certificates] = process.argv.slice(2);
const dynamodb = await startDynamoDB();
await dynamodb.createTable('bench');
const tableCalls: string[] = [];
subscribe('http.server.request.start', (message) => {
  const target = (message as { readonly request: IncomingMessage }).request.headers['x-amz-target'];
  if (target?.toString().startsWith('DynamoDB_')) tableCalls.push(target.toString());
});
console.log(
  JSON.stringify({
    plain,
    tableCalls: await listen(
      createHttpServer((_, response) => response.end(JSON.stringify(tableCalls.splice(0)))),
      'http',
    ),
    AWS_ENDPOINT_URL_ELASTICACHE: certificates ? await listen(createTlsServer(certificates), 'https') : plain,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
    AWS_ENDPOINT_URL_LAMBDA: await listen(createDurableApi({ functions: {} }), 'http'),
    TABLE_NAME: 'bench',
  }),
);

function listen(server: Server, scheme: string): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
}

async function seed(endpoint: string): Promise<void> {
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
  const client = new ElastiCacheClient({ region: 'us-east-1', endpoint, credentials });
  for (const ReplicationGroupId of ['orders-use1', 'sessions-use1'])
    await client.send(
      new CreateReplicationGroupCommand({
        ReplicationGroupId,
        ReplicationGroupDescription: 'for the benchmark',
        Engine: 'valkey',
        EngineVersion: '8.0',
        CacheNodeType: 'cache.r7g.large',
        NumNodeGroups: 2,
        ReplicasPerNodeGroup: 1,
        AutomaticFailoverEnabled: true,
      }),
    );
  finishTransitions();
  await client.send(
    new CreateGlobalReplicationGroupCommand({
      GlobalReplicationGroupIdSuffix: 'orders',
      PrimaryReplicationGroupId: 'orders-use1',
    }),
  );
  finishTransitions();
  const europe = new ElastiCacheClient({ region: 'eu-west-1', endpoint, credentials });
  await europe.send(
    new CreateReplicationGroupCommand({
      ReplicationGroupId: 'orders-euw1',
      ReplicationGroupDescription: 'a secondary',
      GlobalReplicationGroupId: 'ldgnf-orders',
    }),
  );
  finishTransitions();
  client.destroy();
  europe.destroy();
}

function finishTransitions(): void {
  for (let step = 0; step < 20 && emulator.store.tick() > 0; step++);
}

function restore(): void {
  emulator.store.reset();
  emulator.store.load(initialState);
}

/** Creates a server that serves the emulator over TLS. */
function createTlsServer(folder: string): Server {
  return createServer(
    { key: readFileSync(`${folder}/server.key`), cert: readFileSync(`${folder}/chain.pem`) },
    (request, response) => void emulator.emit('request', request, response),
  );
}
