// Pruned at build time by build/plugins/schemaPruning.ts.
import { paging } from './common.ts';
import { globalDatastoresAnswer } from './globalDatastore.ts';
import type { Route } from './route.ts';

/** The query of a list of datastores. */
export const listQuery = {
  type: 'object',
  properties: {
    ...paging,
    ShowMemberInfo: {
      type: 'boolean',
      description: 'Whether the datastores show their Members; false when left out, as with AWS.',
      examples: [true],
    },
  },
  additionalProperties: false,
} as const;

/** The contract of listGlobalDatastores. */
export const listGlobalDatastores = {
  method: 'GET',
  path: '/global-datastores',
  subject: 'none',
  tag: 'Global datastores',
  summary: 'List the datastores of all regions, page by page',
  description:
    'All regions are asked at once. As long as one of them answers, so does this API, and Warnings names the others. A page may hold fewer than MaxRecords; only the last one has no Marker.',
  awsActions: ['DescribeGlobalReplicationGroups'],
  query: listQuery,
  responses: { 200: globalDatastoresAnswer },
} as const satisfies Route;
