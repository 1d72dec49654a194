import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { closeToPages, type GuardOptions } from '../emulator/protocol/loopbackGuard.ts';

/** Starts a server on 127.0.0.1 at `port`, closed to web pages; 0 is any free port. Returns its URL. */
export async function listen(server: HttpServer, port = 0, options: GuardOptions = {}): Promise<string> {
  await once(closeToPages(server, options).listen(port, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${portOf(server)}`;
}

/** Starts a server as `listen` does, at `first` or at the next free port after it. Returns the port. */
export async function listenFrom(server: HttpServer, first: number, options: GuardOptions = {}): Promise<number> {
  closeToPages(server, options);
  const end = Math.min(first + 100, 65_536);
  for (let port = first; port < end; port++) if (await tryToListen(server, port)) return port;
  throw new Error(
    `the ports ${first} to ${end - 1} are in use. End one of their programs, or set PORT to another port`,
  );
}

/** Returns false if the port is in use. */
async function tryToListen(server: HttpServer, port: number): Promise<boolean> {
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
    return true;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') return false;
    throw new Error(`port ${port} cannot be opened: ${message}. Set PORT to a port from 1024 on`);
  }
}

/** Returns a free port that the operating system chooses. */
export async function findAnyFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const port = portOf(probe);
  await close(probe);
  return port;
}

const close = (server: Server) => new Promise((resolve) => server.close(resolve));

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}
