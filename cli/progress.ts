import { formatElapsed } from './duration.ts';
import { exitCodes } from './exitCodes.ts';
import { tell } from './output.ts';

/**
 * Shows the progress of a wait on stderr: on a terminal one line that is rewritten, elsewhere one line for each change. After
 * Ctrl-C it prints the command that continues the wait; the change itself continues.
 */
export function createProgress(resume: string) {
  const startedAt = Date.now();
  const rewrites = process.stderr.isTTY === true;
  let last = '';
  const draw = () => {
    const elapsed = formatElapsed(Date.now() - startedAt);
    process.stderr.write(`\r\u001b[K${`${elapsed}  ${last}`.slice(0, (process.stderr.columns || 80) - 1)}`);
  };
  const timer = rewrites ? setInterval(() => last && draw(), 1000) : undefined;
  const interrupt = () => {
    end();
    tell(`Interrupted. The change continues. Continue with: ${resume}`);
    process.exit(exitCodes.interrupted);
  };
  process.once('SIGINT', interrupt);

  function end(): void {
    clearInterval(timer);
    process.off('SIGINT', interrupt);
    if (rewrites && last) process.stderr.write('\n');
    last = '';
  }

  return {
    /** Returns the option of a waiter that shows the observed state, formatted by `describe`. */
    options: <Observed>(describe: (observed: Observed) => string) => ({
      onProgress: (observed: Observed) => {
        const line = describe(observed);
        if (line === last) return;
        last = line;
        if (rewrites) draw();
        else tell(`${formatElapsed(Date.now() - startedAt)}  ${line}`);
      },
    }),
    end,
  };
}
