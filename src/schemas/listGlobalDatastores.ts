// Pruned at build time by build/plugins/schemaPruning.ts.
import { namePrefix, namePrefixRule, paging, region } from './common.ts';
import { globalDatastoresAnswer } from './globalDatastore.ts';
import type { Route } from './route.ts';

/** The query of a list of datastores. */
export const listQuery = {
  type: 'object',
  properties: {
    Status: {
      type: 'string',
      enum: ['creating', 'available', 'modifying', 'primary-only', 'deleting', 'deleted', 'create-failed'],
      description: 'Only datastores with this status.',
    },
    Region: { ...region, description: 'Only datastores with a member in this region.' },
    NamePrefix: {
      ...namePrefix,
      description: `Only datastores whose id begins with this text, with or without the prefix of AWS. ${namePrefixRule}`,
    },
    ...paging,
    ShowMemberInfo: {
      type: 'boolean',
      description: 'True to include the Members of the datastores. Default: false, as in AWS.',
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
  summary: 'List the datastores of all regions',
  description:
    'The API calls all regions in parallel. If some regions do not respond, the list contains the others and Warnings names the missing regions. A page can have fewer entries than MaxRecords, with a filter also none. Only the last page has no Marker.',
  awsActions: ['DescribeGlobalReplicationGroups'],
  query: listQuery,
  responses: { 200: globalDatastoresAnswer },
} as const satisfies Route;
