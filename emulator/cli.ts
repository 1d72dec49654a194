import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { createEmulator, type Emulator } from './server.ts';
import { writeState } from './state/stateFile.ts';

const HELP = `Usage: npm run emulator -- [--port 4599] [--transition-ms 500] [--state FILE] [--global-scope account|member-regions]

An emulator of Amazon ElastiCache as far as global datastores need it, on 127.0.0.1.
  --port           where to listen; 0 takes a free port
  --transition-ms  how long each step of a change takes
  --state          a file that keeps the state over restarts
  --global-scope   whether a region knows all global datastores of the account or only those with a member there`;

/** Runs the emulator until SIGINT or SIGTERM; a mistake in the arguments is one line and exit code 2. */
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
  const emulator = createEmulator(options);
  emulator.on('error', exitWithError);
  emulator.listen(port, '127.0.0.1', () => {
    const { address, port: taken } = emulator.address() as AddressInfo;
    console.log(`ElastiCache emulator at http://${address}:${taken}`);
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end(emulator, options.stateFile));
}

function end(emulator: Emulator, stateFile: string | undefined): void {
  if (stateFile) writeState(emulator.store, stateFile);
  emulator.close();
  emulator.closeAllConnections();
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
