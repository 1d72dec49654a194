import { execFile, execFileSync, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findAnyFreePort, listen } from '../../local/ports.ts';
import { startApi } from '../support/api.ts';
import { commandLine } from '../support/commandLine.ts';
import { clusterMode, datastores } from '../support/datastore.ts';
import { until } from '../support/emulator.ts';
import { isListening } from '../support/npmStart.ts';
import { serveApi } from '../support/serveApi.ts';

const { call, emulator } = await startApi({ transitionMs: 20 });
const url = await serveApi(call);
const { make } = datastores(emulator);
const id = await make('orders', ['eu-west-1']);
const { gds, config, env, addProgram, runOnTerminal } = await commandLine(url);

const run = promisify(execFile);

const has = (program: string): boolean => {
  try {
    return Boolean(execFileSync('which', [program]));
  } catch {
    return false;
  }
};
const needs = (shell: string): string => (has(shell) ? '' : ` (skipped: needs ${shell})`);

/** Starts a shell on a pseudo-terminal. Returns a function that types a line and a tab, and returns the completed line. */
async function startShell(command: string, ...setUp: string[]) {
  const { output, type } = runOnTerminal(command, { PS1: '> ', TERM: 'dumb' });
  const typeLine = async (line: string, shown: RegExp) => {
    output.text = '';
    type(`${line}\n`);
    await until(async () => shown.test(output.text), 30_000);
    return shown.exec(output.text)?.[1]?.trim();
  };
  await typeLine([...setUp, 'echo re""ady'].join('; '), /^ready/m);
  return (line: string) => typeLine(`${line}\t\u0001echo : \u0005 :`, /^: (.*) :\r?$/m);
}

/** Retries for busy machines: a completion has no values of the API if the API takes longer than a second. */
const busy = { retry: 5 };

describe('gds completion bash', busy, () => {
  it.skipIf(!has('bash'))(`completes values of the program and the API${needs('bash')}`, async () => {
    const complete = await startShell('bash --noprofile --norc -i', 'eval "$(gds completion bash)"');

    expect(await complete('gds failo')).toBe('gds failover');
    expect(await complete('gds failover ldgnf-o')).toBe(`gds failover ${id}`);
    expect(await complete(`gds failover ${id} --reason "game day" --t`)).toBe(
      `gds failover ${id} --reason game day --to`,
    );
    expect(await complete(`gds failover ${id} --to eu-`)).toBe(`gds failover ${id} --to eu-west-1`);
    expect(await complete(`gds failover ${id} --to=eu-`)).toBe(`gds failover ${id} --to=eu-west-1`);
    expect(await complete(`gds remove ${id} orders-eu`)).toMatch(/ orders-eu\S*@eu-west-1$/);
    expect(await complete('gds list -o y')).toBe('gds list -o yaml');
    expect(await complete('gds add x y@z --auth-token-file package-l')).toMatch(/ package-lock.json$/);
    expect(await complete('gds --url http://127.0.0.1:9 get ldgnf-o')).toBe('gds --url http://127.0.0.1:9 get ldgnf-o');
  });
});

describe('gds completion zsh', busy, () => {
  it.skipIf(!has('zsh'))(`completes values of the program and the API${needs('zsh')}`, async () => {
    const load = ['autoload -U compinit', 'compinit -D -u', 'eval "$(gds completion zsh)"'];
    const complete = await startShell('zsh -f -i', ...load);

    expect(await complete('gds failo')).toBe('gds failover');
    expect(await complete(`gds failover ${id} --to eu-`)).toBe(`gds failover ${id} --to eu-west-1`);
    expect(await complete(`gds failover ${id} --to=eu-`)).toBe(`gds failover ${id} --to=eu-west-1`);
    expect(await complete('gds add x y@z --auth-token-file package-l')).toMatch(/ package-lock.json$/);
  });
});

describe('gds completion fish', busy, () => {
  it.skipIf(!has('fish'))(`completes values of the program and the API${needs('fish')}`, async () => {
    const complete = async (line: string) => {
      const load = 'gds completion fish | source';
      return (await run('fish', ['--no-config', '-c', `${load}; complete -C '${line}'`], { env })).stdout;
    };

    expect(await complete('gds failo')).toBe('failover\tPromote the secondary in a region\n');
    expect(await complete(`gds failover ${id} --to eu-`)).toBe('eu-west-1\n');
    expect(await complete('gds add x y@z --auth-token-file package-l')).toContain('package-lock.json');
  });
});

describe('what completions call', busy, () => {
  it('has the ids of replication groups, and each option of op once', async () => {
    const [groups, flags] = await Promise.all([
      gds('complete', 'zsh', '--', 'create', 'x', '--primary', ''),
      gds('complete', 'zsh', '--', 'op', '--'),
    ]);

    expect(groups.out).toContain('orders-');
    expect(flags.out.match(/^--\w+/gm)).toEqual(['--wait', '--help', '--version', '--url', '--output']);
  });

  it('prints nothing while the API does not respond, without an error', async () => {
    const silent = createServer();
    const other = await listen(silent);

    expect(await gds('complete', 'bash', '--', '--url', other, 'get', '')).toEqual({ code: 0, out: '', err: '' });
    silent.close().closeAllConnections();
  });
});

describe('gds connect ID -- PROGRAM', () => {
  const token = '0123456789abcdef';

  it('runs the program with the address of the writer, and passes its exit code on', async () => {
    await addProgram('valkey-cli', 'echo "$@"; echo "token: $VALKEYCLI_AUTH" >&2; exit 7');

    const gdsOutput = await gds('connect', id, '--', 'valkey-cli', '-n', '1', 'GET', 'x');

    expect(gdsOutput).toEqual({
      code: 7,
      out: expect.stringMatching(/^-h \S*orders-us-east-1\S* -p 6379 -n 1 GET x\n$/),
      err: 'token: \n',
    });
  });

  it('runs it with the address for reads in a region', async () => {
    await addProgram('valkey-cli', 'echo "$@"');

    expect((await gds('connect', id, '--reader', 'eu-west-1', '--', 'valkey-cli')).out).toMatch(/orders-eu-west-1/);
    expect(await gds('connect', id, '--reader', 'sa-east-1', '--', 'valkey-cli')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/No reader in sa-east-1\. Readers are in: \S+-1, \S+-1\./),
    });
  });

  it('passes TLS and cluster mode as options, and the AUTH token in the environment', async () => {
    const guarded = await make('sealed', [], { ...clusterMode, TransitEncryptionEnabled: true, AuthToken: token });
    await addProgram('valkey-cli', 'echo "$@"; echo "$VALKEYCLI_AUTH $REDISCLI_AUTH" >&2');
    await addProgram('given', `echo ${token} | gds connect ${guarded} --auth-token-file - -- valkey-cli PING`);

    const given = await run('given', [], { env });

    expect(given).toEqual({
      stdout: expect.stringMatching(/^-h \S*sealed-us-east-1\S* -p 6379 --tls -c PING\n$/),
      stderr: `${token} ${token}\n`,
    });
    expect((await gds('connect', guarded, '--', 'valkey-cli')).err).toContain('--auth-token-file');
    expect(await gds('connect', guarded, '--auth-token-file', 'nowhere', '--', 'valkey-cli')).toMatchObject({
      code: 2,
    });
  });

  it('names a program that does not exist', async () => {
    expect(await gds('connect', id, '--', 'no-such-program')).toMatchObject({
      code: 1,
      err: expect.stringContaining('no-such-program cannot be run'),
    });
  });

  it.skipIf(!has('redis-server'))(`authorizes the real redis-cli${needs('redis-server')}`, async () => {
    const port = String(await findAnyFreePort());
    const options = ['--port', port, '--bind', '127.0.0.1', '--requirepass', token, '--save', ''];
    const server = spawn('redis-server', options, { stdio: 'ignore' });
    onTestFinished(() => void server.kill('SIGKILL'));
    await until(() => isListening(Number(port)));
    await addProgram(
      'ping',
      `echo ${token} | gds connect ${id} --auth-token-file - -- redis-cli -h 127.0.0.1 -p ${port} PING`,
    );

    expect((await run('ping', [], { env })).stdout).toBe('PONG\n');
  });
});

describe('gds open', () => {
  it('prints the URL without a terminal', async () => {
    await addProgram('xdg-open', 'echo opened');

    expect(await gds('open')).toEqual({ code: 0, out: `${url}\n`, err: '' });
  });

  it.skipIf(process.platform !== 'linux')('opens the page on a terminal with a browser', async () => {
    const opened = join(config, 'opened');
    await addProgram('xdg-open', `echo "$@" > ${opened}`);

    const terminal = runOnTerminal('gds open', { DISPLAY: ':0' });

    expect(await terminal.code).toBe(0);
    await until(async () => (await readFile(opened, 'utf8').catch(() => '')) === `${url}\n`);
  });
});
