import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { Agent } from 'node:http';
import { resolve } from 'node:path';
import {
  CreateGlobalReplicationGroupCommand,
  CreateReplicationGroupCommand,
  DescribeGlobalReplicationGroupsCommand,
  ElastiCacheClient,
} from '@aws-sdk/client-elasticache';
import type { Plugin } from 'esbuild';
import { event } from '../build/codeCache/exampleEvent.ts';
import { compileCodeCache, loaderSource } from '../build/codeCache/loader.ts';
import { inlinePolicy } from '../build/plugins/inlinePolicy.ts';
import { precompiledValidators } from '../build/plugins/precompiledValidators.ts';
import { schemaPruning } from '../build/plugins/schemaPruning.ts';
import { sdkStubs } from '../build/plugins/sdkStubs.ts';
import { bundle, writeAtomically } from '../build.ts';
import { createEmulator, type Emulator } from '../emulator/server.ts';
import type { Route } from '../src/schemas/route.ts';
import { routes } from '../src/schemas/routes.ts';
import { pin, residentMb, start } from './function.ts';
import { formatTimes, get, type Load, measureLoad } from './load.ts';
import { createDatastore, type LocalApi, startLocalApi } from './localApi.ts';
import { coldStart } from './measure.ts';
import { read } from './requests.ts';
import { median } from './statistics.ts';
import { markdown } from './table.ts';
import { ourFunction } from './variants.ts';
import type { World } from './world.ts';

type Row = Record<string, string>;

/** Measures the effect of more routes, datastores, callers and requests. `quick` only checks that this works. */
export async function measureGrowth({ environment }: World, quick: boolean): Promise<void> {
  const titles: readonly (readonly [string, () => Promise<Row[]>])[] = [
    ['Routes of the API', () => byRoutes(environment, quick ? 1 : 15)],
    ['Datastores in a list, a page of 100', () => byDatastores(environment, quick)],
    ['Concurrent callers', () => byCallers(quick ? 200 : 3_000)],
    [
      'Requests to one process; with npm start, all go to the emulator and a tenth as many to the API',
      () => byRequests(environment, quick ? 1_000 : 100_000),
    ],
  ];
  for (const [title, measure] of titles) console.log(`${title}\n\n${markdown(await measure())}\n`);
}

/** Measures by the number of routes. Each route is a function of its own, and only `notFound` contains all routes. */
async function byRoutes(environment: World['environment'], rounds: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const count of [20, 40, 80, 160]) {
    const root = resolve(`bench/dist/routes-${count}`);
    await rm(root, { recursive: true, force: true });
    await mkdir(root, { recursive: true });
    const row: Row = { routes: `${count}` };
    for (const name of ['getGlobalDatastore', 'notFound'] as const) {
      const route = (routes as Readonly<Record<string, Route>>)[name];
      const code = `export { handler } from './src/handlers/${name}.ts';`;
      const { stem, bytes } = await bundle(name, code, root, [
        manyRoutes(count),
        precompiledValidators(route),
        schemaPruning(route),
        inlinePolicy,
        sdkStubs(),
      ]);
      await compileCodeCache(`${root}/${stem}`, route);
      await writeAtomically(`${root}/${name}.mjs`, loaderSource(stem, true));
      const variant = { name, kind: 'ours', calls: 1, root, bundle: name, bytes: { raw: bytes, gzip: 0 } } as const;
      const request = name === 'notFound' ? event('GET', '/nowhere') : read;
      const cpu: number[] = [];
      for (let round = 0; round < rounds; round++)
        cpu.push((await coldStart(variant, { environment, event: request })).cpu);
      row[`${name} bytes`] = `${bytes}`;
      row[`${name} cold CPU ms`] = median(cpu).toFixed(0);
    }
    rows.push(row);
  }
  return rows;
}

/** Replaces the table of routes by one with `count` routes. */
const manyRoutes = (count: number): Plugin => ({
  name: 'many-routes',
  setup(build) {
    const own = Object.entries(routes as Readonly<Record<string, Route>>);
    const many = Array.from({ length: count }, (_, index) => {
      const [name, { method, path }] = own[index % own.length] as [string, Route];
      const copy = Math.floor(index / own.length) || '';
      return [`${name}${copy}`, { method, path: copy ? `/v${copy}${path}` : path }];
    });
    build.onLoad({ filter: /[\\/]src[\\/]schemas[\\/]routes\.ts$/ }, () => ({
      contents: `export const routes = ${JSON.stringify(Object.fromEntries(many))};`,
    }));
  },
});

/** Measures a page of a list by the number of datastores. */
async function byDatastores(environment: World['environment'], quick: boolean): Promise<Row[]> {
  const rows: Row[] = [];
  for (const count of quick ? [10, 1_000] : [10, 1_000, 100_000]) {
    const { emulator, url } = await startEmulatorWith(count);
    const client = clientOf(url);
    const emulatorTimes: number[] = [];
    for (let call = 0; call < 40; call++) {
      const startedAt = performance.now();
      await client.send(new DescribeGlobalReplicationGroupsCommand({ MaxRecords: 100 }));
      emulatorTimes.push(performance.now() - startedAt);
    }
    const { root, bundle: name } = await ourFunction('listGlobalDatastores', 'ours');
    const started = await start({ root, name, environment: { ...environment, AWS_ENDPOINT_URL_ELASTICACHE: url } });
    const apiTimes: number[] = [];
    for (let call = 0; call < 40; call++) {
      const startedAt = performance.now();
      const { done } = await started.invoke(event('GET', '/global-datastores'));
      apiTimes.push(done.ms - startedAt);
    }
    await started.end();
    client.destroy();
    emulator.close().closeAllConnections();
    rows.push({
      datastores: `${count}`,
      'emulator ms a page': median(emulatorTimes.slice(10)).toFixed(1),
      'API ms a page': median(apiTimes.slice(10)).toFixed(1),
    });
  }
  return rows;
}

/** Starts an emulator with `count` datastores, copies of one that is created through the API. */
async function startEmulatorWith(count: number): Promise<{ emulator: Emulator; url: string }> {
  const emulator = createEmulator({ transitionMs: Number.POSITIVE_INFINITY });
  await once(emulator.listen(0, '127.0.0.1'), 'listening');
  const address = emulator.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const { store } = emulator;
  const finishTransitions = () => {
    while (store.tick() > 0);
  };
  const client = clientOf(url);
  await client.send(
    new CreateReplicationGroupCommand({
      ReplicationGroupId: 'first',
      ReplicationGroupDescription: 'for the benchmark',
      Engine: 'valkey',
      CacheNodeType: 'cache.r7g.large',
      NumCacheClusters: 2,
      AutomaticFailoverEnabled: true,
    }),
  );
  finishTransitions();
  await client.send(
    new CreateGlobalReplicationGroupCommand({
      GlobalReplicationGroupIdSuffix: 'first',
      PrimaryReplicationGroupId: 'first',
    }),
  );
  finishTransitions();
  client.destroy();
  const [datastore] = store.listGlobalGroups();
  const primary = store.getReplicationGroup('first');
  if (!datastore) throw new Error('There is no datastore to copy.');
  for (let index = 1; index < count; index++) {
    const id = `store-${String(index).padStart(6, '0')}`;
    const members = datastore.members.map((member) => ({ ...member, id }));
    store.addGlobalGroup({ ...structuredClone(datastore), id: `ldgnf-${id}`, members });
    store.addReplicationGroup({ ...structuredClone(primary), id, globalId: `ldgnf-${id}` });
  }
  return { emulator, url };
}

const clientOf = (endpoint: string) =>
  new ElastiCacheClient({
    region: 'us-east-1',
    endpoint,
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    requestHandler: { httpAgent: { maxSockets: 256 } },
  });

/** Measures reads of one datastore by the number of concurrent callers, of the emulator and of `npm start`. */
async function byCallers(requests: number): Promise<Row[]> {
  const local = await startPinnedApi();
  const rows: Row[] = [];
  try {
    for (const callers of [1, 10, 100]) {
      const client = clientOf(local.emulator);
      const agent = new Agent({ keepAlive: true, maxSockets: callers });
      const describe = () => client.send(new DescribeGlobalReplicationGroupsCommand({ MaxRecords: 20 }));
      const emulator = await measureLoad(callers, requests, describe);
      const api = await measureLoad(callers, requests, () => get(`${local.url}/global-datastores/ldgnf-bench`, agent));
      client.destroy();
      agent.destroy();
      rows.push({ callers: `${callers}`, ...formatLoad('emulator', emulator), ...formatLoad('npm start', api) });
    }
  } finally {
    await local.end();
  }
  return rows;
}

const formatLoad = (name: string, load: Load) => ({
  [`${name} a second`]: load.perSecond.toFixed(0),
  [`${name} ms p50 / p99`]: formatTimes(load),
});

/** Measures memory by the number of requests, of a function and of all processes of `npm start` together. */
async function byRequests(environment: World['environment'], total: number): Promise<Row[]> {
  const counts = [total / 100, total / 10, total / 2, total];
  const { root, bundle: name } = await ourFunction('getGlobalDatastore', 'ours');
  const started = await start({ root, name, environment });
  const local = await startPinnedApi();
  const agent = new Agent({ keepAlive: true, maxSockets: 10 });
  const client = clientOf(local.emulator);
  const describe = () => client.send(new DescribeGlobalReplicationGroupsCommand({ MaxRecords: 20 }));
  const rows: Row[] = [];
  try {
    let sent = 0;
    for (const count of counts) {
      const more = count - sent;
      for (; sent < count; sent++) await started.invoke(read);
      await measureLoad(10, more, describe);
      await measureLoad(10, more / 10, () => get(`${local.url}/global-datastores/ldgnf-bench`, agent));
      rows.push({
        requests: `${count}`,
        'function RSS MB': residentMb(started.pid).toFixed(0),
        'npm start RSS MB': (await local.residentMb()).toFixed(0),
      });
    }
  } finally {
    client.destroy();
    agent.destroy();
    await started.end();
    await local.end();
  }
  return rows;
}

/** Runs what `npm start` runs on a core of its own, with the datastore `ldgnf-bench`. */
async function startPinnedApi(): Promise<LocalApi> {
  const api = await startLocalApi([...pin(1), process.execPath, 'local/start.ts'], { LOG: 'off' });
  await createDatastore(api);
  return api;
}
