import { enableCompileCache } from 'node:module';

rejectWindows();

// Before anything else is loaded: the cache stores the compiled code and the sources without their types for the next start.
enableCompileCache();
endWithParent();
await import('./main.ts');

/** Ends this process soon after its parent, which is npm: a killed npm forwards no signal. */
function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && process.exit(0), 200).unref();
}

/** Ends the start on Windows: it is not tested there, and npm's scripts need a POSIX shell. */
function rejectWindows(): void {
  if (process.platform !== 'win32') return;
  console.error('npm start failed: Windows is not supported. Use WSL.');
  process.exit(1);
}
