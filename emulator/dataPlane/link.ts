import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** How a link treats its data. */
export interface Conditions {
  readonly delayMs: number;
  /** Connections are closed, and new ones refused. */
  readonly isCut: boolean;
  /** Connections stay open, and nothing passes. */
  readonly isSilent: boolean;
}

const direct: Conditions = { delayMs: 0, isCut: false, isSilent: false };

export type Link = Awaited<ReturnType<typeof openLink>>;

/** Opens a port on 127.0.0.1 that leads to another one. Conditions are read for each piece of data. Without a target it refuses. */
export async function openLink(port: number, target: () => number | undefined, conditions = () => direct) {
  const sockets = new Set<Socket>();
  let wasSilent = false;
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => {}).once('close', () => sockets.delete(socket));
  };
  const drop = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer({ noDelay: true }, (client) => {
    keep(client);
    const to = target();
    const { isCut, isSilent } = conditions();
    if (isCut || !to) return client.destroy();
    if (isSilent) return;
    const upstream = keep(connect({ port: to, host: '127.0.0.1', noDelay: true }));
    forward(client, upstream, conditions);
    forward(upstream, client, conditions);
  });
  await once(server.listen(port, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    drop,
    /** Follows changed conditions. A connection that was silent has lost data, so that it does not continue. */
    update() {
      const { isCut, isSilent } = conditions();
      if (isCut || (wasSilent && !isSilent)) drop();
      wasSilent = isSilent;
    },
    close() {
      server.close();
      drop();
    },
  };
}

/** Forwards data in its order, each piece after the delay. */
function forward(from: Socket, to: Socket, conditions: () => Conditions): void {
  const queue: { readonly due: number; readonly chunk: Buffer }[] = [];
  const flush = (): void => {
    if (conditions().isSilent) queue.length = 0;
    while (queue[0] && queue[0].due <= Date.now()) to.write(queue.shift()?.chunk ?? '');
    if (queue[0]) setTimeout(flush, queue[0].due - Date.now());
  };
  from.on('data', (chunk) => {
    queue.push({ due: Math.max(queue.at(-1)?.due ?? 0, Date.now() + conditions().delayMs), chunk });
    if (queue.length === 1) flush();
  });
  from.once('close', () => setTimeout(() => to.destroy(), conditions().delayMs));
}
