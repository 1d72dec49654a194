import { type ChildProcess, execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { startEmulator, until } from '../support/emulator.ts';
import { answers, freePort, run, started } from '../support/npmStart.ts';

const folder = await mkdtemp(join(tmpdir(), 'start-'));
afterAll(() => rm(folder, { recursive: true }));

/** Waits until the process and all that it started are gone. */
const gone = ({ pid = 0 }: ChildProcess) =>
  until(async () => {
    try {
      return !process.kill(-pid, 0);
    } catch {
      return true;
    }
  });

const port = await freePort();
const taken = createServer().listen(0, '127.0.0.1');
await once(taken, 'listening');
afterAll(() => void taken.close());
const { port: takenPort } = taken.address() as AddressInfo;
const emulator = await startEmulator();
const aws = await startEmulator();
const [own, given, theirs] = await Promise.all([
  started([], { PORT: `${port}` }),
  started([], { PORT: `${takenPort}`, AWS_ENDPOINT_URL_ELASTICACHE: emulator.url, REGIONS: 'eu-west-1' }),
  started(['--aws'], {
    PORT: `${await freePort()}`,
    AWS_ENDPOINT_URL_ELASTICACHE: aws.url,
    AWS_ACCESS_KEY_ID: '111122223333',
    AWS_SECRET_ACCESS_KEY: 'mine',
  }),
]);

describe('npm start', () => {
  const { child, said, ended, url } = own;
  const lines = (said.out.match(/Try it:\n([\s\S]*?)\n\n/)?.[1] ?? '').split(/\n(?= {2}curl)/);

  /** Runs a line as it is printed; only asks curl for the status, too. */
  async function paste(line = 'false') {
    const { stdout } = await promisify(execFile)('bash', ['-c', `${line} --silent --write-out '\n%{http_code}'`]);
    const [, body = '', status] = stdout.match(/([^\n]*)\n(\d+)$/) ?? [];
    return { status: Number(status), body: JSON.parse(body) };
  }

  it('says where it is, what is there, and what to try', () => {
    expect(url).toBe(`http://localhost:${port}`);
    expect(said.out).toMatch(/ElastiCache +emulator at http:\/\/127\.0\.0\.1:\d+/);
    expect(said.out).toMatch(/us-east-1 +orders-use1 +may become a primary/);
    expect(said.out).toMatch(/us-east-1 +small-use1 +may not: T-type/);
    expect(lines).toHaveLength(3);
  });

  it('prints lines that work as they are', async () => {
    const created = await paste(lines[0]);
    const read = await paste(lines[1]);
    const listed = await paste(lines[2]);

    expect([created, read, listed].map(({ status }) => status)).toEqual([202, 200, 200]);
    expect(created.body.GlobalReplicationGroup.Status).toBe('creating');
    expect(read.body.GlobalReplicationGroup.GlobalReplicationGroupId).toBe('ldgnf-orders');
    expect(listed.body.GlobalReplicationGroups[0].Members).toHaveLength(1);
    await until(async () => (await paste(lines[1])).body.GlobalReplicationGroup.Status === 'primary-only');
  });

  it.each<[string, string, string, Record<string, string>, string | undefined, number, string]>([
    ['an unknown path', 'GET', '/nothing', {}, undefined, 404, 'RouteNotFound'],
    [
      'an unknown datastore',
      'GET',
      '/global-datastores/ldgnf-nobody',
      {},
      undefined,
      404,
      'GlobalReplicationGroupNotFoundFault',
    ],
    ['another method', 'PUT', '/global-datastores', {}, '{}', 405, 'MethodNotAllowed'],
    ['another method without a body', 'DELETE', '/health', {}, undefined, 405, 'MethodNotAllowed'],
    ['a client that takes no JSON', 'GET', '/health', { accept: 'text/html' }, undefined, 406, 'NotAcceptable'],
    [
      'a body that is too large',
      'POST',
      '/global-datastores',
      { 'content-type': 'application/json' },
      ' '.repeat(70_000),
      413,
      'ContentTooLarge',
    ],
    [
      'a body of another type',
      'POST',
      '/global-datastores',
      { 'content-type': 'text/plain' },
      'hello',
      415,
      'UnsupportedMediaType',
    ],
    [
      'a body that is no JSON',
      'POST',
      '/global-datastores',
      { 'content-type': 'application/json' },
      '{',
      400,
      'MalformedBody',
    ],
    ['a wrong query', 'GET', '/global-datastores?MaxRecords=1', {}, undefined, 400, 'ValidationFailed'],
  ])('answers %s as it would on AWS', async (_, method, path, headers, body, status, code) => {
    const answer = await fetch(`${url}${path}`, { method, headers, ...(body !== undefined && { body }) });

    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await answer.json()).toMatchObject({ status, code });
  });

  it('carries out whole topologies', async () => {
    const answer = await fetch(`${url}/global-datastores`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        GlobalReplicationGroupIdSuffix: 'catalog',
        PrimaryReplicationGroupId: 'catalog-euw1',
        PrimaryReplicationGroupRegion: 'eu-west-1',
        Secondaries: [{ ReplicationGroupId: 'catalog-usw2', ReplicationGroupRegion: 'us-west-2' }],
      }),
    });
    const operation = answer.headers.get('link')?.match(/<(.*)>/)?.[1];
    const read = async () =>
      ((await (await fetch(`${url}${operation}`)).json()) as { Operation: { Status: string } }).Operation;

    expect(answer.status).toBe(202);
    await until(async () => (await read()).Status !== 'RUNNING', 30_000);
    expect(await read()).toMatchObject({
      Status: 'SUCCEEDED',
      Actual: { Status: 'available', Members: { length: 2 } },
    });
    const trail = (await (await fetch(`${url}${answer.headers.get('location')}/audit`)).json()) as {
      AuditEntries: { Route: string }[];
    };
    expect(trail.AuditEntries.map(({ Route }) => Route)).toEqual(['operation', 'POST /global-datastores']);
  });

  it('answers a head without a body', async () => {
    const answer = await fetch(`${url}/global-datastores`, { method: 'HEAD' });

    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe('');
  });

  it('shows in its output what the functions log', async () => {
    await fetch(`${url}/health`, { headers: { 'x-request-id': 'look-for-me' } });

    await until(async () => said.out.includes('look-for-me'));
  });

  it('ends with all that it started on Ctrl-C', async () => {
    process.kill(-(child.pid ?? 0), 'SIGINT');

    expect(await ended).toBe(0);
    await gone(child);
    expect(await answers(port)).toBe(false);
  });
});

describe('npm start with a port that is taken and an ElastiCache that is given', () => {
  const { child, said, ended, url } = given;

  it('takes another port, and says which', async () => {
    expect(url).not.toBe(`http://localhost:${takenPort}`);
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  it('starts no emulator and seeds nothing', () => {
    expect(said.out).not.toContain('emulator at');
    expect(said.out).not.toContain('orders-use1');
  });

  it('calls the one that is given, in the regions that are given', async () => {
    await emulator.calls();

    const answer = await fetch(`${url}/global-datastores`);

    expect(await answer.json()).toEqual({ GlobalReplicationGroups: [] });
    expect(await emulator.calls()).toMatchObject([{ Action: 'DescribeGlobalReplicationGroups', Region: 'eu-west-1' }]);
  });

  it('ends when it alone is told to', async () => {
    child.kill('SIGTERM');

    expect(await ended).toBe(0);
    await gone(child);
  });
});

describe('npm start -- --aws', () => {
  const { child, said, ended, url } = theirs;

  it('uses no emulator of its own', () => {
    expect(said.out).not.toContain('emulator');
    expect(said.out).not.toContain('orders-use1');
  });

  it('calls with the credentials of its user', async () => {
    await aws.calls();

    expect((await fetch(`${url}/global-datastores`)).status).toBe(200);
    expect(await aws.calls()).toMatchObject([{ Region: 'us-east-1', Account: '111122223333' }]);
  });

  it('ends on Ctrl-C', async () => {
    process.kill(-(child.pid ?? 0), 'SIGINT');

    expect(await ended).toBe(0);
    await gone(child);
  });
});

describe('npm start that cannot', async () => {
  const rubbish = join(folder, 'rubbish');
  await writeFile(rubbish, 'rubbish');

  it.each([
    ['with an unknown option', ['--fast'], {}, '--fast'],
    ['with a word too many', ['now'], {}, 'now'],
    ['with a state that cannot be read', ['--state', rubbish], {}, 'rubbish'],
    ['with a state that cannot be written', ['--state', join(folder, 'nowhere', 'state')], {}, 'nowhere'],
    ['with a port that is none', [], { PORT: 'http' }, 'http'],
  ])('%s says why in one line', async (_, options, environment, why) => {
    const { said, ended } = run(options, environment);

    expect(await ended).toBe(1);
    expect(said.out).toBe('');
    expect(said.err).toMatch(/^npm start failed: [^\n]+\n$/);
    expect(said.err).toContain(why);
  });

  it('tells its options', async () => {
    const { said, ended } = run(['--help']);

    expect(await ended).toBe(0);
    expect(said.out).toMatch(/--aws[\s\S]*--state[\s\S]*PORT[\s\S]*REGIONS/);
  });
});
