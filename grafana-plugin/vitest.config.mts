import { defineConfig } from 'vitest/config';

/** Unit and property tests of the panel. One shared environment: importing @grafana/ui takes seconds, so once is enough. */
export default defineConfig({
  test: {
    name: 'plugin',
    root: import.meta.dirname,
    include: ['src/**/*.test.{ts,tsx}', 'host/src/**/*.test.{ts,tsx}'],
    isolate: false,
    server: { deps: { inline: [/@grafana\//] } },
    testTimeout: 30_000,
  },
});
