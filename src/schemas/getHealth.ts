// Pruned at build time by build/plugins/schemaPruning.ts.
import type { Route } from './route.ts';

/** The contract of getHealth. */
export const getHealth = {
  method: 'GET',
  path: '/health',
  subject: 'none',
  tag: 'This API',
  summary: 'Check that the API is up in this region',
  description: 'Makes no calls and needs no authorization. Use it for health checks of DNS and load balancers.',
  awsActions: [],
  unauthenticated: true,
  responses: {
    200: {
      type: 'object',
      properties: {
        Status: { type: 'string', enum: ['ok'] },
        Region: { type: 'string', examples: ['us-east-1'] },
        DataPlane: {
          type: 'string',
          description: 'Only on a laptop with --data-plane: the servers behind the emulator.',
          examples: ['valkey-server 8.1.1'],
        },
      },
      required: ['Status', 'Region'],
      description: 'The API is up.',
      additionalProperties: false,
    },
  },
} as const satisfies Route;
