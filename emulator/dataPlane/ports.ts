import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** The first port of the servers. */
const firstPort = 6400;

const taken = new Set<number>();

/** What keeps its ports in the state, by name. */
export interface PortOwner {
  id: string;
  ports?: Record<string, number>;
}

/** Returns the port that the state has for its owner, or a new one that it has from now on. `changed` is called with the former one. */
export async function keepPort(owner: PortOwner, name: string, changed: (before?: number) => void): Promise<number> {
  const before = owner.ports?.[name];
  const port = await takePort(before);
  owner.ports = { ...owner.ports, [name]: port };
  if (port !== before) changed(before);
  return port;
}

/** Returns the wanted port, or the next free one. It waits 2 s for the wanted one: servers of an earlier run may be about to end. */
export async function takePort(wanted?: number): Promise<number> {
  for (let tries = 0; wanted && tries < 40; tries++) {
    if (await tryToTake(wanted)) return wanted;
    await sleep(50);
  }
  for (let port = firstPort; ; port++) if (await tryToTake(port)) return port;
}

export function releasePort(port: number): void {
  taken.delete(port);
}

async function tryToTake(port: number): Promise<boolean> {
  if (taken.has(port)) return false;
  taken.add(port);
  const probe = createServer().listen(port, '127.0.0.1');
  const isFree = await once(probe, 'listening').then(
    () => true,
    () => taken.delete(port) && false,
  );
  if (isFree) await new Promise((resolve) => probe.close(resolve));
  return isFree;
}
