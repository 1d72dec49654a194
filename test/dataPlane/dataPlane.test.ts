import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateReplicationGroupCommand,
  DecreaseNodeGroupsInGlobalReplicationGroupCommand,
  DeleteReplicationGroupCommand,
  DescribeReplicationGroupsCommand,
  DisassociateGlobalReplicationGroupCommand,
  ElastiCacheClient,
  IncreaseNodeGroupsInGlobalReplicationGroupCommand,
  ModifyReplicationGroupCommand,
  type ModifyReplicationGroupCommandInput,
} from '@aws-sdk/client-elasticache';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { clusterMode } from '../support/datastore.ts';
import { until } from '../support/emulator.ts';
import { findFreePort, isListening, startLocalApi } from '../support/npmStart.ts';
import { ap, eu, hasServer, isRunning, serverProgram, startEnvironment, us, waitForValue } from './environment.ts';

describe.skipIf(!hasServer)('a data plane', async () => {
  if (!hasServer) return;
  const environment = await startEnvironment();
  const { client, control, create, failOver, findServer, setLink, setLost, waitUntilStable } = environment;

  const statusOf = async (id: string, region: string) =>
    (await environment.describe(id, ap)).Members?.find((member) => member.ReplicationGroupRegion === region)?.Status;
  const syncsOf = async (redis: { info: (section: string) => Promise<string> }) => {
    const text = await redis.info('stats');
    return { full: text.match(/sync_full:(\d+)/)?.[1], partial: Number(text.match(/sync_partial_ok:(\d+)/)?.[1]) };
  };

  it('replicates the writes of the primary to each secondary, which accepts no writes', async () => {
    const id = await create('orders', [eu, ap]);
    const [primary, europe, asia] = [
      await environment.connect('orders-us-east-1', us),
      await environment.connect('orders-eu-west-1', eu),
      await environment.connect('orders-ap-southeast-2', ap),
    ];

    await primary.set('order', 'paid');

    await Promise.all([waitForValue(europe, 'order', 'paid'), waitForValue(asia, 'order', 'paid')]);
    await expect(europe.set('order', 'lost')).rejects.toThrow("READONLY You can't write against a read only replica.");
    await expect(primary.config('GET', '*')).rejects.toThrow('NOPERM'); // as on ElastiCache, which does not offer it
    expect((await environment.describe(id)).Members?.map(({ Status }) => Status)).toEqual(Array(3).fill('associated'));
  });

  it('continues after a cut with a partial sync, and measures the lag during the cut', async () => {
    const id = await create('cut', [eu]);
    const [primary, europe] = [
      await environment.connect('cut-us-east-1', us),
      await environment.connect('cut-eu-west-1', eu),
    ];
    const before = await syncsOf(primary);
    await control('POST', 'lag', { Region: eu, Seconds: 99 });
    await setLink(us, eu, { Cut: true });
    await primary.set('a', '1');

    await until(async () => (await readLag('cut-eu-west-1-001')) > 1);
    expect(await europe.get('a')).toBeNull();
    expect(await readLag('cut-eu-west-1-001')).toBeLessThan(99);
    await setLink(us, eu, { Cut: false });

    await waitForValue(europe, 'a', '1');
    const after = await syncsOf(primary);
    expect(after.full).toBe(before.full);
    expect(after.partial).toBeGreaterThan(before.partial);
    expect(await statusOf(id, eu)).toBe('associated');
  });

  async function readLag(CacheClusterId: string): Promise<number> {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const { MetricDataResults } = await new CloudWatchClient({
      region: eu,
      endpoint: environment.url,
      credentials,
    }).send(
      new GetMetricDataCommand({
        StartTime: new Date(Date.now() - 120_000),
        EndTime: new Date(Date.now() + 60_000),
        MetricDataQueries: [
          {
            Id: 'lag',
            MetricStat: {
              Stat: 'Maximum',
              Period: 60,
              Metric: {
                Namespace: 'AWS/ElastiCache',
                MetricName: 'GlobalDatastoreReplicationLag',
                Dimensions: [
                  { Name: 'CacheClusterId', Value: CacheClusterId },
                  { Name: 'CacheNodeId', Value: '0001' },
                ],
              },
            },
          },
        ],
      }),
    );
    return Math.max(...(MetricDataResults?.[0]?.Values ?? []));
  }

  it('loses no write in a failover, and the writer port follows the primary', async () => {
    const id = await create('planned', [eu, ap]);
    const writer = environment.connectTo((await environment.findDatastore(id))?.WriterPort ?? 0);
    const written: string[] = [];
    let isOver = false;
    const writing = (async () => {
      for (let i = 0; !isOver; i++) {
        const isWritten = await writer.set(`k${i}`, 'v').catch(() => undefined);
        if (isWritten) written.push(`k${i}`);
      }
    })();
    await until(async () => written.length > 100);

    await failOver(id, 'planned-eu-west-1', eu);
    await waitUntilStable(id);
    const atSwitch = written.length;
    await until(async () => written.length > atSwitch + 10);
    isOver = true;
    await writing;

    const europe = await environment.connect('planned-eu-west-1', eu);
    expect(await europe.exists(...written)).toBe(written.length);
    expect((await environment.findDatastore(id))?.LastFailover).toMatchObject({ Kind: 'planned', LostWrites: 0 });
    const former = await environment.connect('planned-us-east-1', us);
    await expect(former.set('k', 'v')).rejects.toThrow('READONLY');
    await waitForValue(former, written.at(-1) ?? '', 'v');
    expect((await environment.describe(id)).Members?.map(({ Status }) => Status)).toEqual(Array(3).fill('associated'));
  });

  it('loses and counts the writes that a lost region has not replicated', async () => {
    const id = await create('hard', [eu, ap]);
    const [primary, europe] = [
      await environment.connect('hard-us-east-1', us),
      await environment.connect('hard-eu-west-1', eu),
    ];
    await primary.set('kept', '1');
    await waitForValue(europe, 'kept', '1');
    for (const to of [eu, ap]) await setLink(us, to, { Cut: true });
    for (const key of ['a', 'b', 'c']) await primary.set(key, 'lost');

    await setLost(us, true);
    await expect(describeIn(us)).rejects.toThrow('aborted');
    await failOver(id, 'hard-eu-west-1', eu);
    await waitUntilStable(id, eu);

    expect((await environment.findDatastore(id))?.LastFailover).toMatchObject({ Kind: 'hard', LostWrites: 3 });
    expect(await europe.set('new', '2')).toBe('OK');
    expect(await europe.mget('kept', 'a', 'b', 'c')).toEqual(['1', null, null, null]);
    expect(await statusOf(id, us)).toBe('associating');

    for (const to of [eu, ap]) await setLink(us, to, { Cut: false });
    await setLost(us, false);
    await until(async () => (await statusOf(id, us)) === 'associated', 20_000);
    await waitForValue(primary, 'new', '2');
    expect(await primary.get('a')).toBeNull();
  });

  const describeIn = (region: string) =>
    client(region).send(new DescribeReplicationGroupsCommand({}), { abortSignal: AbortSignal.timeout(300) });

  it('keeps the data of a detached member, and makes it writable', async () => {
    const id = await create('detached', [eu]);
    const [primary, europe] = [
      await environment.connect('detached-us-east-1', us),
      await environment.connect('detached-eu-west-1', eu),
    ];
    await primary.set('a', '1');
    await waitForValue(europe, 'a', '1');

    await client(us).send(
      new DisassociateGlobalReplicationGroupCommand({
        GlobalReplicationGroupId: id,
        ReplicationGroupId: 'detached-eu-west-1',
        ReplicationGroupRegion: eu,
      }),
    );
    await waitUntilStable(id);

    expect(await europe.set('b', '2')).toBe('OK');
    expect(await europe.get('a')).toBe('1');
    expect(await primary.get('b')).toBeNull();
  });

  it('accepts valid AUTH tokens only, also during a rotation', async () => {
    const [first, second] = ['first-token-of-sixteen', 'second-token-of-sixteen'];
    const secure = { TransitEncryptionEnabled: true, AuthToken: first };
    await create('tokens', [eu], secure);
    const { Port = 0 } = (await environment.groupOf('tokens-us-east-1', us))?.NodeGroups?.[0]?.PrimaryEndpoint ?? {};
    const ping = (password?: string) =>
      environment.connectTo(Port, { ...(password && { password }), enableReadyCheck: false }).ping();
    const modify = async (input: Partial<ModifyReplicationGroupCommandInput>) => {
      const target = { ReplicationGroupId: 'tokens-us-east-1', ApplyImmediately: true };
      await client(us).send(new ModifyReplicationGroupCommand({ ...target, ...input }));
      await until(async () => (await environment.groupOf('tokens-us-east-1', us))?.Status === 'available');
    };
    await expect(ping()).rejects.toThrow('NOAUTH');
    await expect(ping(second)).rejects.toThrow('WRONGPASS');
    expect(await ping(first)).toBe('PONG');

    await modify({ AuthToken: second, AuthTokenUpdateStrategy: 'ROTATE' });
    expect(await Promise.all([ping(first), ping(second)])).toEqual(['PONG', 'PONG']);

    await modify({ AuthToken: second, AuthTokenUpdateStrategy: 'SET' });
    await expect(ping(first)).rejects.toThrow('WRONGPASS');
    expect(await ping(second)).toBe('PONG');
    expect((await findServer('tokens-eu-west-1')).Link?.Up).toBe(true);

    await control('POST', 'existing', { UserGroups: { team: 'active' } });
    await modify({ AuthTokenUpdateStrategy: 'DELETE', UserGroupIdsToAdd: ['team'] });
    expect(await ping()).toBe('PONG');
  });

  it.each([
    ['secondary', eu],
    ['primary', us],
  ])('restarts a killed %s with its data', async (role, region) => {
    const id = await create(`killed-${role}`, [eu]);
    const [primary, europe] = [
      await environment.connect(`killed-${role}-us-east-1`, us),
      await environment.connect(`killed-${role}-eu-west-1`, eu),
    ];
    await primary.set('a', '1');
    await waitForValue(europe, 'a', '1');
    const { Pid } = await findServer(`killed-${role}-${region}`);

    process.kill(Pid, 'SIGKILL');
    await until(async () => ![undefined, Pid].includes((await findServer(`killed-${role}-${region}`)).Pid), 10_000);

    await waitForValue(primary, 'a', '1');
    await until(async () => (await primary.set('b', '2').catch(() => '')) === 'OK'); // it is a replica while it gets its data
    await waitForValue(europe, 'b', '2');
    expect(await europe.get('a')).toBe('1');
    expect(await statusOf(id, eu)).toBe('associated');
  });

  it('keeps the keys of the remaining shards, and removes a shard with keys only if forced', async () => {
    const id = await create('shards', [eu], clusterMode);
    const cluster = await environment.connectCluster('shards-us-east-1', us);
    const fill = (prefix: string) => Promise.all(Array.from({ length: 60 }, (_, i) => cluster.set(prefix + i, 'v')));
    const keysIn = async (group: string) => {
      const servers = (await environment.view()).Servers.filter((server) => server.ReplicationGroupId === group);
      return servers.map(({ Keys }) => Keys);
    };
    const shards = { GlobalReplicationGroupId: id, ApplyImmediately: true };
    const shrink = { ...shards, NodeGroupCount: 2, GlobalNodeGroupsToRemove: [`${id}-0003`] };
    await fill('a');
    await until(async () => sum(await keysIn('shards-eu-west-1')) === 60);
    const before = await keysIn('shards-eu-west-1');
    expect(before.every((keys) => keys > 0)).toBe(true);

    await client(us).send(new IncreaseNodeGroupsInGlobalReplicationGroupCommand({ ...shards, NodeGroupCount: 3 }));
    await waitUntilStable(id);
    expect(await keysIn('shards-us-east-1')).toEqual([...before, 0]);

    await fill('b');
    await until(async () => sum(await keysIn('shards-eu-west-1')) === 120);
    const filled = await keysIn('shards-us-east-1');
    expect(filled[2]).toBeGreaterThan(0);
    const remove = () => client(us).send(new DecreaseNodeGroupsInGlobalReplicationGroupCommand(shrink));
    await expect(remove()).rejects.toThrow(`Node group ${id}-0003 has ${filled[2]} keys`);

    await control('POST', 'scale-in', { Forced: true });
    await remove();
    await waitUntilStable(id);
    expect(await keysIn('shards-us-east-1')).toEqual(filled.slice(0, 2));
  });

  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

  it('fails over all shards together, for cluster clients too', async () => {
    const id = await create('cluster', [eu], clusterMode);
    const america = await environment.connectCluster('cluster-us-east-1', us);
    const keys = Array.from({ length: 100 }, (_, i) => `k${i}`);
    await Promise.all(keys.map((key) => america.set(key, 'v')));

    await failOver(id, 'cluster-eu-west-1', eu);
    await waitUntilStable(id);

    const europe = await environment.connectCluster('cluster-eu-west-1', eu);
    expect(await Promise.all(keys.map((key) => europe.get(key)))).toEqual(keys.map(() => 'v'));
    expect(await Promise.all(keys.map((key) => europe.set(key, 'w')))).toEqual(keys.map(() => 'OK'));
    await expect(america.set('k0', 'w')).rejects.toThrow('READONLY');
    expect((await environment.findDatastore(id))?.LastFailover).toMatchObject({ Kind: 'planned', LostWrites: 0 });
  });

  it('ends the server of a deleted group', async () => {
    await environment.seed('deleted');
    const { Pid } = await findServer('deleted');
    expect(isRunning(Pid)).toBe(true);

    await client(us).send(new DeleteReplicationGroupCommand({ ReplicationGroupId: 'deleted' }));

    await until(async () => !isRunning(Pid));
  });

  it('refuses invalid input, and names the valid input', async () => {
    const post = async (path: string, body: object) => control('POST', path, body);

    await expect(post('links', { From: us, To: us, Cut: true })).rejects.toThrow('two regions');
    await expect(post('links', { From: us, To: eu })).rejects.toThrow('DelayMs from 0 to 60000 or Cut');
    await expect(post('regions/moon', { Lost: true })).rejects.toThrow('Name a region');
    await expect(post('scale-in', {})).rejects.toThrow('Forced: true or false');
  });

  it('ends all servers and restores the network at a reset', async () => {
    await environment.seed('last');
    await setLost(us, true);
    const { Pid } = await findServer('last');

    await control('POST', 'reset');

    await until(async () => !isRunning(Pid));
    expect((await describeIn(us)).ReplicationGroups).toEqual([]);
    expect((await environment.view()).Servers).toEqual([]);
  });
});

describe.skipIf(!hasServer)('npm run emulator -- --data-plane', () => {
  const folder = mkdtempSync(join(tmpdir(), 'data-plane-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const children: ChildProcess[] = [];
  afterAll(() => {
    for (const child of children) child.kill('SIGKILL');
  });

  async function startCli(...options: string[]) {
    const child = spawn(process.execPath, ['emulator/cli.ts', '--port', '0', ...options]);
    children.push(child);
    let output = '';
    child.stdout.on('data', (text) => (output += text));
    await until(async () => /at http:\S+/.test(output), 20_000);
    expect(output).toMatch(/^Data plane: (valkey|redis)-server [\d.]+ behind each node group, without TLS$/m);
    return { child, url: output.match(/at (http:\S+)/)?.[1] ?? '' };
  }

  async function serverAt(url: string): Promise<{ Port: number; Pid: number }> {
    const { Servers } = (await (await fetch(`${url}/_emulator/data-plane`)).json()) as ReturnType<typeof JSON.parse>;
    return Servers[0] ?? {};
  }

  /** Creates a group, waits until its server listens, returns the server. */
  async function createGroup(url: string) {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    await new ElastiCacheClient({ region: us, endpoint: url, credentials }).send(
      new CreateReplicationGroupCommand({
        ReplicationGroupId: 'kept',
        ReplicationGroupDescription: 'kept',
        CacheNodeType: 'cache.r7g.large',
        Engine: 'valkey',
      }),
    );
    await until(async () => await isListening((await serverAt(url)).Port ?? 0), 10_000);
    return serverAt(url);
  }

  it('retries the start of a server that has failed', async () => {
    const program = join(folder, 'server');
    const failOnce = `[ -e ${folder}/refused ] || { touch ${folder}/refused; exit 1; }`;
    const execServer = `exec ${serverProgram} "$@"`;
    writeFileSync(program, `#!/bin/sh\n[ "$1" = --version ] || ${failOnce}\n${execServer}\n`, { mode: 0o755 });
    const { child, url } = await startCli(`--data-plane=${program}`);

    expect(isRunning((await createGroup(url)).Pid)).toBe(true);

    expect(existsSync(join(folder, 'refused'))).toBe(true);
    child.kill('SIGTERM');
    await once(child, 'exit');
  });

  it('leaves no server after kill -9, and has the ports of its state after a restart', async () => {
    const state = join(folder, 'state');
    const { child, url } = await startCli('--data-plane', '--state', state);
    const { Port, Pid } = await createGroup(url);

    child.kill('SIGKILL');
    await once(child, 'exit');
    await until(async () => !isRunning(Pid));
    const free = await findFreePort(); // another emulator can have taken the former port
    writeFileSync(state, readFileSync(state, 'utf8').replace(`:${Port}`, `:${free}`));
    const again = await startCli('--data-plane', '--state', state);

    const restarted = await serverAt(again.url);
    expect(restarted.Port).toBe(free);
    again.child.kill('SIGTERM');
    expect(await once(again.child, 'exit')).toEqual([0, null]);
    await until(async () => !isRunning(restarted.Pid));
  });

  it('uses another port if the port of its state is in use, and prints a warning', async () => {
    const state = join(folder, 'taken');
    const first = await startCli('--data-plane', '--state', state);
    const { Port } = await createGroup(first.url);
    first.child.kill('SIGTERM');
    await once(first.child, 'exit');
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const { port: portInUse } = other.address() as AddressInfo;
    writeFileSync(state, readFileSync(state, 'utf8').replace(`:${Port}`, `:${portInUse}`));

    const { child, url } = await startCli('--data-plane', '--state', state);

    let errors = '';
    child.stderr.on('data', (text) => (errors += text));
    await until(async () =>
      errors.includes(`Data plane: port ${portInUse} of kept is in use. It has another one now.`),
    );
    const server = await serverAt(url);
    expect(server.Port).not.toBe(portInUse);
    expect(await isListening(server.Port)).toBe(true);
    child.kill('SIGTERM');
    await once(child, 'exit');
  });

  it('starts without a data plane if there is no such program, and prints how to install one', async () => {
    const child = spawn(process.execPath, ['emulator/cli.ts', '--port', '0', '--data-plane=/none']);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
    await until(async () => /at http:/.test(output), 20_000);

    expect(output).toContain('No data plane: /none cannot be run. Install one with "apt-get install redis-server"');
    const lost = { method: 'POST', body: '{"Lost":true}', headers: { 'content-type': 'application/json' } };
    const refused = await fetch(`${output.match(/at (http:\S+)/)?.[1]}/_emulator/regions/${us}`, lost);
    expect(await refused.json()).toEqual({ Message: 'There is no data plane. Start with --data-plane.' });
    child.kill('SIGTERM');
    await once(child, 'exit');
  });
});

describe.skipIf(!hasServer)('npm start -- --data-plane', () => {
  it('shows when writes resumed after a drill and an evacuation, how many are lost, and working code', async () => {
    const api = await startLocalApi(['--data-plane'], {
      PORT: `${await findFreePort()}`,
      REGIONS: [eu, us].join(','),
    });
    const request = async (path: string, body?: object) => {
      const headers = { 'content-type': 'application/json', prefer: 'wait=20' };
      const response = await fetch(`${api.url}${path}`, {
        headers,
        ...(body && { method: 'POST', body: JSON.stringify(body) }),
      });
      return (await response.json()) as ReturnType<typeof JSON.parse>;
    };
    const emulator = api.output.out.match(/emulator at (http:[^\s"]+)/)?.[1];
    const control = async (path: string, body: object) =>
      fetch(`${emulator}/_emulator/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect((await request('/health')).DataPlane).toMatch(/^(valkey|redis)-server [\d.]+$/);
    await request('/global-datastores', {
      GlobalReplicationGroupIdSuffix: 'orders',
      PrimaryReplicationGroupId: 'orders-use1',
      PrimaryReplicationGroupRegion: us,
    });
    const member = { ReplicationGroupId: 'orders-euw1', ReplicationGroupRegion: eu };
    await request('/global-datastores/ldgnf-orders/members', member);
    const { FixedWriter, Writer, Snippets } = await request('/global-datastores/ldgnf-orders/connection');
    expect(FixedWriter).toEqual({ Address: 'localhost', Port: expect.any(Number) });
    expect(FixedWriter.Port).not.toBe(Writer.Port);

    const file = join(process.cwd(), 'node_modules', '.cache', `snippet-${process.pid}.mjs`); // ioredis resolves from there
    onTestFinished(() => rmSync(file));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, Snippets[0].Code);
    const { write } = (await import(file)) as {
      write: (command: (redis: Redis) => Promise<string>) => Promise<string>;
    };
    expect(await write((redis) => redis.set('by', 'snippet'))).toBe('OK');

    const drill = { PrimaryRegion: eu, HoldSeconds: 0, Reason: 'test' };
    await request('/global-datastores/ldgnf-orders/drills', drill);
    const readDrill = async () => (await request('/global-datastores/ldgnf-orders/drills')).Drills[0];
    await until(async () => (await readDrill())?.Status === 'SUCCEEDED', 40_000);
    expect(await readDrill()).toMatchObject({ WritableAt: expect.any(String), LostWrites: 0 });

    const writer = new Redis(FixedWriter.Port, 'localhost');
    await control('links', { From: us, To: eu, Cut: true });
    await writer.mset('a', '1', 'b', '2');
    await writer.set('c', '3');
    writer.disconnect();
    await control(`regions/${us}`, { Lost: true });
    const { Evacuation } = await request('/evacuations', { FromRegion: us, ToRegion: eu, Reason: 'test' });
    const readEvacuation = async () => (await request(`/evacuations/${Evacuation.EvacuationId}`)).Evacuation;
    await until(async () => (await readEvacuation()).Status === 'SUCCEEDED', 40_000);

    const [{ WritableAt, LostWrites }] = (await readEvacuation()).Datastores;
    expect(Date.parse(WritableAt)).toBeGreaterThan(Date.parse(Evacuation.StartedAt));
    expect(LostWrites).toBe(3); // keys: MSET writes two
    expect(await write((redis) => redis.set('by', 'snippet'))).toBe('OK'); // the first address does not respond
    api.child.kill('SIGTERM');
    await api.exitCode;
  });
});
