import { type ChildProcess, execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { startEmulator, until } from '../support/emulator.ts';
import { findFreePort, isListening, runNpmStart, startLocalApi } from '../support/npmStart.ts';

const folder = await mkdtemp(join(tmpdir(), 'start-'));
afterAll(() => rm(folder, { recursive: true }));

/** Waits until all processes of the child's process group have ended. */
const waitForExit = ({ pid = 0 }: ChildProcess) =>
  until(async () => {
    try {
      return !process.kill(-pid, 0);
    } catch {
      return true;
    }
  });

/** Starts an emulator that responds to the first nine calls with a fault. Returns its URL. */
async function refusing(Name: string): Promise<string> {
  const { url, fail } = await startEmulator();
  await fail({ Action: '*', Name, Times: 9 });
  return url;
}

const port = await findFreePort();
const portOwner = createServer().listen(0, '127.0.0.1');
await once(portOwner, 'listening');
afterAll(() => void portOwner.close());
const { port: usedPort } = portOwner.address() as AddressInfo;
const emulator = await startEmulator();
const aws = await startEmulator();
const [withDefaults, withEndpoint, withAws, withBundles] = await Promise.all([
  startLocalApi(['--log', 'text'], { PORT: `${port}` }),
  startLocalApi([], { PORT: `${usedPort}`, AWS_ENDPOINT_URL_ELASTICACHE: emulator.url, REGIONS: 'eu-west-1' }),
  startLocalApi(['--aws'], {
    PORT: `${await findFreePort()}`,
    AWS_ENDPOINT_URL_ELASTICACHE: aws.url,
    AWS_ENDPOINT_URL_STS: aws.url,
    AWS_ACCESS_KEY_ID: '111122223333',
    AWS_SECRET_ACCESS_KEY: 'mine',
  }),
  startLocalApi(['--bundles'], { PORT: `${await findFreePort()}`, AWS_ENDPOINT_URL_ELASTICACHE: emulator.url }),
]);

describe('npm start -- --bundles', () => {
  const { child, exitCode, url } = withBundles;

  it('responds as from the sources, except for ids', async () => {
    const path = '/global-datastores?MaxRecords=1';
    const read = async (from: string) =>
      (await (await fetch(`${from}${path}`, { headers: { 'x-request-id': 'same' } })).text()).replaceAll(from, '');

    expect(await read(url)).toContain('"ValidationFailed"');
    expect(await read(url)).toBe(await read(withDefaults.url));
  });

  it('leaves no bundles', async () => {
    process.kill(-(child.pid ?? 0), 'SIGINT');

    expect(await exitCode).toBe(0);
    expect(existsSync(`dist-local/${child.pid}`)).toBe(false);
  });
});

describe('npm start', () => {
  const { child, output, exitCode, url } = withDefaults;
  const commands = (output.out.match(/Try it:\n([\s\S]*?)\n\n/)?.[1] ?? '').split(/\n(?= {2}curl)/);

  /** Runs a command as it is printed. Adds options that make curl print the status. */
  async function runCommand(command = 'false') {
    const { stdout } = await promisify(execFile)('bash', ['-c', `${command} --silent --write-out '\n%{http_code}'`]);
    const [, body = '', status] = stdout.match(/([^\n]*)\n(\d+)$/) ?? [];
    return { status: Number(status), body: JSON.parse(body) };
  }

  it('prints its URLs, the seeded replication groups and commands to try', () => {
    expect(url).toBe(`http://localhost:${port}`);
    expect(output.out).toMatch(/ElastiCache +emulator at http:\/\/127\.0\.0\.1:\d+/);
    expect(output.out).toMatch(/us-east-1 +orders-use1 +may become a primary/);
    expect(output.out).toMatch(/us-east-1 +small-use1 +may not: T-type/);
    expect(commands).toHaveLength(3);
  });

  it('prints commands that work unchanged', async () => {
    const created = await runCommand(commands[0]);
    const read = await runCommand(commands[1]);
    const listed = await runCommand(commands[2]);

    expect([created, read, listed].map(({ status }) => status)).toEqual([202, 200, 200]);
    expect(created.body.GlobalReplicationGroup.Status).toBe('creating');
    expect(read.body.GlobalReplicationGroup.GlobalReplicationGroupId).toBe('ldgnf-orders');
    expect(listed.body.GlobalReplicationGroups[0].Members).toHaveLength(1);
    await until(async () => (await runCommand(commands[1])).body.GlobalReplicationGroup.Status === 'primary-only');
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
    ['a client that does not accept JSON', 'GET', '/health', { accept: 'text/html' }, undefined, 406, 'NotAcceptable'],
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
      'a body that is not JSON',
      'POST',
      '/global-datastores',
      { 'content-type': 'application/json' },
      '{',
      400,
      'MalformedBody',
    ],
    ['an invalid query', 'GET', '/global-datastores?MaxRecords=1', {}, undefined, 400, 'ValidationFailed'],
  ])('rejects %s with the same problem as on AWS', async (_, method, path, headers, body, status, code) => {
    const response = await fetch(`${url}${path}`, { method, headers, ...(body !== undefined && { body }) });

    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(await response.json()).toMatchObject({ status, code });
  });

  it('runs an operation to its end', async () => {
    const response = await fetch(`${url}/global-datastores`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        GlobalReplicationGroupIdSuffix: 'catalog',
        PrimaryReplicationGroupId: 'catalog-euw1',
        PrimaryReplicationGroupRegion: 'eu-west-1',
        Secondaries: [{ ReplicationGroupId: 'catalog-usw2', ReplicationGroupRegion: 'us-west-2' }],
      }),
    });
    const operation = response.headers.get('link')?.match(/<(.*)>/)?.[1];
    const read = async () =>
      ((await (await fetch(`${url}${operation}`)).json()) as { Operation: { Status: string } }).Operation;

    expect(response.status).toBe(202);
    await until(async () => (await read()).Status !== 'RUNNING', 30_000);
    expect(await read()).toMatchObject({
      Status: 'SUCCEEDED',
      Actual: { Status: 'available', Members: { length: 2 } },
    });
    const auditTrail = (await (await fetch(`${url}${response.headers.get('location')}/audit`)).json()) as {
      AuditEntries: { Route: string }[];
    };
    expect(auditTrail.AuditEntries.map(({ Route }) => Route)).toEqual(['operation', 'POST /global-datastores']);
  });

  it('responds to HEAD without a body', async () => {
    const response = await fetch(`${url}/global-datastores`, { method: 'HEAD' });

    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });

  it('prints a line for each request', async () => {
    const caller = 'arn:aws:sts::123456789012:assumed-role/Orders/ana';
    await fetch(`${url}/global-datastores/ldgnf-none`, { headers: { 'x-local-caller': caller } });
    await fetch(`${url}/health`);
    await fetch(`${url}/%ff`);
    await fetch(url, { headers: { origin: 'https://page.example' } });

    const lines = [
      /^GET {4}\/global-datastores\/ldgnf-none {2}404 \w+ {2}\d+ ms {2}assumed-role\/Orders\/ana {2}DescribeGlobalReplicationGroups us-east-1 ×2, us-west-2 ×2, .*$/m,
      /^GET {4}\/health {2}200 {2}\d+ ms {2}local$/m,
      /^GET {4}\/%ff {2}400 {2}\d+ ms$/m,
      /^GET {4}\/ {2}403 {2}\d+ ms$/m,
    ];
    await until(async () => lines.every((line) => line.test(output.out)));
    expect(output.out).not.toMatch(/^\{/m);
  });

  it('ends all its processes on Ctrl-C', async () => {
    process.kill(-(child.pid ?? 0), 'SIGINT');

    expect(await exitCode).toBe(0);
    await waitForExit(child);
    expect(await isListening(port)).toBe(false);
  });
});

describe('npm start with a port in use and AWS_ENDPOINT_URL_ELASTICACHE', () => {
  const { child, output, exitCode, url } = withEndpoint;

  it('uses another port and prints it', async () => {
    expect(url).not.toBe(`http://localhost:${usedPort}`);
    expect(output.out).toContain(`Port ${usedPort} is in use. The API has port ${new URL(url).port};`);
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  it('prints JSON lines only, one for each request', async () => {
    await fetch(`${url}/health`, { headers: { 'x-request-id': 'traced-request' } });
    await fetch(`${url}/%ff`);

    const records = () =>
      output.out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    await until(async () => output.out.includes('/%ff'));
    expect(records()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ message: 'ready', part: 'API', detail: url }),
        expect.objectContaining({ request_id: 'traced-request', status: 200 }),
        expect.objectContaining({ message: 'request', method: 'GET', target: '/%ff', status: 400 }),
      ]),
    );
  });

  it('starts no emulator and seeds nothing', () => {
    expect(output.out).not.toContain('emulator at');
    expect(output.out).not.toContain('orders-use1');
  });

  it('calls that endpoint in the regions of REGIONS', async () => {
    await emulator.calls();

    const response = await fetch(`${url}/global-datastores`);

    expect(await response.json()).toEqual({ GlobalReplicationGroups: [] });
    expect(await emulator.calls()).toMatchObject([{ Action: 'DescribeGlobalReplicationGroups', Region: 'eu-west-1' }]);
  });

  it('ends all its processes when only its first process receives SIGTERM', async () => {
    child.kill('SIGTERM');

    expect(await exitCode).toBe(0);
    await waitForExit(child);
  });
});

describe('npm start -- --aws', () => {
  const { child, output, exitCode, url } = withAws;

  it('starts no emulator', () => {
    expect(output.out).not.toContain('emulator at');
    expect(output.out).not.toContain('orders-use1');
  });

  it('prints the account and the regions that it changes', () => {
    expect(output.out.split('\n').filter((line) => line.includes('111122223333'))).toEqual([
      expect.stringContaining(
        'account 111122223333, as arn:aws:iam::111122223333:user/emulator: changes go to us-east-1"',
      ),
    ]);
  });

  it('refuses a change without a terminal for the confirmation', async () => {
    await aws.calls();

    const response = await fetch(`${url}/global-datastores/ldgnf-orders`, { method: 'DELETE' });

    expect(response.status).toBe(403);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({
      detail:
        'DELETE /global-datastores/ldgnf-orders would change AWS account 111122223333 in us-east-1, ' +
        'and there is no terminal to ask in. Start with --aws --yes.',
    });
    expect(await aws.calls()).toEqual([]);
  });

  it('does not refuse a dry run', async () => {
    const response = await fetch(`${url}/global-datastores/ldgnf-orders?DryRun=true`, { method: 'DELETE' });

    expect(response.status).toBe(200);
  });

  it('calls ElastiCache with the credentials of the user', async () => {
    await aws.calls();

    expect((await fetch(`${url}/global-datastores`)).status).toBe(200);
    expect(await aws.calls()).toMatchObject([{ Region: 'us-east-1', Account: '111122223333' }]);
  });

  it('ends on Ctrl-C', async () => {
    process.kill(-(child.pid ?? 0), 'SIGINT');

    expect(await exitCode).toBe(0);
    await waitForExit(child);
  });
});

describe('npm start that fails', async () => {
  const invalidState = join(folder, 'invalid');
  await writeFile(invalidState, 'invalid');

  const withAccount = { AWS_ACCESS_KEY_ID: '111122223333', AWS_SECRET_ACCESS_KEY: 'mine' };
  const withoutCredentials = {
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: join(folder, 'nowhere'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'nowhere'),
  };
  const invalidPolicy = join(folder, 'policy.json');
  await writeFile(invalidPolicy, '{"Region":[]}');

  it.each<[string, string[], Record<string, string>, string]>([
    ['an unknown option', ['--sate', 'x'], {}, 'there is no option --sate. The nearest is --state; --help lists all'],
    ['an unexpected argument', ['now'], {}, "Unexpected argument 'now'"],
    ['an option without its value', ['--state'], {}, "Option '--state <value>' argument missing"],
    ['a value of an option that has none', ['--aws=1'], {}, "Option '--aws' does not take an argument"],
    ['an unknown format', ['--log', 'xml'], {}, '--log is text or json, not xml'],
    ['options that exclude each other', ['--watch', '--bundles'], {}, 'Leave out --bundles'],
    ['a data plane on AWS', ['--data-plane', '--aws'], {}, 'Leave out --aws'],
    [
      'a data plane behind another emulator',
      ['--data-plane'],
      { AWS_ENDPOINT_URL_ELASTICACHE: 'http://127.0.0.1:9' },
      'Leave out AWS_ENDPOINT_URL_ELASTICACHE',
    ],
    ['a state file that cannot be read', ['--state', invalidState], {}, 'invalid'],
    ['a state file in no folder', ['--state', join(folder, 'nowhere', 'state')], {}, 'nowhere. Create it'],
    ['a state file that cannot be written', ['--state', '/dev/null/state'], {}, 'ame another file'],
    ['an invalid port', [], { PORT: 'http' }, 'PORT is a number from 1 to 65535, not http'],
    ['an invalid region', [], { REGIONS: 'us-east-1, mars' }, 'such as eu-west-1, separated by commas, not mars'],
    ['a policy that is not valid', [], { POLICY_FILE: invalidPolicy }, 'policy.json is not valid'],
    ['a policy that cannot be read', [], { POLICY_FILE: join(folder, 'none') }, 'cannot be read'],
    ['no AWS credentials', ['--aws'], withoutCredentials, 'no AWS credentials: '],
    [
      'an AWS endpoint that does not respond',
      ['--aws'],
      { ...withAccount, AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:9' },
      'Check the network and AWS_REGION',
    ],
    [
      'expired AWS credentials',
      ['--aws'],
      { ...withAccount, AWS_ENDPOINT_URL_STS: await refusing('ExpiredToken') },
      'AWS refuses the credentials: ExpiredToken',
    ],
    [
      'Windows',
      [],
      { NODE_OPTIONS: `--import "data:text/javascript,Object.defineProperty(process,'platform',{value:'win32'})"` },
      'Windows is not supported. Use WSL',
    ],
  ])('with %s prints the reason in one line', async (_, options, environment, reason) => {
    const { output, exitCode } = runNpmStart(options, environment);

    expect(await exitCode).toBe(1);
    expect(output.err).toMatch(/^npm start failed: [^\n]+\n$/);
    expect(output.err).toContain(reason);
    expect(output.out).not.toContain('"part":"API"');
  });

  it('prints its options with --help', async () => {
    const { output, exitCode } = runNpmStart(['--help']);

    expect(await exitCode).toBe(0);
    expect(output.out).toMatch(/--aws[\s\S]*--state[\s\S]*--bundles[\s\S]*PORT[\s\S]*REGIONS/);
  });
});
