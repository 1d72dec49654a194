import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: ['test/support/contractCount.ts', 'test/support/distLock.ts'],
    retry: process.env.CI ? 1 : 0, // two cores may be too few for tests that start programs side by side
    maxWorkers: 4, // of two cores: many tests wait for timers and for programs that they start
    testTimeout: 60_000,
    hookTimeout: 120_000,
    env: {
      NODE_COMPILE_CACHE: resolve('node_modules/.cache/node'), // halves the CPU time in which a Node program starts
      SLS_SCHEMA_CACHE_BASE_DIR: resolve('node_modules/.cache'), // osls takes 3 s to compile the schema of its settings
    },
    projects: [
      {
        extends: true,
        test: { name: 'emulator', include: ['test/emulator/**/*.test.ts'], isolate: false },
      },
      {
        extends: true,
        test: {
          name: 'api',
          include: ['test/**/*.test.ts'],
          exclude: ['test/emulator/**', 'test/resilience/**', 'test/contract/types.test.ts'],
          isolate: false,
          setupFiles: ['test/support/freshModules.ts'],
          typecheck: { enabled: true, include: ['test/contract/types.test.ts'] },
        },
      },
      {
        extends: true,
        test: {
          name: 'resilience', // after the others, on a core for each process: timeouts of the API decide here
          include: ['test/resilience/**/*.test.ts'],
          isolate: false,
          setupFiles: ['test/support/freshModules.ts'],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
