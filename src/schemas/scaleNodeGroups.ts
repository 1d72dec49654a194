// Pruned at build time by build/plugins/schemaPruning.ts.
import { region, replicationGroupId } from './common.ts';
import { withDryRun } from './dryRun.ts';
import { plannedDatastoreAnswer } from './globalDatastore.ts';
import { applyImmediately } from './modifyGlobalDatastore.ts';

const nodeGroups = (description: string) =>
  ({
    type: 'array',
    items: { type: 'string', pattern: '^[a-zA-Z0-9-]+-[0-9]{4}$', maxLength: 255, examples: ['ldgnf-sessions-0001'] },
    minItems: 1,
    maxItems: 500,
    uniqueItems: true,
    description,
  }) as const;

/** The desired number of node groups (shards). Combines the increase and the decrease of AWS. */
export const scaleRequest = {
  type: 'object',
  properties: {
    NodeGroupCount: {
      type: 'integer',
      minimum: 1,
      maximum: 500,
      description: 'The desired number of node groups (shards) of each member: 1 to 500.',
      examples: [3],
    },
    GlobalNodeGroupsToRetain: nodeGroups(
      'For a decrease: the node groups to keep. Default: those with the lowest numbers.',
    ),
    GlobalNodeGroupsToRemove: nodeGroups('For a decrease: the node groups to remove, instead of those to keep.'),
    RegionalConfigurations: {
      type: 'array',
      maxItems: 3,
      description: 'For an increase: the availability zones of the new node groups, by member.',
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
          description: 'Set GlobalNodeGroupsToRetain or GlobalNodeGroupsToRemove, not both.',
        },
      },
    },
  },
  additionalProperties: false,
} as const;

/** The contract of scaleNodeGroups. */
export const scaleNodeGroups = withDryRun({
  method: 'PUT',
  path: '/global-datastores/{GlobalReplicationGroupId}/node-groups',
  subject: 'datastore',
  tag: 'Global datastores',
  summary: 'Set the number of node groups (shards)',
  description:
    'Reads the current number and calls AWS to increase or decrease it. If the number is the same, nothing is called. AWS redistributes the slots.',
  awsActions: [
    'DescribeGlobalReplicationGroups',
    'IncreaseNodeGroupsInGlobalReplicationGroup',
    'DecreaseNodeGroupsInGlobalReplicationGroup',
  ],
  optionalAwsActions: ['DescribeReplicationGroups'],
  headers: ['Idempotency-Key', 'If-Match', 'Prefer'],
  body: scaleRequest,
  responses: { 202: plannedDatastoreAnswer },
});
