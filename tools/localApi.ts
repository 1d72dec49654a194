import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A process of `npm start`. */
export interface LocalApi {
  readonly url: string;
  /** The endpoint of the emulator. */
  readonly elastiCache: string;
  /** The messages of the process, without its addresses. */
  readonly messages: readonly string[];
  /** Kills the process without a shutdown. */
  kill(): Promise<void>;
}

/** Runs `npm start` with options and with more of an environment, without what this process has set for AWS. */
export async function startLocalApi(
  options: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<LocalApi> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(AWS_|REGIONS$|PORT$|LOG$)/.test(name));
  const child = spawn(process.execPath, ['local/start.ts', '--log', 'json', ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...Object.fromEntries(inherited), ...environment },
  });
  const closed = once(child, 'close');
  let output = '';
  const parts = await new Promise<Map<string, string>>((ready, fail) => {
    child.stderr.on('data', (text) => (output += text));
    child.stdout.on('data', (text) => {
      output += text;
      const found = partsIn(output);
      if (found.has('Reference')) ready(found);
    });
    closed.then(() => fail(new Error(`npm start ended early: ${output}`)));
  });
  return {
    url: parts.get('API') ?? '',
    elastiCache: parts.get('ElastiCache')?.replace('emulator at ', '') ?? '',
    messages: [...output.matchAll(/"message":"((?:[^"\\]|\\.)+)"/g)].map(([, text]) => JSON.parse(`"${text}"`)),
    async kill() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}

/** Returns the details of the parts that are ready, by their names. */
const partsIn = (output: string): Map<string, string> =>
  new Map(
    [...output.matchAll(/"part":"([^"]+)","detail":"([^"]+)"/g)].map(([, part = '', detail = '']) => [part, detail]),
  );
