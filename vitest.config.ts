import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: ['test/support/contractCount.ts', 'test/support/distLock.ts'],
    retry: process.env.CI ? 1 : 0, // two cores may be too few for tests that start programs side by side
    maxWorkers: 3, // many tests wait for timers and for programs that they start
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: { name: 'emulator', include: ['test/emulator/**/*.test.ts'], isolate: false },
      },
      {
        extends: true,
        test: {
          name: 'api', // each file in a process of its own: src/config.ts reads the environment once
          include: ['test/**/*.test.ts'],
          isolate: false,
          setupFiles: ['test/support/freshModules.ts'],
          exclude: ['test/emulator/**', 'test/contract/types.test.ts'],
          typecheck: { enabled: true, include: ['test/contract/types.test.ts'] },
        },
      },
    ],
  },
});
