import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { defineConfig, type Plugin } from 'vite';

// Whoever starts the build, a test runner too, gets the same page.
process.env['NODE_ENV'] = 'production';

const require = createRequire(import.meta.url);
const packageFolder = (name: string): string => path.dirname(require.resolve(`${name}/package.json`));

/** Icons that the panel, its frame and the table's buttons show; Grafana fetches each by name when it is first drawn. */
const ICONS = [
  'table',
  'info-circle',
  'times',
  'download-alt',
  'camera',
  'exclamation-triangle',
  'exclamation-circle',
  'check-circle',
  'angle-down',
  'angle-up',
  'search',
];

/** Files of other packages that are fetched by name at run time, so that no import names them. */
function fetchedByName(): Plugin {
  const inter = packageFolder('inter-ui');
  const ui = packageFolder('@grafana/ui');
  const files = new Map([
    ['fonts/inter/Inter-Regular.woff2', `${inter}/web/Inter-Regular.woff2`],
    ['fonts/inter/Inter-Medium.woff2', `${inter}/web/Inter-Medium.woff2`],
    ['logo.svg', path.join(import.meta.dirname, '../src/img/logo.svg')],
    ...ICONS.map(
      (name) =>
        [
          `build/img/icons/unicons/${name}.svg`,
          path.join(ui, `dist/public/img/icons/unicons/${name}.svg`),
        ] as const,
    ),
  ]);
  return {
    name: 'fetched-by-name',
    generateBundle() {
      for (const [fileName, from] of files) {
        this.emitFile({ type: 'asset', fileName, source: readFileSync(from) });
      }
    },
  };
}

/**
 * The page: everything that Grafana itself would give to the panel. The panel is not part of it; it is loaded as built.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  publicDir: false,
  // The exporter serves index.html at its root and everything else below host/.
  experimental: {
    renderBuiltUrl: (file, { hostType }) => (hostType === 'html' ? `./host/${file}` : { relative: true }),
  },
  plugins: [fetchedByName()],
  define: { 'process.env.NODE_ENV': '"production"' },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    assetsDir: 'assets',
    target: 'es2022',
    chunkSizeWarningLimit: 4000,
    reportCompressedSize: true,
    rolldownOptions: {
      // Libraries mark their files for React's server; nothing is rendered on one here.
      onLog: (level, log, report) => (log.code === 'MODULE_LEVEL_DIRECTIVE' ? undefined : report(level, log)),
    },
  },
});
