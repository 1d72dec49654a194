import { route as createGlobalDatastore } from './handlers/createGlobalDatastore.ts';
import { route as getGlobalDatastore } from './handlers/getGlobalDatastore.ts';
import { route as getHealth } from './handlers/getHealth.ts';
import { route as listGlobalDatastores } from './handlers/listGlobalDatastores.ts';

/** Every route by its name, which is its handler's file, its function in serverless.yml and its operationId. */
export const routes = { createGlobalDatastore, getGlobalDatastore, listGlobalDatastores, getHealth };
