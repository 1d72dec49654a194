import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { type Duplex, pipeline } from 'node:stream';

export const host = '127.0.0.1';

/** The first port that is tried if the wanted one is not given or in use. */
const firstPort = 6400;

/** The route of a connection: the port of a server, and the streams that the data passes in each direction. */
export interface Route {
  readonly port: number;
  readonly to?: readonly Duplex[];
  readonly back?: readonly Duplex[];
}

export type Port = Awaited<ReturnType<typeof openPort>>;

/** Opens the wanted port on 127.0.0.1, or the next free one. `route` is called for each connection. Undefined refuses it. */
export async function openPort(wanted: number | undefined, route: () => Route | undefined) {
  const clients = new Set<Socket>();
  const listener = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    clients.add(client.once('close', () => clients.delete(client)));
    join(client, route());
  });
  let isOpen = wanted !== undefined && (await canListen(listener, wanted));
  for (let port = firstPort; !isOpen; port++) isOpen = await canListen(listener, port);
  /** Closes the connections. Clients reconnect. */
  const drop = (): void => {
    for (const client of clients) client.destroy();
  };
  const close = (): void => {
    listener.close();
    drop();
  };
  return { port: (listener.address() as AddressInfo).port, drop, close };
}

const canListen = (listener: Server, port: number): Promise<boolean> =>
  once(listener.listen(port, host), 'listening').then(
    () => true,
    () => false,
  );

function join(client: Socket, route: Route | undefined): void {
  if (!route) return void client.on('error', ignore).destroy();
  const { port, to = [], back = [] } = route;
  const server = connect({ port, host, noDelay: true });
  pipeline([client, ...to, server], ignore);
  pipeline([server, ...back, client], ignore);
}

/** Ignores the error of a connection: `pipeline` closes it on both sides. */
function ignore(): void {}
