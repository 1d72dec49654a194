import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { InjectedFault } from '../../emulator/admin/faultInjection.ts';
import { startApi } from '../support/api.ts';
import { clusterMode, datastores } from '../support/datastore.ts';

const { call, emulator } = await startApi({ environment: { REGION_MS: '800', ATTEMPT_MS: '800' } });
const { make, waitUntilStable } = datastores(emulator);
const folder = mkdtempSync(join(tmpdir(), 'snippets-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Snippet {
  readonly Client: string;
  readonly Code: string;
}
interface Address {
  readonly Region: string;
  readonly ReplicationGroupId: string;
  readonly Address: string;
}

const read = (id: string) => call(`GET /global-datastores/${id}/connection`);
const codeFor = (client: string, { Snippets }: { Snippets: Snippet[] }) =>
  Snippets.find(({ Client }) => Client === client)?.Code ?? '';
const regionsOf = (addresses: Address[]) => addresses.map(({ Region }) => Region).sort();

beforeEach(() => emulator.clearFaults());

describe('GET /global-datastores/{id}/connection', () => {
  it('shows the writer, its standbys and the readers in each region', async () => {
    const id = await make('orders', ['eu-west-1', 'ap-southeast-2']);

    const { status, body } = await read(id);

    expect(status).toBe(200);
    expect(body).toMatchObject({
      GlobalReplicationGroupId: id,
      Writer: { Region: 'us-east-1', ReplicationGroupId: 'orders-us-east-1', Port: 6379 },
      ClusterEnabled: false,
      TransitEncryptionEnabled: false,
      AuthTokenEnabled: false,
      UserGroupsEnabled: false,
    });
    expect(body.Writer.Address).toMatch(/^orders-us-east-1\.\w+\.ng\.0001\.use1\.cache\.amazonaws\.com$/);
    expect(regionsOf(body.Standbys)).toEqual(['ap-southeast-2', 'eu-west-1']);
    expect(regionsOf(body.Readers)).toEqual(['ap-southeast-2', 'eu-west-1', 'us-east-1']);
    for (const { Address } of body.Readers) expect(Address).toMatch(/^orders-[a-z0-9-]+-ro\./);
    expect(body).not.toHaveProperty('Warnings');
  });

  it('shows the former standby as the writer after a failover', async () => {
    const id = await make('moved', ['eu-west-1']);
    const before = (await read(id)).body;

    await call(`POST /global-datastores/${id}/failover`, { body: { PrimaryRegion: 'eu-west-1' } });
    await waitUntilStable(id);

    const after = (await read(id)).body;
    expect(after.Writer).toEqual(before.Standbys[0]);
    expect(after.Standbys).toEqual([before.Writer]);
  });

  it('shows configuration endpoints with cluster mode', async () => {
    const { body } = await read(await make('shards', ['eu-west-1'], clusterMode));

    expect(body.ClusterEnabled).toBe(true);
    for (const { Address } of [body.Writer, ...body.Standbys, ...body.Readers])
      expect(Address).toMatch(/^shards-[a-z0-9-]+\.\w+\.clustercfg\./);
  });

  it('shows that clients need TLS and a password', async () => {
    const settings = { TransitEncryptionEnabled: true, AuthToken: 'a-token-of-sixteen' };
    const { body } = await read(await make('vault', [], settings));

    expect(body).toMatchObject({ TransitEncryptionEnabled: true, AuthTokenEnabled: true });
    expect(body.Writer.Address).toMatch(/^master\.vault-us-east-1\./);
    expect(JSON.stringify(body)).not.toContain('a-token-of-sixteen');
  });

  it('does not call CloudWatch', async () => {
    const id = await make('quiet', ['eu-west-1']);
    await emulator.calls();

    await read(id);

    expect(new Set((await emulator.calls()).map(({ Action }) => Action))).toEqual(
      new Set(['DescribeGlobalReplicationGroups', 'DescribeReplicationGroups']),
    );
  });

  it.each<[string, Pick<InjectedFault, 'Name' | 'Network'>]>([
    ['does not respond', { Network: 'hang' }],
    ['fails', { Name: 'InternalFailure' }],
  ])('names in Warnings the region of the primary if it %s, and has no writer', async (condition, fault) => {
    const name = condition.replaceAll(' ', '-');
    const id = await make(name, ['eu-west-1']);
    await emulator.fail({ Action: '*', Region: 'us-east-1', Times: 99, ...fault });

    const { status, body } = await read(id);

    expect(status).toBe(200);
    expect(body).not.toHaveProperty('Writer');
    expect(regionsOf(body.Standbys)).toEqual(['eu-west-1']);
    expect(body.Warnings).toEqual([{ Region: 'us-east-1', Detail: expect.stringContaining(`${name}-us-east-1`) }]);
    expect(codeFor('ioredis', body)).toContain(body.Standbys[0].Address);
  });

  it('has no snippets if no address could be read', async () => {
    const id = await make('unread');
    await emulator.fail({ Action: 'DescribeReplicationGroups', Name: 'InternalFailure', Times: 99 });

    const { body } = await read(id);

    expect(body).toMatchObject({ Standbys: [], Readers: [], Snippets: [] });
  });

  it('responds 404 for an unknown datastore', async () => {
    expect(await read('ldgnf-none')).toMatchObject({ status: 404 });
  });
});

const checks: [client: string, file: string, command: string, ...args: string[]][] = [
  ['ioredis', 'ioredis.mjs', process.execPath, '--check'],
  ['node-redis', 'nodeRedis.mjs', process.execPath, '--check'],
  ['redis-py', 'redis_py.py', 'python3', '-m', 'py_compile'],
  ['redis-cli', 'redis_cli.sh', 'sh', '-n'],
];
const isInstalled = (command: string): boolean => {
  try {
    execFileSync('sh', ['-c', `command -v ${command}`]);
    return true;
  } catch {
    return false;
  }
};

describe.each([
  ['plain', {}],
  ['cluster', clusterMode],
  ['tls', { TransitEncryptionEnabled: true, AuthToken: 'a-token-of-sixteen' }],
  ['tls-cluster', { ...clusterMode, TransitEncryptionEnabled: true, AuthToken: 'a-token-of-sixteen' }],
])('the snippets of a datastore: %s', async (name, settings) => {
  const { body } = await read(await make(`snip-${name}`, ['eu-west-1'], settings));

  it.each(checks.filter(([, , command]) => isInstalled(command)))(
    '%s is valid code',
    (client, file, command, ...args) => {
      const path = join(folder, `${name}-${file}`);
      writeFileSync(path, codeFor(client, body));

      execFileSync(command, [...args, path], { stdio: 'pipe' }); // throws if the code is not valid
    },
  );

  it.each(checks)('%s names the writer before the standby, and has TLS and the password only if needed', (client) => {
    const code = codeFor(client, body);

    expect(code.indexOf(body.Writer.Address)).toBeGreaterThan(-1);
    expect(code.indexOf(body.Standbys[0].Address)).toBeGreaterThan(code.indexOf(body.Writer.Address));
    expect(/READONLY|ReadOnlyError/.test(code)).toBe(true);
    expect(/\btls\b|rediss|"ssl"/.test(code)).toBe('TransitEncryptionEnabled' in settings);
    expect(code.includes('REDIS_PASSWORD')).toBe('AuthToken' in settings);
  });
});
