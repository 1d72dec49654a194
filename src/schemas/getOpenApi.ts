// Pruned at build time by build/plugins/schemaPruning.ts.
import type { Route } from './route.ts';

/** The contract of getOpenApi. */
export const getOpenApi = {
  method: 'GET',
  path: '/openapi.json',
  subject: 'none',
  summary: 'Show this contract as an OpenAPI document',
  awsActions: [],
  responses: {
    200: {
      type: 'object',
      description: 'An OpenAPI 3.1 document.',
      properties: {
        openapi: { type: 'string', examples: ['3.1.1'] },
        info: { type: 'object' },
        paths: { type: 'object' },
        components: { type: 'object' },
      },
      required: ['openapi', 'info', 'paths', 'components'],
    },
  },
} as const satisfies Route;
