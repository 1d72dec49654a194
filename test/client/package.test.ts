import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as esbuild from 'esbuild';
import { chromium } from 'playwright-core';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { startApi } from '../support/api.ts';
import { browserPath, skipReason } from '../support/browser.ts';
import { serveApi } from '../support/serveApi.ts';

const run = promisify(execFile);
const folder = await mkdtemp(join(tmpdir(), 'client-'));
afterAll(() => rm(folder, { recursive: true }));

/** The packed client, installed into an empty folder. */
const { stdout } = await run('npm', ['pack', '--workspace', 'client', '--json', '--pack-destination', folder]);
const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf('['))) as [{ filename: string }];
await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', `./${filename}`], { cwd: folder });

const { call, emulator } = await startApi({ transitionMs: 20 });
await emulator.seed('orders-use1');

/** The bundle of the program below. The server of the handlers serves a page with it. */
let bundle = '';
const authorizations: (string | undefined)[] = [];
const url = await serveApi(call, ({ url: path, headers }, response) => {
  authorizations.push(headers.authorization);
  if (path === '/') response.writeHead(200, { 'content-type': 'text/html' }).end('<script src="bundle.js"></script>');
  if (path === '/bundle.js') response.writeHead(200, { 'content-type': 'text/javascript' }).end(bundle);
  return response.writableEnded;
});

/** A program that signs a read, and sends a change that the API refuses. It assigns the outcomes to `result`. */
const program = (api: string) => `
  import { GlobalDatastoreError, globalDatastores } from '@global-datastore/client';
  import { sigv4 } from '@global-datastore/client/sigv4';
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
  const client = globalDatastores({ url: ${api}, authorize: sigv4({ region: 'us-east-1', credentials }) });
  const { Status } = await client.getHealth({});
  const create = { GlobalReplicationGroupIdSuffix: 'orders', PrimaryReplicationGroupId: 'orders-none' };
  const error = await client.createGlobalDatastore(create).catch((error) => error);
  globalThis.result = [Status, error instanceof GlobalDatastoreError, error.code];`;
const expected = ['ok', true, 'ReplicationGroupNotFoundFault'];

describe('the packed client in an empty folder', () => {
  it('installs at most five packages', async () => {
    const entries = await readdir(join(folder, 'node_modules'));
    const packages = await Promise.all(
      entries
        .filter((name) => !name.startsWith('.'))
        .map(async (name) => (name.startsWith('@') ? readdir(join(folder, 'node_modules', name)) : [name])),
    );

    expect(packages.flat().length).toBeLessThanOrEqual(5);
  });

  it('works in Node', async () => {
    await writeFile(join(folder, 'program.js'), `${program('process.argv[2]')}\nconsole.log(JSON.stringify(result));`);

    const { stdout: printed } = await run(process.execPath, [join(folder, 'program.js'), url]);

    expect(JSON.parse(printed)).toEqual(expected);
  });

  it.skipIf(!browserPath)(`works in a browser, bundled${skipReason}`, async () => {
    const { outputFiles } = await esbuild.build({
      stdin: { contents: program('location.origin'), resolveDir: folder },
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'browser',
    });
    bundle = `(async () => { ${outputFiles[0]?.text} })();`;
    const browser = await chromium.launch({
      executablePath: browserPath ?? '',
      args: ['--no-sandbox', '--disable-gpu'],
    });
    try {
      const page = await browser.newPage();
      await page.goto(url);
      const result = await page.waitForFunction(() => (globalThis as { result?: unknown }).result, undefined, {
        timeout: 30_000,
      });

      expect(await result.jsonValue()).toEqual(expected);
    } finally {
      await browser.close();
    }
  });
});

it('the packed command line works in an empty folder', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'cli-'));
  onTestFinished(() => rm(empty, { recursive: true }));
  await run('npm', ['pack', '--workspace', 'client', '--workspace', 'cli', '--pack-destination', empty]);
  const tarballs = (await readdir(empty)).map((file) => `./${file}`);
  await writeFile(join(empty, 'package.json'), '{ "private": true }');
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...tarballs], { cwd: empty });

  const env = {
    PATH: process.env.PATH,
    XDG_CONFIG_HOME: empty,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  const gds = async (...args: string[]) =>
    (await run(join(empty, 'node_modules/.bin/gds'), args, { cwd: empty, env })).stdout;

  await gds('login', '--url', url, '--auth', 'sigv4', '--region', 'us-east-1');
  expect(await gds('list')).toMatch(/^ID +STATUS/);
  expect(await gds('groups', '-o', 'yaml')).toContain('ReplicationGroupId: orders-use1');
  expect(await gds('complete', 'bash', '--', 'failo')).toBe('failover\n');
  expect(authorizations.at(-1)).toMatch(/^AWS4-HMAC-SHA256 Credential=test\/.*\/us-east-1\/execute-api\//);

  await writeFile(join(empty, 'orders.yaml'), 'GlobalReplicationGroupId: orders\nMember: []\n');
  await expect(gds('diff', '-f', 'orders.yaml')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('orders.yaml:2:1 #/Member Member is unknown. Did you mean Members?'),
  });
  expect(await readdir(join(empty, 'node_modules/@global-datastore/cli'))).toContain('datastoreFile.schema.json');
});
