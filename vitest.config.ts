import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/types.test.ts'],
    typecheck: { enabled: true, include: ['test/types.test.ts'] },
    globalSetup: ['test/support/contractCount.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
