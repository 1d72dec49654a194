import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { until } from '../support/emulator.ts';
import { hasServer, isRunning } from './environment.ts';

const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGTERM');
});

describe.skipIf(!hasServer)('npm run demo', () => {
  it('prints what docs/emulator.md shows, and counts the lost orders as the API does', async () => {
    const demo = startDemo();

    expect(await demo.exitCode).toBe(0);

    const [shown = ''] =
      readFileSync('docs/emulator.md', 'utf8').match(/(?<=```text\n)A datastore in three[^`]+/) ?? [];
    expect(eventsOf(demo.output())).toEqual(eventsOf(shown));
    expect(rowsOf(demo.output())).toEqual(expect.arrayContaining(rowsOf(shown)));
    const [, counted, lost] = demo.output().match(/LostWrites: (\d+)[\s\S]* (\d+) of \d+ orders/) ?? [];
    expect(Number(counted)).toBe(Number(lost));
  });

  it('ends its servers at Ctrl-C', async () => {
    const demo = startDemo();
    await until(async () => /^ +1 s/m.test(demo.output()), 60_000);
    const processes = processesUnder(demo.child.pid);
    expect(processes.length).toBeGreaterThan(3);

    demo.child.kill('SIGINT');

    expect(await demo.exitCode).toBe(130);
    await until(async () => !processes.some(isRunning));
  });
});

it('prints in one line how to install a server if there is none', async () => {
  const demo = startDemo({ GDS_SERVER: '/nonexistent' });

  expect(await demo.exitCode).toBe(1);
  expect(demo.output()).toMatch(/^The demo failed: .*"apt-get install redis-server".*"brew install valkey".*\n$/);
});

function startDemo(environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['tools/demo/main.ts'], { env: { ...process.env, ...environment } });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  return { child, output: () => output, exitCode: once(child, 'close').then(([code]) => code as number | null) };
}

const row = /^ +\d+ s( +(\d+|silent)){4}$/;

const linesOf = (output: string): string[] => output.trim().split('\n');

/** Returns the lines outside the table. Replaces the values that differ from run to run by `#`. */
const eventsOf = (output: string): string[] =>
  linesOf(output)
    .filter((line) => !row.test(line))
    .map((line) => line.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z|(valkey|redis)-server [\d.]+|\b\d+(\.\d+)?\b/g, '#'));

/** Returns the rows of the table. Replaces numbers by `#`, and keeps the cells with `silent`. */
const rowsOf = (output: string): string[] =>
  linesOf(output)
    .filter((line) => row.test(line))
    .map((line) => line.replace(/\d+/g, '#').replace(/ +/g, ' '));

/** Returns the ids of all descendants of a process. */
function processesUnder(parent: number | undefined): number[] {
  const all = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const children = all.map((line) => line.trim().split(/\s+/).map(Number)).filter(([, ppid]) => ppid === parent);
  return children.flatMap(([pid = 0]) => [pid, ...processesUnder(pid)]);
}
