import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { routes } from '../../src/schemas/routes.ts';
import { startEmulator } from '../support/emulator.ts';
import { eventOf, type RequestOptions } from '../support/event.ts';
import { buildBundles } from '../support/stack.ts';
import { startTable } from '../support/table.ts';

const folder = await mkdtemp(join(tmpdir(), 'bundles-'));
afterAll(() => rm(folder, { recursive: true }));
const bundles = await buildBundles();

const emulator = await startEmulator();
await emulator.seed('orders-use1');
const table = await startTable();

/** The flags of Node on Lambda that V8 compares. */
const lambdaFlags = ['--expose-gc'];

interface Report {
  first: { statusCode: number; headers: Record<string, string>; body: string };
  second: Report['first'];
  /** The modules of Node that were loaded before the first response. */
  modules: string[];
  /** The paths of the files that were read. */
  paths: string[];
  /** Whether V8 accepted the code cache. */
  cache: 'none' | 'accepted' | 'rejected';
  /** Whether the SDK signed a request before the first event. */
  primed: boolean;
  /** The modules of Node that V8 compiled without Node's own code cache. */
  compiled: string[];
  /** The lines of its output. */
  lines: string[];
}

/** Sends the same request twice to a bundle in its own process. */
async function run(
  request: string,
  options: RequestOptions = {},
  { from = resolve('dist'), flags = lambdaFlags, regions = 'us-east-1,eu-west-1' } = {},
): Promise<Report> {
  const { name, event } = eventOf(request, options, routes);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...flags, '--expose-internals', 'test/support/coldStart.mjs', join(from, `${name}.mjs`), JSON.stringify(event)],
    {
      env: {
        HOME: folder,
        AWS_REGION: 'us-east-1',
        REGIONS: regions,
        AWS_ENDPOINT_URL_ELASTICACHE: emulator.url,
        AWS_ENDPOINT_URL_DYNAMODB: table.url,
        ...table.environment,
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
      },
    },
  );
  const lines = stdout.split('\n').filter(Boolean);
  return { ...JSON.parse(lines.pop() ?? ''), lines };
}

const create = { GlobalReplicationGroupIdSuffix: 'orders', PrimaryReplicationGroupId: 'orders-use1' };

describe('a bundle in its own process', () => {
  it('creates a datastore in ElastiCache', async () => {
    const { first } = await run('POST /global-datastores', { body: create });

    expect(first.statusCode).toBe(202);
    expect(first.headers.location).toBe('/global-datastores/ldgnf-orders');
    expect(JSON.parse(first.body).GlobalReplicationGroup.Status).toBe('creating');
  });

  it('logs its requests and nothing of its priming', async () => {
    const { lines } = await run('GET /global-datastores/ldgnf-orders');

    expect(lines.map((line) => JSON.parse(line).route)).toEqual(
      Array.from({ length: 2 }, () => 'GET /global-datastores/{GlobalReplicationGroupId}'),
    );
  });

  it.each([
    ['primes itself', 'GET /global-datastores/ldgnf-orders'],
    ['has nothing to prime', 'GET /health'],
    ['has no route', 'GET /nowhere'],
  ])('logs the duration of its init with its first request if it %s', async (_, request) => {
    const { lines } = await run(request);
    const [first, second] = lines.map((line) => JSON.parse(line));

    expect(first.init_ms).toBeGreaterThan(0);
    expect(second).not.toHaveProperty('init_ms');
  });

  it('validates with precompiled validators', async () => {
    const invalid = { ...create, PrimaryReplicationGroupRegion: 'moon-1', Extra: 1 };

    const { first } = await run('POST /global-datastores', { body: invalid });

    expect(first.statusCode).toBe(400);
    const pointers = JSON.parse(first.body).errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(pointers.sort()).toEqual(['#/Extra', '#/PrimaryReplicationGroupRegion']);
  });

  it('explains violations with the descriptions of the schemas', async () => {
    const { first } = await run('POST /global-datastores', { body: { ...create, PrimaryReplicationGroupId: '-' } });

    expect(JSON.parse(first.body).errors[0].detail).toContain('1 to 40 letters, digits and hyphens');
  });

  it('accepts a region that only its environment names', async () => {
    const inOtherRegion = { ...create, PrimaryReplicationGroupRegion: 'eu-west-1' };

    const { first } = await run('POST /global-datastores', { body: inOtherRegion });

    expect([first.statusCode, JSON.parse(first.body).code]).toEqual([404, 'ReplicationGroupNotFoundFault']);
  });

  it('lists the allowed methods of a path with 405', async () => {
    const { first } = await run('PUT /global-datastores');

    expect(first.statusCode).toBe(405);
    expect(first.headers.allow).toContain('GET, HEAD');
  });
});

describe.each([
  ['a read', 'GET /global-datastores/ldgnf-orders', {}],
  [
    'a rejected change',
    'PATCH /global-datastores/ldgnf-none?DryRun=true',
    { body: { AutomaticFailoverEnabled: true } },
  ],
])('the first request, %s,', async (_, request, options) => {
  const connectionsBefore = emulator.connections();
  const { first, second, modules, paths, primed, compiled } = await run(request, options, { regions: 'us-east-1' });
  const opened = emulator.connections() - connectionsBefore;

  it('gets the same status as the second request', () => {
    expect(first.statusCode).toBeLessThan(500);
    expect(second.statusCode).toBe(first.statusCode);
  });

  it('does not load fetch', () => {
    expect(modules.filter((name) => name.includes('undici'))).toEqual([]);
  });

  it('has run the SDK during init', () => {
    expect(primed).toBe(true);
  });

  it("loads Node's own modules from their code cache", () => {
    expect(modules).toContain('NativeModule https');
    expect(compiled).not.toContain('https');
  });

  it('reads nothing in ~/.aws', () => {
    expect(paths.filter((path) => path.includes('.aws'))).toEqual([]);
  });

  it('opens one connection, which the second request uses, too', () => {
    expect(opened).toBe(1);
  });
});

describe('the code cache', () => {
  const { stem = '' } = bundles.getGlobalDatastore ?? {};
  const request = 'GET /global-datastores/ldgnf-none';

  /** Copies the function with a changed code cache, or without one. Returns the folder. */
  async function withCache(change: (cache: Buffer) => Buffer | undefined): Promise<string> {
    const from = await mkdtemp(join(folder, 'changed-'));
    const files = (await readdir('dist')).filter((file) => file.startsWith('getGlobalDatastore.'));
    for (const file of files) await cp(join('dist', file), join(from, file));
    const cache = join(from, files.find((file) => file.startsWith(stem) && file.endsWith('.cache')) ?? '');
    const changed = change(await readFile(cache));
    await (changed ? writeFile(cache, changed) : rm(cache));
    return from;
  }

  it.each([[lambdaFlags], [[]]])('is accepted with the flags %j', async (flags) => {
    const { cache, lines } = await run(request, {}, { flags });

    expect(cache).toBe('accepted');
    expect(lines.map((line) => JSON.parse(line).message)).not.toContain('no code cache');
  });

  it.each([
    ['it is missing', 'none', () => undefined],
    ['it is truncated', 'rejected', (cache: Buffer) => cache.subarray(0, cache.length / 2)],
    ['it has other contents', 'rejected', (cache: Buffer) => Buffer.alloc(cache.length, 'x')],
    ['it is empty', 'rejected', () => Buffer.alloc(0)],
  ])('is not necessary: the function works, and logs a warning, if %s', async (_, expected, change) => {
    const from = await withCache(change);

    const { first, cache, lines } = await run(request, {}, { from });

    expect([first.statusCode, cache]).toEqual([404, expected]);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'WARN',
      message: 'no code cache',
      node: process.version,
    });
  });
});
