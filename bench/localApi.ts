import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { findAnyFreePort } from '../local/ports.ts';
import { residentMb } from './function.ts';

/** A running `npm start`. */
export interface LocalApi {
  readonly url: string;
  /** The URL of its emulator. */
  readonly emulator: string;
  /** The time from the start of npm to the first response, in milliseconds. */
  readonly startMs: number;
  /** Returns the resident size of all its processes, in MiB. */
  residentMb(): Promise<number>;
  end(): Promise<void>;
}

/** Runs `npm start` until its first response. `command` runs it without npm, with variables in `environment`. */
export async function startLocalApi(
  command: readonly string[] = ['npm', 'start'],
  environment: Readonly<Record<string, string>> = {},
): Promise<LocalApi> {
  const url = `http://localhost:${await findAnyFreePort()}`;
  const [program = '', ...options] = command;
  const startedAt = performance.now();
  const child = spawn(program, options, {
    detached: true, // its processes form a group that is measured and ended together
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: new URL(url).port, ...environment },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const group = child.pid ?? 0;
  const closed = once(child, 'close');
  const emulator = new Promise<string>((resolve) => {
    let output = '';
    child.stdout.on('data', (text) => {
      output += output.includes('emulator at ') && output.endsWith('\n') ? '' : text;
      const [, found] = output.match(/emulator at (http:[^\s"]+)["\s]/) ?? [];
      if (found) resolve(found);
    });
  });
  while (!(await isResponding(url))) await sleep(10);
  const startMs = performance.now() - startedAt;
  return {
    url,
    emulator: await emulator,
    startMs,
    residentMb: () => groupResidentMb(group),
    async end() {
      process.kill(-group, 'SIGINT');
      await closed;
    },
  };
}

/** Creates the datastore `ldgnf-bench`. */
export async function createDatastore({ url }: LocalApi): Promise<void> {
  const created = await fetch(`${url}/global-datastores`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=10' },
    body: JSON.stringify({ GlobalReplicationGroupIdSuffix: 'bench', PrimaryReplicationGroupId: 'orders-use1' }),
  });
  if (!created.ok) throw new Error(`npm start returned ${created.status}`);
}

const isResponding = (url: string): Promise<boolean> =>
  fetch(`${url}/health`).then(
    ({ ok }) => ok,
    () => false,
  );

async function groupResidentMb(group: number): Promise<number> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const members = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      return Number(stat.replace(/^.*\) /, '').split(' ')[2]) === group ? pid : undefined;
    }),
  );
  return members.reduce((sum: number, pid) => sum + (pid ? residentMb(pid) : 0), 0);
}
