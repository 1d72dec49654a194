// Pruned at build time by build/plugins/schemaPruning.ts.
import { namePrefix, namePrefixRule, paging, region } from './common.ts';
import { replicationGroupsAnswer } from './replicationGroup.ts';
import type { Route } from './route.ts';

/** The query of a list of replication groups. */
export const listReplicationGroupsQuery = {
  type: 'object',
  properties: {
    Region: { ...region, description: `The region to list. ${region.description} Default: the region of the API.` },
    Status: {
      type: 'string',
      enum: ['creating', 'available', 'modifying', 'deleting', 'create-failed', 'snapshotting'],
      description: 'Only replication groups with this status.',
    },
    NamePrefix: {
      ...namePrefix,
      description: `Only replication groups whose id begins with this text. ${namePrefixRule}`,
    },
    ...paging,
  },
  additionalProperties: false,
} as const;

/** The contract of listReplicationGroups. */
export const listReplicationGroups = {
  method: 'GET',
  path: '/replication-groups',
  subject: 'region',
  tag: 'Replication groups',
  summary: 'List the replication groups of a region: the candidates for a primary',
  description: 'With a filter a page can have fewer entries than MaxRecords, or none, and still have a Marker.',
  awsActions: ['DescribeReplicationGroups'],
  query: listReplicationGroupsQuery,
  responses: { 200: replicationGroupsAnswer },
} as const satisfies Route;
