import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { until } from '../support/emulator.ts';
import { findFreePort, isListening, isReady } from '../support/npmStart.ts';

/** A copy of the project in a folder with a space in its name. */
const folder = await mkdtemp(join(tmpdir(), 'npm start '));
afterAll(() => rm(folder, { recursive: true, maxRetries: 3 }));
const files = ['package.json', 'openapi.json', 'build.ts'];
const folders = ['build', 'client', 'console', 'emulator', 'infrastructure', 'local', 'src'];
for (const name of [...files, ...folders]) await cp(name, join(folder, name), { recursive: true });
await symlink(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));

interface Running {
  /** The process id of npm. */
  readonly npm: number;
  /** The process group of the shell. */
  readonly group: number;
  readonly url: string;
  output(): string;
  /** The port of the API. The other ports are of a range that other programs use, too. */
  readonly port: number;
  /** Returns the command lines of the processes that are left. */
  remainingCommands(): Promise<string[]>;
}

const groups: number[] = [];
afterAll(() => groups.forEach(killGroup));

const commands = {
  foreground: 'echo npm: $$; exec npm --prefix "$0" start',
  background: 'npm --prefix "$0" start & echo npm: $!; wait',
  watching: 'echo npm: $$; exec npm --prefix "$0" start -- --watch',
};

/** Runs `npm start` in a shell of its own, as a user or a CI job does. Waits until the API is ready. */
async function runInShell(job: keyof typeof commands, environment: Record<string, string> = {}): Promise<Running> {
  const port = await findFreePort();
  const shell = spawn('sh', ['-c', commands[job], folder], {
    cwd: tmpdir(),
    detached: true,
    env: { ...process.env, PORT: `${port}`, ...environment },
  });
  const { pid: group = 0 } = shell;
  groups.push(group);
  let output = '';
  shell.stdout.on('data', (text) => (output += text));
  shell.stderr.on('data', (text) => (output += text));
  await until(async () => isReady(output), 60_000).catch(() => {
    throw new Error(`npm start is not ready. Its output: ${output}`);
  });
  const npm = Number(/npm: (\d+)/.exec(output)?.[1]);
  return {
    npm,
    group,
    url: `http://localhost:${port}`,
    port,
    output: () => output,
    remainingCommands: () => commandsOf(group),
  };
}

/** Returns the command lines of a process group. */
async function commandsOf(group: number): Promise<string[]> {
  const ps = spawn('ps', ['-eo', 'pgid=,stat=,args=']);
  let text = '';
  ps.stdout.on('data', (chunk) => (text += chunk));
  await once(ps, 'close');
  return text.split('\n').filter((line) => Number.parseInt(line, 10) === group && !/^\s*\d+\s+Z/.test(line));
}

function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {} // it has ended
}

await writeFile(join(folder, 'policy.json'), '{}');

describe('npm start by an absolute path, in a folder with a space in its name', () => {
  it.each([
    ['SIGTERM', 'npm', 'background'],
    ['SIGKILL', 'npm', 'background'],
    ['SIGINT', 'all, as Ctrl-C does', 'foreground'],
  ] as const)('leaves no process after %s of %s in the %s', async (signal, target, job) => {
    const { npm, group, port, remainingCommands } = await runInShell(job);
    expect(await isListening(port)).toBe(true);
    expect(await remainingCommands()).not.toEqual([]);

    process.kill(target === 'npm' ? npm : -group, signal);

    await until(async () => (await remainingCommands()).length === 0, 30_000);
    await until(async () => !(await isListening(port)), 30_000);
  });
});

describe('npm start -- --watch', async () => {
  const { url, output } = await runInShell('watching', {
    POLICY_FILE: relative(tmpdir(), join(folder, 'policy.json')),
  });
  const group = { GlobalReplicationGroupIdSuffix: 'orders', PrimaryReplicationGroupId: 'orders-use1' };
  const create = (body: object) =>
    fetch(`${url}/global-datastores`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const edit = async (file: string, from: string, to: string) => {
    const path = join(folder, file);
    await writeFile(path, (await readFile(path, 'utf8')).replace(from, to));
  };
  const readHealth = async () => (await fetch(`${url}/health`)).json();

  it('runs a changed source, and keeps the state of the emulator', async () => {
    expect((await create(group)).status).toBe(202);
    expect(await readHealth()).toMatchObject({ Status: 'ok' });

    await edit('src/handlers/getHealth.ts', "Status: 'ok'", "Status: 'changed'");

    await until(async () =>
      output().includes('src/handlers/getHealth.ts has changed. The functions are loaded again.'),
    );
    expect(await readHealth()).toMatchObject({ Status: 'changed' });
    expect((await fetch(`${url}/global-datastores/ldgnf-orders`)).status).toBe(200);
  });

  it('runs the former source while a changed one cannot be loaded', async () => {
    await edit('src/handlers/getHealth.ts', 'export', 'export export');

    await until(async () => output().includes('The former functions stay'), 30_000);
    expect(await readHealth()).toMatchObject({ Status: 'changed' });
    await edit('src/handlers/getHealth.ts', 'export export', 'export');
  });

  it('applies a changed policy', async () => {
    await writeFile(join(folder, 'policy.json'), '{"SuffixPattern":"^x"}');

    await until(async () => output().includes('policy.json has changed. The functions are loaded again.'), 30_000);
    const response = await create({ ...group, GlobalReplicationGroupIdSuffix: 'sessions' });
    expect([response.status, await response.json()]).toEqual([403, expect.objectContaining({ code: 'PolicyDenied' })]);
  });

  it('serves a changed page, or the error of one that cannot be bundled', async () => {
    const readPage = async () => (await fetch(`${url}/console/main.js`)).text();
    const isReported = (file: string) =>
      until(async () => output().includes(`${file} has changed. The next request bundles the pages again.`), 30_000);
    expect(await readPage()).toContain('Skip to the content');

    await edit('console/src/app.ts', 'Skip to the content', 'Changed');
    await isReported('console/src/app.ts');
    expect(await readPage()).toContain('Changed');

    await edit('console/src/main.ts', 'import', 'import import');
    await isReported('console/src/main.ts');
    expect(await readPage()).toContain('console/src/main.ts:1:');
    await edit('client/index.ts', '', ' ');
    await isReported('client/index.ts');
  });
});
