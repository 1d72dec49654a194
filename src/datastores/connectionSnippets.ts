import type { EndpointAddress } from './endpoints.ts';

/** The settings of a datastore that a client needs, apart from its addresses. */
interface Access {
  readonly ClusterEnabled: boolean;
  readonly TransitEncryptionEnabled: boolean;
  readonly AuthTokenEnabled: boolean;
  readonly UserGroupsEnabled: boolean;
}

/**
 * Returns code for each client that handles a failover. The addresses are those of the primary and then of the secondaries.
 * After a failover to another region the address of another member takes the writes, and the former one responds READONLY.
 */
export const connectionSnippets = (addresses: readonly EndpointAddress[], access: Access) =>
  addresses.length === 0
    ? []
    : [
        { Client: 'ioredis' as const, Code: ioredis(addresses, access) },
        { Client: 'node-redis' as const, Code: nodeRedis(addresses, access) },
        { Client: 'redis-py' as const, Code: redisPy(addresses, access) },
        { Client: 'redis-cli' as const, Code: redisCli(addresses, access) },
      ];

const usesPassword = ({ AuthTokenEnabled, UserGroupsEnabled }: Access): boolean =>
  AuthTokenEnabled || UserGroupsEnabled;

/** Returns the lines that hold, each on a line of its own. */
const lines = (...texts: (string | false)[]): string => texts.filter((text) => text !== false).join('\n');

const ioredis = (addresses: readonly EndpointAddress[], access: Access): string =>
  lines(
    "import Redis from 'ioredis';",
    '',
    ...listOfAddresses(addresses),
    ...nodeOptions(access, [
      '  connectTimeout: 2000,',
      '  commandTimeout: 2000,',
      '  maxRetriesPerRequest: 0,',
      '  retryStrategy: () => null,',
      access.TransitEncryptionEnabled && '  tls: {},',
    ]),
    '',
    'async function connect({ host, port }) {',
    ...(access.ClusterEnabled
      ? [
          '  const client = new Redis.Cluster([{ host, port }], {',
          '    dnsLookup: (address, callback) => callback(null, address), // TLS certificates are for names',
          '    clusterRetryStrategy: () => null,',
          '    redisOptions: options,',
          '  });',
        ]
      : ['  const client = new Redis({ host, port, ...options });']),
    "  client.on('error', () => {}); // each command reports its own error",
    '  return client;',
    '}',
    '',
    ...writeInJavaScript({ drop: 'client.disconnect()', isReply: "error.name === 'ReplyError'" }),
    '',
    "await write((redis) => redis.set('greeting', 'hello'));",
    '',
  );

const nodeRedis = (addresses: readonly EndpointAddress[], access: Access): string =>
  lines(
    `import { ${access.ClusterEnabled ? 'createCluster' : 'createClient'}, ErrorReply } from 'redis';`,
    '',
    ...listOfAddresses(addresses),
    ...nodeOptions(access, [
      '  disableOfflineQueue: true,',
      `  socket: { connectTimeout: 2000, socketTimeout: 2000, reconnectStrategy: false${access.TransitEncryptionEnabled ? ', tls: true' : ''} },`,
    ]),
    '',
    'async function connect({ host, port }) {',
    ...(access.ClusterEnabled
      ? [
          `  const rootNodes = [{ url: \`${access.TransitEncryptionEnabled ? 'rediss' : 'redis'}://\${host}:\${port}\` }];`,
          '  const client = createCluster({ rootNodes, defaults: options });',
        ]
      : ['  const client = createClient({ ...options, socket: { ...options.socket, host, port } });']),
    "  client.on('error', () => {}); // each command reports its own error",
    '  await client.connect();',
    '  return client;',
    '}',
    '',
    ...writeInJavaScript({ drop: 'client.isOpen && client.destroy()', isReply: 'error instanceof ErrorReply' }),
    '',
    "await write((redis) => redis.set('greeting', 'hello'));",
    '',
  );

const listOfAddresses = (addresses: readonly EndpointAddress[]): string[] => [
  '// The primary first. After a failover another one takes the writes.',
  'const addresses = [',
  ...addresses.map(({ Address, Port }) => `  { host: '${Address}', port: ${Port} },`),
  '];',
];

const nodeOptions = (access: Access, others: (string | false)[]): (string | false)[] => [
  'const options = {',
  ...others,
  access.UserGroupsEnabled && '  username: process.env.REDIS_USERNAME,',
  usesPassword(access) && '  password: process.env.REDIS_PASSWORD,',
  '};',
];

/** The expressions in which the clients differ. */
interface NodeClient {
  readonly drop: string;
  readonly isReply: string;
}

/** Returns a function that runs a command until the new primary takes it. */
const writeInJavaScript = ({ drop, isReply }: NodeClient): string[] => [
  'let current = 0;',
  'let shared;',
  '',
  '/** Runs a command. After READONLY or a lost connection it connects to the next address and runs the command again. */',
  'export async function write(command, seconds = 120) {',
  '  const end = Date.now() + seconds * 1000;',
  '  for (;;) {',
  '    shared ??= connect(addresses[current % addresses.length]);',
  '    const used = shared;',
  '    try {',
  '      return await command(await used);',
  '    } catch (error) {',
  `      const isRefusal = ${isReply} && !/^(READONLY|LOADING|MASTERDOWN|CLUSTERDOWN)/.test(error.message);`,
  '      if (isRefusal || Date.now() > end) throw error;',
  '      if (used === shared) {',
  '        shared = undefined;',
  '        current += 1;',
  `        used.then((client) => ${drop}).catch(() => {});`,
  '      }',
  '      await new Promise((resolve) => setTimeout(resolve, 500));',
  '    }',
  '  }',
  '}',
];

const redisPy = (addresses: readonly EndpointAddress[], access: Access): string =>
  lines(
    usesPassword(access) && 'import os',
    'import time',
    '',
    'import redis',
    access.ClusterEnabled && 'from redis.cluster import RedisCluster',
    '',
    '# The primary first. After a failover another one takes the writes.',
    'ADDRESSES = [',
    ...addresses.map(({ Address, Port }) => `    ("${Address}", ${Port}),`),
    ']',
    'OPTIONS = {',
    '    "socket_connect_timeout": 2,',
    '    "socket_timeout": 2,',
    access.TransitEncryptionEnabled && '    "ssl": True,',
    access.UserGroupsEnabled && '    "username": os.environ["REDIS_USERNAME"],',
    usesPassword(access) && '    "password": os.environ["REDIS_PASSWORD"],',
    '}',
    'MOVED = (',
    '    redis.exceptions.ConnectionError,',
    '    redis.exceptions.TimeoutError,',
    '    redis.exceptions.ReadOnlyError,',
    access.ClusterEnabled && '    redis.exceptions.RedisClusterException,',
    access.ClusterEnabled && '    redis.exceptions.ClusterError,',
    ')',
    '',
    '_current = 0',
    '_client = None',
    '',
    '',
    'def write(command, seconds=120):',
    '    """Runs a command. After READONLY or a lost connection it connects to the next address and runs the command again."""',
    '    global _client, _current',
    '    end = time.monotonic() + seconds',
    '    while True:',
    '        try:',
    '            if _client is None:',
    '                host, port = ADDRESSES[_current % len(ADDRESSES)]',
    `                _client = ${access.ClusterEnabled ? 'RedisCluster' : 'redis.Redis'}(host=host, port=port, **OPTIONS)`,
    '            return command(_client)',
    '        except MOVED as error:',
    '            if isinstance(error, redis.exceptions.AuthenticationError) or time.monotonic() > end:',
    '                raise',
    '            if _client is not None:',
    '                _client.close()',
    '            _client = None',
    '            _current += 1',
    '            time.sleep(0.5)',
    '',
    '',
    'write(lambda client: client.set("greeting", "hello"))',
    '',
  );

const redisCli = (addresses: readonly EndpointAddress[], access: Access): string =>
  lines(
    '#!/bin/sh',
    usesPassword(access) && 'export REDISCLI_AUTH="$REDIS_PASSWORD"',
    '# The primary first. After a failover another one takes the writes.',
    `addresses="${addresses.map(({ Address, Port }) => `${Address}:${Port}`).join(' ')}"`,
    '',
    '# Runs a command at the first address that takes it.',
    'write() {',
    '  for address in $addresses; do',
    `    reply=$(timeout 3 redis-cli${flagsOf(access)} -h "\${address%:*}" -p "\${address##*:}" "$@" 2>&1) || continue`,
    '    case $reply in',
    '      *READONLY* | *LOADING* | *MASTERDOWN* | *CLUSTERDOWN*) continue ;;',
    '    esac',
    '    printf "%s\\n" "$reply"',
    '    return 0',
    '  done',
    '  return 1',
    '}',
    '',
    'until write SET greeting hello; do sleep 1; done',
    '',
  );

const flagsOf = ({ ClusterEnabled, TransitEncryptionEnabled, UserGroupsEnabled }: Access): string =>
  [ClusterEnabled && ' -c', TransitEncryptionEnabled && ' --tls', UserGroupsEnabled && ' --user "$REDIS_USERNAME"']
    .filter(Boolean)
    .join('');
