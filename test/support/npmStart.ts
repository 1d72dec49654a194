import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll } from 'vitest';
import { until } from './emulator.ts';

const children: ChildProcess[] = [];
afterAll(() => {
  for (const { pid, exitCode } of children) if (pid && exitCode === null) process.kill(-pid, 'SIGKILL');
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
  const failed = ended.then((code) => Promise.reject(new Error(`ended with ${code}: ${said.out}${said.err}`)));
  await Promise.race([until(async () => said.out.includes('Ctrl-C ends everything.'), 150_000), failed]);
  failed.catch(() => {});
  return { child, said, ended, url: said.out.match(/^API +(http:\S+)$/m)?.[1] ?? '' };
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await once(probe.close(), 'close');
  return port;
}
