import { flushCompileCache } from 'node:module';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { contextWith } from './event.ts';

/** The message with the request for a child process. */
export interface Task {
  readonly name: string;
  readonly event: APIGatewayProxyEventV2;
}

type Handler = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

/** Runs a function in its own process, which a test can kill. Sends `ready`, then the response to one request. */
const { handler } = (await import(`../../src/handlers/${process.argv[2]}.ts`)) as { handler: Handler };
process.once('message', async ({ event }: Task) => {
  process.send?.(await handler(event, contextWith(29_000)));
});
flushCompileCache(); // a killed process does not write its cache
process.send?.('ready');
