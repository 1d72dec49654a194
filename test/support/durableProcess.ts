import { createDurableApi } from '../../local/lambdaDurableApi.ts';
import { handler } from '../../src/operations/reconcileFunction.ts';

// The durable engine in a process of its own, to be killed: node test/support/durableProcess.ts PORT FILE
const [port, stateFile = ''] = process.argv.slice(2);
const server = await createDurableApi({ functions: { reconcile: handler }, stateFile });
server.listen(Number(port), '127.0.0.1', () => console.log('there'));
