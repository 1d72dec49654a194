import { config } from '../config.ts';
import { isReady } from '../datastores/readiness.ts';
import { defineHandler } from '../http/defineHandler.ts';
import { ok } from '../http/responses.ts';
import { requestContext } from '../observability/requestContext.ts';
import { Problem } from '../problems/problem.ts';
import { getReady } from '../schemas/getReady.ts';

export const handler = defineHandler(getReady, async () => {
  const ready = await isReady();
  requestContext().metrics.Ready = ready ? 1 : 0;
  if (!ready) throw new Problem('NotReady', 'The table or ElastiCache did not respond.');
  return ok({ Status: 'ready' as const, Region: config.region });
});
