import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import * as esbuild from 'esbuild';
import { describe, expect, it } from 'vitest';
import { build } from '../build.ts';
import { startEmulator } from './support/emulator.ts';

const names = Object.keys(await build());

/** What went into a bundle: the files of which it holds at least a byte. */
async function insideOf(name: string): Promise<string[]> {
  const { outputs } = JSON.parse(await readFile(`dist/${name}.meta.json`, 'utf8')) as esbuild.Metafile;
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  return inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
}

describe.each(names)('the bundle of %s', async (name) => {
  const inside = await insideOf(name);

  it('imports nothing', async () => {
    const { metafile } = await esbuild.build({
      entryPoints: [`dist/${name}.mjs`],
      bundle: true,
      platform: 'node',
      format: 'esm',
      external: ['*'],
      write: false,
      metafile: true,
    });

    const imports = Object.values(metafile.inputs).flatMap((input) => input.imports);
    expect(imports.filter(({ kind }) => kind !== 'dynamic-import')).toEqual([]);
  });

  it('holds no compiler of schemas', () => {
    expect(
      inside.filter((path) => /node_modules\/(ajv\/dist\/(?!runtime\/)|json-schema-to-ts|ajv-formats)/.test(path)),
    ).toEqual([]);
  });

  it('holds nothing of the emulator, of local runs and of tests', () => {
    expect(inside.filter((path) => /^(emulator|local|test|bench)\//.test(path))).toEqual([]);
  });
});

it.each(['getHealth', 'notFound'])('the bundle of %s holds no client of AWS', async (name) => {
  expect((await insideOf(name)).filter((path) => /@aws-sdk|@smithy/.test(path))).toEqual([]);
});

it('there is a bundle for each handler and each durable function, and none more', async () => {
  const bundles = (await readdir('dist')).filter((file) => file.endsWith('.mjs'));
  const handlers = (await readdir('src/handlers')).map((file) => file.replace(/\.ts$/, '.mjs'));

  expect(bundles.sort()).toEqual([...handlers, 'reconcile.mjs'].sort());
});

describe('a bundle on a Node of its own', async () => {
  const emulator = await startEmulator();
  const body = { GlobalReplicationGroupIdSuffix: 'orders', PrimaryReplicationGroupId: 'orders-use1' };

  it('takes a create to ElastiCache', async () => {
    await emulator.seed('orders-use1');

    const { statusCode, headers, body: answer } = await invoke('createGlobalDatastore', emulator.url, body);

    expect(statusCode).toBe(202);
    expect(headers.location).toBe('/global-datastores/ldgnf-orders');
    expect(JSON.parse(answer).GlobalReplicationGroup.Status).toBe('creating');
  });

  it('validates with what was compiled beforehand', async () => {
    const wrong = { ...body, PrimaryReplicationGroupRegion: 'moon-1', Extra: 1 };

    const { statusCode, body: answer } = await invoke('createGlobalDatastore', emulator.url, wrong);

    expect(statusCode).toBe(400);
    const pointers = JSON.parse(answer).errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(pointers.sort()).toEqual(['#/Extra', '#/PrimaryReplicationGroupRegion']);
  });

  it('takes a region that only its environment names', async () => {
    const elsewhere = { ...body, PrimaryReplicationGroupRegion: 'eu-west-1' };

    const { statusCode, body: answer } = await invoke('createGlobalDatastore', emulator.url, elsewhere);

    expect([statusCode, JSON.parse(answer).code]).toEqual([404, 'ReplicationGroupNotFoundFault']);
  });

  it('knows every route when it refuses one', async () => {
    const { statusCode, headers } = await invoke('notFound', emulator.url, undefined);

    expect(statusCode).toBe(405);
    expect(headers.allow).toContain('GET, HEAD');
  });
});

/** Runs a bundle as Lambda does: a Node without our sources, the handler imported, one event. */
async function invoke(name: string, endpoint: string, body: object | undefined) {
  const path = '/global-datastores';
  const event = {
    version: '2.0',
    rawPath: path,
    rawQueryString: '',
    headers: { 'content-type': 'application/json' },
    requestContext: { requestId: 'test', routeKey: `POST ${path}`, http: { method: body ? 'POST' : 'PUT', path } },
    ...(body && { body: JSON.stringify(body) }),
    isBase64Encoded: false,
  };
  const script = `
    const { handler } = await import(process.argv[1]);
    const context = { awsRequestId: 'test', getRemainingTimeInMillis: () => 29_000 };
    console.log(JSON.stringify(await handler(${JSON.stringify(event)}, context)));`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', script, `${process.cwd()}/dist/${name}.mjs`],
    {
      cwd: '/',
      env: {
        AWS_REGION: 'us-east-1',
        REGIONS: 'us-east-1,eu-west-1',
        AWS_ENDPOINT_URL_ELASTICACHE: endpoint,
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        POWERTOOLS_LOG_LEVEL: 'SILENT',
      },
    },
  );
  return JSON.parse(stdout) as { statusCode: number; headers: Record<string, string>; body: string };
}
