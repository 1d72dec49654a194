import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Reads `+ PID` and `- PID`. At the end of its input, which also comes if the writer is killed, it ends the processes. */
const script = `
while read -r sign pid; do
  case $sign in
    +) pids="$pids $pid " ;;
    -) pids="\${pids%% $pid *} \${pids#* $pid }" ;;
  esac
done
[ -z "\${pids# }" ] || kill -9 $pids
rm -rf "$1"`;

/** A process that ends the servers when this process ends, however it ends, and removes their folder. */
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
    add: (pid = 0) => shell.stdin.write(`+ ${pid}\n`),
    remove: (pid = 0) => shell.stdin.write(`- ${pid}\n`),
    async close() {
      shell.stdin.end();
      shell.ref();
      if (shell.exitCode === null && shell.signalCode === null) await once(shell, 'exit');
    },
  };
}
