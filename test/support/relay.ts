import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A call that passes through: its action, and whether the server behind has answered it yet. */
export interface Passing {
  readonly action: string;
  readonly phase: 'before' | 'after';
}

/** A server that passes every call of AWS on as it is, whatever the protocol of its service, and tells of it before and after. */
export function createRelay() {
  let target = '';
  let port = 0;
  let watch: (passing: Passing) => unknown = () => {};

  const server = createServer((request, response) => {
    pass(request, response).catch(() => response.destroy()); // the server behind is closed, or breaks the connection
  });

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await read(request);
    const action = actionOf(request, body);
    await watch({ action, phase: 'before' });
    const { host: _, connection: __, ...headers } = request.headers;
    const { method = 'POST', url = '/' } = request;
    const answer = await fetch(new URL(url, target), {
      method,
      headers: headers as Record<string, string>,
      ...(body && { body }),
    });
    const answered = Buffer.from(await answer.arrayBuffer());
    await watch({ action, phase: 'after' });
    if (response.destroyed) return;
    response.writeHead(
      answer.status,
      [...answer.headers]
        .filter(([name]) => !/^(connection|keep-alive|transfer-encoding|content-encoding)$/.test(name))
        .flat(),
    );
    response.end(answered);
  }

  return {
    /** Begins to pass calls on to this server. Gives the address to call instead of it. */
    async listen(to: string): Promise<string> {
      target = to;
      await once(server.listen(0, '127.0.0.1'), 'listening');
      ({ port } = server.address() as AddressInfo);
      return `http://127.0.0.1:${port}`;
    },

    /** Tells `watcher` of each call; a call waits as long as the watcher does. */
    watch(watcher: typeof watch): void {
      watch = watcher;
    },

    /** Nobody listens any more; every connection is refused. */
    async refuse(): Promise<void> {
      const closed = once(server.close(), 'close');
      server.closeAllConnections();
      await closed;
    },

    /** Listens again where it did. */
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

/** JSON names the action in a header, Query in the body, REST by method and path: `POST invocations`. */
function actionOf({ method, url = '', headers }: IncomingMessage, body: string): string {
  const named = headers['x-amz-target'] ?? new URLSearchParams(body).get('Action');
  return named ? `${named}`.replace(/^.*\./, '') : `${method} ${url.match(/\/([a-z-]+)(?:\?.*)?$/)?.[1] ?? 'item'}`;
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
