import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';
import { createDurable } from '../../local/durable.ts';

/** The durable engine with the workflow in it, ended with the test file. The workflow is loaded when it is first needed. */
export async function startDurable() {
  const server = await createDurable({
    functions: {
      'global-datastore-api-dev-reconcile': async (event, context) => {
        const { handler } = await import('../../src/workflows/reconcile.ts');
        return handler(event, context);
      },
    },
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  afterAll(() => void server.close().closeAllConnections());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
