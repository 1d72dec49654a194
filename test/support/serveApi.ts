import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';
import type { startApi } from './api.ts';

/**
 * Serves the handlers of a test at a real socket, for clients. `intercept` may answer a request in their place: it then returns true.
 * Returns the URL. The server ends with the test file.
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
