import { defineConfig } from 'vitest/config';

/** The archive of the panel as built, by the rules of Grafana's catalog. */
export default defineConfig({
  test: {
    name: 'catalog',
    root: import.meta.dirname,
    globalSetup: ['../host/testing/build.ts'],
    // npm may have to bring levitate and the packages it compares.
    testTimeout: 600_000,
  },
});
