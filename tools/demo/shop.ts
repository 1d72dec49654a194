import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

interface Endpoint {
  readonly Address: string;
  readonly Port: number;
}

export type Shop = ReturnType<typeof openShop>;

/** Starts an example application: it writes orders at one endpoint, and reads them in each region. */
export function openShop(writer: Endpoint, readers: readonly (Endpoint & { readonly Region: string })[]) {
  const toWriter = connect(writer);
  const inRegion = new Map(readers.map((reader) => [reader.Region, connect(reader)]));
  /** When each order was confirmed, from order 1 on. */
  const confirmed: number[] = [];
  let isOpen = true;
  const ended = placeOrders();

  async function placeOrders(): Promise<void> {
    while (isOpen) {
      const order = confirmed.length + 1;
      const isConfirmed = await toWriter.sadd('orders', order).catch(() => undefined); // the loop retries it
      if (isConfirmed !== undefined) confirmed.push(Date.now());
      await sleep(5);
    }
  }

  return {
    regions: [...inRegion.keys()],
    confirmed,

    /** Returns the number of orders that a region has. Undefined: it does not respond. */
    countIn: async (region: string) =>
      inRegion
        .get(region)
        ?.scard('orders')
        .catch(() => undefined),

    /** Returns the confirmed orders that a region does not have. */
    async missingIn(region: string): Promise<number[]> {
      const orders = new Set(await inRegion.get(region)?.smembers('orders'));
      return confirmed.map((_, index) => index + 1).filter((order) => !orders.has(`${order}`));
    },

    /** Returns the longest time in milliseconds without a confirmed order, and the time of the order after it. */
    longestPause() {
      const pauses = confirmed.map((time, index) => ({ ms: time - (confirmed[index - 1] ?? time), until: time }));
      return pauses.reduce((longest, pause) => (pause.ms > longest.ms ? pause : longest));
    },

    async close(): Promise<void> {
      isOpen = false;
      await ended;
      for (const client of [toWriter, ...inRegion.values()]) client.disconnect();
    },
  };
}

/** Connects with a timeout for commands: a lost region does not refuse connections, but sends no response. */
function connect({ Address, Port }: Endpoint): Redis {
  const client = new Redis(Port, Address, { commandTimeout: 500, maxRetriesPerRequest: 0, retryStrategy: () => 50 });
  return client.on('error', () => {}); // it reconnects
}
