// Pruned at build time by build/plugins/schemaPruning.ts.
import { region, replicationGroupId } from './common.ts';
import { dryRunQuery, orDryRunResult } from './dryRun.ts';
import { plannedDatastoreAnswer } from './globalDatastore.ts';
import { applyImmediately } from './modifyGlobalDatastore.ts';
import type { Route } from './route.ts';

const nodeGroups = (description: string) =>
  ({
    type: 'array',
    items: { type: 'string', pattern: '^[a-zA-Z0-9-]+-[0-9]{4}$', maxLength: 255, examples: ['ldgnf-sessions-0001'] },
    minItems: 1,
    maxItems: 500,
    uniqueItems: true,
    description,
  }) as const;

/** How many node groups (shards) a datastore shall have; AWS's increase and decrease in one. */
export const scaleRequest = {
  type: 'object',
  properties: {
    NodeGroupCount: {
      type: 'integer',
      minimum: 1,
      maximum: 500,
      description: 'How many node groups (shards) each member shall have: 1 to 500.',
      examples: [3],
    },
    GlobalNodeGroupsToRetain: nodeGroups(
      'When the count goes down: the node groups to keep. Left out: the lowest numbered.',
    ),
    GlobalNodeGroupsToRemove: nodeGroups(
      'When the count goes down: the node groups to give up, instead of those to keep.',
    ),
    RegionalConfigurations: {
      type: 'array',
      maxItems: 3,
      description: 'When the count goes up: in which availability zones the new node groups go, by member.',
      items: {
        type: 'object',
        properties: {
          ReplicationGroupId: replicationGroupId,
          ReplicationGroupRegion: region,
          ReshardingConfiguration: {
            type: 'array',
            maxItems: 500,
            items: {
              type: 'object',
              properties: {
                NodeGroupId: { type: 'string', pattern: '^[0-9]{1,4}$', examples: ['0003'] },
                PreferredAvailabilityZones: {
                  type: 'array',
                  maxItems: 6,
                  items: { type: 'string', maxLength: 64, pattern: '^[a-z0-9-]+$', examples: ['us-east-1a'] },
                },
              },
              additionalProperties: false,
            },
          },
        },
        required: ['ReplicationGroupId', 'ReplicationGroupRegion', 'ReshardingConfiguration'],
        additionalProperties: false,
      },
    },
    ApplyImmediately: applyImmediately,
  },
  required: ['NodeGroupCount'],
  dependentSchemas: {
    GlobalNodeGroupsToRetain: {
      type: 'object',
      properties: {
        GlobalNodeGroupsToRemove: {
          not: {},
          description: 'Name the node groups to keep or those to remove, not both.',
        },
      },
    },
  },
  additionalProperties: false,
} as const;

/** The contract of scaleNodeGroups. */
export const scaleNodeGroups = {
  method: 'PUT',
  path: '/global-datastores/{GlobalReplicationGroupId}/node-groups',
  subject: 'datastore',
  tag: 'Global datastores',
  summary: 'Set how many node groups (shards) the members have',
  description:
    'Reads the present count and calls AWS to increase or to decrease it; with the same count nothing is called. The slots are spread anew by AWS.',
  awsActions: [
    'DescribeGlobalReplicationGroups',
    'IncreaseNodeGroupsInGlobalReplicationGroup',
    'DecreaseNodeGroupsInGlobalReplicationGroup',
  ],
  headers: ['Idempotency-Key', 'If-Match', 'Prefer'],
  body: scaleRequest,
  query: dryRunQuery,
  responses: { 200: orDryRunResult(plannedDatastoreAnswer), 202: plannedDatastoreAnswer },
} as const satisfies Route;
