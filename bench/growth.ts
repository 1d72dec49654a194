import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import {
  CreateGlobalReplicationGroupCommand,
  CreateReplicationGroupCommand,
  DescribeGlobalReplicationGroupsCommand,
  ElastiCacheClient,
} from '@aws-sdk/client-elasticache';
import type { Plugin } from 'esbuild';
import { event } from '../build/codeCache/exampleEvent.ts';
import { bake, loader } from '../build/codeCache/loader.ts';
import { inlinePolicy } from '../build/plugins/inlinePolicy.ts';
import { builtins } from '../build/plugins/nodeBuiltins.ts';
import { precompiledValidators } from '../build/plugins/precompiledValidators.ts';
import { schemaPruning } from '../build/plugins/schemaPruning.ts';
import { leftOut } from '../build/plugins/sdkStubs.ts';
import { bundle, put } from '../build.ts';
import { createEmulator, type Emulator } from '../emulator/server.ts';
import type { Route } from '../src/schemas/route.ts';
import { routes } from '../src/schemas/routes.ts';
import { pin, residentMb, start } from './function.ts';
import { coldStart } from './measure.ts';
import { read } from './requests.ts';
import { median, quantile } from './statistics.ts';
import { markdown } from './table.ts';
import { ourFunction } from './variants.ts';
import type { World } from './world.ts';

type Row = Record<string, string>;

/** What grows with routes, datastores, callers and requests. `quick` proves that it runs. */
export async function growth({ environment }: World, quick: boolean): Promise<void> {
  const titles: readonly (readonly [string, () => Promise<Row[]>])[] = [
    ['Routes of the API', () => byRoutes(environment, quick ? 1 : 15)],
    ['Datastores in a list, a page of 100', () => byDatastores(environment, quick)],
    ['Callers at a time', () => byCallers(quick ? 200 : 3_000)],
    [
      'Requests to one process; of those to npm start all go to its emulator, a tenth to its API too',
      () => byRequests(environment, quick ? 1_000 : 100_000),
    ],
  ];
  for (const [title, measure] of titles) console.log(`${title}\n\n${markdown(await measure())}\n`);
}

/** Each route is a function of its own; only the one for unknown paths knows all of them. */
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
      const made = await bundle(name, code, root, [
        manyRoutes(count),
        precompiledValidators(route),
        schemaPruning(route),
        inlinePolicy,
        leftOut(),
        builtins,
      ]);
      await bake(`${root}/${made.stem}`, route);
      await put(`${root}/${name}.mjs`, loader(made.stem));
      const variant = { name, kind: 'ours', root, bundle: name, bytes: { raw: made.bytes, gzip: 0 } } as const;
      const asked = name === 'notFound' ? event('GET', '/nowhere') : read;
      const cpu: number[] = [];
      for (let round = 0; round < rounds; round++)
        cpu.push((await coldStart(variant, { environment, event: asked })).cpu);
      row[`${name} bytes`] = `${made.bytes}`;
      row[`${name} cold CPU ms`] = median(cpu).toFixed(0);
    }
    rows.push(row);
  }
  return rows;
}

/** The table of routes as it would be if there were so many. */
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

async function byDatastores(environment: World['environment'], quick: boolean): Promise<Row[]> {
  const rows: Row[] = [];
  for (const count of quick ? [10, 1_000] : [10, 1_000, 100_000]) {
    const { emulator, url } = await emulatorWith(count);
    const client = clientOf(url);
    const asked: number[] = [];
    for (let call = 0; call < 40; call++) {
      const begun = performance.now();
      await client.send(new DescribeGlobalReplicationGroupsCommand({ MaxRecords: 100 }));
      asked.push(performance.now() - begun);
    }
    const { root, bundle: name } = await ourFunction('listGlobalDatastores', 'ours');
    const started = await start({ root, name, environment: { ...environment, AWS_ENDPOINT_URL_ELASTICACHE: url } });
    const listed: number[] = [];
    for (let call = 0; call < 40; call++) {
      const begun = performance.now();
      const { done } = await started.invoke(event('GET', '/global-datastores'));
      listed.push(done.ms - begun);
    }
    await started.end();
    client.destroy();
    emulator.close().closeAllConnections();
    rows.push({
      datastores: `${count}`,
      'emulator ms a page': median(asked.slice(10)).toFixed(1),
      'API ms a page': median(listed.slice(10)).toFixed(1),
    });
  }
  return rows;
}

/** An emulator with so many datastores: copies of one that was made over the wire. */
async function emulatorWith(count: number): Promise<{ emulator: Emulator; url: string }> {
  const emulator = createEmulator({ transitionMs: Number.POSITIVE_INFINITY });
  await once(emulator.listen(0, '127.0.0.1'), 'listening');
  const address = emulator.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const { store } = emulator;
  const settle = () => {
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
  settle();
  await client.send(
    new CreateGlobalReplicationGroupCommand({
      GlobalReplicationGroupIdSuffix: 'first',
      PrimaryReplicationGroupId: 'first',
    }),
  );
  settle();
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

/** The emulator and `npm start`, each in its own process, asked for one datastore by so many callers. */
async function byCallers(requests: number): Promise<Row[]> {
  const laptop = await startLaptop();
  const rows: Row[] = [];
  try {
    for (const callers of [1, 10, 100]) {
      const client = clientOf(laptop.emulator);
      const agent = new Agent({ keepAlive: true, maxSockets: callers });
      const describe = () => client.send(new DescribeGlobalReplicationGroupsCommand({ MaxRecords: 20 }));
      const emulator = await loaded(callers, requests, describe);
      const api = await loaded(callers, requests, () => get(`${laptop.url}/global-datastores/ldgnf-bench`, agent));
      client.destroy();
      agent.destroy();
      rows.push({ callers: `${callers}`, ...inWords('emulator', emulator), ...inWords('npm start', api) });
    }
  } finally {
    await laptop.end();
  }
  return rows;
}

const inWords = (name: string, { perSecond, times }: Loaded) => ({
  [`${name} a second`]: perSecond.toFixed(0),
  [`${name} ms p50 / p99`]: `${median(times).toFixed(1)} / ${quantile(times, 0.99).toFixed(1)}`,
});

/** What becomes of memory: of a function, and of all processes of `npm start` together. */
async function byRequests(environment: World['environment'], most: number): Promise<Row[]> {
  const marks = [most / 100, most / 10, most / 2, most];
  const { root, bundle: name } = await ourFunction('getGlobalDatastore', 'ours');
  const started = await start({ root, name, environment });
  const laptop = await startLaptop();
  const agent = new Agent({ keepAlive: true, maxSockets: 10 });
  const client = clientOf(laptop.emulator);
  const describe = () => client.send(new DescribeGlobalReplicationGroupsCommand({ MaxRecords: 20 }));
  const rows: Row[] = [];
  try {
    let sent = 0;
    for (const mark of marks) {
      const more = mark - sent;
      for (; sent < mark; sent++) await started.invoke(read);
      await loaded(10, more, describe);
      await loaded(10, more / 10, () => get(`${laptop.url}/global-datastores/ldgnf-bench`, agent));
      rows.push({
        requests: `${mark}`,
        'function RSS MB': residentMb(started.pid).toFixed(0),
        'npm start RSS MB': (await laptop.residentMb()).toFixed(0),
      });
    }
  } finally {
    client.destroy();
    agent.destroy();
    await started.end();
    await laptop.end();
  }
  return rows;
}

interface Loaded {
  readonly perSecond: number;
  /** Of each call, in milliseconds. */
  readonly times: number[];
}

/** Makes calls, so many at a time. */
async function loaded(callers: number, calls: number, call: () => Promise<unknown>): Promise<Loaded> {
  const times: number[] = [];
  let left = calls;
  const begun = performance.now();
  const caller = async () => {
    while (left-- > 0) {
      const before = performance.now();
      await call();
      times.push(performance.now() - before);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return { perSecond: (calls / (performance.now() - begun)) * 1000, times };
}

function get(url: string, agent: Agent): Promise<void> {
  return new Promise((resolved, reject) => {
    request(url, { agent }, (response) => {
      response.resume().once('end', () => {
        if (response.statusCode === 200) resolved();
        else reject(new Error(`${url} answered ${response.statusCode}`));
      });
    })
      .once('error', reject)
      .end();
  });
}

/** `npm start` with a datastore `ldgnf-bench` in it. */
async function startLaptop() {
  const [program = '', ...options] = [...pin(1), process.execPath, 'local/start.ts'];
  const child = spawn(program, options, {
    detached: true, // its processes are a group, to be ended and measured together
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: '3900', POWERTOOLS_LOG_LEVEL: 'SILENT' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const group = child.pid ?? 0;
  let [url, emulator] = ['', ''];
  for await (const line of createInterface({ input: child.stdout })) {
    url = line.match(/^API +(http\S+)/)?.[1] ?? url;
    emulator = line.match(/^ElastiCache emulator at (http\S+)/)?.[1] ?? emulator;
    if (line.startsWith('Ctrl-C')) break;
  }
  child.stdout.resume();
  const made = await fetch(`${url}/global-datastores`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=10' },
    body: JSON.stringify({ GlobalReplicationGroupIdSuffix: 'bench', PrimaryReplicationGroupId: 'orders-use1' }),
  });
  if (!made.ok) throw new Error(`npm start answered ${made.status}`);
  return {
    url,
    emulator,
    residentMb: () => residentOf(group),
    async end() {
      const gone = once(child, 'close');
      process.kill(-group, 'SIGINT');
      await gone;
    },
  };
}

/** The resident size of all processes of a group, in MiB. */
async function residentOf(group: number): Promise<number> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const members = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      return Number(stat.replace(/^.*\) /, '').split(' ')[2]) === group ? pid : undefined;
    }),
  );
  return members.reduce((sum: number, pid) => sum + (pid ? residentMb(pid) : 0), 0);
}
