import type { AddressInfo } from 'node:net';
import { createDurableApi } from '../../local/lambdaDurableApi.ts';
import { handler } from '../../src/operations/reconcileFunction.ts';

// The durable engine in a process of its own, to be killed: node test/support/durableProcess.ts FILE. It prints its port.
const [stateFile = ''] = process.argv.slice(2);
const server = createDurableApi({ functions: { reconcile: handler }, stateFile });
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
