import { rm } from 'node:fs/promises';

/** The folder that exists while a test file uses `dist/`. */
export const distLock = 'node_modules/.dist-in-use';

/** Removes the lock that a run has left that was killed. Called once before all test files. */
export default () => rm(distLock, { recursive: true, force: true });
