import { defineConfig } from 'vitest/config';

export default defineConfig({
  // vitest resolves `graphql` in our files to index.mjs while Yoga and Pothos load index.js through Node: two copies,
  // "another module or realm". One name for both.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    // Some tests start what users start.
    globalSetup: ['test/support/build.ts'],
    // Each file has modules of its own, as in processes; a thread starts in a second less.
    pool: 'threads',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
