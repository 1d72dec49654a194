import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll } from 'vitest';
import { until } from './emulator.ts';

const children: ChildProcess[] = [];
const killChildren = () => {
  for (const { pid, exitCode, signalCode } of children) {
    if (pid && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL');
  }
};
afterAll(killChildren);
process.once('SIGTERM', () => {
  killChildren(); // no hook runs if the file fails before its tests
  process.kill(process.pid, 'SIGTERM');
});

/** Runs `npm start` in its own process group, as a shell does, without the AWS variables of this process. */
export function runNpmStart(options: string[], environment: Record<string, string> = {}) {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(AWS_|REGIONS$|PORT$|LOG$)/.test(name));
  const child = spawn('node', ['local/start.ts', ...options], {
    detached: true,
    env: {
      ...Object.fromEntries(inherited),
      PATH: `${process.cwd()}/node_modules/.bin:${process.env.PATH}`,
      ...environment,
    },
  });
  children.push(child);
  const output = { out: '', err: '' };
  child.stdout.on('data', (text) => (output.out += text));
  child.stderr.on('data', (text) => (output.err += text));
  return { child, output, exitCode: once(child, 'close').then(([code]) => code as number | null) };
}

/** Runs `npm start` and waits until it is ready. Returns the URL that it prints. */
export async function startLocalApi(options: string[], environment: Record<string, string>) {
  const { child, output, exitCode } = runNpmStart(options, environment);
  const failed = exitCode.then((code) => Promise.reject(new Error(`npm start ended with ${code}.`)));
  const ready = until(async () => isReady(output.out), 150_000);
  await Promise.race([ready, failed]).catch((error) => {
    throw new Error(`${error.message} Its output: ${output.out}${output.err}`);
  });
  failed.catch(() => {});
  return {
    child,
    output,
    exitCode,
    url:
      output.out
        .match(/^API +(http:\S+)$|"part":"API","detail":"([^"]+)"/m)
        ?.slice(1)
        .join('') ?? '',
  };
}

/** Returns whether the output has all lines of a start, as text or as JSON. */
export const isReady = (output: string): boolean => /Ctrl-C ends everything\.|"part":"Reference"/.test(output);

/** Returns a free port below the range from which the system chooses ports. */
export async function findFreePort(): Promise<number> {
  const port = 10_000 + Math.floor(Math.random() * 20_000);
  return (await isListening(port)) ? findFreePort() : port;
}

/** Returns whether a server listens on the port. */
export const isListening = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1')
      .once('connect', () => resolve(socket.destroy().destroyed))
      .once('error', () => resolve(false));
  });
