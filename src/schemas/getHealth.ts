// Pruned at build time by build/plugins/schemaPruning.ts.
import type { Route } from './route.ts';

/** The contract of getHealth. */
export const getHealth = {
  method: 'GET',
  path: '/health',
  subject: 'none',
  tag: 'This API',
  summary: 'Tell whether this region of the API is up',
  description: 'Calls nothing, needs no authorization: a target for health checks of DNS and load balancers.',
  awsActions: [],
  unauthenticated: true,
  responses: {
    200: {
      type: 'object',
      properties: {
        Status: { type: 'string', enum: ['ok'] },
        Region: { type: 'string', examples: ['us-east-1'] },
      },
      required: ['Status', 'Region'],
      additionalProperties: false,
    },
  },
} as const satisfies Route;
