import document from '../../openapi.json' with { type: 'json' };
import { defineHandler } from '../http/defineHandler.ts';
import { ok } from '../http/responses.ts';
import { getOpenApi } from '../schemas/getOpenApi.ts';

export const handler = defineHandler(getOpenApi, async () => ok(document));
