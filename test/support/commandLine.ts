import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';

/** The result of a command. */
export interface CommandResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/**
 * Returns functions that run `gds` against an API. Their own folder contains the profile, and programs that come first on PATH.
 * One of these is `gds`, for shells. The folder is removed after the test file.
 */
export async function commandLine(url: string) {
  const config = await mkdtemp(join(tmpdir(), 'gds-'));
  afterAll(() => rm(config, { recursive: true }));
  const programs = join(config, 'programs');
  await mkdir(programs);
  const env = {
    PATH: `${programs}:${process.env.PATH}`,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
    XDG_CONFIG_HOME: config,
    HOME: config,
    GDS_URL: url,
  };
  const program = [process.execPath, '--conditions=source', resolve('cli/main.ts')];

  /** Creates a program from a shell script. `gds`, a shell or another program can call it. */
  const addProgram = (name: string, script: string) =>
    writeFile(join(programs, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  await addProgram('gds', `exec ${program.join(' ')} "$@"`);

  /** Runs a command line of a shell on a pseudo-terminal. `output.text` collects its stdout and stderr. */
  const runOnTerminal = (command: string, more: Readonly<Record<string, string>> = {}) => {
    const terminal: ChildProcess = spawn('script', ['-qfec', command, '/dev/null'], { env: { ...env, ...more } });
    onTestFinished(() => void terminal.kill('SIGKILL'));
    const output = { text: '' };
    terminal.stdout?.on('data', (text) => (output.text += text));
    return {
      output,
      type: (text: string) => terminal.stdin?.write(text),
      code: once(terminal, 'close').then(([code]) => code as number),
    };
  };

  return {
    config,
    env,
    addProgram,
    runOnTerminal,

    /** Runs a command without a terminal. */
    gds: (...args: string[]): Promise<CommandResult> => {
      const [file = '', ...options] = program;
      return new Promise((done) =>
        execFile(file, [...options, ...args], { env }, (error, out, err) =>
          done({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
        ),
      );
    },

    /** Runs a command on a pseudo-terminal. */
    onTerminal: (...args: string[]) => runOnTerminal([...program, ...args].join(' ')),
  };
}
