import { flushCompileCache } from 'node:module';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { contextWith } from './event.ts';

/** What a child process is told to do. */
export interface Task {
  readonly name: string;
  readonly event: APIGatewayProxyEventV2;
}

type Handler = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

/** A function in a process of its own, which can be killed: tells when it is ready, then answers one request. */
const { handler } = (await import(`../../src/handlers/${process.argv[2]}.ts`)) as { handler: Handler };
process.once('message', async ({ event }: Task) => {
  process.send?.(await handler(event, contextWith(29_000)));
});
flushCompileCache(); // a killed process would write nothing
process.send?.('ready');
