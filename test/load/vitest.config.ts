import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: ['test/support/contractCount.ts'],
    include: ['test/load/*.prove.ts'],
    testTimeout: 600_000,
    hookTimeout: 200_000,
  },
});
