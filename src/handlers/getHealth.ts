import { config } from '../config.ts';
import { defineHandler } from '../http/defineHandler.ts';
import { ok } from '../http/responses.ts';
import { getHealth } from '../schemas/getHealth.ts';

export const handler = defineHandler(getHealth, async () =>
  ok({ Status: 'ok' as const, Region: config.region, DataPlane: config.dataPlane }),
);
