import { execFileSync } from 'node:child_process';
import type { Store } from '../state/store.ts';
import { LocalDataPlane } from './dataPlane.ts';

/**
 * Runs a server for each node group of each replication group in the store, until `close`. The program is at `path`, at
 * GDS_SERVER, or the first on PATH; nothing is downloaded. Returns undefined, after one line of report, if there is none.
 */
export async function startDataPlane(
  store: Store,
  path: string | undefined,
  report: (message: string) => void,
): Promise<LocalDataPlane | undefined> {
  const program = path || process.env.GDS_SERVER;
  const candidates = program ? [program] : ['valkey-server', 'redis-server'];
  for (const candidate of candidates) {
    const version = readVersion(candidate);
    if (!version) continue;
    const dataPlane = new LocalDataPlane(store, candidate, version, report);
    await dataPlane.start();
    return dataPlane;
  }
  report(
    `No data plane: ${candidates.join(' and ')} cannot be run. Install one with "apt-get install redis-server" on Debian or "brew install valkey" on macOS, or set GDS_SERVER to its path.`,
  );
  return undefined;
}

/** Returns the name and version of a server, such as `valkey-server 8.1.1`. Undefined if the program is not a server. */
function readVersion(path: string): string | undefined {
  try {
    const text = execFileSync(path, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const [, name, version] = text.match(/^(\w+) server v=(\S+)/i) ?? [];
    return name && `${name.toLowerCase()}-server ${version}`;
  } catch {
    return undefined;
  }
}
