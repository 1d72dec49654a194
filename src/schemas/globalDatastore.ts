// Pruned at build time by build/plugins/schemaPruning.ts.
import { description, globalReplicationGroupId, operationId, warnings } from './common.ts';
/** The SDK's GlobalReplicationGroup, member by member (ElastiCache API reference, API version 2015-02-02). */
export const globalReplicationGroup = {
  type: 'object',
  properties: {
    GlobalReplicationGroupId: globalReplicationGroupId,
    GlobalReplicationGroupDescription: {
      ...description,
      description: 'The description. AWS returns one space if the datastore has none.',
    },
    Status: {
      type: 'string',
      description:
        'creating, available, modifying, primary-only (no secondary), deleting or deleted. The stable statuses are available and primary-only.',
      examples: ['primary-only'],
    },
    CacheNodeType: { type: 'string', description: 'The node type of all members.', examples: ['cache.r7g.large'] },
    Engine: { type: 'string', description: 'The engine: redis or valkey.', examples: ['valkey'] },
    EngineVersion: { type: 'string', description: 'The full version of the engine.', examples: ['8.0.1'] },
    Members: {
      type: 'array',
      description:
        'The replication groups of the datastore in no particular order. Left out if the request does not ask for members.',
      items: {
        type: 'object',
        properties: {
          ReplicationGroupId: { type: 'string', examples: ['orders-use1'] },
          ReplicationGroupRegion: { type: 'string', examples: ['us-east-1'] },
          Role: {
            type: 'string',
            description: 'PRIMARY accepts writes. SECONDARY accepts reads only.',
            examples: ['PRIMARY'],
          },
          AutomaticFailover: { type: 'string', enum: ['enabled', 'disabled', 'enabling', 'disabling'] },
          Status: {
            type: 'string',
            description: 'associating, associated, disassociating or disassociated. The stable status is associated.',
            examples: ['associated'],
          },
        },
        additionalProperties: false,
      },
    },
    ClusterEnabled: {
      type: 'boolean',
      description: 'True with cluster mode enabled: the keys are distributed over node groups (shards).',
    },
    GlobalNodeGroups: {
      type: 'array',
      description: 'The node groups (shards) with cluster mode enabled.',
      items: {
        type: 'object',
        properties: {
          GlobalNodeGroupId: { type: 'string', examples: ['ldgnf-orders-0001'] },
          Slots: { type: 'string', description: 'The ranges of slots, separated by commas.', examples: ['0-16383'] },
        },
        additionalProperties: false,
      },
    },
    AuthTokenEnabled: { type: 'boolean', description: 'True if clients need a password.' },
    TransitEncryptionEnabled: { type: 'boolean', description: 'True if connections are encrypted.' },
    AtRestEncryptionEnabled: { type: 'boolean', description: 'True if data on disk is encrypted.' },
    ARN: {
      type: 'string',
      description: 'The ARN. Its region is empty because a datastore is in several regions.',
      examples: ['arn:aws:elasticache::123456789012:globalreplicationgroup:ldgnf-orders'],
    },
  },
  required: ['GlobalReplicationGroupId', 'Status'],
  additionalProperties: false,
} as const;

/** One datastore in the form of AWS. */
export const globalDatastoreAnswer = {
  type: 'object',
  description: 'The datastore.',
  properties: { GlobalReplicationGroup: globalReplicationGroup },
  required: ['GlobalReplicationGroup'],
  additionalProperties: false,
} as const;

/** One datastore, and the operation that continues the change. */
export const followedDatastoreAnswer = {
  type: 'object',
  description: 'The datastore, and the operation that continues the change.',
  properties: {
    GlobalReplicationGroup: globalReplicationGroup,
    OperationId: {
      ...operationId,
      description:
        'The operation that continues the change. Left out if no operation is needed. Link refers to the operation.',
    },
  },
  required: ['GlobalReplicationGroup'],
  additionalProperties: false,
} as const;

/** One datastore, and the changes that this API started. */
export const plannedDatastoreAnswer = {
  type: 'object',
  description: 'The datastore, and the changes that this API started.',
  properties: {
    GlobalReplicationGroup: globalReplicationGroup,
    Plan: {
      type: 'array',
      items: { type: 'string' },
      description: 'The changes in words and in order.',
      examples: [['Increase from 2 to 3 node groups.']],
    },
  },
  required: ['GlobalReplicationGroup', 'Plan'],
  additionalProperties: false,
} as const;

/** A page of datastores in the form of AWS, and the regions that are missing from it. */
export const globalDatastoresAnswer = {
  type: 'object',
  description: 'A page of datastores.',
  properties: {
    GlobalReplicationGroups: { type: 'array', items: globalReplicationGroup },
    Marker: { type: 'string', description: 'The start of the next page. Left out on the last page.' },
    Warnings: {
      ...warnings,
      description:
        'Why datastores may be missing from the list. Left out if it is whole. A region did not respond: datastores that only this region lists are missing. If it stops responding after its first page, a datastore may be repeated. Or owners could not be read: their datastores are left out.',
    },
  },
  required: ['GlobalReplicationGroups'],
  additionalProperties: false,
} as const;
