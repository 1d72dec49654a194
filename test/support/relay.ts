import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A call through the relay: its action, and whether it is before or after the response of the target. */
export interface RelayedCall {
  readonly action: string;
  readonly phase: 'before' | 'after';
}

/** Creates a proxy that forwards AWS calls of every protocol unchanged, and calls a function before and after each of them. */
export function createRelay() {
  let target = '';
  let port = 0;
  let watch: (call: RelayedCall) => unknown = () => {};

  const server = createServer((request, response) => {
    forward(request, response).catch(() => response.destroy()); // the target is closed, or closes the connection
  });

  async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await read(request);
    const action = actionOf(request, body);
    await watch({ action, phase: 'before' });
    const { host: _, connection: __, ...headers } = request.headers;
    const { method = 'POST', url = '/' } = request;
    const result = await fetch(new URL(url, target), {
      method,
      headers: headers as Record<string, string>,
      ...(body && { body }),
    });
    const responseBody = Buffer.from(await result.arrayBuffer());
    await watch({ action, phase: 'after' });
    if (response.destroyed) return;
    response.writeHead(
      result.status,
      [...result.headers]
        .filter(([name]) => !/^(connection|keep-alive|transfer-encoding|content-encoding)$/.test(name))
        .flat(),
    );
    response.end(responseBody);
  }

  return {
    /** Starts the relay in front of a server. Returns the URL of the relay. */
    async listen(to: string): Promise<string> {
      target = to;
      await once(server.listen(0, '127.0.0.1'), 'listening');
      ({ port } = server.address() as AddressInfo);
      return `http://127.0.0.1:${port}`;
    },

    /** Sets the function that is called before and after each call. The call waits for its result. */
    watch(watcher: typeof watch): void {
      watch = watcher;
    },

    /** Closes the port, so that every connection is refused. */
    async refuse(): Promise<void> {
      const closed = once(server.close(), 'close');
      server.closeAllConnections();
      await closed;
    },

    /** Opens the same port again. */
    async accept(): Promise<void> {
      await once(server.listen(port, '127.0.0.1'), 'listening');
    },

    close(): void {
      server.close();
      server.closeAllConnections();
    },
  };
}

export type Relay = ReturnType<typeof createRelay>;

/** Returns the action of a call. JSON has it in a header, Query in the body, REST in method and path: `POST invocations`. */
function actionOf({ method, url = '', headers }: IncomingMessage, body: string): string {
  const named = headers['x-amz-target'] ?? new URLSearchParams(body).get('Action');
  return named ? `${named}`.replace(/^.*\./, '') : `${method} ${url.match(/\/([a-z-]+)(?:\?.*)?$/)?.[1] ?? 'item'}`;
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
