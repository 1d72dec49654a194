import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateCacheSubnetGroupCommand,
  CreateGlobalReplicationGroupCommand,
  CreateReplicationGroupCommand,
  DescribeReplicationGroupsCommand,
  DisassociateGlobalReplicationGroupCommand,
  ElastiCacheClient,
  FailoverGlobalReplicationGroupCommand,
} from '@aws-sdk/client-elasticache';
import { describe, expect, it, onTestFinished } from 'vitest';
import { actions } from '../../emulator/actions/index.ts';
import { globalStatusOf } from '../../emulator/rules/globalReplicationGroup.ts';
import { createEmulator, createStore, type Store } from '../../emulator/server.ts';
import {
  addSecondary,
  createDatastore,
  describeGlobal,
  describeGroup,
  eventually,
  rejection,
  startEmulator,
} from './harness.ts';

function createFilePath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'emulator-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'state.json');
}

const create = new CreateReplicationGroupCommand({
  ReplicationGroupId: 'first',
  ReplicationGroupDescription: 'd',
  CacheNodeType: 'cache.r6g.large',
});

const disassociate = new DisassociateGlobalReplicationGroupCommand({
  GlobalReplicationGroupId: 'ldgnf-store',
  ReplicationGroupId: 'second',
  ReplicationGroupRegion: 'eu-west-1',
});

describe('state file', () => {
  it('restores all resources after a restart', async () => {
    const stateFile = createFilePath();
    const before = await startEmulator({ stateFile });
    const id = await createDatastore(before, { regions: ['us-east-1', 'eu-west-1'], NumNodeGroups: 3 });
    const described = [await describeGlobal(before, id), await describeGroup(before, 'second', 'eu-west-1')];
    await eventually(() => readFileSync(stateFile, 'utf8')).toContain('"pending":[]');

    const after = await startEmulator({ stateFile });

    expect([await describeGlobal(after, id), await describeGroup(after, 'second', 'eu-west-1')]).toEqual(described);
  });

  it.each<[string, (store: Store) => void]>([
    ['just started', () => {}],
    ['half completed', (store) => store.tick()],
  ])('completes a change after a restart when it was %s', async (_name, progress) => {
    const stateFile = createFilePath();
    const before = await startEmulator({ stateFile });
    const id = await createDatastore(before, { regions: ['us-east-1', 'eu-west-1', 'ap-south-1'] });
    await before.elasticache().send(disassociate);
    await before.elasticache().send(
      new FailoverGlobalReplicationGroupCommand({
        GlobalReplicationGroupId: id,
        PrimaryRegion: 'ap-south-1',
        PrimaryReplicationGroupId: 'third',
      }),
    );
    progress(before.store);
    const state = before.store.save();
    await eventually(() => JSON.parse(readFileSync(stateFile, 'utf8'))).toEqual(JSON.parse(JSON.stringify(state)));

    const after = await startEmulator({ stateFile });
    expect(await describeGlobal(after, id)).toMatchObject({ Status: 'modifying' });
    after.settle();

    expect(await describeGlobal(after, id)).toMatchObject({
      Status: 'available',
      Members: [
        { ReplicationGroupId: 'third', Role: 'PRIMARY' },
        { ReplicationGroupId: 'first', Role: 'SECONDARY' },
      ],
    });
  });

  it('runs overdue transitions at once and the others when they are due', async () => {
    const stateFile = createFilePath();
    const before = await startEmulator({ transitionMs: 60_000 });
    await before.elasticache().send(create);
    const saved = before.store.save();
    const [due] = saved.pending;
    writeFileSync(stateFile, JSON.stringify({ ...saved, pending: [{ ...due, due: 1 }] }));

    const after = await startEmulator({ stateFile, transitionMs: 60_000 });

    await eventually(async () => (await describeGroup(after, 'first')).Status).toBe('available');
    writeFileSync(stateFile, JSON.stringify(saved));
    expect(await describeGroup(await startEmulator({ stateFile, transitionMs: 60_000 }), 'first')).toMatchObject({
      Status: 'creating',
    });
  });

  it('runs transitions that waited for tick when transitionMs is 0', async () => {
    const stateFile = createFilePath();
    const before = await startEmulator();
    await before.elasticache().send(create);
    writeFileSync(stateFile, JSON.stringify(before.store.save()));

    const after = await startEmulator({ stateFile, transitionMs: 0 });

    await eventually(async () => (await describeGroup(after, 'first')).Status).toBe('available');
  });

  it('reads a file of version 1', async () => {
    const stateFile = createFilePath();
    const before = await startEmulator();
    const id = await createDatastore(before, { regions: ['us-east-1', 'eu-west-1'] });
    const expected = await describeGroup(before, 'second', 'eu-west-1');
    const text = JSON.stringify({ ...before.store.save(), version: 1 })
      .replaceAll('"failOnCreate"', '"doomed"')
      .replaceAll('"pendingModifiedValues"', '"pending"');
    writeFileSync(stateFile, text);

    const after = await startEmulator({ stateFile });

    expect(await describeGroup(after, 'second', 'eu-west-1')).toEqual(expected);
    expect(await describeGlobal(after, id)).toMatchObject({ Status: 'available' });
    expect(after.store.accountState).toMatchObject({ failOnCreate: [] });
  });

  it('reads a file of version 2 without the kinds of resources that came later', async () => {
    const stateFile = createFilePath();
    const before = await startEmulator();
    await before.elasticache().send(create);
    const { accounts, ...state } = before.store.save();
    const older = Object.entries(accounts).map(([key, { subnetGroups: _, ...account }]) => [key, account]);
    writeFileSync(stateFile, JSON.stringify({ ...state, accounts: Object.fromEntries(older) }));

    const after = await startEmulator({ stateFile });
    await after.elasticache().send(
      new CreateCacheSubnetGroupCommand({
        CacheSubnetGroupName: 'mine',
        CacheSubnetGroupDescription: 'd',
        SubnetIds: ['subnet-1'],
      }),
    );

    expect(await describeGroup(after, 'first')).toMatchObject({ Status: 'creating' });
    expect(after.store.accountState.subnetGroups).toHaveProperty(['us-east-1/mine']);
  });

  it('restores the resources other than replication groups', async () => {
    const stateFile = createFilePath();
    const before = await startEmulator({ stateFile });
    const existing = { SubnetGroups: ['private'], UserGroups: { team: 'active' } };
    await before.control('POST', '/existing', existing);

    const after = await startEmulator({ stateFile });

    expect(await after.control('GET', '/existing')).toMatchObject({
      json: { SubnetGroups: ['default', 'private'], UserGroups: { team: 'active' } },
    });
  });

  it.each(['{"version":99}', '{"version":2,', ''])('rejects the file %j with advice', async (text) => {
    const stateFile = createFilePath();
    writeFileSync(stateFile, text);

    expect(() => createEmulator({ stateFile })).toThrow(/damaged, or no state file\. Delete it/);
  });
});

describe('store', () => {
  it('can be created and filled before its emulator', async () => {
    const store = createStore({ transitionMs: Infinity });
    actions.CreateReplicationGroup(store.viewFrom('eu-west-1'), {
      ReplicationGroupId: 'seeded',
      ReplicationGroupDescription: 'd',
      CacheNodeType: 'cache.r6g.large',
    });
    store.tick();

    const emulator = await startEmulator({ store });

    expect(await describeGroup(emulator, 'seeded', 'eu-west-1')).toMatchObject({ Status: 'available' });
  });

  it('shows every status of a change in order', async () => {
    const emulator = await startEmulator({ transitionMs: 20 });
    const { store } = emulator;
    const notified: string[] = [];
    store.onChange(() => {
      const statuses = store.listGlobalGroups().flatMap((group) => [globalStatusOf(group), group.members[0]?.status]);
      if (notified.at(-1) !== statuses.join(' ')) notified.push(statuses.join(' '));
    });

    await emulator.elasticache().send(create);
    await eventually(async () => (await describeGroup(emulator, 'first')).Status).toBe('available');
    await emulator.elasticache().send(
      new CreateGlobalReplicationGroupCommand({
        GlobalReplicationGroupIdSuffix: 'store',
        PrimaryReplicationGroupId: 'first',
      }),
    );
    await eventually(() => notified.at(-1)).toBe('primary-only associated');
    await addSecondary(emulator, 'ldgnf-store', 'second', 'eu-west-1');
    await eventually(() => notified.at(-1)).toBe('available associated');
    await emulator.elasticache().send(disassociate);
    await eventually(() => notified.at(-1)).toBe('primary-only associated');

    expect(notified).toEqual([
      '',
      'creating associating',
      'primary-only associated',
      'modifying associating',
      'available associated',
      'modifying associated',
      'modifying disassociating',
      'primary-only associated',
    ]);
  });

  it('rejects the next change until the last one has completed', async () => {
    const emulator = await startEmulator({ transitionMs: 0 });
    const client = emulator.elasticache();

    const created = await client.send(create);
    await eventually(async () => (await describeGroup(emulator, 'first')).Status).toBe('available');

    expect(created.ReplicationGroup?.Status).toBe('creating');
    expect(await rejection(client.send(create))).toMatchObject({ code: 'ReplicationGroupAlreadyExists' });
  });
});

interface Run {
  child: ChildProcess;
  output: () => string;
}

function run(...args: string[]): Run {
  const child = spawn(process.execPath, ['emulator/cli.ts', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  child.stdout.on('data', (data) => (output += data));
  child.stderr.on('data', (data) => (output += data));
  return { child, output: () => output };
}

async function urlOf({ output }: Run): Promise<string> {
  await expect.poll(output, { timeout: 10_000 }).toMatch(/http:\/\/127\.0\.0\.1:\d+/);
  return /http:\/\/\S+/.exec(output())?.[0] ?? '';
}

describe('command line', { timeout: 20_000 }, () => {
  it.each<[NodeJS.Signals, number | null]>([
    ['SIGTERM', 0],
    ['SIGKILL', null],
  ])('keeps the state on %s', async (signal, exitCode) => {
    const stateFile = createFilePath();
    const client = (endpoint: string) =>
      new ElastiCacheClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });

    const first = run('--port', '0', '--transition-ms', '0', '--state', stateFile);
    await client(await urlOf(first)).send(create);
    first.child.kill(signal);
    const [code] = await once(first.child, 'exit');
    const second = run('--port', '0', '--state', stateFile);
    const { ReplicationGroups } = await client(await urlOf(second)).send(new DescribeReplicationGroupsCommand({}));

    expect(code).toBe(exitCode);
    expect(ReplicationGroups).toHaveLength(1);
  });

  it.each([
    [['--port', 'x'], /--port is a whole number/],
    [['--port', '70000'], /--port is a whole number/],
    [['--transition-ms', '-1'], /--transition-ms/],
    [['--global-scope', 'world'], /--global-scope is account or member-regions/],
    [['--nonsense'], /nonsense/],
    [['--state', '/no/such/folder/state.json'], /no such file or directory/],
  ])('rejects %j with one line', async (args, message) => {
    const { child, output } = run(...args);

    const [code] = await once(child, 'exit');

    expect(code).toBe(2);
    expect(output()).toMatch(message);
    expect(output().trim().split('\n')).toHaveLength(1);
  });

  it('prints its usage with --help', async () => {
    const { child, output } = run('--help');

    const [code] = await once(child, 'exit');

    expect(code).toBe(0);
    expect(output()).toContain('--transition-ms');
  });
});
