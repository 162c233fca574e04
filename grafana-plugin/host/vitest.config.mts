import { defineConfig } from 'vitest/config';

/** The built panel in the built page in Chromium, one browser after the other. */
export default defineConfig({
  test: {
    name: 'browser',
    root: import.meta.dirname,
    include: ['*.browser.test.ts'],
    globalSetup: ['testing/build.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
