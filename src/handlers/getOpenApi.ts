import document from '../../openapi.json' with { type: 'json' };
import { api, ok } from '../http/defineHandler.ts';
import { getOpenApi } from '../schemas/getOpenApi.ts';

export const handler = api(getOpenApi, async () => ok(document));
