import { rm } from 'node:fs/promises';
import type { TestProject } from 'vitest/node';

/** The folder that exists while a test file builds into `dist/`. */
export const distLock = 'node_modules/.dist-in-use';

/** The file with the bundles in `dist/` that a test file of this run has built. */
export const builtBundles = 'node_modules/.dist-bundles.json';

/** Removes the lock that a killed run has left, and the bundles of earlier runs. Called once before all test files. */
export default async function forgetDist(project: TestProject): Promise<void> {
  await rm(distLock, { recursive: true, force: true });
  await rm(builtBundles, { force: true });
  project.onTestsRerun(() => rm(builtBundles, { force: true }));
}
