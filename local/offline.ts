import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { findAnyFreePort } from './ports.ts';

export interface OfflineOptions {
  readonly port: number;
  /** The folder with the bundles of the functions. */
  readonly bundles: string;
  readonly regions: readonly string[];
  /** Variables of the functions, in addition to those of this process. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Serves the routes of serverless.yml with serverless-offline, in a child process. Resolves when the routes answer. From then
 * on the output of the child is printed.
 */
export async function startOffline(options: OfflineOptions): Promise<ChildProcess> {
  const child = spawn('serverless', await commandLine(options), {
    env: { ...process.env, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  await new Promise<void>((resolve, reject) => {
    let ready = false;
    child.once('error', reject);
    child.once('exit', (code) =>
      reject(new Error(output.find((line) => /error/i.test(line)) ?? `serverless ended with ${code}`)),
    );
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on('line', (line) => {
        if (ready) return console.log(line);
        output.push(line.trim());
        if (line.includes('Server ready')) {
          ready = true;
          resolve();
        }
      });
    }
  });
  return child;
}

/** Forwards SIGINT and SIGTERM to `child`. Ends this process when the child ends. */
export function forwardSignals(child: ChildProcess): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  child.removeAllListeners('exit').once('exit', (code) => process.exit(code ?? 0));
}

async function commandLine({ port, bundles, regions }: OfflineOptions): Promise<string[]> {
  return [
    'offline',
    ...['--host', '127.0.0.1', '--httpPort', `${port}`, '--lambdaPort', `${await findAnyFreePort()}`],
    ...['--param', `bundles=${bundles}`, '--param', `regions=${regions.join(',')}`, '--region', regions[0] ?? ''],
    ...['--noAuth', '--localEnvironment', '--disableCookieValidation', '--noSponsor'],
    ...['--terminateIdleLambdaTime', '3600'],
  ];
}
