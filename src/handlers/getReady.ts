import { config } from '../config.ts';
import { isReady } from '../datastores/readiness.ts';
import { defineHandler } from '../http/defineHandler.ts';
import { ok } from '../http/responses.ts';
import { Problem } from '../problems/problem.ts';
import { getReady } from '../schemas/getReady.ts';

export const handler = defineHandler(getReady, async () => {
  if (!(await isReady())) throw new Problem('NotReady', 'The table or ElastiCache did not respond.');
  return ok({ Status: 'ready' as const, Region: config.region });
});
