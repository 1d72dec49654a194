import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Waits for the end of its input, also if the writer is killed. The names of the files in the folder are the ids of the
 * processes.
 */
const script = 'cat; cd "$1" && kill -9 [0-9]*; rm -rf "$1"';

/** A process that ends the servers and removes their folder when this process ends, also if it is killed. */
export type Guard = ReturnType<typeof startGuard>;

/** Starts a guard. It is in a process group of its own, so that a signal to that of this process does not reach it. */
export function startGuard() {
  const folder = mkdtempSync(join(tmpdir(), 'gds-'));
  const shell = spawn('/bin/sh', ['-c', script, 'guard', folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.unref();
  shell.stdin.on('error', () => {}); // it was killed
  return {
    folder,
    add(child: ChildProcess): void {
      const file = join(folder, `${child.pid}`);
      writeFileSync(file, '');
      child.once('exit', () => rmSync(file, { force: true }));
    },
    async close(): Promise<void> {
      shell.ref();
      shell.stdin.end();
      if (shell.exitCode === null && shell.signalCode === null) await once(shell, 'exit');
    },
  };
}
