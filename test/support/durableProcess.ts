import type { AddressInfo } from 'node:net';
import { createDurableApi } from '../../local/lambdaDurableApi.ts';
import { handler } from '../../src/operations/reconcileFunction.ts';

// Runs the durable engine in its own process, which a test can kill, and prints its port:
// node test/support/durableProcess.ts FILE [PORT [SECOND_MS]]
const [stateFile = '', port = '0', secondMs = '1000'] = process.argv.slice(2);
const server = createDurableApi({ functions: { reconcile: handler }, stateFile, secondMs: Number(secondMs) });
server.listen(Number(port), '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
