import { createHash, randomBytes } from 'node:crypto';
import { exists, getKeyIndexes } from '@ioredis/commands';
import calculateSlot from 'cluster-key-slot';
import { formatSlots } from '../rules/slots.ts';
import type { Slots } from '../state/types.ts';
import { host, openPort, type Route } from './port.ts';
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

/**
 * Opens a port for cluster clients of a shard. `cluster` is called for each connection and command. Undefined refuses
 * connections.
 */
export const openClusterFront = (port: number | undefined, cluster: () => Cluster | undefined) =>
  openPort(port, () => routeToShard(cluster));

/** The limit on replies of a connection that wait for earlier ones. Above it no further data of the client is read. */
const maxPending = 1_000;

/**
 * Returns the route to the server of a shard. The server has no cluster mode, so that it can replicate. For a command that the
 * front replies to, it receives an unknown command, which it refuses.
 */
function routeToShard(cluster: () => Cluster | undefined): Route | undefined {
  const current = cluster();
  if (!current) return undefined;
  const pending: string[] = [];
  const token = randomBytes(16).toString('hex');
  let version = 2;
  const replace = ([name, ...args]: readonly Buffer[]) => {
    const command = `${name}`.toLowerCase();
    if (command === 'hello') version = Number(args[0]) || version;
    const reply = replyTo(command, args, cluster() ?? current, version);
    if (reply === undefined) return undefined;
    pending.push(reply);
    return encode([token]);
  };
  const commands = commandStream(replace, (read) => {
    if (pending.length > maxPending) replies.once('room', read);
    else read();
  });
  const replies = replyStream(token, () => {
    if (pending.length === maxPending) replies.emit('room');
    return pending.shift();
  });
  return { port: current.own.serverPort, to: [commands], back: [replies] };
}

/** Returns the reply of the front. Undefined: the server replies. */
function replyTo(command: string, args: Buffer[], cluster: Cluster, version: number): string | undefined {
  if (/^(asking|readonly|readwrite)$/.test(command)) return '+OK\r\n';
  if (command !== 'cluster') return redirect(keysIn(command, args), cluster);
  const reply = clusterReplies[`${args[0]}`.toLowerCase()]?.(cluster, `${args[1]}`);
  return reply === undefined ? undefined : encode(reply, version);
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
  if (others.length > 0) return "-CROSSSLOT Keys in request don't hash to the same slot\r\n";
  const owner = shards.find(({ slots }) => slots.some(([from, to]) => from <= slot && slot <= to));
  if (!owner) return '-CLUSTERDOWN Hash slot not served\r\n';
  return owner.id === own.id ? undefined : `-MOVED ${slot} ${host}:${owner.port}\r\n`;
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
  const node = { ...address, role: 'master', 'replication-offset': 0, health: 'online' };
  return { slots: shard.slots.flat(), nodes: [node] };
}

function formatNode(shard: FrontedShard, isOwn: boolean): string {
  const slots = formatSlots(shard.slots).replaceAll(',', ' ');
  const flags = isOwn ? 'myself,master' : 'master';
  return `${nodeIdOf(shard)} ${host}:${shard.port}@0 ${flags} - 0 0 1 connected ${slots}\n`;
}

const nodeIdOf = ({ id, port }: FrontedShard): string => createHash('sha1').update(`${id} ${port}`).digest('hex');
