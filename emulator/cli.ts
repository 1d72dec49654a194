import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { closeToPages } from './protocol/loopbackGuard.ts';
import { createEmulator } from './server.ts';

const HELP = `Usage: npm run emulator -- [--port 4599] [--transition-ms 500] [--state FILE] [--global-scope account|member-regions]

Emulates the Amazon ElastiCache actions for global datastores, on 127.0.0.1.
  --port           port to listen on; 0 selects a free port
  --transition-ms  duration of each status transition in milliseconds
  --state          file that keeps the state over restarts
  --global-scope   global datastores visible in a region: all of the account, or those with a member there`;

/** Runs the emulator until SIGINT or SIGTERM. Invalid arguments print one line and exit with code 2. */
try {
  run(readArguments());
} catch (error) {
  exitWithError(error);
}

interface Arguments {
  port: number;
  transitionMs: number;
  globalScope: 'account' | 'member-regions';
  stateFile?: string;
}

function run({ port, ...options }: Arguments): void {
  const emulator = closeToPages(createEmulator(options));
  emulator.on('error', exitWithError);
  emulator.listen(port, '127.0.0.1', () => {
    const { address, port: boundPort } = emulator.address() as AddressInfo;
    console.log(`ElastiCache emulator at http://${address}:${boundPort}`);
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => emulator.close().closeAllConnections());
}

function readArguments(): Arguments {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '4599' },
      'transition-ms': { type: 'string', default: '500' },
      'global-scope': { type: 'string', default: 'account' },
      state: { type: 'string' },
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
    ...(values.state && { stateFile: values.state }),
  };
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
