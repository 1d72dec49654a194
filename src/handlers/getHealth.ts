import { config } from '../config.ts';
import { api, ok } from '../http/defineHandler.ts';
import { getHealth } from '../schemas/getHealth.ts';

export const handler = api(getHealth, async () => ok({ Status: 'ok' as const, Region: config.region }));
