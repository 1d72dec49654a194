import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { exists, getKeyIndexes } from '@ioredis/commands';
import calculateSlot from 'cluster-key-slot';
import { formatSlots } from '../rules/slots.ts';
import type { Slots } from '../state/types.ts';
import { commandStream, encode, replyStream, type Value } from './resp.ts';

/** A shard of a replication group with cluster mode. */
export interface FrontedShard {
  readonly id: string;
  readonly slots: Slots;
  /** The port of its front, to which clients connect. */
  readonly port: number;
  /** The port of its server, which runs without cluster mode. */
  readonly serverPort: number;
}

/** The shards of a replication group, and the one to which a front forwards. */
export interface Cluster {
  readonly own: FrontedShard;
  readonly shards: readonly FrontedShard[];
}

export type ClusterFront = Awaited<ReturnType<typeof openClusterFront>>;

const host = '127.0.0.1';

/**
 * Opens a port at which cluster clients find a shard. Commands go to its server, which has no cluster mode, so that it can replicate.
 * `cluster` is read for each connection and command. It returns undefined to refuse connections.
 */
export async function openClusterFront(port: number, cluster: () => Cluster | undefined) {
  const clients = new Set<Socket>();
  const listener = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    clients.add(client.once('close', () => clients.delete(client)));
    serve(client, cluster);
  });
  await once(listener.listen(port, host), 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    close() {
      listener.close();
      for (const client of clients) client.destroy();
    },
  };
}

/** The replies of a connection that can wait for earlier ones. The client is not read while there are more. */
const maxPending = 1_000;

/** Forwards commands. In the place of one that the front replies to, the server gets one that it refuses. */
function serve(client: Socket, cluster: () => Cluster | undefined): void {
  const current = cluster();
  if (!current) return void client.on('error', ignore).destroy();
  const pending: string[] = [];
  let version = 2;
  const token = randomBytes(16).toString('hex');
  const commands = commandStream(
    ([name, ...args]) => {
      const command = `${name}`.toLowerCase();
      if (command === 'hello') version = Number(args[0]) || version;
      const reply = replyTo(command, args, cluster() ?? current);
      if (reply === undefined) return undefined;
      pending.push(encode(reply, version));
      return encode([token]);
    },
    (read) => {
      if (pending.length > maxPending) replies.once('room', read);
      else read();
    },
  );
  const replies = replyStream(token, () => {
    if (pending.length === maxPending) replies.emit('room');
    return pending.shift();
  });
  const server = connect({ port: current.own.serverPort, host, noDelay: true });
  pipeline(client, commands, server, ignore);
  pipeline(server, replies, client, ignore);
}

/** A connection that ends with an error is closed on both sides, and nothing else is to do. */
function ignore(): void {}

/** Returns the reply of the front. Undefined: the server replies. */
function replyTo(command: string, args: Buffer[], cluster: Cluster): Value | undefined {
  if (/^(asking|readonly|readwrite)$/.test(command)) return { line: '+OK' };
  if (command === 'cluster') return clusterReplies[`${args[0]}`.toLowerCase()]?.(cluster, `${args[1]}`);
  return redirect(keysIn(command, args), cluster);
}

/** Returns the keys among the arguments. A command that is not in the list has none. */
function keysIn(command: string, args: Buffer[]): Buffer[] {
  if (!exists(command)) return [];
  const withoutHugeCounts = args.map((arg, i) => (i < 2 && Number(arg) > args.length ? '' : arg));
  return getKeyIndexes(command, withoutHugeCounts).flatMap((index) => args[index] ?? []);
}

function redirect(keys: readonly Buffer[], { own, shards }: Cluster) {
  const [slot, ...others] = new Set(keys.map(calculateSlot));
  if (slot === undefined) return undefined;
  if (others.length > 0) return { line: "-CROSSSLOT Keys in request don't hash to the same slot" };
  const owner = shards.find(({ slots }) => slots.some(([from, to]) => from <= slot && slot <= to));
  if (!owner) return { line: '-CLUSTERDOWN Hash slot not served' };
  return owner.id === own.id ? undefined : { line: `-MOVED ${slot} ${host}:${owner.port}` };
}

const clusterReplies: Readonly<Record<string, (cluster: Cluster, argument: string) => Value>> = {
  slots: ({ shards }) =>
    shards.flatMap((shard) => shard.slots.map((range) => [...range, [host, shard.port, nodeIdOf(shard)]])),
  shards: ({ shards }) => shards.map(viewShard),
  nodes: ({ own, shards }) => shards.map((shard) => formatNode(shard, shard.id === own.id)).join(''),
  info: ({ shards }) =>
    `cluster_state:ok\r\ncluster_slots_assigned:16384\r\ncluster_known_nodes:${shards.length}\r\ncluster_size:${shards.length}\r\n`,
  myid: ({ own }) => nodeIdOf(own),
  keyslot: (_, key) => calculateSlot(key),
};

function viewShard(shard: FrontedShard): Value {
  const address = { id: nodeIdOf(shard), port: shard.port, ip: host, endpoint: host };
  const node = { fields: { ...address, role: 'master', 'replication-offset': 0, health: 'online' } };
  return { fields: { slots: shard.slots.flat(), nodes: [node] } };
}

function formatNode(shard: FrontedShard, isOwn: boolean): string {
  const slots = formatSlots(shard.slots).replaceAll(',', ' ');
  const flags = isOwn ? 'myself,master' : 'master';
  return `${nodeIdOf(shard)} ${host}:${shard.port}@0 ${flags} - 0 0 1 connected ${slots}\n`;
}

const nodeIdOf = ({ id, port }: FrontedShard): string => createHash('sha1').update(`${id} ${port}`).digest('hex');
