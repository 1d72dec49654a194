import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { closeToPages, type GuardOptions } from '../emulator/protocol/loopbackGuard.ts';

/** Listens on 127.0.0.1 at `port`, closed to web pages; 0 is any free port. Returns the URL of the server. */
export async function listen(server: HttpServer, port = 0, options: GuardOptions = {}): Promise<string> {
  await once(closeToPages(server, options).listen(port, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${portOf(server)}`;
}

/** Returns a free port that the operating system chooses. */
export async function findAnyFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const port = portOf(probe);
  await close(probe);
  return port;
}

/** Returns `first`, or the next port after it that is free. */
export async function findFreePort(first: number): Promise<number> {
  for (let port = first; port < first + 100; port++) if (await isFree(port)) return port;
  throw new Error(`no free port between ${first} and ${first + 99}`);
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  const free = await new Promise<boolean>((resolve) =>
    probe
      .once('error', () => resolve(false))
      .once('listening', () => resolve(true))
      .listen(port, '127.0.0.1'),
  );
  await close(probe);
  return free;
}

const close = (server: Server) => new Promise((resolve) => server.close(resolve));

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}
