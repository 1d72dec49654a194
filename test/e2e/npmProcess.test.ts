import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { until } from '../support/emulator.ts';
import { findFreePort, isListening } from '../support/npmStart.ts';

/** A copy of the project in a folder with a space in its name. */
const folder = await mkdtemp(join(tmpdir(), 'npm start '));
afterAll(() => rm(folder, { recursive: true, maxRetries: 3 }));
for (const name of ['package.json', 'openapi.json', 'build.ts', 'build', 'emulator', 'infrastructure', 'local', 'src'])
  await cp(name, join(folder, name), { recursive: true });
await symlink(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));

interface Running {
  /** The process id of npm. */
  readonly npm: number;
  /** The process group of the shell. */
  readonly group: number;
  /** The ports that no other program uses: of the API and of DynamoDB. */
  readonly ports: readonly number[];
  /** Returns the command lines of the processes that are left. */
  left(): Promise<string[]>;
}

const commands = {
  foreground: 'echo npm: $$; exec npm --prefix "$0" start',
  background: 'npm --prefix "$0" start & echo npm: $!; wait',
};

/** Runs `npm start` in a shell of its own, as a user or a CI job does. Waits until the API is ready. */
async function runInShell(job: keyof typeof commands): Promise<Running> {
  const shell = spawn('sh', ['-c', commands[job], folder], {
    cwd: tmpdir(),
    detached: true,
    env: { ...process.env, PORT: `${await findFreePort()}` },
  });
  const { pid: group = 0 } = shell;
  afterAll(() => killGroup(group));
  let output = '';
  shell.stdout.on('data', (text) => (output += text));
  shell.stderr.on('data', (text) => (output += text));
  await until(async () => output.includes('Ctrl-C ends everything.'), 60_000).catch(() => {
    throw new Error(`npm start is not ready. Its output: ${output}`);
  });
  const ports = [...output.matchAll(/^(?:API|Records) .*:(\d+)$/gm)].map(([, text]) => Number(text));
  const npm = Number(/npm: (\d+)/.exec(output)?.[1]);
  return { npm, group, ports, left: () => commandsOf(group) };
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

describe('npm start by an absolute path, in a folder with a space in its name', () => {
  it.each([
    ['SIGTERM', 'npm', 'background'],
    ['SIGKILL', 'npm', 'background'],
    ['SIGINT', 'all, as Ctrl-C does', 'foreground'],
  ] as const)('leaves no process and no port after %s of %s in the %s', async (signal, target, job) => {
    const { npm, group, ports, left } = await runInShell(job);
    expect(ports).toHaveLength(2);
    expect(await Promise.all(ports.map(isListening))).not.toContain(false);

    process.kill(target === 'npm' ? npm : -group, signal);

    await until(async () => (await left()).length === 0);
    await until(async () => !(await Promise.all(ports.map(isListening))).includes(true));
  });
});
