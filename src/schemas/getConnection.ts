// Pruned at build time by build/plugins/schemaPruning.ts.
import { listOf, warnings } from './common.ts';
import type { Route } from './route.ts';

/** An address that clients connect to, and the member that it belongs to. */
export const endpointAddress = {
  type: 'object',
  properties: {
    Region: { type: 'string', examples: ['us-east-1'] },
    ReplicationGroupId: { type: 'string', examples: ['orders-use1'] },
    Address: {
      type: 'string',
      description: 'The DNS name. Clients resolve it for each new connection.',
      examples: ['master.orders-use1.tpr3ww.use1.cache.amazonaws.com'],
    },
    Port: { type: 'integer', examples: [6379] },
  },
  required: ['Region', 'ReplicationGroupId', 'Address', 'Port'],
  additionalProperties: false,
} as const;

/** The clients that a snippet exists for. */
export const snippetClients = ['ioredis', 'node-redis', 'redis-py', 'redis-cli'] as const;

/** The addresses of a datastore, and the settings of it that clients need. */
const connectionAnswer = {
  type: 'object',
  description: 'The addresses of a datastore, and what clients need to know of it.',
  properties: {
    GlobalReplicationGroupId: { type: 'string', examples: ['ldgnf-orders'] },
    Writer: {
      ...endpointAddress,
      description:
        'The address that takes writes: the primary endpoint of the primary, or its configuration endpoint with cluster mode. Left out if it could not be read.',
    },
    FixedWriter: {
      type: 'object',
      properties: {
        Address: { type: 'string', examples: ['localhost'] },
        Port: { type: 'integer', examples: [6401] },
      },
      required: ['Address', 'Port'],
      additionalProperties: false,
      description:
        'Only on a laptop with --data-plane: an address that leads to whichever member is the primary. A failover closes its connections.',
    },
    Standbys: {
      ...listOf(endpointAddress),
      description: 'The address of each secondary that takes the writes once the secondary is the primary.',
    },
    Readers: {
      ...listOf(endpointAddress),
      description:
        'The address of each member that takes reads: its reader endpoint, or its configuration endpoint with cluster mode.',
    },
    ClusterEnabled: {
      type: 'boolean',
      description: 'True with cluster mode: clients need its protocol.',
    },
    TransitEncryptionEnabled: { type: 'boolean', description: 'True if clients have to use TLS.' },
    AuthTokenEnabled: { type: 'boolean', description: 'True if clients need a password (AUTH).' },
    UserGroupsEnabled: {
      type: 'boolean',
      description: 'True if a member has user groups (RBAC): clients need a user and its password.',
    },
    Snippets: {
      ...listOf({
        type: 'object',
        properties: {
          Client: { type: 'string', enum: snippetClients },
          Code: { type: 'string', description: 'The code. Passwords are read from the environment.' },
        },
        required: ['Client', 'Code'],
        additionalProperties: false,
      }),
      description:
        'Code that copes with a failover: on READONLY and on a lost connection it drops the connection, resolves the name of the next member, and tries again. A command can then run twice. Empty if no address could be read.',
    },
    Warnings: {
      ...warnings,
      description: 'The regions whose addresses could not be read. Left out if there are none.',
    },
  },
  required: [
    'GlobalReplicationGroupId',
    'Standbys',
    'Readers',
    'ClusterEnabled',
    'TransitEncryptionEnabled',
    'AuthTokenEnabled',
    'UserGroupsEnabled',
    'Snippets',
  ],
  additionalProperties: false,
} as const;

/** The contract of getConnection. */
export const getConnection = {
  method: 'GET',
  path: '/global-datastores/{GlobalReplicationGroupId}/connection',
  subject: 'datastore',
  tag: 'Global datastores',
  summary: 'Read where clients connect, with code that copes with a failover',
  description:
    'ElastiCache has no name that follows the primary from region to region: after a failover clients write to the address of another region. Each address is read in the region of its member. A region that does not respond is named in Warnings.',
  awsActions: ['DescribeGlobalReplicationGroups'],
  optionalAwsActions: ['DescribeReplicationGroups'],
  responses: { 200: connectionAnswer },
} as const satisfies Route;
