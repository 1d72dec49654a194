import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { closeToPages } from './protocol/loopbackGuard.ts';
import { createEmulator, type Emulator } from './server.ts';

const HELP = `Usage: npm run emulator -- [--port 4599] [--transition-ms 500] [--state FILE]
                             [--global-scope account|member-regions] [--data-plane[=PATH]]

Emulates the Amazon ElastiCache actions for global datastores, on 127.0.0.1.
  --port           port to listen on; 0 selects a free port
  --transition-ms  duration of each status transition in milliseconds
  --state          file that keeps the state over restarts
  --global-scope   global datastores visible in a region: all of the account, or those with a member there
  --data-plane     run a real server for each node group: valkey-server or redis-server, at PATH, GDS_SERVER or on PATH`;

/** Runs the emulator until SIGINT or SIGTERM. Invalid arguments print one line and exit with code 2. */
try {
  await run(readArguments());
} catch (error) {
  exitWithError(error);
}

interface Arguments {
  port: number;
  transitionMs: number;
  globalScope: 'account' | 'member-regions';
  stateFile?: string;
  /** The path of the server program. Empty: the first that is found. Undefined: no data plane. */
  dataPlane: string | undefined;
}

async function run({ port, dataPlane: program, ...options }: Arguments): Promise<void> {
  const emulator = closeToPages(createEmulator(options));
  const dataPlane = program === undefined ? undefined : await startServers(emulator, program);
  emulator.on('error', exitWithError);
  emulator.listen(port, '127.0.0.1', () => {
    const { address, port: boundPort } = emulator.address() as AddressInfo;
    console.log(`ElastiCache emulator at http://${address}:${boundPort}`);
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      emulator.close().closeAllConnections();
      void dataPlane?.close();
    });
}

/** Starts a data plane. Its code is loaded only here. */
async function startServers({ store }: Emulator, program: string) {
  const { startDataPlane } = await import('./dataPlane/start.ts');
  const dataPlane = await startDataPlane(store, program, console.error);
  if (dataPlane) console.log(`Data plane: ${dataPlane.version} behind each node group, without TLS`);
  return dataPlane;
}

function readArguments(): Arguments {
  const { values } = parseArgs({
    args: process.argv.slice(2).map(withValue),
    options: {
      port: { type: 'string', default: '4599' },
      'transition-ms': { type: 'string', default: '500' },
      'global-scope': { type: 'string', default: 'account' },
      state: { type: 'string' },
      'data-plane': { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  const globalScope = values['global-scope'];
  if (globalScope !== 'account' && globalScope !== 'member-regions')
    throw new Error(`--global-scope is account or member-regions, not ${globalScope}`);
  return {
    port: readNumber(values.port, '--port', 65535),
    transitionMs: readNumber(values['transition-ms'], '--transition-ms', 3_600_000),
    globalScope,
    dataPlane: values['data-plane'],
    ...(values.state && { stateFile: values.state }),
  };
}

/** Adds an empty value to the option that can have none. */
function withValue(argument: string): string {
  return argument === '--data-plane' ? '--data-plane=' : argument;
}

function readNumber(text: string, option: string, max: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= max) return number;
  throw new Error(`${option} is a whole number from 0 to ${max}, not ${text}`);
}

function exitWithError(error: unknown): never {
  const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
  console.error(`emulator: ${line}`);
  process.exit(2);
}
