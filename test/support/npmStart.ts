import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll } from 'vitest';
import { until } from './emulator.ts';

const children: ChildProcess[] = [];
const endAll = () => {
  for (const { pid, exitCode, signalCode } of children) {
    if (pid && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL');
  }
};
afterAll(endAll);
process.once('SIGTERM', () => {
  endAll(); // no hook runs in a file that fails before its tests
  process.kill(process.pid, 'SIGTERM');
});

/** `npm start`, in a group of processes of its own, as a shell would have it. Whatever is set for AWS stays out of it. */
export function run(options: string[], environment: Record<string, string> = {}) {
  const ours = Object.entries(process.env).filter(([name]) => !/^(AWS_|REGIONS$|PORT$|POWERTOOLS_)/.test(name));
  const child = spawn('node', ['local/start.ts', ...options], {
    detached: true,
    env: {
      ...Object.fromEntries(ours),
      PATH: `${process.cwd()}/node_modules/.bin:${process.env.PATH}`,
      ...environment,
    },
  });
  children.push(child);
  const said = { out: '', err: '' };
  child.stdout.on('data', (text) => (said.out += text));
  child.stderr.on('data', (text) => (said.err += text));
  return { child, said, ended: once(child, 'close').then(([code]) => code as number | null) };
}

/** `npm start` once it has said that it is there, and the address that it says. */
export async function started(options: string[], environment: Record<string, string>) {
  const { child, said, ended } = run(options, environment);
  const failed = ended.then((code) => Promise.reject(new Error(`It ended with ${code}.`)));
  const ready = until(async () => said.out.includes('Ctrl-C ends everything.'), 150_000);
  await Promise.race([ready, failed]).catch((error) => {
    throw new Error(`${error.message} It said: ${said.out}${said.err}`);
  });
  failed.catch(() => {});
  return { child, said, ended, url: said.out.match(/^API +(http:\S+)$/m)?.[1] ?? '' };
}

/** A port that nobody listens on, of those that the system gives to nobody who does not ask for them by number. */
export async function freePort(): Promise<number> {
  const port = 10_000 + Math.floor(Math.random() * 20_000);
  return (await answers(port)) ? freePort() : port;
}

/** Whether somebody listens on a port. */
export const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1')
      .once('connect', () => resolve(socket.destroy().destroyed))
      .once('error', () => resolve(false));
  });
