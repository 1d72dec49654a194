// Pruned at build time by build/plugins/schemaPruning.ts.
import { description, globalReplicationGroupId, operationId } from './common.ts';
/** The SDK's GlobalReplicationGroup, member by member (ElastiCache API reference, API version 2015-02-02). */
export const globalReplicationGroup = {
  type: 'object',
  properties: {
    GlobalReplicationGroupId: globalReplicationGroupId,
    GlobalReplicationGroupDescription: {
      ...description,
      description: 'The description; AWS answers one blank where none was given.',
    },
    Status: {
      type: 'string',
      description:
        'creating, available, modifying, primary-only (stable, with no secondary), deleting or deleted. Stable are available and primary-only.',
      examples: ['primary-only'],
    },
    CacheNodeType: { type: 'string', description: 'Node type of all members.', examples: ['cache.r7g.large'] },
    Engine: { type: 'string', description: 'redis or valkey.', examples: ['valkey'] },
    EngineVersion: { type: 'string', description: 'Full version of the engine.', examples: ['8.0.1'] },
    Members: {
      type: 'array',
      description: 'The replication groups of the datastore, in no order. Left out where members are not asked for.',
      items: {
        type: 'object',
        properties: {
          ReplicationGroupId: { type: 'string', examples: ['orders-use1'] },
          ReplicationGroupRegion: { type: 'string', examples: ['us-east-1'] },
          Role: { type: 'string', description: 'PRIMARY takes writes, SECONDARY only reads.', examples: ['PRIMARY'] },
          AutomaticFailover: { type: 'string', enum: ['enabled', 'disabled', 'enabling', 'disabling'] },
          Status: {
            type: 'string',
            description: 'associating, associated, disassociating or disassociated.',
            examples: ['associated'],
          },
        },
        additionalProperties: false,
      },
    },
    ClusterEnabled: { type: 'boolean', description: 'Whether the keys are spread over node groups (shards).' },
    GlobalNodeGroups: {
      type: 'array',
      description: 'The node groups (shards), only with cluster mode enabled.',
      items: {
        type: 'object',
        properties: {
          GlobalNodeGroupId: { type: 'string', examples: ['ldgnf-orders-0001'] },
          Slots: { type: 'string', description: 'Ranges of slots, separated by commas.', examples: ['0-16383'] },
        },
        additionalProperties: false,
      },
    },
    AuthTokenEnabled: { type: 'boolean', description: 'Whether clients need a password.' },
    TransitEncryptionEnabled: { type: 'boolean', description: 'Whether connections are encrypted.' },
    AtRestEncryptionEnabled: { type: 'boolean', description: 'Whether data on disk is encrypted.' },
    ARN: {
      type: 'string',
      description: 'The ARN; its region is empty, for a datastore is in several.',
      examples: ['arn:aws:elasticache::123456789012:globalreplicationgroup:ldgnf-orders'],
    },
  },
  required: ['GlobalReplicationGroupId', 'Status'],
  additionalProperties: false,
} as const;

/** One datastore, as AWS answers it. */
export const globalDatastoreAnswer = {
  type: 'object',
  properties: { GlobalReplicationGroup: globalReplicationGroup },
  required: ['GlobalReplicationGroup'],
  additionalProperties: false,
} as const;

/** One datastore, and who goes on with it. */
export const followedDatastoreAnswer = {
  type: 'object',
  properties: {
    GlobalReplicationGroup: globalReplicationGroup,
    OperationId: {
      ...operationId,
      description: 'The operation that goes on from here by itself; left out where none is needed. Link leads to it.',
    },
  },
  required: ['GlobalReplicationGroup'],
  additionalProperties: false,
} as const;

/** One datastore, and what this API set out to do with it. */
export const plannedDatastoreAnswer = {
  type: 'object',
  properties: {
    GlobalReplicationGroup: globalReplicationGroup,
    Plan: {
      type: 'array',
      items: { type: 'string' },
      description: 'What is done, in words and in order.',
      examples: [['Increase from 2 to 3 node groups.']],
    },
  },
  required: ['GlobalReplicationGroup', 'Plan'],
  additionalProperties: false,
} as const;

/** A page of datastores, as AWS answers it, and which regions it is without. */
export const globalDatastoresAnswer = {
  type: 'object',
  properties: {
    GlobalReplicationGroups: { type: 'array', items: globalReplicationGroup },
    Marker: { type: 'string', description: 'Where the next page begins; left out on the last page.' },
    Warnings: {
      type: 'array',
      description:
        'Regions that did not answer; left out when all did. Datastores that only such a region lists are missing. Where one falls silent in the midst of a list, some that earlier pages showed may come again.',
      items: {
        type: 'object',
        properties: {
          Region: { type: 'string', examples: ['eu-west-1'] },
          Detail: { type: 'string', description: 'What is wrong.', examples: ['ElastiCache did not answer in time'] },
        },
        required: ['Region', 'Detail'],
        additionalProperties: false,
      },
    },
  },
  required: ['GlobalReplicationGroups'],
  additionalProperties: false,
} as const;
