import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Real servers and child processes share the machine: few files at a time keeps their timing honest.
    maxWorkers: 2,
  },
});
