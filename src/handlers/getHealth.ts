import { config } from '../config.ts';
import { api, ok } from '../http/defineHandler.ts';
import type { Route } from '../schemas/route.ts';

export const route = {
  method: 'GET',
  path: '/health',
  summary: 'Tell whether this region of the API is up',
  description: 'Calls nothing, needs no authorization: a target for health checks of DNS and load balancers.',
  calls: [],
  open: true,
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

export const handler = api(route, async () => ok({ Status: 'ok' as const, Region: config.region }));
