import { region } from './common.ts';
import { paging } from './paging.ts';

/** The query of a list of replication groups. */
export const listReplicationGroupsQuery = {
  type: 'object',
  properties: {
    Region: { ...region, description: `The region to list. ${region.description} Left out: the API's own region.` },
    ...paging,
  },
  additionalProperties: false,
} as const;
