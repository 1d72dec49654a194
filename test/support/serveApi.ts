import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';
import type { startApi } from './api.ts';

/**
 * Serves the handlers of a test on a port, for clients, and returns the URL. `intercept` returns true if it responds to a
 * request instead of the handlers. The server ends after the test file.
 */
export async function serveApi(
  call: Awaited<ReturnType<typeof startApi>>['call'],
  intercept: (request: IncomingMessage, response: ServerResponse) => boolean = () => false,
): Promise<string> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (intercept(request, response)) return;
    const raw = Buffer.concat(chunks).toString();
    const headers = request.headers as Record<string, string>;
    const reply = await call(`${request.method} ${request.url}`, { headers, ...(raw && { raw }) });
    response.writeHead(reply.status, reply.headers).end(JSON.stringify(reply.body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  afterAll(() => void server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
