import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createCluster } from '@redis/client';
import fc from 'fast-check';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FrontedShard, openClusterFront } from '../../emulator/dataPlane/clusterFront.ts';
import { until } from '../support/emulator.ts';

const program = ['valkey-server', 'redis-server'].find(isInstalled);
const cli = ['valkey-cli', 'redis-cli'].find(isInstalled);
if (!program) console.log('skipped: the cluster front needs valkey-server or redis-server');

/** `foo` is in the second of two equal shards, `bar` in the first. */
const halves: FrontedShard['slots'][] = [[[0, 8191]], [[8192, 16383]]];

describe.skipIf(!program)('the cluster front', () => {
  const servers: ChildProcess[] = [];
  const closers: (() => void)[] = [];
  let shards: FrontedShard[];
  /** The front of a server that has all slots. */
  let whole: FrontedShard;

  beforeAll(async () => {
    const serverPorts = await Promise.all([startServer(), startServer(), startServer()]);
    const [first, second, third] = serverPorts as [number, number, number];
    shards = await openFronts([
      { id: '0001', slots: halves[0] ?? [], serverPort: first },
      { id: '0002', slots: halves[1] ?? [], serverPort: second },
    ]);
    whole = (await openFronts([{ id: '0001', slots: [[0, 16383]], serverPort: third }]))[0] as FrontedShard;
  });
  afterAll(() => {
    for (const close of closers) close();
    for (const server of servers) server.kill('SIGKILL');
  });

  it.each([2, 3] as const)('serves the cluster client of node-redis in RESP %i', async (RESP) => {
    const cluster = createCluster({ rootNodes: [{ url: `redis://127.0.0.1:${portOf(0)}` }], RESP });
    closers.push(() => cluster.destroy());
    await cluster.connect();

    await Promise.all(names(RESP).map((name) => cluster.set(name, `of ${name}`)));

    expect(await Promise.all(names(RESP).map((name) => cluster.get(name)))).toEqual(names(RESP).map((n) => `of ${n}`));
    expect(await cluster.multi().set('{x}1', 'a').set('{x}2', 'b').exec()).toEqual(['OK', 'OK']);
    expect(await cluster.mGet(['{x}1', '{x}2'])).toEqual(['a', 'b']);
    await expectKeysInBothShards();
  });

  it('serves the cluster client of ioredis', async () => {
    const cluster = connectCluster();

    await Promise.all(names('io').map((name) => cluster.set(name, `of ${name}`)));

    expect(await Promise.all(names('io').map((name) => cluster.get(name)))).toEqual(names('io').map((n) => `of ${n}`));
    expect(await cluster.multi().set('{y}1', 'a').get('{y}1').exec()).toEqual([
      [null, 'OK'],
      [null, 'a'],
    ]);
    await expectKeysInBothShards();
  });

  it.skipIf(!cli)('serves redis-cli with -c', async () => {
    const run = async (...args: string[]) =>
      (await promisify(execFile)(cli ?? '', ['-c', '-p', `${portOf(0)}`, ...args])).stdout.trim();

    expect(await run('SET', 'foo', 'bar')).toBe('OK');
    expect(await run('GET', 'foo')).toBe('bar');
    expect(await run('CLUSTER', 'KEYSLOT', 'foo')).toBe('12182');
  });

  it('shows the shards in each form', async () => {
    const redis = connectTo(portOf(1));

    const slots = (await redis.cluster('SLOTS')) as unknown as [number, number, [string, number]][];
    const nodes = ((await redis.cluster('NODES')) as string).trim().split('\n');
    const listed = (await redis.cluster('SHARDS')) as [string, number[], string, (string | number)[][]][];

    expect(slots.map(([from, to, [host, port]]) => [from, to, host, port])).toEqual([
      [0, 8191, '127.0.0.1', portOf(0)],
      [8192, 16383, '127.0.0.1', portOf(1)],
    ]);
    expect(nodes[0]).toMatch(/^[0-9a-f]{40} 127\.0\.0\.1:\d+@0 master - 0 0 1 connected 0-8191$/);
    expect(nodes[1]).toMatch(new RegExp(`^${await redis.cluster('MYID')} .* myself,master .* 8192-16383$`));
    expect(listed.map(([, range, , [node]]) => [range, node?.[3]])).toEqual([
      [[0, 8191], portOf(0)],
      [[8192, 16383], portOf(1)],
    ]);
    expect(await redis.cluster('INFO')).toContain('cluster_state:ok\r\n');
    expect(await redis.call('READONLY')).toBe('OK');
    await expect(redis.cluster('BUMPEPOCH' as 'SAVECONFIG')).rejects.toThrow('cluster support disabled');
  });

  it('shows the shards as maps in RESP 3', async () => {
    const replies = await exchange(portOf(0), [command('HELLO', '3'), command('CLUSTER', 'SHARDS')]);

    expect(replies).toContain(`*2\r\n%2\r\n$5\r\nslots\r\n*2\r\n:0\r\n:8191\r\n$5\r\nnodes\r\n*1\r\n%7\r\n`);
  });

  it('redirects keys of other shards, wherever they are in a command', async () => {
    const redis = connectTo(portOf(0));
    const moved = `MOVED 12182 127.0.0.1:${portOf(1)}`;

    await expect(redis.get('foo')).rejects.toThrow(moved);
    await expect(redis.eval('return 1', 1, 'foo')).rejects.toThrow(moved);
    await expect(redis.xread('COUNT', 1, 'STREAMS', 'foo', '0')).rejects.toThrow(moved);
    await expect(redis.object('ENCODING', 'foo')).rejects.toThrow(moved);
    await expect(redis.set('foo', Buffer.alloc(1_000_000))).rejects.toThrow(moved);
    await expect(redis.mget('foo', 'bar')).rejects.toThrow("CROSSSLOT Keys in request don't hash to the same slot");
    await expect(redis.call('EVAL', 'return 1', '999999999999', 'foo')).rejects.toThrow('Number of keys');
    expect(await redis.get('bar')).toBeNull();
  });

  it('keeps its replies in the order of the commands, and those of the server, in pieces of any size', async () => {
    const commands = [
      command('ECHO', 'a-'),
      command('GET', 'foo'),
      command('CLUSTER', 'KEYSLOT', 'foo'),
      command('ECHO', "-ERR unknown command '"),
      command('SET', 'foo', 'v'.repeat(20_000)),
      command('SET', 'bar', 'v'.repeat(20_000)),
      '*0\r\n',
      command('READONLY'),
    ];
    const moved = `-MOVED 12182 127.0.0.1:${portOf(1)}\r\n`;
    const replies = `$2\r\na-\r\n${moved}:12182\r\n$22\r\n-ERR unknown command '\r\n${moved}+OK\r\n+OK\r\n`;

    const property = fc.asyncProperty(fc.integer({ min: 1, max: 5_000 }), async (size) => {
      const input = Buffer.from(commands.join('').repeat(3));
      const [start, rest] = [split(input.subarray(0, 300), Math.min(size, 20)), split(input.subarray(300), size + 700)];
      expect(await exchange(portOf(0), [...start, ...rest])).toBe(replies.repeat(3));
    });
    await fc.assert(property, { numRuns: 40 });
  });

  it('delays its reply until a blocked command before it has one', async () => {
    const [redis, other] = [connectTo(portOf(0)), connectTo(portOf(0))];

    const blocked = redis.blpop('{bar}list', 0);
    const slot = redis.cluster('KEYSLOT', 'foo');
    await other.rpush('{bar}list', 'item');

    expect(await Promise.all([blocked, slot])).toEqual([['{bar}list', 'item'], 12182]);
  });

  it('aborts a transaction with a key of another shard', async () => {
    const redis = connectTo(portOf(0));

    const result = redis.multi().set('bar', 'changed').set('foo', 'changed').exec();

    await expect(result).rejects.toMatchObject({
      message: 'EXECABORT Transaction discarded because of previous errors.',
      previousErrors: [{ message: `MOVED 12182 127.0.0.1:${portOf(1)}` }],
    });
    expect(await redis.get('bar')).not.toBe('changed');
  });

  it('requires the password of the server', async () => {
    const password = 'a-token-of-16-characters';
    const [guarded] = await openFronts([
      { id: '0001', slots: [[0, 16383]], serverPort: await startServer('--requirepass', password) },
    ]);
    const cluster = connectCluster(guarded?.port, { password });

    await expect(connectTo(guarded?.port ?? 0).get('foo')).rejects.toThrow('NOAUTH');
    expect(await cluster.set('foo', 'bar')).toBe('OK');
  });

  it('responds to commands and broken frames as the server does', async () => {
    const input = fc.tuple(
      fc.array(frame, { maxLength: 5 }),
      fc.constantFrom('', ...brokenLines),
      fc.integer({ min: 1, max: 40 }),
    );
    const property = fc.asyncProperty(input, async ([frames, brokenLine, size]) => {
      const pieces = [...split(Buffer.concat(frames), size), brokenLine];

      const throughFront = await exchange(whole.port, pieces);
      const direct = await exchange(whole.serverPort, [Buffer.concat(frames), brokenLine]);

      expect(throughFront).toBe(direct);
    });
    await fc.assert(property, { numRuns: 150 });
  });

  it('closes the connection after any bytes, and serves the next one', async () => {
    const property = fc.asyncProperty(fc.array(fc.oneof(frame, brokenFrame), { maxLength: 8 }), async (frames) => {
      await exchange(portOf(0), frames);
      expect(await exchange(portOf(0), [command('PING')])).toBe('+PONG\r\n');
    });
    await fc.assert(property, { numRuns: 150 });
  });

  it('closes the connection after a broken frame, also within a command that is redirected', async () => {
    const head = `*3\r\n$3\r\nSET\r\n$3\r\nfoo\r\n$100000\r\n${'x'.repeat(100_000)}\r\n`;
    const client = connect(portOf(0), '127.0.0.1');
    let replies = '';
    client.on('data', (data) => {
      replies += data;
    });

    client.write(head.replace('*3', '*4'));
    client.write('broken\r\n*x\r\n');
    await once(client, 'close');

    expect(replies).toMatch(/^-MOVED 12182 .*\r\n-ERR /);
    expect(await connectTo(portOf(0)).ping()).toBe('PONG');
  });

  it('transfers large values', async () => {
    const redis = connectTo(whole.port);
    const value = Buffer.alloc(10 * 1024 * 1024, 'value-');

    await redis.set('large', value);

    expect(value.equals((await redis.getBuffer('large')) ?? Buffer.alloc(0))).toBe(true);
  });

  it('reads no more from a client than a stopped server takes', async () => {
    const server = servers.find(({ spawnargs }) => spawnargs.includes(`${whole.serverPort}`));
    const client = openSocket(whole.port);
    const value = Buffer.alloc(64 * 1024 * 1024);
    server?.kill('SIGSTOP');

    client.write(`*3\r\n$3\r\nSET\r\n$1\r\nv\r\n$${value.length}\r\n`);
    const sent = await waitUntilUnchanged(writeInPieces(client, value));
    server?.kill('SIGCONT');

    expect(sent).toBeGreaterThan(0);
    expect(sent).toBeLessThan(value.length / 2);
  });

  it('reads no more from the server than a client takes', async () => {
    const redis = connectTo(whole.serverPort);
    await redis.set('mega', Buffer.alloc(1024 * 1024));
    const client = openSocket(whole.port);
    client.pause();

    client.write(command('CLIENT', 'SETNAME', 'idle') + command('GET', 'mega').repeat(200));
    const outputSize = async () => /name=idle .*omem=(\d+)/.exec((await redis.client('LIST')) as string)?.[1];
    await until(async () => Number(await outputSize()) > 100 * 1024 * 1024);
    const stableSize = await waitUntilUnchanged(async () => Number(await outputSize()));

    expect(stableSize).toBeGreaterThan(100 * 1024 * 1024); // the server holds the replies, not the front
  });

  it('reads no more commands while 1000 replies wait', async () => {
    const client = openSocket(portOf(0));
    const commands = command('CLUSTER', 'KEYSLOT', 'foo').repeat(700_000);

    client.write(command('BLPOP', '{bar}never', '0'));
    const sent = await waitUntilUnchanged(writeInPieces(client, Buffer.from(commands)));

    expect(sent).toBeLessThan(commands.length / 2);
  });

  it('replies to more commands than wait at a time', async () => {
    const commands = Array(5_000).fill(command('CLUSTER', 'KEYSLOT', 'foo') + command('ECHO', 'a'));

    expect(await exchange(portOf(0), [commands.join('')])).toBe(':12182\r\n$1\r\na\r\n'.repeat(5_000));
  });

  it('refuses connections while there is no server', async () => {
    const without = await openClusterFront(0, () => undefined);
    const [unreachable] = await openFronts([{ id: '0001', slots: [[0, 16383]], serverPort: await freePort() }]);
    closers.push(without.close);

    for (const port of [without.port, unreachable?.port ?? 0]) expect(await exchange(port, [command('PING')])).toBe('');
  });

  const portOf = (index: number): number => shards[index]?.port ?? 0;

  async function startServer(...options: string[]): Promise<number> {
    const port = await freePort();
    const flags = ['--bind', '127.0.0.1', '--save', '', '--port', `${port}`, ...options];
    servers.push(spawn(program ?? '', flags, { stdio: 'ignore' }));
    await until(async () => (await exchange(port, [command('PING')])) !== '');
    return port;
  }

  /** Opens a front for each shard. */
  async function openFronts(parts: Omit<FrontedShard, 'port'>[]): Promise<FrontedShard[]> {
    const opened: FrontedShard[] = [];
    for (const [index, part] of parts.entries()) {
      const front = await openClusterFront(0, () => {
        const own = opened[index];
        return own && { own, shards: opened };
      });
      closers.push(front.close);
      opened.push({ ...part, port: front.port });
    }
    return opened;
  }

  function connectTo(port: number, options: RedisOptions = {}): Redis {
    const redis = new Redis(port, '127.0.0.1', { ...options, retryStrategy: () => null });
    redis.on('error', () => {});
    closers.push(() => redis.disconnect());
    return redis;
  }

  function connectCluster(port = portOf(0), redisOptions: RedisOptions = {}): Cluster {
    const cluster = new Cluster([{ host: '127.0.0.1', port }], { redisOptions });
    closers.push(() => cluster.disconnect());
    return cluster;
  }

  function openSocket(port: number): Socket {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    closers.push(() => socket.destroy());
    return socket;
  }

  async function expectKeysInBothShards(): Promise<void> {
    for (const { serverPort } of shards) expect(await connectTo(serverPort).dbsize()).toBeGreaterThan(0);
  }
});

const names = (prefix: string | number) => Array.from({ length: 50 }, (_, i) => `${prefix}:${i}`);

const command = (...args: string[]): string =>
  `*${args.length}\r\n${args.map((arg) => `$${Buffer.byteLength(arg)}\r\n${arg}\r\n`).join('')}`;

/** Commands whose replies do not depend on the data of the server. Some of them are large. */
const frame = fc
  .oneof(
    fc.constant(['PING']),
    fc.tuple(fc.constant('ECHO'), fc.string()),
    fc.tuple(
      fc.constant('SET'),
      fc.string(),
      fc.integer({ min: 0, max: 20_000 }).map((n) => 'v'.repeat(n)),
    ),
    fc.array(fc.string(), { maxLength: 4 }),
  )
  .map((args) => Buffer.from(command(...args)));

/** Broken frames that the server refuses at their last byte. */
const brokenLines = ['*x\r\n', '*2147483648\r\n', '*1\r\n$-1\r\n', '*1\r\n$x\r\n', '*1\r\n:', '*1\r\n$1073741825\r\n'];

const brokenFrame = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom(...brokenLines, '*3\r\n$3\r\nfoo').map((line) => Buffer.from(line)),
  fc
    .tuple(frame, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 3 }))
    .map(([bytes, at, other]) => Buffer.concat([bytes.subarray(0, at % bytes.length), other, bytes])),
  fc.tuple(frame, fc.nat()).map(([bytes, at]) => bytes.subarray(0, at % bytes.length)),
);

const split = (data: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(data.length / size) }, (_, i) => data.subarray(i * size, (i + 1) * size));

/** Sends data in pieces. Returns the data that it receives until the connection is closed. */
async function exchange(port: number, pieces: readonly (Buffer | string)[]): Promise<string> {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  let received = '';
  socket.on('data', (data) => {
    received += data.toString('latin1');
  });
  const closed = new Promise((resolve) => socket.once('close', resolve));
  for (const piece of pieces.slice(0, 300)) {
    socket.write(piece);
    await nextTurn();
  }
  for (const piece of pieces.slice(300)) socket.write(piece);
  socket.end();
  await closed;
  return received;
}

/** Starts to write data. Returns a function that returns the number of bytes that have left the socket. */
function writeInPieces(socket: Socket, data: Buffer): () => number {
  let written = 0;
  const writeNext = () => {
    socket.write(data.subarray(written, written + 65_536), () => {
      written = Math.min(written + 65_536, data.length);
      if (written < data.length) writeNext();
    });
  };
  writeNext();
  return () => written;
}

/** Reads a number once per second. Returns it when two reads are equal. */
async function waitUntilUnchanged(read: () => number | Promise<number>): Promise<number> {
  for (let before = await read(); ; ) {
    await sleep(1_000);
    const now = await read();
    if (now === before) return now;
    before = now;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function isInstalled(name: string): boolean {
  try {
    return execFileSync(name, ['--version']).length > 0;
  } catch {
    return false;
  }
}
