// Pruned at build time by build/plugins/schemaPruning.ts.
import type { Route } from './route.ts';

/** The contract of getReady. */
export const getReady = {
  method: 'GET',
  path: '/ready',
  subject: 'none',
  tag: 'This API',
  summary: 'Check that the API can reach its table and ElastiCache in its region',
  description:
    'Reads the table and lists global datastores in the region of the API. Each container remembers the result for 10 seconds. ' +
    'Needs no authorization and names no resource. Use it for a DNS failover between two regions.',
  awsActions: [],
  optionalAwsActions: ['DescribeGlobalReplicationGroups'],
  problems: ['NotReady'],
  unauthenticated: true,
  responses: {
    200: {
      type: 'object',
      properties: {
        Status: { type: 'string', enum: ['ready'] },
        Region: { type: 'string', examples: ['us-east-1'] },
      },
      required: ['Status', 'Region'],
      description: 'The table and ElastiCache respond.',
      additionalProperties: false,
    },
  },
} as const satisfies Route;
