import { execFile, execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { listen } from '../../local/ports.ts';
import { startApi } from '../support/api.ts';
import { commandLine } from '../support/commandLine.ts';
import { datastores } from '../support/datastore.ts';
import { until } from '../support/emulator.ts';
import { serveApi } from '../support/serveApi.ts';

const { call, emulator } = await startApi({ transitionMs: 20 });
const id = await datastores(emulator).make('orders', ['eu-west-1']);
const { gds, env, runOnTerminal } = await commandLine(await serveApi(call));

const run = promisify(execFile);

const has = (program: string): boolean => {
  try {
    return Boolean(execFileSync('which', [program]));
  } catch {
    return false;
  }
};
const needs = (shell: string): string => (has(shell) ? '' : ` (skipped: needs ${shell})`);

/** Starts a shell on a pseudo-terminal. Returns what types a line, the tabulator, and reads the line that the shell makes of it. */
async function startShell(command: string, ...setUp: string[]) {
  const { seen, type } = runOnTerminal(command, { PS1: '> ', TERM: 'dumb' });
  const typeLine = async (line: string, shown: RegExp) => {
    seen.text = '';
    type(`${line}\n`);
    await until(async () => shown.test(seen.text), 30_000);
    return shown.exec(seen.text)?.[1]?.trim();
  };
  await typeLine([...setUp, 'echo re""ady'].join('; '), /^ready/m);
  return (line: string) => typeLine(`${line}\t\u0001echo : \u0005 :`, /^: (.*) :\r?$/m);
}

describe('gds completion bash', () => {
  it.skipIf(!has('bash'))(`completes what the program and the API know${needs('bash')}`, async () => {
    const press = await startShell('bash --noprofile --norc -i', 'source <(gds completion bash)');

    expect(await press('gds failo')).toBe('gds failover');
    expect(await press('gds failover ldgnf-o')).toBe(`gds failover ${id}`);
    expect(await press(`gds failover ${id} --reason "game day" --t`)).toBe(`gds failover ${id} --reason game day --to`);
    expect(await press(`gds failover ${id} --to eu-`)).toBe(`gds failover ${id} --to eu-west-1`);
    expect(await press(`gds failover ${id} --to=eu-`)).toBe(`gds failover ${id} --to=eu-west-1`);
    expect(await press(`gds remove ${id} orders-eu`)).toMatch(/ orders-eu\S*@eu-west-1$/);
    expect(await press('gds list -o y')).toBe('gds list -o yaml');
    expect(await press('gds add x y@z --auth-token-file package-l')).toMatch(/ package-lock.json$/);
    expect(await press('gds --url http://127.0.0.1:9 get ldgnf-o')).toBe('gds --url http://127.0.0.1:9 get ldgnf-o');
  });
});

describe('gds completion zsh', () => {
  it.skipIf(!has('zsh'))(`completes what the program and the API know${needs('zsh')}`, async () => {
    const load = ['autoload -U compinit', 'compinit -D -u', 'source <(gds completion zsh)'];
    const press = await startShell('zsh -f -i', ...load);

    expect(await press('gds failo')).toBe('gds failover');
    expect(await press(`gds failover ${id} --to eu-`)).toBe(`gds failover ${id} --to eu-west-1`);
    expect(await press(`gds failover ${id} --to=eu-`)).toBe(`gds failover ${id} --to=eu-west-1`);
    expect(await press('gds add x y@z --auth-token-file package-l')).toMatch(/ package-lock.json$/);
  });
});

describe('gds completion fish', () => {
  it.skipIf(!has('fish'))(`completes what the program and the API know${needs('fish')}`, async () => {
    const press = async (line: string) => {
      const load = 'gds completion fish | source';
      return (await run('fish', ['--no-config', '-c', `${load}; complete -C '${line}'`], { env })).stdout;
    };

    expect(await press('gds failo')).toBe('failover\tPromote the secondary in a region\n');
    expect(await press(`gds failover ${id} --to eu-`)).toBe('eu-west-1\n');
    expect(await press('gds add x y@z --auth-token-file package-l')).toContain('package-lock.json');
  });
});

describe('what completions call', () => {
  it('has the ids of operations and replication groups, and each option once', async () => {
    const [groups, flags] = await Promise.all([
      gds('complete', 'zsh', '--', 'create', 'x', '--primary', ''),
      gds('complete', 'zsh', '--', 'op', '--'),
    ]);

    expect(groups.out).toContain('orders-');
    expect(flags.out.match(/^--\w+/gm)).toEqual(['--wait', '--help', '--version', '--url', '--output']);
  });

  it('prints nothing while the API does not respond, without an error', async () => {
    const silent = createServer();
    const url = await listen(silent);

    expect(await gds('complete', 'bash', '--', '--url', url, 'get', '')).toEqual({ code: 0, out: '', err: '' });
    silent.close().closeAllConnections();
  });
});
