// Pruned at build time by build/plugins/schemaPruning.ts.
import type { Route } from './route.ts';

/** The contract of getOpenApi. */
export const getOpenApi = {
  method: 'GET',
  path: '/openapi.json',
  subject: 'none',
  tag: 'This API',
  summary: 'Read this contract as an OpenAPI document',
  awsActions: [],
  responses: {
    200: {
      type: 'object',
      description: 'An OpenAPI 3.1 document.',
      properties: {
        openapi: { type: 'string', examples: ['3.1.1'] },
        info: { type: 'object', additionalProperties: true },
        paths: { type: 'object', additionalProperties: true },
        components: { type: 'object', additionalProperties: true },
      },
      required: ['openapi', 'info', 'paths', 'components'],
    },
  },
} as const satisfies Route;
