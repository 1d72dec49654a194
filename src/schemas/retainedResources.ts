// Pruned at build time by build/plugins/schemaPruning.ts.
import { listOf } from './common.ts';

/** The kinds of resources that a change leaves. */
const retained = {
  Standalone: {
    ...listOf({
      type: 'object',
      properties: {
        ReplicationGroupId: { type: 'string', examples: ['orders-use1'] },
        ReplicationGroupRegion: { type: 'string', examples: ['us-east-1'] },
        Status: { type: 'string', description: 'Left out if AWS did not provide it.', examples: ['available'] },
      },
      required: ['ReplicationGroupId', 'ReplicationGroupRegion'],
      additionalProperties: false,
    }),
    description:
      'Former members and failed secondaries. They are standalone replication groups with their data and incur costs until you delete them.',
  },
  ParameterGroups: {
    ...listOf({
      type: 'object',
      properties: {
        CacheParameterGroupName: {
          type: 'string',
          description: 'The name. Ends in `*` if AWS did not provide its last four letters.',
          examples: ['global-datastore-orders-use1abcd'],
        },
        Region: { type: 'string', examples: ['us-east-1'] },
      },
      required: ['CacheParameterGroupName', 'Region'],
      additionalProperties: false,
    }),
    description: 'The parameter groups that ElastiCache created for them. They are not deleted automatically.',
  },
} as const;

/** The resources that an operation, a detach or a delete leaves. */
export const retainedResources = {
  type: 'object',
  description: 'The resources that remain and that incur costs. A group is standalone when the change is complete.',
  properties: retained,
  required: ['Standalone', 'ParameterGroups'],
  additionalProperties: false,
} as const;
