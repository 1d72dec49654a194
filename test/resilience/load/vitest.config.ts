import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: ['test/resilience/load/contractPairs.ts'],
    include: ['test/resilience/load/*.prove.ts'],
    testTimeout: 1_800_000,
    hookTimeout: 200_000,
  },
});
