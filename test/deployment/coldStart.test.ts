import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { build } from '../../build.ts';
import { routes } from '../../src/schemas/routes.ts';
import { startEmulator } from '../support/emulator.ts';
import { eventOf, type RequestOptions } from '../support/event.ts';

const folder = await mkdtemp(join(tmpdir(), 'bundles-'));
afterAll(() => rm(folder, { recursive: true }));
const made = await build({ outdir: folder });

const emulator = await startEmulator();
await emulator.seed('orders-use1');

/** The flags of Lambda, under which code caches are made. */
const lambdaFlags = ['--expose-gc'];

interface Report {
  first: { statusCode: number; headers: Record<string, string>; body: string };
  second: Report['first'];
  /** The modules of Node that were loaded up to the first answer. */
  modules: string[];
  /** The files that were asked for. */
  paths: string[];
  /** What V8 says of the code cache. */
  cache: 'none' | 'taken' | 'rejected';
  /** The lines that it wrote. */
  lines: string[];
}

/** Runs a bundle on a Node of its own: the same request twice. */
async function run(
  request: string,
  options: RequestOptions = {},
  { from = folder, flags = lambdaFlags, regions = 'us-east-1,eu-west-1' } = {},
): Promise<Report> {
  const { name, event } = eventOf(request, options, routes);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...flags, 'test/support/coldStart.mjs', join(from, `${name}.mjs`), JSON.stringify(event)],
    {
      env: {
        HOME: folder,
        AWS_REGION: 'us-east-1',
        REGIONS: regions,
        AWS_ENDPOINT_URL_ELASTICACHE: emulator.url,
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
      },
    },
  );
  const lines = stdout.split('\n').filter(Boolean);
  return { ...JSON.parse(lines.pop() ?? ''), lines };
}

const create = { GlobalReplicationGroupIdSuffix: 'orders', PrimaryReplicationGroupId: 'orders-use1' };

describe('a bundle on a Node of its own', () => {
  it('takes a create to ElastiCache', async () => {
    const { first } = await run('POST /global-datastores', { body: create });

    expect(first.statusCode).toBe(202);
    expect(first.headers.location).toBe('/global-datastores/ldgnf-orders');
    expect(JSON.parse(first.body).GlobalReplicationGroup.Status).toBe('creating');
  });

  it('logs the requests that it got, and nothing of how it was primed', async () => {
    const { lines } = await run('GET /global-datastores/ldgnf-orders');

    expect(lines.map((line) => JSON.parse(line).route)).toEqual(
      Array.from({ length: 2 }, () => 'GET /global-datastores/{GlobalReplicationGroupId}'),
    );
  });

  it('validates with what was compiled beforehand', async () => {
    const wrong = { ...create, PrimaryReplicationGroupRegion: 'moon-1', Extra: 1 };

    const { first } = await run('POST /global-datastores', { body: wrong });

    expect(first.statusCode).toBe(400);
    const pointers = JSON.parse(first.body).errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(pointers.sort()).toEqual(['#/Extra', '#/PrimaryReplicationGroupRegion']);
  });

  it('explains with the descriptions of the schemas', async () => {
    const { first } = await run('POST /global-datastores', { body: { ...create, PrimaryReplicationGroupId: '-' } });

    expect(JSON.parse(first.body).errors[0].detail).toContain('1 to 40 letters, digits and hyphens');
  });

  it('takes a region that only its environment names', async () => {
    const elsewhere = { ...create, PrimaryReplicationGroupRegion: 'eu-west-1' };

    const { first } = await run('POST /global-datastores', { body: elsewhere });

    expect([first.statusCode, JSON.parse(first.body).code]).toEqual([404, 'ReplicationGroupNotFoundFault']);
  });

  it('knows every route when it refuses one', async () => {
    const { first } = await run('PUT /global-datastores');

    expect(first.statusCode).toBe(405);
    expect(first.headers.allow).toContain('GET, HEAD');
  });
});

describe.each([
  ['a question', 'GET /global-datastores/ldgnf-orders', {}],
  ['a refused change', 'PATCH /global-datastores/ldgnf-none?DryRun=true', { body: { AutomaticFailoverEnabled: true } }],
])('the first request, %s,', async (_, request, options) => {
  const before = emulator.connections();
  const { first, second, modules, paths } = await run(request, options, { regions: 'us-east-1' });
  const opened = emulator.connections() - before;

  it('is answered, as the next one is', () => {
    expect(first.statusCode).toBeLessThan(500);
    expect(second.statusCode).toBe(first.statusCode);
  });

  it.each(['undici', 'webstreams', 'http2', 'child_process', 'zlib'])('loads nothing of %s', (module) => {
    expect(modules.filter((name) => name.includes(module))).toEqual([]);
  });

  it('looks for nothing in the home directory', () => {
    expect(paths.filter((path) => path.includes('.aws'))).toEqual([]);
  });

  it('opens the one connection that all requests use', () => {
    expect(opened).toBe(1);
  });
});

describe('the code cache', () => {
  const { stem = '' } = made.getGlobalDatastore ?? {};
  const request = 'GET /global-datastores/ldgnf-none';

  /** A copy of the function with another cache, or with none. */
  async function withCache(change: (cache: Buffer) => Buffer | undefined): Promise<string> {
    const from = await mkdtemp(join(folder, 'changed-'));
    const files = (await readdir(folder)).filter((file) => file.startsWith('getGlobalDatastore.'));
    for (const file of files) await cp(join(folder, file), join(from, file));
    const cache = join(from, files.find((file) => file.startsWith(stem) && file.endsWith('.cache')) ?? '');
    const changed = change(await readFile(cache));
    await (changed ? writeFile(cache, changed) : rm(cache));
    return from;
  }

  it('is taken under the flags of Lambda', async () => {
    expect((await run(request)).cache).toBe('taken');
  });

  it('is not taken under others, and the function answers the same', async () => {
    const { first, cache } = await run(request, {}, { flags: [] });

    expect([first.statusCode, cache]).toEqual([404, 'rejected']);
  });

  it.each([
    ['there is none', 'none', () => undefined],
    ['it is cut short', 'rejected', (cache: Buffer) => cache.subarray(0, cache.length / 2)],
    ['it is something else', 'rejected', (cache: Buffer) => Buffer.alloc(cache.length, 'x')],
    ['it is empty', 'rejected', () => Buffer.alloc(0)],
  ])('is not needed: %s', async (_, expected, change) => {
    const from = await withCache(change);

    const { first, cache } = await run(request, {}, { from });

    expect([first.statusCode, cache]).toEqual([404, expected]);
  });
});
