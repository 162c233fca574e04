import { defineConfig } from 'vitest/config';

/**
 * One project per kind of ground the tests stand on, so that a run can say which ground was missing.
 * `machine` needs root and this kernel's BPF; `lab` boots an emulated KVM host and takes minutes.
 */
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'exporter', include: ['exporter/src/**/*.test.ts', 'bpf/**/*.test.ts'] } },
      { test: { name: 'experiment', include: ['experiment/src/**/*.test.ts'] } },
      {
        test: {
          name: 'provisioning',
          include: ['provisioning/**/*.test.ts', 'setup/**/*.test.mjs'],
          testTimeout: 60_000,
        },
      },
      { test: { name: 'bench', include: ['bench/**/*.test.ts'] } },
      {
        test: {
          name: 'machine',
          include: ['exporter/test/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      './grafana-plugin/vitest.config.mts',
      './grafana-plugin/host/vitest.config.mts',
      './grafana-plugin/catalog/vitest.config.mts',
      {
        test: {
          name: 'lab',
          include: ['lab/**/*.test.ts'],
          // Each machine has one processor and 4 GB.
          maxWorkers: 2,
          // A stray frame of the emulated network can spoil a window of exact counts; a miscount comes again.
          retry: 1,
          testTimeout: 900_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
