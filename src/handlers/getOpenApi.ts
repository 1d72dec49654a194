import document from '../../openapi.json' with { type: 'json' };
import { defineHandler, ok } from '../http/defineHandler.ts';
import { getOpenApi } from '../schemas/getOpenApi.ts';

export const handler = defineHandler(getOpenApi, async () => ok(document));
