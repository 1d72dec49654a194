import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  InvokeCommand,
  LambdaClient,
  ListDurableExecutionsByFunctionCommand,
  StopDurableExecutionCommand,
} from '@aws-sdk/client-lambda';
import { afterAll } from 'vitest';
import { createDurableApi } from '../../local/lambdaDurableApi.ts';
import type { Evacuation } from '../../src/operations/evacuation/evacuation.ts';
import type { Goal } from '../../src/operations/goal.ts';

const name = 'global-datastore-api-dev-reconcile';

/**
 * Starts the durable engine of a region with the workflow. It ends after the test file. The first execution loads the workflow.
 * A second of its waits takes `secondMs`. Tests that act between two reconciles set more.
 */
export async function startDurable({ region, secondMs = 200 }: { region?: string; secondMs?: number } = {}) {
  const server = createDurableApi({
    secondMs,
    ...(region && { region }),
    functions: {
      [name]: async (event, context) => {
        const { handler } = await import('../../src/operations/reconcileFunction.ts');
        return handler(event, context);
      },
    },
  });
  let refused: RegExp | undefined;
  let lost: RegExp | undefined;
  const proxy = createServer((request, response) => {
    const call = `${request.method} ${request.url}`;
    if (refused?.test(call)) return void response.socket?.resetAndDestroy();
    if (lost?.test(call)) response.end = () => response.destroy();
    server.emit('request', request, response);
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  afterAll(() => {
    proxy.close().closeAllConnections();
    server.emit('close');
  });
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  return {
    url,

    /** Resets the connection of calls whose method and path match. Without a pattern, no call matches. */
    refuse(pattern?: RegExp): void {
      refused = pattern;
    },

    /** Runs calls whose method and path match, and sends no response to them. Without a pattern, no call matches. */
    dropResponses(pattern?: RegExp): void {
      lost = pattern;
    },

    /** Starts an execution with this name directly in the engine (not through the API). */
    async start(DurableExecutionName: string, goal: Goal | Evacuation): Promise<void> {
      const client = new LambdaClient({ region: 'us-east-1', endpoint: url, credentials });
      const Payload = Buffer.from(JSON.stringify(goal));
      const call = { FunctionName: name, Qualifier: 'durable', InvocationType: 'Event' as const };
      await client.send(new InvokeCommand({ ...call, DurableExecutionName, Payload }));
    },

    /** Stops an execution directly in the engine (not through the API). */
    async stop(DurableExecutionName: string): Promise<void> {
      const client = new LambdaClient({ region: 'us-east-1', endpoint: url, credentials });
      const list = new ListDurableExecutionsByFunctionCommand({ FunctionName: name, DurableExecutionName });
      const { DurableExecutions: [execution] = [] } = await client.send(list);
      const { DurableExecutionArn } = execution ?? {};
      await client.send(new StopDurableExecutionCommand({ DurableExecutionArn }));
    },
  };
}

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
