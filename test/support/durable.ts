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
 * The durable engine of a region with the workflow in it, ended with the test file. The workflow is loaded when it is first
 * needed. A second of its waits takes 200 ms, unless a test acts between two reconciles.
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
  const front = createServer((request, response) => {
    const call = `${request.method} ${request.url}`;
    if (refused?.test(call)) return void response.socket?.resetAndDestroy();
    if (lost?.test(call)) response.end = () => response.destroy();
    server.emit('request', request, response);
  });
  await once(front.listen(0, '127.0.0.1'), 'listening');
  afterAll(() => {
    front.close().closeAllConnections();
    server.emit('close');
  });
  const url = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
  return {
    url,

    /** Breaks the connection of calls whose method and path match; of none without a pattern. */
    refuse(pattern?: RegExp): void {
      refused = pattern;
    },

    /** Lets calls whose method and path match take effect, and loses their answers; of none without a pattern. */
    lose(pattern?: RegExp): void {
      lost = pattern;
    },

    /** Starts a run past the API, under an id of the test's choice. */
    async start(DurableExecutionName: string, goal: Goal | Evacuation): Promise<void> {
      const client = new LambdaClient({ region: 'us-east-1', endpoint: url, credentials });
      const Payload = Buffer.from(JSON.stringify(goal));
      const call = { FunctionName: name, Qualifier: 'durable', InvocationType: 'Event' as const };
      await client.send(new InvokeCommand({ ...call, DurableExecutionName, Payload }));
    },

    /** Stops a run past the API. */
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
