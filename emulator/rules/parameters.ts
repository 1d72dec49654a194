import { listFamilies, listVersions } from './engines.ts';

/** A parameter of a family of parameter groups. */
export interface EngineParameter {
  name: string;
  /** The default value. */
  value: string;
  type: 'integer' | 'string';
  /** For example `0,20-` or `yes,no`. Absent: any value. */
  allowed?: string;
  description: string;
  /** Set if a change needs a reboot. */
  reboot?: true;
  /** Set if no parameter group can change it. */
  fixed?: true;
  /** The first family that has it. Default: all have it. */
  from?: string;
  /** The last family that has it. */
  until?: string;
  /** The first version that has it. Default: the oldest of the family. */
  since?: string;
}

/** Returns the parameters of a family, ordered by name. */
export function listParameters(family: string): EngineParameter[] {
  const families = listFamilies();
  const isIn = ({ from = family, until = family }: EngineParameter) =>
    families.indexOf(from) <= families.indexOf(family) && families.indexOf(family) <= families.indexOf(until);
  return parameters.filter(isIn).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Returns the first version with the parameter in a family. */
export function minimumVersionOf({ since }: EngineParameter, family: string): string {
  return since ?? listVersions().find((version) => version.family === family)?.full ?? '';
}

/** Returns true if the allowed values of a parameter contain the value. */
export function isAllowedValue({ type, allowed }: EngineParameter, value: string): boolean {
  if (type === 'integer' && !/^-?\d+$/.test(value)) return false;
  if (allowed === undefined) return true;
  const parts = allowed.split(',');
  return type === 'string' ? parts.includes(value) : parts.some((part) => isInRange(part, Number(value)));
}

/** Returns true for a number in `5`, `-5`, `0-`, `1-75` or `-`. */
function isInRange(range: string, value: number): boolean {
  const [, from, dash, to] = /^(-?\d+)?(?:(-)(\d+)?)?$/.exec(range) ?? [];
  if (!dash) return value === Number(from);
  return value >= Number(from ?? -Infinity) && value <= Number(to ?? Infinity);
}

const YES_NO = 'yes,no';
const POLICIES =
  'volatile-lru,allkeys-lru,volatile-lfu,allkeys-lfu,volatile-random,allkeys-random,volatile-ttl,noeviction';

const integer = (name: string, value: number, allowed: string, description: string): EngineParameter => ({
  name,
  value: String(value),
  type: 'integer',
  allowed,
  description,
});
const text = (name: string, value: string, allowed: string, description: string): EngineParameter => ({
  name,
  value,
  type: 'string',
  allowed,
  description,
});

/**
 * The parameters that people set most, not all (simplified). Source: describe-engine-default-parameters of awscli for
 * redis5.0, and the ElastiCache user guide, engine parameters, November 2026, for what later families added or renamed.
 * unverified: defaults of families after redis5.0.
 */
const parameters: EngineParameter[] = [
  { ...text('activedefrag', 'no', YES_NO, 'Enabled active memory defragmentation'), from: 'redis4.0' },
  { ...text('activerehashing', 'yes', YES_NO, 'Apply rehashing or not.'), reboot: true },
  { ...text('appendfsync', 'everysec', 'always,everysec,no', 'fsync policy for AOF persistence'), fixed: true },
  { ...text('appendonly', 'no', YES_NO, 'Enable Redis persistence.'), fixed: true },
  integer('client-output-buffer-limit-normal-hard-limit', 0, '0-', 'Normal client output buffer hard limit in bytes.'),
  integer('client-output-buffer-limit-normal-soft-limit', 0, '0-', 'Normal client output buffer soft limit in bytes.'),
  integer(
    'client-output-buffer-limit-pubsub-hard-limit',
    33554432,
    '0-',
    'Pubsub client output buffer hard limit in bytes.',
  ),
  integer(
    'client-output-buffer-limit-pubsub-soft-limit',
    8388608,
    '0-',
    'Pubsub client output buffer soft limit in bytes.',
  ),
  {
    ...text('close-on-slave-write', 'yes', YES_NO, 'Disconnect clients that write to a read-only replica.'),
    until: 'redis4.0',
  },
  {
    ...text('close-on-replica-write', 'yes', YES_NO, 'Disconnect clients that write to a read-only replica.'),
    from: 'redis5.0',
  },
  {
    ...text('cluster-allow-reads-when-down', 'no', YES_NO, 'Serve reads while the cluster is down.'),
    from: 'redis6.x',
  },
  { ...text('cluster-enabled', 'no', YES_NO, 'Enable cluster mode'), reboot: true },
  text(
    'cluster-require-full-coverage',
    'no',
    YES_NO,
    'Whether cluster becomes unavailable if one or more slots are not covered',
  ),
  { ...integer('databases', 16, '1-1200000', 'Set the number of databases.'), reboot: true },
  {
    ...integer('hash-max-ziplist-entries', 512, '0-', 'The maximum number of hash entries to be compressed.'),
    until: 'redis6.x',
  },
  {
    ...integer('hash-max-listpack-entries', 512, '0-', 'The maximum number of hash entries to be compressed.'),
    from: 'redis7',
  },
  { ...text('lazyfree-lazy-eviction', 'no', YES_NO, 'Perform an asynchronous delete on evictions'), from: 'redis4.0' },
  { ...text('lazyfree-lazy-expire', 'no', YES_NO, 'Perform an asynchronous delete on expired keys'), from: 'redis4.0' },
  {
    ...text('lazyfree-lazy-server-del', 'no', YES_NO, 'Perform an asynchronous delete on key updates'),
    from: 'redis4.0',
  },
  { ...text('lazyfree-lazy-user-del', 'no', YES_NO, 'Let DEL behave as UNLINK'), from: 'redis6.x' },
  {
    ...integer('lfu-decay-time', 1, '0-', 'The time in minutes to decrement the key counter of LFU eviction.'),
    from: 'redis4.0',
  },
  {
    ...integer('lfu-log-factor', 10, '1-', 'The log factor to increment the key counter of LFU eviction.'),
    from: 'redis4.0',
  },
  { ...integer('lua-time-limit', 5000, '5000', 'Max execution time of a Lua script in milliseconds.'), fixed: true },
  { ...integer('maxclients', 65000, '1-65000', 'The maximum number of Redis clients.'), reboot: true, fixed: true },
  { ...text('maxmemory-policy', 'volatile-lru', POLICIES, 'Max memory policy.') },
  integer('maxmemory-samples', 3, '1-', 'Max memory samples.'),
  {
    ...integer('min-slaves-to-write', 0, '0-', 'The minimum number of replicas for the primary to take writes.'),
    until: 'redis4.0',
  },
  {
    ...integer('min-replicas-to-write', 0, '0-', 'The minimum number of replicas for the primary to take writes.'),
    from: 'redis5.0',
  },
  {
    name: 'notify-keyspace-events',
    value: '',
    type: 'string',
    description: 'The keyspace events for Redis to notify Pub/Sub clients about.',
  },
  integer('proto-max-bulk-len', 536870912, '1048576-536870912', 'Max size of a single element request'),
  integer('repl-backlog-size', 1048576, '16384-', 'The replication backlog size in bytes for PSYNC.'),
  integer('repl-backlog-ttl', 3600, '0-', 'The time in seconds without replicas after which the backlog is freed.'),
  integer('reserved-memory-percent', 25, '0-100', 'The percent of memory reserved for non-cache memory usage.'),
  integer('set-max-intset-entries', 512, '0-', 'The limit in the size of the set to be compressed.'),
  integer('slowlog-log-slower-than', 10000, '-', 'The execution time in microseconds to exceed to be logged.'),
  integer('slowlog-max-len', 128, '0-', 'The length of the slow log.'),
  {
    ...integer('stream-node-max-entries', 100, '0-', 'The maximum number of items of a node in a stream.'),
    from: 'redis5.0',
  },
  integer('tcp-keepalive', 300, '0-', 'If non-zero, send ACKs every given number of seconds.'),
  integer('timeout', 0, '0,20-', 'Close connection if client is idle for a given number of seconds, or never if 0.'),
  {
    ...integer('tracking-table-max-keys', 1000000, '1-100000000', 'The maximum number of keys in the tracking table.'),
    from: 'redis6.x',
  },
  { ...text('latency-tracking', 'no', YES_NO, 'Track the latency of each command.'), from: 'redis7' },
];
